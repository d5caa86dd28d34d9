"""Which moves of assessments and commitments other systems are told, and how little."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import WebhookEvent
from assessments.commitments import transitions as commitments
from assessments.lifecycle import transitions
from assessments.models import Answer, KeptBy
from assessments.vendor_side import answers, links
from tests.accounts.webhooks.listening import kinds, listen, told
from tests.factories import Cast, make_assessment, make_commitment, make_vendor
from tests.reports.cards import approved
from vendors.models import Contact


def test_the_way_of_an_assessment_is_told_in_its_order(cast: Cast) -> None:
    listen(cast.admin)
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.submit(cast.assessor, assessment)
    transitions.send_back(cast.approver, assessment, reason="The grade of question 2 needs a word.")
    transitions.submit(cast.assessor, assessment)
    transitions.approve(cast.approver, assessment)
    assert kinds() == [
        "assessment.submitted",
        "assessment.sent_back",
        "assessment.submitted",
        "assessment.approved",
        "scorecard.made",
    ]
    assert set(WebhookEvent.objects.values_list("about", flat=True)) == {f"assessment:{assessment.uuid}"}


def test_an_event_names_things_and_tells_no_grade_no_name_and_no_word(cast: Cast, settings: object) -> None:
    listen(cast.admin)
    vendor = make_vendor(cast.organisation, "Harbour Systems")
    card = approved(cast, grade=1, vendor=vendor)
    data = dict(told())["scorecard.made"]
    assert data.keys() == {
        *("scorecard", "scorecard_url", "number"),
        *("assessment", "assessment_url"),
        *("vendor", "vendor_url"),
    }
    assert data["scorecard"] == str(card.uuid)
    assert data["vendor_url"].endswith(f"/api/v1/vendors/{vendor.uuid}")
    said = json.dumps(told())
    assert "Harbour" not in said
    assert "assessor" not in said.lower()


def test_what_is_undone_is_not_told(cast: Cast) -> None:
    listen(cast.admin)
    assessment = make_assessment(cast.assessor)
    with pytest.raises(transitions.IllegalTransition):
        transitions.submit(cast.assessor, assessment)
    assert kinds() == []


def test_moves_that_concern_nobody_outside_are_not_told(cast: Cast) -> None:
    listen(cast.admin)
    assessment = make_assessment(cast.assessor, grade=2)
    transitions.hand_in(cast.assessor, assessment)
    transitions.cancel(cast.assessor, assessment, reason="Twice.")
    assert kinds() == []


def test_a_commitment_is_told_when_it_is_kept_and_when_it_is_opened_again(cast: Cast) -> None:
    listen(cast.admin)
    made = make_commitment(cast.assessor, make_vendor(cast.organisation), agreed=True)
    now, today = timezone.now(), timezone.localdate()
    commitments.keep(cast.assessor, made, kept_by=KeptBy.EVIDENCE, text="A log of May.", on=today, now=now)
    commitments.reopen(made, on=today, now=now, figures={"p_since": 0.01})
    assert kinds() == ["commitment.kept", "commitment.reopened"]
    data = told()[1][1]
    assert data.keys() == {
        *("commitment", "commitment_url", "number", "state", "due_on"),
        *("vendor", "vendor_url"),
    }
    assert (data["state"], data["due_on"]) == ("agreed", str(today + timedelta(days=60)))


def test_where_nobody_listens_a_move_costs_one_query_more(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    with CaptureQueriesContext(connection) as queries:
        transitions.submit(cast.assessor, assessment)
    assert len([one for one in queries if "webhook" in one["sql"]]) == 1


def test_a_vendor_that_hands_in_is_told_without_what_it_says(cast: Cast) -> None:
    listen(cast.admin)
    assessment = make_assessment(cast.assessor)
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    link, _token = links.create(cast.assessor, assessment, contact)
    Answer.objects.filter(response=link.response).update(vendor_says="We rehearse each quarter.", grade=4)
    answers.hand_in(link)
    assert kinds() == ["vendor.answered"]
    assert told()[0][1]["what"] == "questionnaire"
    assert "rehearse" not in str(told())
    assert "Robin" not in str(told())
