"""What the vendor said, noted once for all who rate: shared, kept whole, and no reading of others' answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, Membership, Role, User
from assessments.approval.fingerprint import fingerprint
from assessments.independence import those_who_know
from assessments.lifecycle import transitions
from assessments.models import Answer, Assessment, Response, ResponseKind, VendorNote
from assessments.questionnaire import delegation
from assessments.questionnaire.note_forms import mark_of
from assessments.questionnaire.notes import save_note
from assessments.raters import asking
from groundwork.saved import Closed, Conflict, Saved
from manifesto.models import FactKind, ReleaseState
from reports.models import Scorecard
from reports.scorecard import snapshots
from tests.factories import Cast, add_rater, make_assessment, make_member, make_release

SignedIn = Callable[[Membership | User], Client]
JSON = {"HTTP_ACCEPT": "application/json"}
SAID = "They keep a person on call, day and night."


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """The assessor and the reader rate it."""
    assessment = make_assessment(cast.assessor, grade=3)
    add_rater(assessment, cast.reader, grade=2)
    return assessment


def answer_of(member: Membership, key: str = "support-1") -> Answer:
    rows = Answer.objects.select_related("question", "response__assessment")
    return rows.get(response__rater=member.user, response__kind=ResponseKind.CUSTOMER, question__key=key)


def note(member: Membership, text: str, version: int = 0) -> Any:
    return save_note(answer_of(member), text, version, author=member.user, now=timezone.now())


def vendor_answers(assessment: Assessment, text: str, key: str = "support-1", **fields: Any) -> None:
    own = Response.objects.of_vendor().filter(assessment=assessment).first()
    if own is None:
        own = transitions.lay_out(assessment, kind=ResponseKind.VENDOR)
    Answer.objects.filter(response=own, question__key=key).update(vendor_says=text, **fields)
    Response.objects.filter(pk=own.pk).update(submitted_at=timezone.now())


def page_of(client: Client, assessment: Assessment, rule: str = "support") -> str:
    response = client.get(reverse("questionnaire", args=[assessment.pk, rule]))
    return " ".join(response.content.decode().split())


class TestShared:
    def test_everybody_who_rates_reads_it_with_who_wrote_it_last(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        assert isinstance(note(cast.assessor, SAID), Saved)
        for member in (cast.assessor, cast.reader):
            page = page_of(signed_in(member), assessment)
            assert SAID in page
            assert "Last written by Assessor" in page

    def test_there_is_one_text_for_a_question_and_no_field_of_ones_own(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        note(cast.assessor, "First.")
        note(cast.reader, "Second.", version=1)
        assert list(VendorNote.objects.values_list("text", "version")) == [("Second.", 2)]
        page = page_of(signed_in(cast.reader), assessment)
        assert page.count("What the vendor answers</label>") == 2  # one a question
        assert "-vendor_says" not in page

    def test_of_two_who_write_at_once_the_second_sees_both_texts(self, cast: Cast, assessment: Assessment) -> None:
        note(cast.assessor, "First.")
        outcome = note(cast.reader, "Second.")
        assert isinstance(outcome, Conflict)
        assert (outcome.stored.text, outcome.stored.version) == ("First.", 1)

    def test_reading_and_writing_it_is_no_reading_of_others_answers(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        note(cast.assessor, SAID)
        page_of(signed_in(cast.reader), assessment)
        note(cast.reader, "And by day.", version=1)
        transitions.hand_in(cast.assessor, assessment)
        transitions.hand_in(cast.reader, assessment)
        assert those_who_know(assessment.pk) == set()
        assert not Response.objects.exclude(not_independent_since=None).exists()

    def test_it_tells_nothing_of_a_grade(self, cast: Cast, assessment: Assessment) -> None:
        note(cast.assessor, SAID)
        held = json.dumps(list(VendorNote.objects.values()), default=str)
        assert {"grade", "comment", "blank"} & VendorNote.objects.values()[0].keys() == set()
        assert SAID in held

    def test_the_trail_keeps_the_whole_text_before_and_after(self, cast: Cast, assessment: Assessment) -> None:
        note(cast.assessor, "First.")
        note(cast.reader, "Second.", version=1)
        entries = AuditEntry.objects.filter(verb="vendor_note.changed").order_by("pk")
        assert [(one.actor, one.before, one.after) for one in entries] == [
            (cast.assessor.user, {"text": ""}, {"text": "First."}),
            (cast.reader.user, {"text": "First."}, {"text": "Second."}),
        ]
        assert {(one.question_key, one.vendor_name) for one in entries} == {("support-1", assessment.vendor.name)}

    def test_an_outside_rater_reads_and_writes_it_and_learns_no_name(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        wendy = make_member(cast.organisation, "wendy", Role.RATER)
        asking.invite(cast.assessor, assessment, [wendy], rules=["support"])
        note(cast.reader, SAID)
        page = page_of(signed_in(wendy), assessment)
        assert SAID in page
        assert "Reader" not in page
        assert list(VendorNote.objects.for_member(wendy)) == [VendorNote.objects.get()]
        VendorNote.objects.update(question=answer_of(cast.reader, "speed-1").question)
        assert not VendorNote.objects.for_member(wendy).exists()

    def test_whoever_was_lent_the_question_writes_it_too(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        lent = delegation.delegate(cast.assessor, answer_of(cast.assessor), cast.approver)
        client, answer = signed_in(cast.approver), answer_of(cast.assessor)
        data = {f"n{answer.pk}-version": "0", f"n{answer.pk}-text": SAID}
        saved = client.post(reverse("answer_note", args=[answer.pk]), data, **JSON)
        assert saved.json()["state"] == "saved"
        assert SAID in client.get(reverse("delegation_detail", args=[lent.pk])).content.decode()

    def test_nobody_else_writes_it(self, cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
        answer = answer_of(cast.assessor)
        data = {f"n{answer.pk}-version": "0", f"n{answer.pk}-text": SAID}
        for member in (cast.reader, cast.admin, cast.approver):
            reply = signed_in(member).post(reverse("answer_note", args=[answer.pk]), data, **JSON)
            assert reply.status_code == 403, member
        assert not VendorNote.objects.exists()

    def test_once_handed_in_it_is_closed_for_that_rater(self, cast: Cast, assessment: Assessment) -> None:
        transitions.hand_in(cast.assessor, assessment)
        assert isinstance(note(cast.assessor, SAID), Closed)
        assert isinstance(note(cast.reader, SAID), Saved)


class TestTheVendorAnswers:
    def test_its_own_answer_takes_the_place_of_the_field_and_the_note_stays_readable(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        note(cast.assessor, SAID)
        vendor_answers(assessment, "A person answers within five minutes.")
        page = page_of(signed_in(cast.reader), assessment)
        assert "A person answers within five minutes." in page
        assert "Noted before the vendor answered" in page
        assert SAID in page
        assert f"n{answer_of(cast.reader).pk}-text" not in page
        assert f"n{answer_of(cast.reader, 'support-2').pk}-text" in page  # which it left blank

    def test_what_is_noted_too_late_is_refused_in_words(self, cast: Cast, assessment: Assessment) -> None:
        vendor_answers(assessment, "A person answers.")
        outcome = note(cast.assessor, SAID)
        assert isinstance(outcome, Closed)
        assert "load the page again" in outcome.reason

    def test_until_it_hands_in_the_field_stays(self, cast: Cast, assessment: Assessment) -> None:
        vendor_answers(assessment, "A person answers.")
        Response.objects.of_vendor().update(submitted_at=None)
        assert isinstance(note(cast.assessor, SAID), Saved)

    def test_a_figure_that_it_stated_is_not_asked_for_again_and_the_raters_own_stays(
        self, cast: Cast, signed_in: SignedIn
    ) -> None:
        release = make_release(state=ReleaseState.DRAFT)
        release.questions.filter(key="support-1").update(fact=FactKind.PERCENTAGE)
        release.state, release.published_at = ReleaseState.PUBLISHED, timezone.now()
        release.save()
        assessment = make_assessment(cast.assessor, release=release)
        answer = answer_of(cast.assessor)
        Answer.objects.filter(pk=answer.pk).update(fact_value=40)
        client = signed_in(cast.assessor)
        assert f'name="a{answer.pk}-fact_value"' in page_of(client, assessment)

        vendor_answers(assessment, "", fact_value=90)

        page = page_of(client, assessment)
        assert f'name="a{answer.pk}-fact_value"' not in page
        assert "Recorded before the vendor stated it" in page
        client.post(
            reverse("answer_edit", args=[answer.pk]),
            {f"a{answer.pk}-version": answer.version, f"a{answer.pk}-choice": "4"},
            **JSON,
        )
        answer.refresh_from_db()
        assert (answer.grade, answer.fact_value) == (4, 40)

    def test_what_a_rater_had_noted_alone_stays_readable_and_stays(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        answer = answer_of(cast.assessor)
        Answer.objects.filter(pk=answer.pk).update(vendor_says="Told me on the phone.")
        assert "Told me on the phone." not in page_of(signed_in(cast.reader), assessment)
        client = signed_in(cast.assessor)
        assert "Told me on the phone." in page_of(client, assessment)
        data = {f"a{answer.pk}-version": answer.version, f"a{answer.pk}-choice": "4"}
        client.post(reverse("answer_edit", args=[answer.pk]), data, **JSON)
        answer.refresh_from_db()
        assert (answer.grade, answer.vendor_says) == (4, "Told me on the phone.")


class TestPage:
    """Without JavaScript: the page of answers brings its notes along."""

    def post(self, client: Client, assessment: Assessment, answer: Answer, **data: str) -> Any:
        rows = Answer.objects.filter(response=answer.response_id, question__rule__key="support")
        own = {f"a{one.pk}-version": str(one.version) for one in rows} | {f"a{answer.pk}-choice": "1"}
        sent = own | {f"n{answer.pk}-{name}": value for name, value in data.items() if name in NOTED}
        sent |= {name: value for name, value in data.items() if name not in NOTED}
        return client.post(reverse("questionnaire", args=[assessment.pk, "support"]), sent | {"then": "stay"})

    def test_it_saves_answer_and_note(self, cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
        answer = answer_of(cast.assessor)
        reply = self.post(signed_in(cast.assessor), assessment, answer, version="0", shown=mark_of(""), text=SAID)
        assert reply.status_code == 302
        assert VendorNote.objects.get().text == SAID

    def test_a_note_that_only_somebody_else_changed_is_left_alone(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        note(cast.reader, SAID)
        answer = answer_of(cast.assessor)
        reply = self.post(signed_in(cast.assessor), assessment, answer, version="0", shown=mark_of(""), text="")
        assert reply.status_code == 302
        assert VendorNote.objects.get().text == SAID

    def test_two_texts_are_shown_and_either_can_be_taken(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        note(cast.reader, SAID)
        answer, client = answer_of(cast.assessor), signed_in(cast.assessor)
        mine = {"version": "0", "shown": mark_of(""), "text": "Mine."}
        reply = self.post(client, assessment, answer, **mine)
        html = reply.content.decode()
        assert reply.status_code == 409
        assert SAID in html
        assert re.search(r"<textarea[^>]+>Mine\.</textarea>", html)
        assert f'value="n{answer.pk}:1"' in html

        answer.refresh_from_db()
        self.post(client, assessment, answer, **mine, take=f"n{answer.pk}")
        assert VendorNote.objects.get().text == SAID
        answer.refresh_from_db()
        self.post(client, assessment, answer, **mine, keep=f"n{answer.pk}:1")
        assert VendorNote.objects.get().text == "Mine."

    def test_autosave_is_told_of_the_other_text(self, cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
        note(cast.reader, SAID)
        answer = answer_of(cast.assessor)
        data = {f"n{answer.pk}-version": "0", f"n{answer.pk}-text": "Mine."}
        reply = signed_in(cast.assessor).post(reverse("answer_note", args=[answer.pk]), data, **JSON)
        assert (reply.status_code, reply.json()["state"]) == (409, "conflict")
        assert reply.json()["stored"] == {"version": 1, "text": SAID}
        assert SAID in reply.json()["html"]

    def test_side_by_side_each_vendor_has_its_own(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        other = make_assessment(cast.assessor, release=assessment.release)
        client = signed_in(cast.assessor)
        vendor_answers(other, "We answer ourselves.")
        address = reverse("answer_grid_question", args=["support-1"])
        page = client.get(address).content.decode()
        assert "We answer ourselves." in page
        [prefix] = re.findall(r'name="(n\d+)-text"', page)
        versions = dict(re.findall(r'name="(a\d+-version)"[^>]+value="(\d+)"', page))
        client.post(address, versions | {f"{prefix}-version": "0", f"{prefix}-shown": "", f"{prefix}-text": SAID})
        saved = VendorNote.objects.get()
        assert (saved.assessment, saved.text) == (assessment, SAID)


NOTED = ("version", "shown", "text")


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"))), st.sampled_from(["\n", "\r\n"]))
def test_a_text_is_the_same_however_a_browser_ends_its_lines(line: str, end: str) -> None:
    assert mark_of(f"{line}\n{line}") == mark_of(f"{line}{end}{line}{end}")


class TestKept:
    def test_it_belongs_to_what_is_approved(self, cast: Cast, assessment: Assessment) -> None:
        bare = fingerprint(assessment)
        note(cast.assessor, SAID)
        noted = fingerprint(assessment)
        note(cast.assessor, "", version=1)
        assert noted != bare
        assert fingerprint(assessment) == bare  # as before there were notes

    def test_the_scorecard_holds_it_and_prints_it_beside_the_vendors_own(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        note(cast.assessor, SAID)
        note(cast.assessor, "Never told again.", version=1)
        vendor_answers(assessment, "A person answers.")
        transitions.submit(cast.assessor, assessment, without_outstanding=True)
        transitions.approve(cast.approver, assessment)
        card = Scorecard.objects.get()
        content = snapshots.load(card)
        assert content["notes"]["support-1"]["text"] == "Never told again."
        assert content["notes"]["support-1"]["by"] == "Assessor"
        opened = signed_in(cast.reader).get(reverse("scorecard_rule", args=[card.pk, "support"]))
        page = " ".join(opened.content.decode().split())
        assert "Noted before the vendor answered" in page
        assert "Never told again." in page
