"""Which vendor a row speaks of, and which of its services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from accounts.trail import audit
from groundwork.folding import folded
from groundwork.tables.cells import ImportRefused
from vendors.incident_import.columns.options import NEW, SKIP, Options
from vendors.incident_import.limits import MAX_NAMES
from vendors.models import IncidentImport, Service, Vendor
from vendors.register.changes import VENDOR_FIELDS

LEFT_OUT = 0  # no vendor has this id
UNDECIDED = None
NEAREST, HARDLY_ALIKE = 3, 60  # vendors that are offered for a name, and percent of likeness


class Vendors:
    """The vendors of one organisation, as the texts of one file name them.

    `of(text)`: the vendor's id; LEFT_OUT; UNDECIDED; or below zero for one that is still to be made.
    """

    def __init__(self, organisation_id: int, options: Options) -> None:
        found = list(Vendor.objects.filter(organisation=organisation_id).values_list("pk", "name", "reference"))
        self._ids = {pk: name for pk, name, _reference in found}
        self._by_name = {folded(reference): pk for pk, _name, reference in found if reference}
        self._by_name |= {folded(name): pk for pk, name, _reference in found}
        self._decided = {folded(text): choice for text, choice in options.vendors.items()}
        self._column = options.columns.get("vendor", "")
        self._one = options.vendor if options.vendor in self._ids else None
        self._is_one = options.vendor is not None
        self._memory: dict[str, int | None] = {}
        self._made: dict[str, int] = {}  # folded name → number below zero
        self._names: dict[int, str] = {}  # of those
        self.names: Counter[str] = Counter()

    def of(self, text: str) -> int | None:
        if self._is_one:
            return self._one
        self.names[text] += 1
        try:
            return self._memory[text]
        except KeyError:
            if len(self.names) > MAX_NAMES:
                message = _(
                    "The column “%(column)s” has more than %(count)s different texts: is it that of the vendors?"
                )
                raise ImportRefused(message % {"column": self._column, "count": MAX_NAMES}) from None
            number = self._memory[text] = self._decide(folded(text))
            if number is not None and number < 0:
                self._names.setdefault(number, text)
            return number

    def _decide(self, word: str) -> int | None:
        choice = self._decided.get(word)
        if isinstance(choice, Mapping):
            return choice.get("vendor") if choice.get("vendor") in self._ids else UNDECIDED
        if choice == SKIP:
            return LEFT_OUT
        if word in self._by_name:
            return self._by_name[word]
        if choice == NEW and word:
            return self._made.setdefault(word, -1 - len(self._made))
        return UNDECIDED

    def names_by_id(self) -> dict[int, str]:
        """Of the vendors that are there, and of those that are still to be made."""
        return {**self._ids, **self._names}

    def make_new(self, upload: IncidentImport) -> None:
        """Those that the options ask for and the file has rows of; each once, within a transaction."""
        asked: dict[str, str] = {}
        for text in upload.names:
            number = self._decide(folded(text))
            if number is not None and number < 0:
                asked.setdefault(folded(text), text)
        for word, text in asked.items():
            vendor = Vendor.objects.create(organisation_id=upload.organisation_id, name=text[:200], created_in=upload)
            after = audit.snapshot(vendor, VENDOR_FIELDS)
            audit.record(upload.created_by, "vendor.added", vendor, after=after, subject=upload)
            self._by_name[word] = vendor.pk
            self._ids[vendor.pk] = vendor.name


class Nearness:
    """The vendors of an organisation by their names: of exactly a name or reference, and of the most alike."""

    def __init__(self, vendors: Iterable[Vendor]) -> None:
        rows = [(vendor.pk, folded(vendor.name), folded(vendor.reference)) for vendor in vendors]
        self._exact = {reference: pk for pk, _name, reference in rows if reference}
        self._exact |= {name: pk for pk, name, _reference in rows}
        self._names = {pk: name for pk, name, _reference in rows}

    def exact(self, text: str) -> int | None:
        return self._exact.get(folded(text))

    def nearest(self, text: str) -> list[int]:
        """At most three, the most alike first. What is alike may well be somebody else: nothing is decided by it."""
        return nearest(text, self._names)


def nearest(text: str, names: Mapping[int, str]) -> list[int]:
    """Of folded names, at most three, the most alike first."""
    found = process.extract(folded(text), names, scorer=fuzz.WRatio, limit=NEAREST, score_cutoff=HARDLY_ALIKE)
    return [pk for _name, _score, pk in found]


def undecided(upload: IncidentImport) -> list[str]:
    """The texts of the vendor column for which nobody has said who is meant, the frequent ones first."""
    options = Options.from_data(upload.options)
    if options.vendor is not None:
        return []
    vendors = Vendors(upload.organisation_id, options)
    names = sorted(upload.names.items(), key=lambda item: (-item[1], item[0]))
    return [text for text, _rows in names if text and vendors.of(text) is UNDECIDED]


class Services:
    """The services of the vendors by name; where the options say so, new ones are made."""

    def __init__(self, upload: IncidentImport, options: Options) -> None:
        self.upload = upload
        self.makes_new = options.new_services
        rows = Service.objects.filter(vendor__organisation=upload.organisation_id).values_list("vendor", "name", "pk")
        self._by_name: dict[tuple[int, str], int] = {(vendor, folded(name)): pk for vendor, name, pk in rows}

    def of(self, vendor: int, name: str, *, make: bool) -> Any:
        """Its id; None where the vendor has no such service."""
        key = (vendor, folded(name))
        if key not in self._by_name and make and self.makes_new:
            self._by_name[key] = self._made(vendor, name)
        return self._by_name.get(key)

    def _made(self, vendor: int, name: str) -> int:
        service = Service.objects.create(vendor_id=vendor, name=name, created_in=self.upload)
        audit.record(self.upload.created_by, "service.added", service, after={"name": name})
        return service.pk
