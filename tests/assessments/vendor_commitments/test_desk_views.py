"""The vendor at its desk: agrees or says why not, tells how far it is, attaches, reports; one or several at once."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry
from assessments.commitments import transitions
from assessments.models import Commitment, CommitmentFile, CommitmentState, CommitmentStep, StepKind
from tests.assessments.vendor_commitments.scene import Side, body_of, today, upload
from tests.factories import make_commitment

pytestmark = pytest.mark.django_db


def url(name: str, own: Side, *args: int) -> str:
    return reverse(name, args=[own.link.pk, *args])


def agree(visitor: Client, own: Side, row: Commitment, version: int | None = None, **said: str) -> str:
    sent = {"agree-name": "Dana Director", "version": str(version or row.version), **said}
    return body_of(visitor.post(url("vendor_commitment_agree", own, row.pk), sent, follow=True))


def latest(row: Commitment) -> CommitmentStep:
    return row.steps.order_by("pk").last()  # type: ignore[return-value]


def test_the_list_parts_what_waits_from_what_is_agreed_and_what_ended(own: Side, visitor: Client) -> None:
    Commitment.objects.filter(pk=own.agreed.pk).update(due_on=today() - timedelta(days=1))
    page = body_of(visitor.get(url("vendor_commitments", own)))
    assert "1 commitment waits for your word." in page
    waiting, agreed, ended = (page.index(f'id="{part}"') for part in ("waiting", "agreed", "ended"))
    assert waiting < page.index("Lighthouse asked") < agreed < page.index("Lighthouse agreed") < ended
    assert agreed < page.index("Overdue") < ended < page.index("Lighthouse kept")
    assert "Kept, found on" in page


def test_by_its_link_the_vendor_agrees_with_a_name_and_words(own: Side, visitor: Client) -> None:
    page = agree(visitor, own, own.asked, **{"agree-words": "Kim works on it."})
    row = Commitment.objects.get(pk=own.asked.pk)
    assert (row.state, row.agreed_by, row.agreed_on) == (CommitmentState.AGREED, "Dana Director", today())
    assert (latest(row).kind, latest(row).link, latest(row).text) == (StepKind.AGREED, own.link, "Kim works on it.")
    assert "Agreed. Thank you: your customer is told." in page
    entry = AuditEntry.objects.get(verb="commitment.agreed", object_id=str(row.pk))
    assert entry.actor_label == "Lighthouse Robin <Lighthouse@vendor.example>"


def test_nobody_agrees_to_words_that_they_never_saw(own: Side, visitor: Client) -> None:
    read = own.asked.version
    changed = {"what": "Lighthouse asked for twice as much"}
    transitions.change(own.member, own.asked, changed, version=read, now=timezone.now())
    page = agree(visitor, own, own.asked, read, **{"agree-words": "Gladly."})
    assert Commitment.objects.get(pk=own.asked.pk).state == CommitmentState.PROPOSED
    assert "Somebody changed this commitment since you opened the page" in page
    assert "Lighthouse asked for twice as much" in page
    assert "Gladly." in page  # what was typed stays typed
    assert f'name="version" value="{read + 1}"' in page  # and is sent with what is read now


@pytest.mark.parametrize("version", ["", "x", "-1"])
def test_without_the_version_that_was_read_nothing_is_agreed(own: Side, visitor: Client, version: str) -> None:
    sent = {"agree-name": "Dana", "version": version}
    visitor.post(url("vendor_commitment_agree", own, own.asked.pk), sent)
    assert Commitment.objects.get(pk=own.asked.pk).state == CommitmentState.PROPOSED


def test_not_to_agree_needs_a_reason_and_waits_for_the_customer(own: Side, visitor: Client) -> None:
    target, version = url("vendor_commitment_decline", own, own.asked.pk), str(own.asked.version)
    assert "Say why you do not agree" in body_of(visitor.post(target, {"version": version}))
    page = body_of(visitor.post(target, {"version": version, "decline-reason": "Two days."}, follow=True))
    assert (latest(own.asked).kind, latest(own.asked).text) == (StepKind.DECLINED, "Two days.")
    assert "You did not agree." in page
    assert "We agree" in page  # it may still think better of it
    assert "Nothing waits for your word" in body_of(visitor.get(url("vendor_commitments", own)))


def test_it_says_how_far_it_is_with_files_that_the_customer_sees(own: Side, visitor: Client) -> None:
    target = url("vendor_commitment_say", own, own.agreed.pk)
    sent = {"say-said": "Half of it.", "say-evidence": [upload("half.txt")], "then": "progress"}
    page = body_of(visitor.post(target, sent, follow=True))
    assert (latest(own.agreed).kind, latest(own.agreed).text) == (StepKind.PROGRESS, "Half of it.")
    file = CommitmentFile.objects.get(name="half.txt")
    assert (file.commitment_id, file.uploaded_through) == (own.agreed.pk, own.link)
    assert "half.txt" in page
    assert "Half of it." in page
    given = visitor.get(url("vendor_commitment_file", own, file.pk))
    assert given["Content-Disposition"] == 'attachment; filename="half.txt"'


def test_files_alone_are_progress_and_nothing_at_all_is_not(own: Side, visitor: Client) -> None:
    target = url("vendor_commitment_say", own, own.agreed.pk)
    assert "Say how far it is, or attach a file" in body_of(visitor.post(target, {"then": "progress"}))
    visitor.post(target, {"say-evidence": [upload("half.txt")], "then": "progress"})
    assert latest(own.agreed).text == "Attached: half.txt"


def test_a_file_that_cannot_be_kept_leaves_the_words_in_the_form(own: Side, visitor: Client) -> None:
    target = url("vendor_commitment_say", own, own.agreed.pk)
    sent = {"say-said": "Half of it.", "say-evidence": [upload("tool.exe", b"MZ")], "then": "progress"}
    page = body_of(visitor.post(target, sent))
    assert "is of a kind that is not kept" in page
    assert "Half of it." in page
    assert latest(own.agreed).kind == StepKind.AGREED


def test_of_two_who_agree_the_second_is_told_and_keeps_the_words(own: Side, visitor: Client) -> None:
    agree(visitor, own, own.asked)
    page = agree(visitor, own, own.asked, **{"agree-words": "Gladly."})
    assert "This commitment is agreed already." in page
    assert "Gladly." in page
    assert own.asked.steps.filter(kind=StepKind.AGREED).count() == 1


@pytest.mark.parametrize("then", ["progress", "done"])
def test_files_that_come_with_what_is_refused_leave_nothing_behind(own: Side, visitor: Client, then: str) -> None:
    """The form is not shown for what is only proposed: it is sent all the same, as often as somebody likes."""
    folder = default_storage.path("commitments")
    before = sorted(os.listdir(folder))
    sent = {"say-said": "Half of it.", "say-evidence": [upload("half.txt")], "then": then}
    page = body_of(visitor.post(url("vendor_commitment_say", own, own.asked.pk), sent))
    assert "This commitment is proposed and not agreed yet." in page
    assert "Nothing was sent." in page
    assert page.count("Half of it.") == 1
    assert sorted(os.listdir(folder)) == before


def test_files_are_no_larger_than_those_of_answers(own: Side, visitor: Client, settings: object) -> None:
    settings.EVIDENCE_MAX_BYTES = 1000  # type: ignore[attr-defined]
    sent = {"say-evidence": [upload(content=b"x" * 1001)], "then": "progress"}
    page = body_of(visitor.post(url("vendor_commitment_say", own, own.agreed.pk), sent))
    assert "the limit is 1" in page
    assert CommitmentFile.objects.count() == 2


def test_it_is_reported_done_in_words_and_then_its_files_stay(own: Side, visitor: Client) -> None:
    target = url("vendor_commitment_say", own, own.agreed.pk)
    assert "Say what was done" in body_of(visitor.post(target, {"then": "done"}))
    page = body_of(visitor.post(target, {"then": "done", "say-said": "Restored in time."}, follow=True))
    assert Commitment.objects.get(pk=own.agreed.pk).state == CommitmentState.REPORTED
    assert "Your customer looks at it" in page
    assert "Report it done" not in page
    visitor.post(url("vendor_commitment_file_delete", own, own.file.pk))
    assert CommitmentFile.objects.filter(pk=own.file.pk).exists()


def test_before_that_it_takes_its_own_file_away_but_none_of_the_customers(own: Side, visitor: Client) -> None:
    assert visitor.post(url("vendor_commitment_file_delete", own, own.customers_file.pk)).status_code == 404
    visitor.post(url("vendor_commitment_file_delete", own, own.file.pk))
    assert list(CommitmentFile.objects.all()) == [own.customers_file]


def test_the_vendor_reads_why_its_report_was_not_accepted(own: Side, visitor: Client) -> None:
    transitions.report_done(own.link, own.agreed, text="Done.", now=timezone.now())
    transitions.return_it(own.member, own.agreed, text="The log of May is missing.", now=timezone.now())
    page = body_of(visitor.get(url("vendor_commitment", own, own.agreed.pk)))
    assert "Harbour Hospital does not accept it as done yet." in page
    assert "The log of May is missing." in page


def test_several_are_agreed_by_one_name(own: Side, visitor: Client) -> None:
    other = make_commitment(own.member, own.vendor, what="Lighthouse other")
    target = url("vendor_commitments_agree", own)
    assert "Tick at least one commitment." in body_of(visitor.post(target, {"agree-name": "Dana"}))
    ticked = [f"{row.pk}:{row.version}" for row in (own.asked, other)]
    page = body_of(visitor.post(target, {"agree-commitments": ticked, "agree-name": "Dana"}, follow=True))
    assert "2 commitments are agreed." in page
    assert set(Commitment.objects.filter(agreed_by="Dana")) == {own.asked, other}


def test_of_several_none_is_agreed_where_one_was_changed_meanwhile(own: Side, visitor: Client) -> None:
    other = make_commitment(own.member, own.vendor, what="Lighthouse other")
    ticked = [f"{row.pk}:{row.version}" for row in (own.asked, other)]
    transitions.change(own.member, other, {"what": "Lighthouse more"}, version=other.version, now=timezone.now())
    sent = {"agree-commitments": ticked, "agree-name": "Dana"}
    page = body_of(visitor.post(url("vendor_commitments_agree", own), sent))
    assert "read the list again, then tick anew" in page
    assert Commitment.objects.filter(state=CommitmentState.PROPOSED).count() == 2


def test_what_ended_is_only_read(own: Side, visitor: Client) -> None:
    page = body_of(visitor.get(url("vendor_commitment", own, own.kept.pk)))
    assert "the evidence was accepted" in page
    assert "<textarea" not in page
    assert "Lighthouse half done" in page


def test_the_pages_take_as_many_queries_for_one_as_for_twenty(
    own: Side, visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def counted() -> None:
        for name in ("vendor_commitments", "vendor_commitments_print"):
            with django_assert_num_queries(6):
                visitor.get(url(name, own))

    visitor.get(url("vendor_commitments", own))  # the process has read the edition
    counted()
    for number in range(20):
        make_commitment(own.member, own.vendor, what=f"Lighthouse {number}", agreed=number % 2 == 0)
    counted()
