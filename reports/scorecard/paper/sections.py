"""Where the full record has what brief and scorecard have no room for."""

from __future__ import annotations

from enum import IntEnum

from django.utils.translation import gettext as _


class Section(IntEnum):
    """The sections of the record, by number."""

    BASIS = 1


def record(number: int | str | None = None) -> str:
    """“record, section 3”; “record” without a number."""
    if number is None:
        return _("full record")
    return _("full record, section %(number)s") % {"number": number}
