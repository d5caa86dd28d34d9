"""The page of the consensus meeting: who sees it, who records, what a conflict looks like, with and without htmx."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role
from assessments.consensus import attendance
from assessments.consensus import meeting as consensus
from assessments.models import (
    Answer,
    Assessment,
    AssessmentState,
    Consensus,
    Delegation,
    Evidence,
    Meeting,
    Response,
    ResponseKind,
)
from manifesto.models import Question
from tests.factories import NOW, Cast, add_rater, make_assessment, make_member

SignIn = Callable[[Membership], Client]
HTMX = {"HX-Request": "true"}
REASON = "They showed the records of the last test."


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """Three raters are in; they differ on support-1 alone, and the vendor sees speed-1 two levels lower."""
    made = make_assessment(cast.assessor)
    made.responses.all().delete()
    for member, grade in ((cast.assessor, 1), (cast.reader, 4), (cast.approver, 3)):
        add_rater(made, member, grade=3, grades={"support-1": grade}, submitted_at=NOW)
    vendor = Response.objects.create(assessment=made, kind=ResponseKind.VENDOR, submitted_at=NOW)
    Answer.objects.bulk_create(
        Answer(response=vendor, question=question, grade=1 if question.key == "speed-1" else 3)
        for question in made.release.questions.all()
    )
    return made


def page(assessment: Assessment) -> str:
    return reverse("assessment_consensus", args=[assessment.pk])


def agree_at(assessment: Assessment, key: str = "support-1") -> str:
    return reverse("consensus_agree", args=[assessment.pk, key])


def posted(**values: Any) -> dict[str, Any]:
    return {"version": 0, "day": timezone.localdate().isoformat(), "choice": "3", "reason": REASON} | values


def begun(cast: Cast, assessment: Assessment, day: date | None = None) -> Meeting:
    """The meeting of today, or of that day, with two people."""
    there = [cast.assessor.user, cast.reader.user]
    return attendance.hold(cast.assessor, assessment, held_on=day or timezone.localdate(), attendees=there)


def text_of(client: Client, assessment: Assessment, **more: Any) -> str:
    response = client.get(page(assessment), **more)
    assert response.status_code == 200
    return str(response.content.decode())


# The page ------------------------------------------------------------------------------------------


def test_page_shows_only_what_needs_talk_and_why(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    html = text_of(signed_in(cast.assessor), assessment)
    assert html.count("<article") == 2
    assert "Grades lie 3 levels apart" in html
    assert "The vendor sees itself lower, by 2 levels" in html
    assert "12 questions need no talk" in html


def test_page_shows_every_raters_grade_texts_and_evidence(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    answer = Answer.objects.get(
        response__assessment=assessment, response__rater=cast.reader.user, question__key="support-1"
    )
    Answer.objects.filter(pk=answer.pk).update(comment="Two tests <seen>", vendor_says="We test each month")
    Evidence.objects.create(
        answer=answer, file="x.pdf", name="Minutes.pdf", content_type="application/pdf", size=9, sha256="0" * 64
    )
    html = text_of(signed_in(cast.assessor), assessment)
    assert "Two tests &lt;seen&gt;" in html
    assert "We test each month" in html
    assert "Minutes.pdf" in html
    assert "support question 1 level 4 (en)" in html
    assert str(cast.department) in html


def test_vendors_own_view_stands_apart_and_never_counts(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    html = text_of(signed_in(cast.assessor), assessment)
    assert html.count("never counts") == 2


def test_agreement_is_shown_in_words_and_as_a_figure(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    html = text_of(signed_in(cast.assessor), assessment)
    assert "Weak agreement" in html
    assert "Krippendorff" in html


def test_nobody_is_sent_to_talk_any_more_once_it_is_settled(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    client = signed_in(cast.assessor)
    begun(cast, assessment)
    assert "talk about it before anybody relies on the result" in text_of(client, assessment)

    card = client.post(agree_at(assessment), posted(), headers={"HX-Request": "true"}).content.decode()

    assert '<p id="consensus-meaning" hx-swap-oob="true">Contested on 1 question, settled on' in card
    html = text_of(client, assessment)
    assert "Contested on 1 question, settled on" in html
    assert "talk about it before" not in html


def test_what_is_agreed_moves_out_of_what_is_to_be_talked_about_and_the_last_shows_the_way_on(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    client = signed_in(cast.assessor)
    begun(cast, assessment)
    submit = f'href="{reverse("assessment_submit", args=[assessment.pk])}"'
    assert submit not in text_of(client, assessment)
    card = client.post(agree_at(assessment), posted(), headers=HTMX).content.decode()
    assert "Still open: 1; agreed: 1." in card
    html = text_of(client, assessment)
    talk, agreed = html.index('id="talk"'), html.index('id="agreed"')
    assert talk < html.index('id="question-speed-1"') < agreed < html.index('id="question-support-1"')
    assert html.count("<article") == 2

    card = client.post(agree_at(assessment, "speed-1"), posted(), headers=HTMX).content.decode()

    assert '<div id="consensus-on" hx-swap-oob="true">' in card
    for shown in (card, text_of(client, assessment)):
        assert "Everything is agreed." in shown
        assert submit in shown
        assert f'href="{reverse("assessment_detail", args=[assessment.pk])}"' in shown
    reader = text_of(signed_in(cast.reader), assessment)
    assert "Back to the assessment" in reader
    assert submit not in reader


def test_of_two_fields_of_which_one_is_needed_none_is_called_optional(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    html = text_of(signed_in(cast.assessor), assessment)
    form = html[html.index('id="begin"') :]
    form = form[: form.index("</form>")]
    assert "Tick at least one person here, or type a name below." in form
    assert "(optional)" not in form


def test_a_rater_finds_their_own_answer_among_the_others(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    assert text_of(signed_in(cast.assessor), assessment).count("your own answer") == 2  # one in each question
    assert "your own answer" not in text_of(signed_in(cast.admin), assessment)


@pytest.mark.parametrize(("language", "said"), [("fr", "(fr)"), ("nl", "(nl)")])
def test_page_speaks_the_language_of_its_reader(
    signed_in: SignIn, cast: Cast, assessment: Assessment, language: str, said: str
) -> None:
    html = text_of(signed_in(cast.assessor), assessment, headers={"Accept-Language": language})
    assert f"support question 1 {said}" in html
    assert "support question 1 (en)" not in html
    assert f'lang="{language}"' in html


def test_nothing_to_talk_about_is_said_honestly(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    Answer.objects.filter(response__assessment=assessment).update(grade=3)
    html = text_of(signed_in(cast.assessor), assessment)
    assert "Nothing needs talk" in html
    assert "<article" not in html


def test_before_anybody_handed_in_the_page_says_so(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    assessment.responses.update(submitted_at=None)
    html = text_of(signed_in(cast.colleague), assessment)
    assert "Nobody has handed in yet" in html


def test_whoever_is_not_asked_reads_nothing_while_raters_are_outstanding(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    """Else they could read first, and join as a rater afterwards; beginning without the others is said aloud."""
    late = add_rater(assessment, cast.admin)
    outsider = make_member(cast.organisation, "outsider", Role.ASSESSOR)
    onlooker = make_member(cast.organisation, "onlooker", Role.READER)

    assert signed_in(onlooker).get(page(assessment)).status_code == 403
    html = text_of(signed_in(outsider), assessment)
    assert "Begin without them" in html
    assert "<article" not in html
    Response.objects.filter(pk=late.pk).update(submitted_at=NOW)
    assert "<article" in text_of(signed_in(outsider), assessment)


def test_a_draft_has_no_meeting_yet(signed_in: SignIn, cast: Cast) -> None:
    draft = make_assessment(cast.assessor, state=AssessmentState.DRAFT)
    assert signed_in(cast.assessor).get(page(draft)).status_code == 302


@pytest.mark.parametrize("state", [AssessmentState.APPROVED, AssessmentState.CANCELLED])
def test_a_closed_assessment_is_read_only(
    signed_in: SignIn, cast: Cast, assessment: Assessment, state: AssessmentState
) -> None:
    Assessment.objects.filter(pk=assessment.pk).update(state=state)
    html = text_of(signed_in(cast.assessor), assessment)
    assert "<article" in html
    assert 'name="choice"' not in html


def test_queries_are_the_same_for_many_raters_and_questions(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    begun(cast, assessment)
    client = signed_in(cast.assessor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(client, assessment)
        return len(captured)

    client.post(agree_at(assessment), posted())
    queries()
    few = queries()
    for number in range(6):
        member = make_member(cast.organisation, f"rater{number}", Role.READER, department=cast.department)
        add_rater(assessment, member, grade=number % 5, submitted_at=NOW)
    for day in range(1, 4):
        meeting = Meeting.objects.create(
            assessment=assessment, held_on=date(2026, 3, day), created_by=cast.assessor.user
        )
        meeting.attendees.set([cast.assessor.user, cast.reader.user])
    for question in Question.objects.exclude(key="support-1")[:5]:
        Consensus.objects.create(
            assessment=assessment,
            question=question,
            meeting=meeting,
            grade=2,
            reason=REASON,
            decided_by=cast.colleague.user,
            decided_at=NOW,
        )
    assert queries() == few


# Who sees it, who records ---------------------------------------------------------------------------


def test_readers_may_look_but_not_record(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    client = signed_in(cast.reader)
    assert 'name="choice"' not in text_of(client, assessment)
    assert client.post(agree_at(assessment), posted()).status_code == 403
    assert client.post(reverse("consensus_undo", args=[assessment.pk, "support-1"])).status_code == 403
    assert client.post(reverse("consensus_meeting", args=[assessment.pk])).status_code == 403


def test_strangers_find_nothing(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    client = signed_in(cast.stranger)
    assert client.get(page(assessment)).status_code == 404
    assert client.post(agree_at(assessment), posted()).status_code == 404
    assert client.post(reverse("consensus_undo", args=[assessment.pk, "support-1"])).status_code == 404
    assert client.post(reverse("consensus_meeting", args=[assessment.pk])).status_code == 404


def test_a_question_of_no_release_is_not_found(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    assert signed_in(cast.assessor).post(agree_at(assessment, "nothing-9"), posted()).status_code == 404


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_whoever_still_rates_sees_nothing_of_the_others(
    signed_in: SignIn, cast: Cast, assessment: Assessment, headers: dict[str, str]
) -> None:
    Answer.objects.filter(response__assessment=assessment).update(comment="What the others think")
    add_rater(assessment, cast.colleague)
    client = signed_in(cast.colleague)
    replies = [
        client.get(page(assessment), headers=headers),
        client.post(agree_at(assessment), posted(choice=""), headers=headers),
        client.post(agree_at(assessment), posted(), headers=headers),
        client.post(reverse("consensus_undo", args=[assessment.pk, "support-1"]), {"version": 1}, headers=headers),
        client.post(reverse("consensus_meeting", args=[assessment.pk]), {"held_on": ""}, headers=headers),
    ]
    for reply in replies:
        html = reply.content.decode()
        assert reply.status_code == 403
        assert "Hand in your own answers first" in html
        assert "What the others think" not in html
        assert "support question 1" not in html
    assert not Consensus.objects.exists() and not Meeting.objects.exists()
    hub = client.get(reverse("assessment_detail", args=[assessment.pk])).content.decode()
    assert "needs talk" not in hub and "Weak agreement" not in hub


def test_whoever_was_handed_a_question_is_kept_out_too(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    lent = add_rater(assessment, make_member(cast.organisation, "late", Role.READER))
    answer = lent.answers.first()
    assert answer is not None
    Delegation.objects.create(
        answer=answer, delegate=cast.colleague.user, delegated_by=cast.assessor.user, delegated_at=NOW
    )
    assert signed_in(cast.colleague).get(page(assessment)).status_code == 403


def test_answers_not_handed_in_are_never_on_the_table(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    late = add_rater(assessment, make_member(cast.organisation, "late", Role.READER), grade=0)
    late.answers.update(comment="Not yet for others")
    html = text_of(signed_in(cast.assessor), assessment)
    assert "Not yet for others" not in html
    assert "1 rater has not handed in" in html
    assert "Late" in html


# Recording ------------------------------------------------------------------------------------------


def test_plain_post_records_and_comes_back_to_the_same_place(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    begun(cast, assessment)
    client = signed_in(cast.assessor)
    reply = client.post(agree_at(assessment), posted())
    assert reply.status_code == 302
    assert reply["Location"] == f"{page(assessment)}#question-support-1"
    stored = Consensus.objects.get()
    assert (stored.grade, stored.reason, stored.meeting.held_on) == (3, REASON, timezone.localdate())
    html = text_of(client, assessment)
    assert "3 Dependable" in html
    assert REASON in html


def test_htmx_gets_the_card_and_the_numbers_alone(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    begun(cast, assessment)
    reply = signed_in(cast.assessor).post(agree_at(assessment), posted(choice="not_applicable"), headers=HTMX)
    html = reply.content.decode()
    assert reply.status_code == 200
    assert html.count("<article") == 1 and "<html" not in html
    assert 'id="consensus-settled" hx-swap-oob="true"' in html and "1 of 2" in html
    assert "agreed: Not applicable" in html
    assert Consensus.objects.get().not_applicable


def test_what_an_earlier_page_said_goes_with_the_next_card(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    begun(cast, assessment)
    card = signed_in(cast.assessor).post(agree_at(assessment), posted(), headers=HTMX).content.decode()
    assert '<div id="messages" hx-swap-oob="innerHTML"></div>' in card


def test_until_the_meeting_has_begun_each_card_leads_to_its_form(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    client = signed_in(cast.assessor)
    assert text_of(client, assessment).count('<a href="#begin">Begin the meeting to agree</a>') == 2
    assert "Begin the meeting to agree" not in text_of(signed_in(cast.reader), assessment)
    begun(cast, assessment)
    assert "Begin the meeting to agree" not in text_of(client, assessment)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"choice": ""}, "Choose the grade that you agreed on"),
        ({"choice": "7"}, "7"),
        ({"reason": "  "}, "Say why"),
        ({"reason": "x" * 2001}, "2000 characters"),
        ({"day": (timezone.localdate() + timedelta(days=2)).isoformat()}, "still to come"),
    ],
)
def test_what_is_missing_is_told_and_what_was_typed_stays(
    signed_in: SignIn, cast: Cast, assessment: Assessment, wrong: dict[str, str], said: str
) -> None:
    for headers in ({}, HTMX):
        reply = signed_in(cast.assessor).post(agree_at(assessment), posted(**wrong), headers=headers)
        html = reply.content.decode()
        assert reply.status_code == 422
        assert said in html
        assert "reason" in wrong or REASON in html
    assert not Consensus.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_conflict_shows_both_and_saving_again_replaces(
    signed_in: SignIn, cast: Cast, assessment: Assessment, headers: dict[str, str]
) -> None:
    meeting = begun(cast, assessment)
    question = Question.objects.get(key="support-1")
    consensus.agree(
        cast.colleague, assessment, question, grade=2, reason="Their own reason", meeting=meeting, version=0
    )
    client = signed_in(cast.assessor)
    reply = client.post(agree_at(assessment), posted(choice="4"), headers=headers)
    html = reply.content.decode()
    assert reply.status_code == 409
    assert "Colleague recorded something else meanwhile" in html
    assert "Their own reason" in html and "2 Partial" in html
    assert REASON in html
    assert '<input type="hidden" name="version" value="1" autocomplete="off">' in html
    assert 'value="4" checked' in " ".join(html.split())
    assert Consensus.objects.get().grade == 2

    client.post(agree_at(assessment), posted(choice="4", version=1), headers=headers)
    assert Consensus.objects.get().grade == 4


def test_what_was_taken_back_meanwhile_is_told(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    begun(cast, assessment)
    reply = signed_in(cast.assessor).post(agree_at(assessment), posted(version=3), headers=HTMX)
    assert reply.status_code == 409
    assert "taken back meanwhile" in reply.content.decode()
    assert not Consensus.objects.exists()


def test_an_agreement_can_be_taken_back(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    begun(cast, assessment)
    client = signed_in(cast.assessor)
    client.post(agree_at(assessment), posted())
    address = reverse("consensus_undo", args=[assessment.pk, "support-1"])
    assert client.post(address, {"version": "9"}, headers=HTMX).status_code == 409
    assert client.post(address, {"version": "1"}).status_code == 302
    assert not Consensus.objects.exists()


def test_what_no_longer_needs_talk_can_still_be_taken_back(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    begun(cast, assessment)
    client = signed_in(cast.assessor)
    client.post(agree_at(assessment), posted())
    Answer.objects.filter(response__assessment=assessment).update(grade=3)
    assert text_of(client, assessment).count("<article") == 1
    address = reverse("consensus_undo", args=[assessment.pk, "support-1"])
    reply = client.post(address, {"version": "1"}, headers=HTMX)
    assert reply.status_code == 200
    assert "is open again" in reply.content.decode()


def test_a_refusal_keeps_what_was_typed(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    Assessment.objects.filter(pk=assessment.pk).update(state=AssessmentState.APPROVED)
    reply = signed_in(cast.assessor).post(agree_at(assessment), posted())
    html = reply.content.decode()
    assert reply.status_code == 409
    assert "already approved" in html and REASON in html


def test_an_address_that_records_leads_back_when_it_is_only_opened(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    client = signed_in(cast.assessor)
    for name in ("consensus_agree", "consensus_undo"):
        reply = client.get(reverse(name, args=[assessment.pk, "support-1"]))
        assert reply["Location"].startswith(page(assessment))
    assert client.get(reverse("consensus_meeting", args=[assessment.pk]))["Location"] == page(assessment)


# The meeting ----------------------------------------------------------------------------------------


def test_raters_are_ticked_and_others_named(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    client = signed_in(cast.assessor)
    values = {
        "held_on": "2026-03-02",
        "attendees": [cast.assessor.user.pk, cast.reader.user.pk],
        "others": "A guest from finance",
    }
    reply = client.post(reverse("consensus_meeting", args=[assessment.pk]), values)
    assert reply["Location"] == f"{page(assessment)}?day=2026-03-02"
    meeting = Meeting.objects.get()
    assert set(meeting.attendees.all()) == {cast.assessor.user, cast.reader.user}
    html = client.get(reply["Location"]).content.decode()
    assert "2\u00a0March 2026" in html and "A guest from finance" in html
    assert 'name="day" value="2026-03-02"' in html


def ticked(html: str) -> set[str]:
    """The labels of the boxes that are ticked."""
    boxes = re.findall(r"<input[^>]*name=.attendees.[^>]*>\s*<label[^>]*>([^<]*)<", html)
    chosen = re.findall(r"<input[^>]*name=.attendees.[^>]*checked[^>]*>\s*<label[^>]*>([^<]*)<", html)
    assert len(boxes) > len(chosen)
    return {label.strip() for label in chosen}


def test_nothing_is_recorded_before_it_is_said_who_is_there(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    """Proposed are those who have handed in; everybody else of the organisation can be ticked."""
    client = signed_in(cast.assessor)
    html = text_of(client, assessment)
    assert "Begin the meeting: who is there?" in html and 'name="choice"' not in html
    assert ticked(html) == {"Assessor", "Reader", "Approver"}

    refused = client.post(agree_at(assessment), posted())
    assert refused.status_code == 409
    assert "No meeting of this day has begun" in refused.content.decode() and REASON in refused.content.decode()
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("values", [{}, {"others": " , "}])
def test_a_meeting_begins_with_somebody(
    signed_in: SignIn, cast: Cast, assessment: Assessment, values: dict[str, str]
) -> None:
    values = {"held_on": timezone.localdate().isoformat()} | values
    reply = signed_in(cast.assessor).post(reverse("consensus_meeting", args=[assessment.pk]), values)
    assert reply.status_code == 422
    assert "Tick who is there, or type their names" in reply.content.decode()
    assert not Meeting.objects.exists()


def test_who_is_there_can_be_corrected_while_it_goes_on(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    client, address = signed_in(cast.assessor), reverse("consensus_meeting", args=[assessment.pk])
    today = {"held_on": timezone.localdate().isoformat()}
    client.post(address, today | {"attendees": [cast.assessor.user.pk, cast.reader.user.pk]})
    client.post(agree_at(assessment), posted())
    client.post(address, today | {"attendees": [cast.assessor.user.pk, cast.admin.user.pk], "others": "Bo, Cem"})
    assert Consensus.objects.get().meeting.present == ["Admin", "Assessor", "Bo", "Cem"]
    html = " ".join(text_of(client, assessment).split())
    assert "<bdi>Admin</bdi>, <bdi>Assessor</bdi>, <bdi>Bo</bdi>, <bdi>Cem</bdi>" in html
    assert ticked(html) == {"Admin", "Assessor"}


def test_what_one_person_recorded_alone_is_called_a_decision(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    client = signed_in(cast.assessor)
    today = {"held_on": timezone.localdate().isoformat(), "attendees": [cast.assessor.user.pk]}
    client.post(reverse("consensus_meeting", args=[assessment.pk]), today)
    client.post(agree_at(assessment), posted())
    html = text_of(client, assessment)
    assert "one person alone: a decision, no agreement" in html
    assert '<span class="chip chip-invited">Decided by one person</span>' in html
    assert '<span class="chip chip-done">Agreed</span>' not in html
    review = client.get(reverse("assessment_review", args=[assessment.pk])).content.decode()
    assert "Decided by one person, nobody else was there: grade 3 of 4" in review


def test_an_agreement_belongs_to_the_day_that_is_looked_at(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    begun(cast, assessment, date(2026, 3, 2))
    reply = signed_in(cast.assessor).post(agree_at(assessment), posted(day="2026-03-02"))
    assert reply["Location"] == f"{page(assessment)}?day=2026-03-02#question-support-1"
    assert Consensus.objects.get().meeting.held_on == date(2026, 3, 2)


@pytest.mark.parametrize("day", ["", "2026-13-40", "soon", "9999-01-01"])
def test_a_meeting_needs_a_day_that_has_come(signed_in: SignIn, cast: Cast, assessment: Assessment, day: str) -> None:
    reply = signed_in(cast.assessor).post(reverse("consensus_meeting", args=[assessment.pk]), {"held_on": day})
    assert reply.status_code == 422
    assert not Meeting.objects.exists()


def test_somebody_of_another_organisation_cannot_be_ticked(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    values = {"held_on": "2026-03-02", "attendees": [cast.stranger.user.pk]}
    reply = signed_in(cast.assessor).post(reverse("consensus_meeting", args=[assessment.pk]), values)
    assert reply.status_code == 422


def test_a_day_in_the_address_that_is_none_means_today(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    begun(cast, assessment)
    for day in ("2026-99-99", "x", "9999-01-01"):
        html = signed_in(cast.assessor).get(f"{page(assessment)}?day={day}").content.decode()
        assert f'name="day" value="{timezone.localdate():%Y-%m-%d}"' in html


def test_a_meeting_without_some_raters_begins_only_deliberately(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    add_rater(assessment, make_member(cast.organisation, "late", Role.READER))
    client = signed_in(cast.assessor)
    html = text_of(client, assessment)
    assert "Begin without them" in html and 'name="choice"' not in html
    refused = client.post(agree_at(assessment), posted())
    assert refused.status_code == 409 and "Late" in refused.content.decode()
    values = {"held_on": timezone.localdate().isoformat(), "attendees": [cast.assessor.user.pk]}
    client.post(reverse("consensus_meeting", args=[assessment.pk]), values)
    assert not Meeting.objects.exists()
    client.post(reverse("consensus_meeting", args=[assessment.pk]), values | {"without_outstanding": "yes"})
    html = text_of(client, assessment)
    assert 'name="choice"' in html and "1 rater has not handed in" in html
    assert client.post(agree_at(assessment), posted()).status_code == 302


def test_the_hub_leads_to_the_meeting(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    html = signed_in(cast.reader).get(reverse("assessment_detail", args=[assessment.pk])).content.decode()
    assert "2 questions need talk" in html
    assert page(assessment) in html
