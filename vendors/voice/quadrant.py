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
from django.utils.translation import pgettext_lazy

from vendors.models import FeedbackQuerySet, Feeling, PulseChoice, Sla

HALF = Fraction(1, 2)
FEW = 3  # of fewer entries no share is told: one angry day is no pattern


class Told(StrEnum):
    """What an entry says of being told beforehand, or of a way round: either is enough to be well informed."""

    YES = "yes"  # yes or partly, to one of the two
    NO = "no"  # no to one of the two, and yes to neither
    UNSAID = ""  # neither, or only that they do not know


class Field(StrEnum):
    """The fields. Where the service level was met, the feeling tells which; where it was missed, what people said about
    being told, not their mood. A neutral one of a met service level, and one of an unknown, stand in none."""

    GOOD = "good"
    GREEN_OUTSIDE = "green_outside"
    WELL_INFORMED = "well_informed"
    NOT_TOLD = "not_told"
    UNSAID = "unsaid"


FIELD_WORDS: Mapping[Field, Promise] = {
    Field.GOOD: _("Met and content"),
    Field.GREEN_OUTSIDE: _("Green outside, red inside"),
    Field.WELL_INFORMED: _("Missed, well informed"),
    Field.NOT_TOLD: _("Missed, and not told"),
    Field.UNSAID: _("Missed, nobody said whether you were told"),
}
FIELD_MEANINGS: Mapping[Field, Promise] = {
    Field.GOOD: _("The service level was met, and people were content."),
    Field.GREEN_OUTSIDE: _("The service level was met, and people were unhappy all the same."),
    Field.WELL_INFORMED: _(
        "The service level was missed, and people say that they were told beforehand or offered a way round, at least "
        "partly. How they felt does not count here."
    ),
    Field.NOT_TOLD: _(
        "The service level was missed, and people say that they were neither told beforehand nor offered a way round."
    ),
    Field.UNSAID: _(
        "The service level was missed, and nobody said whether they were told beforehand or offered a way round. Ask "
        "them: the question stands in the voice of the customer and in the pulse."
    ),
}


class Column(StrEnum):
    """Where an entry stands from left to right: missed, by what it says of being told; met; unknown."""

    INFORMED = "informed"
    NOT_TOLD = "not_told"
    UNSAID = "unsaid"
    MET = "met"
    UNKNOWN = "unknown"


# Under a heading of their own: a service level was missed.
MISSED: Mapping[Told, Column] = {Told.YES: Column.INFORMED, Told.NO: Column.NOT_TOLD, Told.UNSAID: Column.UNSAID}
OF_MISSED: Mapping[Column, Field] = {
    Column.INFORMED: Field.WELL_INFORMED,
    Column.NOT_TOLD: Field.NOT_TOLD,
    Column.UNSAID: Field.UNSAID,
}
COLUMN_WORDS: Mapping[Column, Promise] = {
    Column.INFORMED: pgettext_lazy("service level and feeling", "Missed, told"),
    Column.NOT_TOLD: pgettext_lazy("service level and feeling", "Missed, not told"),
    Column.UNSAID: pgettext_lazy("service level and feeling", "Missed, nobody said"),
    Column.MET: Sla.MET.label,
    Column.UNKNOWN: Sla.UNKNOWN.label,
}


def told_of(told_beforehand: str, workaround: str) -> Told:
    """By the answers to both questions, each empty where it was not asked."""
    said = {told_beforehand, workaround}
    if said & {PulseChoice.YES, PulseChoice.PARTLY}:
        return Told.YES
    return Told.NO if PulseChoice.NO in said else Told.UNSAID


def column_of(sla: str, told: Told) -> Column:
    if sla == Sla.MISSED:
        return MISSED[told]
    return Column.MET if sla == Sla.MET else Column.UNKNOWN


def field_of(column: Column, feeling: int) -> Field | None:
    """The field of a feedback, by its column and its feeling from 1 to 5."""
    if column in OF_MISSED:
        return OF_MISSED[column]
    if column != Column.MET or feeling == Feeling.NEUTRAL:
        return None
    return Field.GOOD if feeling > Feeling.NEUTRAL else Field.GREEN_OUTSIDE


@dataclass(frozen=True, kw_only=True)
class PlacedVendor:
    """How many feedback entries have this vendor, service level and feeling, and say the same of being told."""

    vendor: int
    sla: str
    feeling: int
    count: int
    told: Told = Told.UNSAID


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The entries of one column and one feeling, as shown; `name` says in words what the link opens."""

    column: Column
    feeling: int
    count: int
    name: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Quadrant:
    """Entries by column and feeling, and by field."""

    cells: Mapping[tuple[Column, int], int]
    fields: Mapping[Field, int]
    total: int
    neutral: int  # of a service level that was met
    unknown: int  # the service level is not known

    @property
    def known_count(self) -> int:
        return self.total - self.unknown

    def share(self, field: Field) -> Fraction | None:
        """Of the entries whose service level is known, in percent; None where they are too few to say so."""
        return Fraction(100 * self.fields[field], self.known_count) if self.known_count >= FEW else None


def quadrant_of(placed: Iterable[PlacedVendor]) -> Quadrant:
    cells: Counter[tuple[Column, int]] = Counter()
    fields: Counter[Field] = Counter(dict.fromkeys(Field, 0))
    for one in placed:
        column = column_of(one.sla, one.told)
        cells[column, one.feeling] += one.count
        field = field_of(column, one.feeling)
        if field:
            fields[field] += one.count
    unknown = sum(count for (column, _feeling), count in cells.items() if column == Column.UNKNOWN)
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
    by = ("vendor", "sla", "feeling", "told_beforehand", "workaround")
    counted = rows.order_by().values_list(*by).annotate(count=Count("pk"))
    return [
        PlacedVendor(vendor=vendor, sla=sla, feeling=feeling, told=told_of(told, workaround), count=count)
        for vendor, sla, feeling, told, workaround, count in counted
    ]
