"""Where the full record has what brief and scorecard have no room for."""

from __future__ import annotations

from django.utils.translation import gettext as _


def record(rule: int | None = None) -> str:
    """“full record, rule 3”; “full record” of what no rule is about."""
    return _("full record") if rule is None else _("full record, rule %(number)s") % {"number": rule}
