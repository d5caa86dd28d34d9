"""A log has a line for each update of an incident: each counts once, at one vendor, and only if a person said so."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import Cast, make_vendor
from tests.vendors.incident_import.files import (
    INPUTS,
    as_csv,
    check_input,
    counts,
    import_input,
    imported,
    kept,
    options_for,
    told,
)
from vendors.incident_import import decisions, job
from vendors.incident_import.columns.options import Options
from vendors.incident_import.logs import LogSigns, signs_of_log
from vendors.incident_import.options_check import OptionsRefused
from vendors.models import Incident, Vendor

BOTH_NEW = {"Example A": "new", "Example B": "new"}
MOMENT = "sys_updated_at"
HEADER = ("Number", "Opened", "Resolved", "Title", "Priority", "Supplier", "Updated")


def by_vendor() -> dict[str, int]:
    return dict(Counter(Incident.objects.values_list("vendor__name", flat=True)))


# What looks like one ---------------------------------------------------------------------------------------------
def test_a_log_is_seen_and_told_in_numbers(cast: Cast) -> None:
    upload = kept(cast.assessor, (INPUTS / "log_two_groups.csv").read_bytes())
    options = Options.from_data(upload.options)
    seen = decisions.signs_of(upload, options)
    assert options.one_line_per_update is None
    assert seen.log == LogSigns(references=8, lines=24, several_vendors=8, log_moment=MOMENT)


def test_a_log_is_not_read_before_a_person_has_said_that_it_is_one_or_is_none(cast: Cast) -> None:
    with pytest.raises(OptionsRefused) as refused:
        check_input(cast.assessor, "log_two_groups.csv", vendors=BOTH_NEW)
    assert refused.value.messages == {
        "one_line_per_update": "References: 8, in lines: 24. Is there a line for each update of an incident?"
    }


def test_who_says_that_it_is_none_gets_each_other_line_as_a_problem(cast: Cast) -> None:
    upload = check_input(cast.assessor, "log_two_groups.csv", vendors=BOTH_NEW, one_line_per_update=False)
    assert (upload.counts["new"], upload.counts["error"] + upload.counts["repeated"]) == (8, 16)
    assert {code for *_rest, code in told(upload)} == {"reference_twice"}


def test_numbers_that_a_spreadsheet_has_rounded_are_no_references_of_a_log(cast: Cast) -> None:
    upload = kept(cast.assessor, (INPUTS / "03-ids-as-powers-of-ten.csv").read_bytes())
    options = Options.from_data(upload.options)
    assert "reference" in options.columns
    assert decisions.signs_of(upload, options).log is None


@pytest.mark.parametrize(("lines", "is_log"), [(3, True), (2, True), (1, False)])
def test_references_that_come_again_and_say_something_else_make_a_log(lines: int, is_log: bool) -> None:
    rows = [[f"INC{number // lines}", "x", str(number)] for number in range(30)]
    rows.sort(key=lambda row: int(row[2]) % lines)  # as by the moment of their writing
    found = signs_of_log(["number", "opened", "note"], rows, Options(columns={"reference": "number"}))
    assert (found is not None) == is_log


def test_lines_that_say_the_same_again_make_no_log() -> None:
    rows = [[f"INC{number // 3}", "x"] for number in range(30)]
    assert signs_of_log(["number", "opened"], rows, Options(columns={"reference": "number"})) is None


# Whose it is -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("choice", "vendor"), [("last", "Example B"), ("longest", "Example A")])
def test_each_incident_of_a_log_counts_once_at_the_vendor_that_was_chosen(cast: Cast, choice: Any, vendor: str) -> None:
    given: dict[str, Any] = {"one_line_per_update": True, "log_vendor": choice, "log_moment": MOMENT}
    upload = import_input(cast.assessor, "log_two_groups.csv", vendors=BOTH_NEW, **given)
    assert counts(upload) == {"new": 8, "repeated": 16}
    assert by_vendor() == {vendor: 8}
    again = import_input(cast.assessor, "log_two_groups.csv", vendors=BOTH_NEW, **given)
    assert counts(again) == {"unchanged": 8, "repeated": 16}


def test_only_names_that_count_are_asked_for(cast: Cast) -> None:
    upload = check_input(cast.assessor, "log_two_groups.csv", one_line_per_update=True, log_moment=MOMENT)
    assert upload.names == {"Example B": 8}


def log(*lines: tuple[str, str, str, str]) -> bytes:
    """(title, vendor, written, resolved), all of one incident."""
    return as_csv(
        [("INC-1", "2026-01-05 08:00", resolved, title, "", vendor, at) for title, vendor, at, resolved in lines],
        header=HEADER,
    )


def one_of(cast: Cast, content: bytes, **given: Any) -> tuple[str, str]:
    for name in ("Alpha", "Beta"):
        if not Vendor.objects.filter(name=name).exists():
            make_vendor(cast.organisation, name)
    Incident.objects.all().delete()
    imported(cast.assessor, content, options_for(one_line_per_update=True, log_moment="Updated", **given))
    incident = Incident.objects.get()
    return incident.title, incident.vendor.name


def test_the_last_line_is_the_last_in_time_even_where_the_newest_comes_first(cast: Cast) -> None:
    content = log(("Last", "Beta", "2026-01-07 08:00", ""), ("First", "Alpha", "2026-01-05 09:00", ""))
    assert one_of(cast, content) == ("Last", "Beta")


def test_who_had_it_longest_is_told_by_the_times_up_to_its_end(cast: Cast) -> None:
    lines = [("One", "Alpha", "2026-01-05 08:00", ""), ("Two", "Beta", "2026-01-05 20:00", "")]
    assert one_of(cast, log(*lines), log_vendor="longest") == ("Two", "Alpha")
    ended = [lines[0], (*lines[1][:3], "2026-01-06 09:00")]  # Beta: thirteen hours
    assert one_of(cast, log(*ended), log_vendor="longest") == ("Two", "Beta")


def test_who_had_it_in_several_turns_had_it_for_all_of_them(cast: Cast) -> None:
    content = log(
        ("", "Alpha", "2026-01-05 08:00", ""),
        ("", "Beta", "2026-01-05 10:00", ""),
        ("", "Alpha", "2026-01-05 13:00", ""),
        ("", "Beta", "2026-01-05 15:00", "2026-01-05 15:30"),
    )  # Alpha four hours in two turns, Beta three and a half
    assert one_of(cast, content, log_vendor="longest")[1] == "Alpha"


def test_without_a_column_of_moments_the_order_and_the_number_of_lines_count(cast: Cast) -> None:
    content = log(("", "Alpha", "", ""), ("", "Alpha", "", ""), ("End", "Beta", "", ""))
    for name in ("Alpha", "Beta"):
        make_vendor(cast.organisation, name)
    options = options_for(one_line_per_update=True)
    imported(cast.assessor, content, options)
    assert list(Incident.objects.values_list("title", "vendor__name")) == [("End", "Beta")]
    imported(cast.assessor, content, options_for(one_line_per_update=True, log_vendor="longest"))
    assert list(Incident.objects.values_list("title", "vendor__name")) == [("End", "Alpha")]


def test_a_choice_that_there_is_not_is_refused(cast: Cast) -> None:
    upload = kept(cast.assessor, log(("", "Alpha", "", "")))
    options = options_for(log_vendor="first", log_moment="Nowhere", leading_zeros="perhaps")
    with pytest.raises(OptionsRefused) as refused:
        job.start_check(cast.assessor, upload, options)
    assert set(refused.value.messages) == {"log_vendor", "log_moment", "leading_zeros"}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=60))
def test_what_looks_like_a_log_never_has_fewer_lines_than_references(pairs: list[tuple[int, int]]) -> None:
    rows = [[f"INC{reference}", str(note)] for reference, note in pairs]
    found = signs_of_log(["number", "note"], rows, Options(columns={"reference": "number"}))
    if found is not None:
        assert found.lines == len(rows)
        assert found.references == len({reference for reference, _note in pairs})
        assert found.lines - found.references >= 3
