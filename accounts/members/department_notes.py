"""What other apps know of a department, for its own page: which services it stands still with. Told by the app that
knows, of which accounts does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import Department


@dataclass(frozen=True, kw_only=True)
class DepartmentNote:
    """One service that the department stands still with: its name, what stops there, and where its page is."""

    label: str
    detail: str
    url: str


Teller = Callable[[Sequence[Department]], Mapping[int, Sequence[DepartmentNote]]]
_tellers: list[Teller] = []


def tell_with(teller: Teller) -> None:
    """Called once an app, in its `ready`."""
    if teller not in _tellers:
        _tellers.append(teller)


def notes_of(departments: Iterable[Department]) -> dict[int, list[DepartmentNote]]:
    """By the departments' keys, each with what is known of it; the same few queries however many departments."""
    asked = list(departments)
    found: dict[int, list[DepartmentNote]] = {department.pk: [] for department in asked}
    for teller in _tellers:
        for key, notes in teller(asked).items():
            found[key].extend(notes)
    return found
