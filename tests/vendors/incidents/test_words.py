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
