"""Lines of a file are read one by one or many at once; both say the same."""

from __future__ import annotations

from datetime import UTC, datetime
from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from groundwork.tables.reading import Line
from vendors.incident_fields import FIELDS
from vendors.incident_import.columns.options import Options
from vendors.incident_import.rows.reading import IncidentRow, RowReader

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
# The vendor of a line, its source and its service are columns, too.
HEADER = tuple(field.key for field in FIELDS)
cells = st.one_of(
    st.sampled_from(
        [
            *("", " ", "?", "-", "n/a", "yes", "no", "closed", "1 - Critical", "INC0012345", "  INC0012345  ", "'=1"),
            *("03/04/2026 10:00", "4/4/2026 10:30", "2026-04-05", "2026-04-05T00:00:00", "13/13/2026", "2031-01-01"),
            *("46083,5", "2h 30m", "90", "2.0", "70000", "2,02603E+14", "servicenow", "<b>Mail&amp;Co</b>", "#N/A"),
            *("A title of more than a dozen letters", "A title’s accents: é", "It’s quoted 'so'", "x" * 400),
        ]
    ),
    st.text(max_size=20),
)
lines = st.lists(
    st.one_of(
        st.lists(cells, min_size=len(HEADER), max_size=len(HEADER)),
        st.lists(cells, max_size=len(HEADER) + 2),
    ),
    max_size=12,
)
faults = st.frozensets(st.integers(0, len(HEADER) - 1), max_size=2)
options = st.builds(
    Options,
    columns=st.sets(st.sampled_from(HEADER)).map(lambda names: {name: name for name in sorted(names)}),
    source=st.just("tool"),
    dates=st.sampled_from(["day_first", "month_first", "iso", "day_first_turned"]),
    time_zone=st.sampled_from(["UTC", "Europe/Brussels"]),
    critical=st.sampled_from([(), ("1 - Critical",)]),
)

said = attrgetter(*IncidentRow.__slots__)


@given(told=lines, faulty=faults, how=options)
def test_many_lines_at_once_are_read_as_one_by_one(told: list[list[str]], faulty: frozenset[int], how: Options) -> None:
    many = [
        Line(number, row, faulty if number % 3 == 0 and len(row) == len(HEADER) else frozenset())
        for number, row in enumerate(told, start=2)
    ]
    alone = [RowReader(HEADER, how, now=NOW).read(line) for line in many]
    assert [said(row) for row in RowReader(HEADER, how, now=NOW).read_all(many)] == [said(row) for row in alone]


def test_what_one_of_many_lines_says_stays_its_own() -> None:
    reader = RowReader(HEADER, Options(source="tool", dates="iso"), now=NOW)
    first, second = reader.read_all([Line(2, [""] * len(HEADER)), Line(3, [""] * len(HEADER))])
    first.values[0] = "changed"
    assert second.values[0] is None
    assert first.problems is not second.problems
