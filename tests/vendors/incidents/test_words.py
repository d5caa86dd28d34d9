"""An incident in words."""

from __future__ import annotations

from datetime import timedelta

from tests.factories import NOW, Cast, make_incident, make_vendor
from vendors.incidents.words import IncidentFact, facts_of, source
from vendors.models import Incident


def facts(incident: Incident) -> dict[str, IncidentFact]:
    return {fact.label: fact for fact in facts_of(incident)}


def test_what_is_known_is_said_and_what_is_not_says_why_that_matters(cast: Cast) -> None:
    told = facts(make_incident(make_vendor(cast.organisation), hours=None))
    for label in ("Resolved", "Business restored", "Service level", "Problem or cause", "Root cause proven"):
        assert told[label].text == "", label
        assert told[label].why, label
    for label in ("Times reopened", "Hand-overs", "Handled by"):
        assert (told[label].text, bool(told[label].why)) == ("", True), label
    assert told["Opened"].text
    assert {"Time to resolve", "Service", "Priority", "Department"}.isdisjoint(told)


def test_nothing_reopened_and_nothing_proven_are_known(cast: Cast) -> None:
    told = facts(make_incident(make_vendor(cast.organisation), reopened=0, handovers=0, root_cause_proven=False))
    assert told["Times reopened"].text == told["Hand-overs"].text == "0"
    assert told["Root cause proven"].text == "No"


def test_a_business_that_came_back_later_says_how_much(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    late = make_incident(vendor, hours=1, restored_at=NOW + timedelta(hours=3))
    early = make_incident(vendor, hours=4, restored_at=NOW + timedelta(hours=3))
    assert "2 hours after" in facts(late)["Business restored"].text
    assert "after" not in facts(early)["Business restored"].text


def test_the_source_is_named_as_people_know_it() -> None:
    assert source(Incident(source="manual")) == "Written down by hand"
    assert source(Incident(source="servicenow")) == "ServiceNow"
    assert source(Incident(source="our-own-desk")) == "our-own-desk"


def test_on_what_a_resolution_rests_is_said(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    by_day = facts(make_incident(vendor, "A", hours=3, resolved_to_day=True))
    assert ("Time to resolve" in by_day, ":" in by_day["Resolved"].text) == (False, False)
    by_closing = facts(make_incident(vendor, "B", hours=3, resolved_is_closing=True, is_closed=True))
    assert by_closing["Resolved"].text.endswith("when it was closed: nobody has told when it was resolved")
    closed = facts(make_incident(vendor, "C", hours=None, is_closed=True))
    assert (closed["Resolved"].text, closed["State"].text) == ("", "Yes")
    assert closed["Resolved"].why == "Nobody has told when. Its source calls it closed."
    assert "State" not in facts(make_incident(vendor, "D", hours=None))


def test_an_answer_and_the_waiting_are_said(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    told = facts(make_incident(vendor, first_response_at=NOW + timedelta(minutes=15), waited_minutes=150))
    assert "10:45" in told["First response"].text
    assert told["Minutes that the vendor waited for you"].text == "2 hours 30 minutes"
