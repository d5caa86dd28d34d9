"""References that equal known ones but for zeros in front: a spreadsheet takes them for numbers and drops the zeros."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from vendors.models import Incident

LONGEST = 16  # digits: longer numbers are changed by spreadsheets in other ways


@dataclass(frozen=True, kw_only=True)
class ZeroSigns:
    """Of the references that were looked at, `alike` equal known ones but for zeros; one of them as an example."""

    alike: int
    looked_at: int
    here: str
    was: str


def _is_number(reference: str) -> bool:
    return reference.isascii() and reference.isdigit() and len(reference) <= LONGEST


def signs_of_zeros(organisation_id: int, sources: Set[str], references: Iterable[str]) -> ZeroSigns | None:
    """None where no reference is known but for its zeros."""
    looked_at = set(references)
    numbers = {reference for reference in looked_at if _is_number(reference) and reference.strip("0")}
    if not numbers:
        return None
    written = {
        digits.rjust(length, "0"): digits
        for digits in (number.lstrip("0") for number in numbers)
        for length in range(len(digits), LONGEST + 1)
    }
    there = Incident.objects.filter(organisation=organisation_id, source__in=sources, reference__in=written)
    known = {written[reference]: reference for reference in there.values_list("reference", flat=True)}
    exact = set(there.values_list("reference", flat=True))
    alike = sorted(number for number in numbers - exact if number.lstrip("0") in known)
    if not alike:
        return None
    return ZeroSigns(alike=len(alike), looked_at=len(looked_at), here=alike[0], was=known[alike[0].lstrip("0")])


class Zeros:
    """How the references of a file are known, whatever zeros are in front of them."""

    def __init__(self, organisation_id: int) -> None:
        self._organisation_id = organisation_id
        self._of_source: dict[str, dict[str, str | None]] = {}

    def known_as(self, source: str, reference: str) -> str:
        """The known reference that differs in its zeros alone; itself where there is none, or more than one."""
        if not _is_number(reference):
            return reference
        if source not in self._of_source:
            self._of_source[source] = self._known(source)
        return self._of_source[source].get(reference.lstrip("0")) or reference

    def _known(self, source: str) -> dict[str, str | None]:
        """Digits without the zeros → the one reference that has them; None: several do."""
        found: dict[str, str | None] = {}
        there = Incident.objects.filter(organisation=self._organisation_id, source=source)
        for reference in there.values_list("reference", flat=True).iterator():
            if _is_number(reference):
                digits = reference.lstrip("0")
                found[digits] = None if digits in found else reference
        return found
