"""The kinds of sheets: where each gets its facts, and how they are laid out. Whoever adds one registers it here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Membership, User
from reports.models import FactSheet, FactSheetKind
from vendors.models import Vendor

Content = Mapping[str, Any]  # plain data, for canonical JSON


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What one sheet says, in all languages. `as_of`: of the facts, not of the wish: the same facts, the same bytes.

    `vendor`: whom it concerns, so that whoever still judges it does not get it; None where nobody is judged by it.
    """

    about: int
    vendor: Vendor | None
    as_of: datetime
    content: Content


def _about(sheet: FactSheet) -> int:
    return sheet.about


def _to_nobody(member: Membership, about: int) -> bool:
    return False


def _never(member: Membership, content: Content) -> bool:
    return False


def _nobody_else(content: Content) -> Collection[int]:
    return ()


@dataclass(frozen=True, kw_only=True)
class SheetKind:
    """`is_closed`: whether what such a sheet about this thing tells is not for this member to read, for now.

    `facts`: of the thing with this id, for this member; raises Http404 where it is not theirs to read.

    `template` gets `sheet` (what `view` makes of the content), `language`, `as_of` and `sha256`; `title` and `name` are
    of the document and of its file (plain ASCII, without the language); `page` is the address to go back to.
    `concerns`: the keys of the vendors that the content tells of, where it is not the one of the row alone: whoever
    still judges any of them does not get it. `reference`: by which number a sheet that was made is asked for again, by
    `facts` and `page`, where that is not what it is about. `is_open`: whether also this member, who still judges the
    vendor, may have it. `fetched`: tells the trail of a
    download of the file with this name, where each of them is kept.
    `is_attached`: its PDF carries the content as a file. Only where whoever gets the paper may read all of it: what is
    sent to a vendor must hold nothing that is not printed.
    """

    facts: Callable[[Membership, int], Facts]
    view: Callable[[Content, str], Any]
    template: str
    title: Callable[[Content, str], str]
    name: Callable[[Content], str]
    page: Callable[[int], str]
    concerns: Callable[[Content], Collection[int]] = _nobody_else
    is_attached: bool = False
    reference: Callable[[FactSheet], int] = _about
    is_closed: Callable[[Membership, int], bool] = _to_nobody
    is_open: Callable[[Membership, Content], bool] = _never
    fetched: Callable[[User, FactSheet, str], object] | None = None


_kinds: dict[FactSheetKind, SheetKind] = {}


def register(kind: FactSheetKind, sheet: SheetKind) -> None:
    """Called from the app's `ready`."""
    _kinds[kind] = sheet


def known() -> Mapping[FactSheetKind, SheetKind]:
    return _kinds


def kind_of(code: str) -> SheetKind:
    """Raises KeyError for one that nobody registered."""
    return _kinds[FactSheetKind(code)]
