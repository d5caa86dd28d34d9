"""What a person says that a file holds: what can be, what is kept, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from tests.factories import Cast, make_incident, make_vendor
from tests.vendors.incident_import.files import as_csv, checked, imported, options_for, started, undone, worked
from vendors.incident_import import job
from vendors.incident_import.holding import answers
from vendors.incident_import.holding.answers import Answer, HoldingRefused
from vendors.models import ImportState, IncidentImport, Selection, Vendor

ROWS = [
    ("INC-1", "1/2/2016 08:00", "2/2/2016 10:00", "", "", ""),
    ("INC-2", "3/2/2016 08:00", "", "", "", ""),
    ("INC-3", "20/2/2016 08:00", "21/2/2016 08:00", "", "", ""),
]
SAID = Answer(
    selection=Selection.RESOLVED, first=date(2016, 2, 1), last=date(2016, 2, 29), exported_on=date(2016, 3, 1)
)


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


@pytest.fixture
def upload(cast: Cast, vendor: Vendor) -> IncidentImport:
    return checked(cast.assessor, as_csv(ROWS), options_for(vendor))


def revision(vendor: Vendor) -> int:
    return Vendor.objects.get(pk=vendor.pk).facts_revision


# What is kept ----------------------------------------------------------------------------------------------------
def test_an_answer_is_kept_and_written_down(cast: Cast, upload: IncidentImport) -> None:
    answers.say(cast.assessor, upload, SAID)
    upload.refresh_from_db()
    assert (upload.selection, upload.holds_from, upload.holds_to) == (
        "resolved",
        date(2016, 2, 1),
        date(2016, 2, 29),
    )
    entry = AuditEntry.objects.get(verb="incidentimport.told")
    assert entry.actor == cast.assessor.user
    assert (entry.before["selection"], entry.after["selection"]) == ("", "resolved")


def test_to_agree_is_to_say_what_is_proposed(cast: Cast, upload: IncidentImport) -> None:
    answers.agree(cast.assessor, upload)
    assert (upload.selection, upload.holds_from, upload.holds_to) == ("opened", date(2016, 2, 1), date(2016, 2, 20))
    assert upload.known_until == datetime(2016, 2, 21, 7, tzinfo=UTC)


def test_only_open_ones_have_no_days(cast: Cast, upload: IncidentImport) -> None:
    answers.say(cast.assessor, upload, replace(SAID, selection=Selection.OPEN))
    upload.refresh_from_db()
    assert (upload.selection, upload.holds_from, upload.holds_to) == ("open", None, None)


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2016, 2, 21), datetime(2016, 2, 21, 7, tzinfo=UTC)),  # the latest moment of the file lies on it
        (date(2016, 3, 1), datetime(2016, 3, 1, 23, 59, 59, 999_999, tzinfo=UTC)),  # the whole day
    ],
)
def test_facts_are_known_to_the_end_of_the_day_or_to_the_latest_moment_on_it(
    cast: Cast, upload: IncidentImport, day: date, moment: datetime
) -> None:
    with timezone.override(UTC):
        answers.say(cast.assessor, upload, replace(SAID, exported_on=day))
    upload.refresh_from_db()
    assert upload.known_until == moment


def test_facts_are_never_known_beyond_the_moment_when_the_file_came(cast: Cast, upload: IncidentImport) -> None:
    answers.say(cast.assessor, upload, replace(SAID, exported_on=timezone.localdate(upload.created_at)))
    upload.refresh_from_db()
    assert upload.known_until == upload.created_at


# What cannot be --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"first": None}, "first", "Say from which day on."),
        ({"last": None}, "last", "Say up to which day."),
        ({"last": date(2016, 1, 31)}, "last", "This day lies before the first one."),
        ({"exported_on": date(2016, 2, 20)}, "exported_on", "it cannot have been exported earlier"),
        ({"exported_on": date(2100, 1, 1)}, "exported_on", "it cannot have been exported later"),
    ],
)
def test_what_contradicts_itself_or_the_file_is_refused(
    cast: Cast, upload: IncidentImport, wrong: dict[str, date | None], field: str, words: str
) -> None:
    with pytest.raises(HoldingRefused, match=words) as refused:
        answers.say(cast.assessor, upload, replace(SAID, **wrong))
    assert refused.value.field == field
    upload.refresh_from_db()
    assert upload.selection == ""


def test_nothing_is_imported_before_somebody_has_said_it(cast: Cast, upload: IncidentImport) -> None:
    with pytest.raises(job.NotNow, match="Say first what the file holds"):
        job.start_import(cast.assessor, upload)
    upload.refresh_from_db()
    assert upload.state == ImportState.CHECKED


def test_an_undone_import_holds_nothing_any_more(cast: Cast, vendor: Vendor) -> None:
    upload = undone(cast.assessor, imported(cast.assessor, as_csv(ROWS), options_for(vendor)))
    with pytest.raises(HoldingRefused, match="That cannot be done now"):
        answers.say(cast.assessor, upload, SAID)


# A second check --------------------------------------------------------------------------------------------------
def test_an_answer_stays_while_the_file_tells_the_same(cast: Cast, vendor: Vendor, upload: IncidentImport) -> None:
    answers.say(cast.assessor, upload, SAID)
    job.start_check(cast.assessor, upload, options_for(vendor, critical=("1",)), tell_workers=False)
    assert worked(upload).selection == "resolved"


def test_an_answer_is_asked_for_again_where_the_file_is_read_otherwise(
    cast: Cast, vendor: Vendor, upload: IncidentImport
) -> None:
    answers.say(cast.assessor, upload, SAID)
    job.start_check(cast.assessor, upload, options_for(vendor, dates="month_first"), tell_workers=False)
    upload = worked(upload)
    assert (upload.state, upload.selection, upload.known_until) == (ImportState.CHECKED, "", None)


# Later -----------------------------------------------------------------------------------------------------------
def test_an_import_of_earlier_days_is_told_later_from_what_its_incidents_say(cast: Cast, vendor: Vendor) -> None:
    upload = imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    IncidentImport.objects.update(summary={}, selection="", holds_from=None, holds_to=None, known_until=None)
    upload.refresh_from_db()
    evidence = answers.evidence_of(upload)
    assert (evidence.incidents, evidence.still_open) == (3, 1)
    assert evidence.latest == datetime(2016, 2, 21, 7, tzinfo=UTC)
    with pytest.raises(HoldingRefused, match="exported earlier"):
        answers.say(cast.assessor, upload, replace(SAID, exported_on=date(2016, 2, 1)))
    answers.agree(cast.assessor, upload)
    assert upload.selection == "opened"


def test_the_measures_of_all_vendors_of_the_source_are_made_anew(cast: Cast, vendor: Vendor) -> None:
    other, elsewhere = make_vendor(cast.organisation, "Other"), make_vendor(cast.organisation, "Elsewhere")
    make_incident(other, source="other")
    make_incident(elsewhere, source="jira")
    upload = imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    before = [revision(one) for one in (vendor, other, elsewhere)]
    answers.say(cast.assessor, upload, SAID)
    assert [revision(one) for one in (vendor, other, elsewhere)] == [before[0] + 1, before[1] + 1, before[2]]


def test_before_the_import_no_measure_is_concerned(cast: Cast, vendor: Vendor, upload: IncidentImport) -> None:
    before = revision(vendor)
    answers.say(cast.assessor, upload, SAID)
    assert revision(vendor) == before


def test_a_file_that_says_nothing_new_still_says_up_to_when_its_source_is_known(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    upload = checked(cast.assessor, as_csv(ROWS), options_for(vendor))
    before = revision(vendor)
    upload = worked(started(cast.assessor, upload))
    assert (upload.state, upload.counts["unchanged"]) == (ImportState.DONE, 3)
    assert revision(vendor) > before
