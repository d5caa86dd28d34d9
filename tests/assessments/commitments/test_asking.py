"""Asking for a commitment from where one is: an incident, the meeting, a finding; for assessors alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from assessments.commitments import origin
from assessments.findings.findings import Finding
from assessments.findings.words import Notice
from assessments.models import Assessment, AssessmentState, Consensus, Meeting
from tests.factories import Cast, add_rater, make_assessment, make_expectations, make_incident, make_vendor

SignedIn = Callable[[Membership | User], Client]
SLOWER = Notice(
    rule="speed", number=5, name="Speed", finding=Finding.CONTRADICTED.value, label="Contradicted",
    brief="Rule 5 is rated met, yet the mean time rises.", plain="The mean time rises.",
    grounds="It rests on 84 incidents.", incidents=(), more=0,
)  # fmt: skip


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    made = make_assessment(cast.colleague, vendor=make_vendor(cast.organisation), state=AssessmentState.IN_REVIEW)
    made.responses.get().answers.update(grade=4)
    add_rater(made, cast.approver, grade=1)
    made.responses.update(submitted_at=timezone.now())
    return made


def page_of(client: Client, route: str, pk: int) -> str:
    response = client.get(reverse(route, args=[pk]))
    assert response.status_code == 200
    return str(response.content.decode())


def test_an_incident_leads_to_asking(cast: Cast, signed_in: SignedIn) -> None:
    incident = make_incident(make_vendor(cast.organisation))
    ask = f"/vendors/{incident.vendor_id}/commitments/add/?incident={incident.pk}"
    assert ask in page_of(signed_in(cast.assessor), "incident_detail", incident.pk)
    assert ask not in page_of(signed_in(cast.admin), "incident_detail", incident.pk)


def test_a_card_of_the_meeting_leads_to_asking_with_what_was_agreed(
    cast: Cast, assessment: Assessment, signed_in: SignedIn
) -> None:
    meeting = Meeting.objects.create(assessment=assessment, held_on="2026-03-04", created_by=cast.assessor.user)
    Consensus.objects.create(
        assessment=assessment, question=assessment.release.questions.get(key="speed-1"), meeting=meeting, grade=1,
        reason="Hours go by.", decided_by=cast.assessor.user, decided_at=timezone.now(),
    )  # fmt: skip
    ask = f"/vendors/{assessment.vendor_id}/commitments/add/?assessment={assessment.pk}&amp;question="

    page = page_of(signed_in(cast.assessor), "assessment_consensus", assessment.pk)

    assert f"{ask}speed-1&amp;meeting={meeting.pk}" in page
    assert f'{ask}speed-2"' in page
    assert ask not in page_of(signed_in(cast.reader), "assessment_consensus", assessment.pk)
    response = signed_in(cast.assessor).get(ask.replace("&amp;", "&") + f"speed-1&meeting={meeting.pk}")
    assert "Hours go by." in response.context["known"]
    assert "Hours go by." not in response.context["form"].initial["why"]


@pytest.mark.parametrize("finding", list(Finding))
def test_a_finding_that_the_measure_speaks_against_leads_to_asking(
    cast: Cast, assessment: Assessment, finding: Finding
) -> None:
    notice = {**vars(SLOWER), "finding": finding.value}
    context = {"view": {"notices": [Notice(**notice)]}, "judged": assessment, "member": cast.assessor}
    page = render_to_string("assessments/findings/_measured_notices.html", context)
    ask = f"?assessment={assessment.pk}&amp;finding={finding}&amp;rule=speed"
    assert (ask in page) is (finding in {Finding.CONTRADICTED, Finding.NOT_BORNE_OUT})
    for_reader = render_to_string("assessments/findings/_measured_notices.html", {**context, "member": cast.reader})
    assert "Ask for a commitment" not in for_reader


def test_a_finding_says_its_own_sentence_but_not_to_whoever_still_judges(
    cast: Cast, assessment: Assessment, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    class View:
        notices = (SLOWER,)

    monkeypatch.setattr(origin, "measured_rules", lambda *_args, **_kwargs: object())
    monkeypatch.setattr(origin, "in_words", lambda *_args: View())
    address = (
        f"/vendors/{assessment.vendor_id}/commitments/add/?assessment={assessment.pk}&rule=speed&finding=contradicted"
    )

    def begun() -> Any:
        context = signed_in(cast.assessor).get(address).context
        return context["known"], context["form"].initial["why"]

    assert begun() == (SLOWER.text, "5 Speed (en)")
    make_assessment(cast.assessor, release=assessment.release, vendor=assessment.vendor)
    assert begun() == ("", "5 Speed (en)")


def test_what_the_measure_is_held_to_already_is_proposed_as_the_target(
    cast: Cast, assessment: Assessment, signed_in: SignedIn
) -> None:
    make_expectations(cast.assessor)
    address = f"/vendors/{assessment.vendor_id}/commitments/add/?assessment={assessment.pk}&finding=contradicted"
    form = signed_in(cast.assessor).get(f"{address}&rule=proof").context["form"]
    assert (form.initial["measure"], form.initial["target"]) == ("repeat_count", 0)
    told = str(form.fields["target"].help_text)
    assert "Problems that came back: at most 0" in told.partition("This holds already:")[2]
    form = signed_in(cast.assessor).get(f"{address}&rule=speed").context["form"]
    assert (form.initial["measure"], form.initial["target"]) == ("duration_mean", None)
    assert "Time to the first response: at most 15 minutes" in str(form.fields["target"].help_text)
