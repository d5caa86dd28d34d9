"""Entries say by keys which vendor and which question they are about, and are read in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import immutable
from accounts.models import AuditEntry
from accounts.trail import audit
from accounts.trail import reading as trail
from accounts.trail.signposts import places
from assessments.models import Answer, Consensus, Evidence, Meeting, Reply, ReplyRequest
from tests.factories import NOW, Cast, make_assessment, make_incident
from vendors.models import MeasureTarget, Vendor
from vendors.register import changes

SignedIn = Callable[..., Client]


@pytest.fixture
def answer(cast: Cast) -> Answer:
    assessment = make_assessment(cast.assessor)
    answer = Answer.objects.filter(response__assessment=assessment).select_related("question__rule").first()
    assert answer is not None
    return answer


def _changed(answer: Answer, **after: Any) -> AuditEntry:
    return audit.record(answer.response.rater, "answer.changed", answer, before={"grade": None}, after={"grade": 3})


def _in(language: str, entry: AuditEntry) -> trail.EntryInWords:
    with translation.override(language):
        return trail.lines([AuditEntry.objects.get(pk=entry.pk)])[0]


def test_an_answer_is_told_by_its_vendor_and_its_question_as_the_reader_calls_them(answer: Answer) -> None:
    with translation.override("fr"):  # whoever writes reads French
        entry = _changed(answer)
    question, vendor = answer.question, answer.response.assessment.vendor

    assert (entry.vendor_ref, entry.vendor_name) == (vendor.pk, vendor.name)
    assert (entry.release_ref, entry.question_key, entry.rule_key) == (question.release_id, question.key, "")
    for language in ("en", "fr", "nl"):
        line = _in(language, entry)
        number = f"{question.rule.position}.{question.position}"
        assert line.question == f"{number} {getattr(question, f'short_{language}')}"
        assert (line.vendor, line.label) == (vendor.name, "")


def test_what_is_agreed_and_what_is_replied_is_told_in_the_language_of_the_reader(answer: Answer, cast: Cast) -> None:
    assessment, user = answer.response.assessment, cast.assessor.user
    meeting = Meeting.objects.create(assessment=assessment, held_on=NOW.date(), created_by=user)
    agreed = Consensus.objects.create(
        assessment=assessment, question=answer.question, grade=2, reason="x", meeting=meeting, decided_by=user,
        decided_at=NOW,
    )  # fmt: skip
    request = ReplyRequest.objects.create(
        assessment=assessment, shown={}, due_on=NOW.date(), opened_by=user, opened_at=NOW
    )
    rule = answer.question.rule
    reply = Reply.objects.create(request=request, rule=rule.key)
    entries = [
        audit.record(user, "consensus.agreed", agreed, after={"grade": 2}),
        audit.record(None, "reply.given", reply, after={"stance": "agrees"}),
        audit.record(user, "meeting.held", meeting, after={"held_on": meeting.held_on}),
    ]

    about, of_rule, met = (_in("nl", entry) for entry in entries)

    assert about.question.endswith(answer.question.short_nl)
    assert of_rule.question == f"{rule.position} {rule.name_nl}"
    assert (about.label, of_rule.label, met.label) == ("", "", "2\N{NO-BREAK SPACE}mrt 2026")


def test_a_vendor_is_told_by_its_name_of_today_and_the_one_it_had_then(cast: Cast, answer: Answer) -> None:
    vendor = answer.response.assessment.vendor
    before = _changed(answer)
    vendor.name = "Renamed Systems"
    changes.change_vendor(cast.admin, vendor, changed={"name"})
    renamed = AuditEntry.objects.of_verb("vendor.changed").get()

    assert _in("en", before).vendor == f"Renamed Systems (then: {before.vendor_name})"
    assert _in("en", renamed).vendor == "Renamed Systems"


def test_a_vendor_that_is_gone_is_told_by_its_name_of_then(db: None) -> None:
    gone = AuditEntry(verb="vendor.deleted", object_type="vendors.vendor", vendor_ref=999, vendor_name="Gone Systems")

    assert [place.vendor for place in places([gone])] == ["Gone Systems"]


def test_what_is_a_vendor_s_is_told_with_the_vendor(cast: Cast) -> None:
    vendor = make_assessment(cast.assessor).vendor
    incident = make_incident(vendor)

    entry = audit.record(cast.assessor.user, "incident.added", incident, after={"title": "x"})

    assert (entry.vendor_ref, entry.vendor_name, entry.question_key) == (vendor.pk, vendor.name, "")


def test_a_measure_is_told_in_the_language_of_the_reader_also_where_a_word_was_kept(cast: Cast) -> None:
    vendor = make_assessment(cast.assessor).vendor
    target = MeasureTarget(pk=1, vendor=vendor, measure="duration_mean", value=4)
    today = audit.record(cast.assessor.user, "target.changed", target, after={"value": 4})
    with translation.override("fr"):
        word = trail.lines([today])[0].label
    formerly = audit.record(cast.assessor.user, "target.changed", target, after={"value": 4}, label=word)

    assert today.object_label == "duration_mean"
    assert word != "Mean time to resolve"
    assert [_in("en", entry).label for entry in (today, formerly)] == ["Mean time to resolve"] * 2


def _without_signposts() -> list[dict[str, Any]]:
    """Take from every entry what an earlier version did not write; what it was."""
    columns = ("pk", "vendor_ref", "vendor_name", "release_ref", "rule_key", "question_key")
    kept = list(AuditEntry.objects.order_by("pk").values(*columns))
    with immutable.lifted("accounts"):
        AuditEntry.objects.update(vendor_ref=None, vendor_name="", release_ref=None, rule_key="", question_key="")
    return kept


def test_migrations_give_entries_of_earlier_versions_the_signposts_of_today(cast: Cast, answer: Answer) -> None:
    assessment, user = answer.response.assessment, cast.assessor.user
    evidence = Evidence(pk=77, answer=answer, name="proof.pdf")
    told = {"name": "proof.pdf", "answer": str(answer.pk)}
    meeting = Meeting.objects.create(assessment=assessment, held_on=NOW.date(), created_by=user)
    agreed = Consensus(pk=78, assessment=assessment, question=answer.question, meeting=meeting)
    request = ReplyRequest.objects.create(
        assessment=assessment, shown={}, due_on=NOW.date(), opened_by=user, opened_at=NOW
    )
    reply = Reply.objects.create(request=request, rule="proof")
    _changed(answer)
    audit.record(user, "evidence.deleted", evidence, before=told)  # the file is gone
    with translation.override("nl"):
        audit.record(user, "consensus.undone", agreed, before={"grade": 2})  # and so is the agreement
    audit.record(None, "reply.given", reply, after={"stance": "agrees"})
    audit.record(user, "incident.added", make_incident(assessment.vendor), after={"title": "x"})
    audit.record(user, "organisation.changed", cast.organisation, after={"name": "x"})
    assessment.vendor.name = "Renamed Systems"
    changes.change_vendor(cast.admin, assessment.vendor, changed={"name"})
    audit.record(user, "meeting.held", meeting, after={"held_on": meeting.held_on})
    gone = Vendor(pk=990, organisation=cast.organisation, name="Gone Systems")
    audit.record(user, "vendor.deleted", gone, before={"name": gone.name})

    kept = _without_signposts()
    with connection.schema_editor() if connection.vendor == "postgresql" else nullcontext() as editor:
        for app, migration in (("vendors", "0012_trail_signposts"), ("assessments", "0006_trail_signposts")):
            fill_in = import_module(f"{app}.migrations.{migration}").fill_in
            fill_in(apps, editor or SimpleNamespace(connection=connection))

    assert len(kept) == 9
    assert list(AuditEntry.objects.order_by("pk").values(*kept[0])) == kept


def test_names_and_labels_are_kept_whole(cast: Cast) -> None:
    long = "x" * 900

    entry = audit.record(audit.Outsider(label="n" * 420), "organisation.changed", cast.organisation, label=long)

    assert AuditEntry.objects.get(pk=entry.pk).object_label == long
    assert len(AuditEntry.objects.get(pk=entry.pk).actor_label) == 420


def test_the_page_names_vendor_and_question(cast: Cast, answer: Answer, signed_in: SignedIn) -> None:
    _changed(answer)
    answer.response.submitted_at = NOW  # or nobody else reads it
    answer.response.save()

    page = signed_in(cast.admin).get(reverse("audit_list")).content.decode()

    assert answer.response.assessment.vendor.name in page
    assert answer.question.short_en in page
