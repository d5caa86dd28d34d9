"""Service level and feeling: where each feedback stands, and which vendors are green outside and red inside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vendors.models import FeedbackQuerySet, Feeling, Sla

HALF = Fraction(1, 2)
FEW = 3  # of fewer entries no share is told: one angry day is no pattern


class Field(StrEnum):
    """The four fields. What is neutral, or of an unknown service level, stands in none."""

    GOOD = "good"
    GREEN_OUTSIDE = "green_outside"
    WELL_INFORMED = "well_informed"
    BAD = "bad"


FIELD_WORDS: Mapping[Field, Promise] = {
    Field.GOOD: _("Met and content"),
    Field.GREEN_OUTSIDE: _("Green outside, red inside"),
    Field.WELL_INFORMED: _("Missed, well informed"),
    Field.BAD: _("Missed and unhappy"),
}
FIELD_MEANINGS: Mapping[Field, Promise] = {
    Field.GOOD: _("The service level was met, and people were content."),
    Field.GREEN_OUTSIDE: _("The service level was met, and people were unhappy all the same."),
    Field.WELL_INFORMED: _(
        "The service level was missed, and people were content all the same: mostly because somebody told them in time."
    ),
    Field.BAD: _("The service level was missed, and people were unhappy."),
}
CORNERS: Mapping[tuple[str, bool], Field] = {
    (Sla.MET, True): Field.GOOD,
    (Sla.MET, False): Field.GREEN_OUTSIDE,
    (Sla.MISSED, True): Field.WELL_INFORMED,
    (Sla.MISSED, False): Field.BAD,
}


def field_of(sla: str, feeling: int) -> Field | None:
    """The field of a feedback, by its service level and its feeling from 1 to 5."""
    if feeling == Feeling.NEUTRAL:
        return None
    return CORNERS.get((sla, feeling > Feeling.NEUTRAL))


@dataclass(frozen=True, kw_only=True)
class PlacedVendor:
    """How many feedback entries have this vendor, service level and feeling."""

    vendor: int
    sla: str
    feeling: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The entries of one service level and one feeling, as shown; `name` says in words what the link opens."""

    sla: str
    feeling: int
    count: int
    name: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Quadrant:
    """Entries by service level and feeling, and by field."""

    cells: Mapping[tuple[str, int], int]
    fields: Mapping[Field, int]
    total: int
    neutral: int  # of a known service level
    unknown: int  # the service level is not known

    @property
    def known_count(self) -> int:
        return self.total - self.unknown

    def share(self, field: Field) -> Fraction | None:
        """Of the entries whose service level is known, in percent; None where they are too few to say so."""
        return Fraction(100 * self.fields[field], self.known_count) if self.known_count >= FEW else None


def quadrant_of(placed: Iterable[PlacedVendor]) -> Quadrant:
    cells: Counter[tuple[str, int]] = Counter()
    fields: Counter[Field] = Counter(dict.fromkeys(Field, 0))
    for one in placed:
        cells[one.sla, one.feeling] += one.count
        field = field_of(one.sla, one.feeling)
        if field:
            fields[field] += one.count
    unknown = sum(count for (sla, _feeling), count in cells.items() if sla == Sla.UNKNOWN)
    total = sum(cells.values())
    neutral = total - unknown - sum(fields.values())
    return Quadrant(cells=cells, fields=fields, total=total, neutral=neutral, unknown=unknown)


def by_vendor(placed: Iterable[PlacedVendor]) -> list[tuple[int, Quadrant]]:
    """A quadrant each vendor, by its key: most “green outside, red inside” first, too few entries last."""
    gathered: dict[int, list[PlacedVendor]] = {}
    for one in placed:
        gathered.setdefault(one.vendor, []).append(one)
    rows = [(vendor, quadrant_of(entries)) for vendor, entries in gathered.items()]
    return sorted(rows, key=lambda row: _rank(*row))


def _rank(vendor: int, quadrant: Quadrant) -> tuple[Fraction, int, int]:
    share = quadrant.share(Field.GREEN_OUTSIDE)
    return -share if share is not None else Fraction(1), -quadrant.total, vendor


# Loading ---------------------------------------------------------------------------------------------------------
def placed_vendors(rows: FeedbackQuerySet) -> list[PlacedVendor]:
    """One query, however many entries there are."""
    counted = rows.order_by().values_list("vendor", "sla", "feeling").annotate(count=Count("pk"))
    return [
        PlacedVendor(vendor=vendor, sla=sla, feeling=feeling, count=count) for vendor, sla, feeling, count in counted
    ]
