"""Commitments as members meet them: all of them, one with its history, asking for one, changing it, its evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from assessments.commitments import evidence, kept, transitions
from assessments.models import (
    Assessment,
    AssessmentState,
    Commitment,
    CommitmentLink,
    CommitmentSource,
    CommitmentState,
    Consensus,
    Meeting,
    StepKind,
)
from groundwork.words import day
from tests.factories import Cast, make_assessment, make_commitment, make_incident, make_release, make_vendor
from vendors.models import Contact, Vendor

SignedIn = Callable[[Membership | User], Client]


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    make_release()
    return make_vendor(cast.organisation)


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def filled(**changes: Any) -> dict[str, Any]:
    """What somebody types."""
    due_on = timezone.localdate() + timedelta(days=90)
    return {"rule": "speed", "question": "", "what": "Answer within an hour.", "why": "", "due_on": due_on} | changes


def ask(client: Client, vendor: Vendor, member: Membership, query: str = "", **changes: Any) -> Any:
    address = f"{reverse('commitment_add', args=[vendor.pk])}{query}"
    return client.post(address, {"owner": member.user.pk, **filled(**changes)})


class TestAll:
    def test_of_none_it_says_what_this_is(self, cast: Cast, signed_in: SignedIn) -> None:
        assert "No commitments yet" in text_of(signed_in(cast.reader).get("/commitments/"))

    def test_what_is_due_first_stands_at_the_top_and_what_ended_is_left_out(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        today = timezone.localdate()
        late = make_commitment(cast.assessor, vendor, what="The later one", due_on=today + timedelta(days=9))
        soon = make_commitment(cast.assessor, vendor, what="The sooner one", due_on=today + timedelta(days=3))
        gone = make_commitment(cast.assessor, vendor, what="The withdrawn one")
        transitions.withdraw(cast.assessor, gone, text="Not needed", on=today, now=timezone.now())

        response = signed_in(cast.reader).get("/commitments/")

        assert [row.commitment for row in response.context["rows"]] == [soon, late]

    def test_it_is_filtered_by_state_vendor_rule_and_who_follows_it_up(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        other = make_vendor(cast.organisation, "Other Systems")
        yesterday = timezone.localdate() - timedelta(days=1)
        mine = make_commitment(cast.assessor, vendor, rule="speed")
        late = make_commitment(cast.colleague, other, agreed=True, due_on=yesterday)
        client = signed_in(cast.assessor)

        def found(query: str) -> set[Commitment]:
            return {row.commitment for row in client.get(f"/commitments/?{query}").context["rows"]}

        assert found("") == {mine, late}
        assert found("state=overdue") == {late}
        assert found("state=proposed") == {mine}
        assert found(f"vendor={other.pk}") == {late}
        assert found("rule=speed") == {mine}
        assert found("mine=on") == {mine}
        assert found("state=ended") == set()
        assert found("state=all&mine=on") == {mine}

    def test_the_share_kept_stands_by_quarter(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        ended(cast, vendor, "2026-01-15", kept=True)
        ended(cast, vendor, "2026-02-15", kept=False)
        ended(cast, vendor, "2025-12-31", kept=True)

        text = text_of(signed_in(cast.reader).get("/commitments/?state=all"))

        assert "kept 2 of 3 that ended" in text
        assert text.index("Quarter 1 of 2026") < text.index("Quarter 4 of 2025")

    def test_its_queries_do_not_grow_with_its_rows(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        client = signed_in(cast.assessor)
        make_commitment(cast.assessor, vendor, question="speed-1", rule="speed")
        client.get("/commitments/")
        with CaptureQueriesContext(connection) as few:
            client.get("/commitments/")
        for number in range(12):
            other = make_vendor(cast.organisation, f"Vendor {number}")
            contact = Contact.objects.create(vendor=other, name=f"Contact {number}")
            make_commitment(cast.colleague, other, contact=contact, question="proof-1", rule="proof")
        with CaptureQueriesContext(connection) as many:
            response = client.get("/commitments/")
        assert len(response.context["rows"]) == 13
        assert len(many) == len(few) == 8

    def test_a_stranger_sees_none_of_them(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        row = make_commitment(cast.assessor, vendor, what="Ours alone")
        client = signed_in(cast.stranger)
        assert "Ours alone" not in text_of(client.get("/commitments/?state=all"))
        assert client.get(row.get_absolute_url()).status_code == 404
        assert client.get(reverse("commitment_add", args=[vendor.pk])).status_code == 404


def ended(cast: Cast, vendor: Vendor, day: str, *, kept: bool) -> Commitment:
    row = make_commitment(cast.assessor, vendor, agreed=True)
    values = {"state": "kept", "kept_by": "evidence"} if kept else {"state": "missed"}
    Commitment.objects.filter(pk=row.pk).update(ended_on=day, **values)
    return row


class TestOnTheVendorsPage:
    def shown(self, cast: Cast, vendor: Vendor) -> Any:
        return kept.of_vendor(cast.reader, vendor).now().context

    def test_it_says_how_many_are_open_overdue_and_kept(self, cast: Cast, vendor: Vendor) -> None:
        today = timezone.localdate()
        late = make_commitment(cast.assessor, vendor, agreed=True, due_on=today - timedelta(days=1))
        soon = make_commitment(cast.assessor, vendor, due_on=today + timedelta(days=1))
        ended(cast, vendor, "2026-01-15", kept=True)
        ended(cast, vendor, "2026-01-16", kept=False)
        make_commitment(cast.assessor, make_vendor(cast.organisation, "Other"))

        found = self.shown(cast, vendor)

        assert [row.commitment for row in found["rows"]] == [late, soon]
        assert (found["open"], found["overdue"], found["share"].words) == (2, 1, "kept 1 of 2 that ended")

    def test_its_queries_are_two_however_many_there_are(self, cast: Cast, vendor: Vendor) -> None:
        for number in range(7):
            contact = Contact.objects.create(vendor=vendor, name=f"Contact {number}")
            make_commitment(cast.colleague, vendor, contact=contact, question="proof-1", rule="proof")
        self.shown(cast, vendor)  # editions are read once by each process
        with CaptureQueriesContext(connection) as queries:
            found = self.shown(cast, vendor)
        assert (len(queries), len(found["rows"]), found["open"]) == (2, 5, 7)

    def test_whoever_may_not_assess_is_not_offered_to_ask(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        address = reverse("commitment_add", args=[vendor.pk])
        assert address in text_of(signed_in(cast.assessor).get(vendor.get_absolute_url()))
        assert address not in text_of(signed_in(cast.approver).get(vendor.get_absolute_url()))


class TestAsking:
    def test_it_is_written_down_as_proposed_with_a_number_and_its_first_step(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        contact = Contact.objects.create(vendor=vendor, name="Ann Example")

        response = ask(
            signed_in(cast.assessor), vendor, cast.reader, contact=contact.pk, measure="first_response", target="1"
        )

        made = Commitment.objects.get()
        assert response["Location"] == made.get_absolute_url()
        assert (made.state, made.source, made.rule) == (CommitmentState.PROPOSED, CommitmentSource.RULE, "speed")
        assert (made.contact, made.owner, made.created_by) == (contact, cast.reader.user, cast.assessor.user)
        assert (made.measure, made.target) == ("first_response", Decimal(1))
        assert made.number == f"C-{timezone.localdate().year}-001"
        assert [step.kind for step in made.steps.all()] == [StepKind.PROPOSED]

    @pytest.mark.parametrize(("query", "measure"), [("&finding=contradicted", "duration_mean"), ("", "")])
    def test_of_a_finding_the_measure_that_it_rests_on_is_chosen_and_of_a_rule_none(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn, query: str, measure: str
    ) -> None:
        address = f"{reverse('commitment_add', args=[vendor.pk])}?rule=speed{query}"
        assert signed_in(cast.assessor).get(address).context["form"]["measure"].value() == measure

    def test_the_only_contact_is_chosen_and_of_two_none(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        client, address = signed_in(cast.assessor), reverse("commitment_add", args=[vendor.pk])
        ann = Contact.objects.create(vendor=vendor, name="Ann Example")
        assert client.get(address).context["form"]["contact"].value() == ann.pk
        Contact.objects.create(vendor=vendor, name="Bob Example")
        assert client.get(address).context["form"]["contact"].value() is None

    def test_whoever_may_not_assess_cannot_ask(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        assert ask(signed_in(cast.reader), vendor, cast.reader).status_code == 403
        assert not Commitment.objects.exists()

    def test_of_an_archived_vendor_nothing_is_asked(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        vendor.archived_at = timezone.now()
        vendor.save()
        response = ask(signed_in(cast.assessor), vendor, cast.assessor)
        assert response["Location"] == vendor.get_absolute_url()
        assert not Commitment.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"what": ""}, "Say what the vendor will do."),
            ({"rule": ""}, "Choose the rule."),
            ({"due_on": ""}, "Choose the day by which it will be done."),
            ({"due_on": "2020-01-01"}, "Choose today or a later day."),
            ({"question": "proof-1"}, "This question belongs to another rule."),
            ({"target": "8"}, "Choose the measure that this is the target of"),
            ({"measure": "sla", "target": "101"}, "A share is at most 100 percent."),
            ({"measure": "sla", "target": "-1"}, "A target is 0 or more."),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn, changes: dict[str, str], said: str
    ) -> None:
        """The last of the fields that are sent is the wrong one."""
        response = ask(signed_in(cast.assessor), vendor, cast.assessor, **changes)
        (field,) = response.context["form"].errors
        assert field == list(changes)[-1]
        assert said in " ".join(response.context["form"].errors[field])
        assert not Commitment.objects.exists()

    def test_the_measures_that_speak_to_the_rule_come_first_each_with_its_unit(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        form = signed_in(cast.assessor).get(f"{reverse('commitment_add', args=[vendor.pk])}?rule=proof").context["form"]
        (_none, (own, first), (others, rest)) = form.fields["measure"].choices
        assert (own, others) == ("They speak to this rule", "They speak to other rules")
        of_proofs = ["proof_in_time", "proof_days"]
        assert [key for key, _name in first] == ["repeat_count", "repeats", "proven", "cause_proven", *of_proofs]
        assert first[0][1] == "Problems that came back (incidents, less is better)"
        assert ("sla", "Service level met (percent, more is better)") in rest

    def test_a_day_beyond_five_years_was_mistyped(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        year = timezone.localdate().year
        client = signed_in(cast.assessor)
        for wrong in (date(9999, 12, 31), date(year + 6, 1, 1)):
            errors = ask(client, vendor, cast.assessor, due_on=wrong).context["form"].errors
            assert errors == {"due_on": ["Check the year: it is more than 5 years away."]}
        assert ask(client, vendor, cast.assessor, due_on=date(year + 5, 12, 31)).status_code == 302

    def test_owners_are_members_who_read_and_contacts_are_of_this_vendor(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        Contact.objects.create(vendor=make_vendor(cast.organisation, "Elsewhere"), name="Not theirs")
        client = signed_in(cast.assessor)
        form = client.get(reverse("commitment_add", args=[vendor.pk])).context["form"]
        assert cast.stranger.user not in form.fields["owner"].queryset
        assert cast.reader.user in form.fields["owner"].queryset
        assert list(form.fields["contact"].queryset) == []
        assert ask(client, vendor, cast.stranger).context["form"].errors.keys() == {"owner"}


class TestWhereItComesFrom:
    """What the address names is checked against the organisation and the vendor. It proposes why without a grade or a
    figure, since the vendor reads it; what is known of it stands beside, for the member alone."""

    @pytest.fixture
    def assessment(self, cast: Cast, vendor: Vendor) -> Assessment:
        made = make_assessment(cast.colleague, vendor=vendor, state=AssessmentState.IN_REVIEW, grade=1)
        made.responses.update(submitted_at=timezone.now())
        return made

    def begun(self, client: Client, vendor: Vendor, query: str) -> Any:
        return client.get(f"{reverse('commitment_add', args=[vendor.pk])}?{query}")

    def test_a_rule_says_its_status(
        self, cast: Cast, vendor: Vendor, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        page = self.begun(signed_in(cast.assessor), vendor, f"assessment={assessment.pk}&rule=speed")
        form = page.context["form"]
        assert (form.initial["rule"], form.initial["why"]) == ("speed", "5 Speed (en)")
        assert page.context["known"] == "5 Speed (en): broken, 25%"
        assert "The vendor does not see this:" in text_of(page)
        assert "broken, 25%" not in str(form)

    def test_a_question_says_its_grade(
        self, cast: Cast, vendor: Vendor, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        query = f"assessment={assessment.pk}&question=speed-2"
        page = self.begun(signed_in(cast.assessor), vendor, query)
        form = page.context["form"]
        assert (form.initial["rule"], form.initial["question"]) == ("speed", "speed-2")
        assert form.initial["why"] == "5.2 speed question 2 (en)"
        assert page.context["known"] == "5.2 speed question 2 (en): graded 1 of 4"
        ask(signed_in(cast.assessor), vendor, cast.assessor, f"?{query}", question="speed-2")
        made = Commitment.objects.get()
        assert (made.source, made.assessment, made.question) == ("question", assessment, "speed-2")

    def test_a_meeting_says_what_was_agreed_and_when(
        self, cast: Cast, vendor: Vendor, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        meeting = Meeting.objects.create(assessment=assessment, held_on="2026-03-04", created_by=cast.assessor.user)
        Consensus.objects.create(
            assessment=assessment, question=assessment.release.questions.get(key="speed-1"), meeting=meeting, grade=1,
            reason="Hours go by.", decided_by=cast.assessor.user, decided_at=timezone.now(),
        )  # fmt: skip
        query = f"meeting={meeting.pk}&question=speed-1"
        page = self.begun(signed_in(cast.assessor), vendor, query)
        assert page.context["form"].initial["why"] == "5.1 speed question 1 (en)"
        known = f"5.1 speed question 1 (en), agreed on {day(date(2026, 3, 4))}: Hours go by."
        assert page.context["known"] == known
        ask(signed_in(cast.assessor), vendor, cast.assessor, f"?{query}", question="speed-1")
        assert (Commitment.objects.get().meeting, Commitment.objects.get().assessment) == (meeting, assessment)

    def test_an_incident_says_its_reference(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        incident = make_incident(vendor, "INC-7", title="Records stand still")
        page = self.begun(signed_in(cast.assessor), vendor, f"incident={incident.pk}")
        assert page.context["form"].initial["why"] == f"Incident INC-7 of {day(date(2026, 3, 2))}"
        assert page.context["known"] == "Records stand still"

    def test_whoever_still_judges_the_vendor_is_given_no_grade(
        self, cast: Cast, vendor: Vendor, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        open_one = make_assessment(cast.assessor, release=assessment.release, vendor=vendor)
        assert open_one.state == AssessmentState.COLLECTING
        query = f"assessment={assessment.pk}&question=speed-2"
        page = self.begun(signed_in(cast.assessor), vendor, query)
        assert page.context["form"].initial["why"] == "5.2 speed question 2 (en)"
        assert page.context["known"] == ""
        assert "The vendor does not see this" not in text_of(page)

    @pytest.mark.parametrize("what", ["assessment", "incident", "meeting"])
    def test_what_is_of_another_vendor_is_not_there(
        self, cast: Cast, vendor: Vendor, assessment: Assessment, signed_in: SignedIn, what: str
    ) -> None:
        other = make_vendor(cast.organisation, "Elsewhere")
        things = {
            "assessment": assessment.pk,
            "incident": make_incident(vendor).pk,
            "meeting": Meeting.objects.create(
                assessment=assessment, held_on="2026-03-04", created_by=cast.assessor.user
            ).pk,
        }
        assert self.begun(signed_in(cast.assessor), vendor, f"{what}={things[what]}").status_code == 200
        assert self.begun(signed_in(cast.assessor), other, f"{what}={things[what]}").status_code == 404

    @pytest.mark.parametrize(
        "query",
        ["rule=nothing", "question=nothing", "finding=nothing", "incident=x", "meeting=", "rule=%00", "question=x%00"],
    )
    def test_what_nobody_knows_is_not_there(self, cast: Cast, vendor: Vendor, signed_in: SignedIn, query: str) -> None:
        assert self.begun(signed_in(cast.assessor), vendor, query).status_code == 404


class TestOne:
    def test_it_shows_what_why_who_when_and_the_one_thing_to_do_next(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        contact = Contact.objects.create(vendor=vendor, name="Ann Example")
        row = make_commitment(
            cast.assessor, vendor, contact=contact, rule="speed", measure="duration_mean", target=Decimal(8),
            what="Resolve faster.", why="It took days.",
        )  # fmt: skip
        text = text_of(signed_in(cast.assessor).get(row.get_absolute_url()))
        for said in (
            "Resolve faster.",
            "It took days.",
            "Ann Example",
            "Assessor",
            "Mean time to resolve: at most 8 hours",
        ):
            assert said in text
        assert text.count("btn-primary") == 1
        assert "Record that the vendor agrees" in text

    def test_whoever_only_reads_is_offered_nothing(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        row = make_commitment(cast.assessor, vendor)
        response = signed_in(cast.approver).get(row.get_absolute_url())
        assert response.context["next"].primary is None
        assert "btn-primary" not in text_of(response)

    def test_who_follows_it_up_may_go_on_with_it_without_assessing(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        row = make_commitment(cast.assessor, vendor, owner=cast.reader.user, agreed=True)
        response = signed_in(cast.reader).get(row.get_absolute_url())
        assert response.context["next"].primary.label == "Note progress"

    def test_the_history_is_told_in_sentences_the_newest_first(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        row = make_commitment(cast.assessor, vendor, agreed=True)
        link = CommitmentLink.objects.create(
            vendor=vendor, name="Ann Example", token_hash="0" * 64, expires_at=timezone.now(),
            created_by=cast.assessor.user, created_at=timezone.now(),
        )  # fmt: skip
        transitions.note_progress(link, row, text="Half way.", now=timezone.now())
        lines = signed_in(cast.reader).get(row.get_absolute_url()).context["history"]
        assert [(line.sentence, line.text) for line in lines] == [
            ("Ann Example told for the vendor how far it is.", "Half way."),
            ("Assessor recorded that the vendor agrees.", ""),
            ("Assessor wrote down what is asked.", ""),
        ]

    def test_its_queries_do_not_grow_with_its_steps_and_files(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        row = make_commitment(cast.assessor, vendor, agreed=True)
        client = signed_in(cast.assessor)
        client.get(row.get_absolute_url())
        with CaptureQueriesContext(connection) as few:
            client.get(row.get_absolute_url())
        for number in range(6):
            transitions.note_progress(cast.colleague.user, row, text=f"{number}", now=timezone.now())
            file = SimpleUploadedFile(f"{number}.txt", f"note {number}".encode())
            evidence.add_files(cast.colleague.user, row, [file], now=timezone.now())
        with CaptureQueriesContext(connection) as many:
            response = client.get(row.get_absolute_url())
        assert (len(response.context["history"]), len(response.context["files"])) == (8, 6)
        assert len(many) == len(few) == 6


def values_of(row: Commitment, **changes: Any) -> dict[str, Any]:
    return {
        "version": row.version, "rule": row.rule, "question": row.question, "what": row.what, "why": row.why,
        "due_on": row.due_on, "owner": row.owner_id, "contact": "", "measure": row.measure, "target": "",
    } | changes  # fmt: skip


class TestChanging:
    def test_what_both_agreed_on_is_proposed_anew_and_the_earlier_words_stay_in_the_history(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        row = make_commitment(cast.assessor, vendor, agreed=True, what="Within two hours.")
        client = signed_in(cast.assessor)
        client.post(reverse("commitment_edit", args=[row.pk]), values_of(row, what="Within an hour."))
        row.refresh_from_db()
        assert (row.what, row.state) == ("Within an hour.", CommitmentState.PROPOSED)
        line = client.get(row.get_absolute_url()).context["history"][0]
        assert [(before.label, before.text) for before in line.before] == [
            ("What was asked before", "Within two hours.")
        ]

    def test_another_owner_alone_leaves_the_agreement(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        row = make_commitment(cast.assessor, vendor, agreed=True)
        change = values_of(row, owner=cast.reader.user.pk)
        signed_in(cast.assessor).post(reverse("commitment_edit", args=[row.pk]), change)
        row.refresh_from_db()
        assert (row.owner, row.state) == (cast.reader.user, CommitmentState.AGREED)

    def test_of_two_at_once_the_second_sees_both_texts_and_loses_nothing(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        row = make_commitment(cast.assessor, vendor, what="First words.")
        mine = values_of(row, what="My words.")
        transitions.change(cast.colleague, row, {"what": "Their words."}, version=row.version, now=timezone.now())
        client, address = signed_in(cast.assessor), reverse("commitment_edit", args=[row.pk])

        response = client.post(address, mine)

        assert response.status_code == 409
        (difference,) = response.context["differences"]
        assert (difference.mine, difference.theirs) == ("My words.", "Their words.")
        assert response.context["form"]["what"].value() == "My words."
        row.refresh_from_db()
        assert row.what == "Their words."
        again = {name: response.context["form"][name].value() or "" for name in mine}
        assert client.post(address, again).status_code == 302
        row.refresh_from_db()
        assert row.what == "My words."

    def test_one_that_has_ended_is_not_changed_and_says_why(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        row = ended(cast, vendor, "2026-01-15", kept=False)
        response = signed_in(cast.assessor).get(reverse("commitment_edit", args=[row.pk]), follow=True)
        assert "This commitment was missed: make a new one." in text_of(response)


class TestEvidence:
    def test_a_file_is_added_fetched_and_taken_away(self, cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
        row = make_commitment(cast.assessor, vendor)
        client = signed_in(cast.assessor)
        file = SimpleUploadedFile("proof.txt", b"It was done.")
        client.post(reverse("commitment_file_add", args=[row.pk]), {"evidence": [file]})
        kept = row.files.get()
        fetched = signed_in(cast.reader).get(reverse("commitment_file_download", args=[kept.pk]))
        assert b"".join(fetched) == b"It was done."
        assert fetched["Content-Disposition"] == 'attachment; filename="proof.txt"'
        assert signed_in(cast.reader).post(reverse("commitment_file_delete", args=[kept.pk])).status_code == 403
        signed_in(cast.assessor).post(reverse("commitment_file_delete", args=[kept.pk]))
        assert not row.files.exists()

    def test_a_file_that_lies_about_itself_is_refused_beside_its_field(
        self, cast: Cast, vendor: Vendor, signed_in: SignedIn
    ) -> None:
        row = make_commitment(cast.assessor, vendor)
        file = SimpleUploadedFile("proof.pdf", b"no such thing")
        response = signed_in(cast.assessor).post(reverse("commitment_file_add", args=[row.pk]), {"evidence": [file]})
        assert "does not contain what its name says" in text_of(response)
        assert not row.files.exists()
