"""The folder that works without power: whether what was printed is still what stands here. Documents are known above
this app, which registers its answer here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from groundwork.words import short_day


@dataclass(frozen=True, kw_only=True)
class PrintedFolder:
    """`changed`: how many services stand in it otherwise than today, new and gone ones included."""

    printed_on: date
    changed: int


Teller = Callable[[Membership], PrintedFolder | None]  # None: nobody has printed one
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Called once from an app's `ready`."""
    if teller not in _tellers:
        _tellers.append(teller)


def printed_for(member: Membership) -> PrintedFolder | None:
    return next((folder for teller in _tellers if (folder := teller(member)) is not None), None)


def folder_words(folder: PrintedFolder) -> str:
    """Whether the folder on paper still says what the pages say."""
    said = {"day": short_day(folder.printed_on), "count": folder.changed}
    if not folder.changed:
        return _("The folder printed on %(day)s is still what the pages say.") % said
    return (
        ngettext(
            "The folder was printed on %(day)s; %(count)s plan changed since.",
            "The folder was printed on %(day)s; %(count)s plans changed since.",
            folder.changed,
        )
        % said
    )
