"""The audit trail: written with the change, never changed, readable by the administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.members import organisations
from accounts.models import AuditEntry
from accounts.trail import audit
from accounts.trail import reading as trail
from assessments.hub import history
from tests.factories import Cast, make_assessment

SignedIn = Callable[..., Client]


@pytest.fixture
def entry(cast: Cast) -> AuditEntry:
    return audit.record(cast.admin.user, "organisation.changed", cast.organisation, after={"name": "A"})


def _save(entry: AuditEntry) -> None:
    entry.verb = "nothing.happened"
    entry.save()


def _delete_sql(entry: AuditEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditentry WHERE id = %s", [entry.pk])


def _update_sql(entry: AuditEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_auditentry SET verb = 'x' WHERE id = %s", [entry.pk])


@pytest.mark.parametrize(
    "change",
    [
        _save,
        lambda entry: entry.delete(),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(verb="x"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda entry: AuditEntry.objects.bulk_update([entry], ["verb"]),
        _update_sql,
        _delete_sql,
    ],
    ids=["save", "delete", "queryset update", "queryset delete", "bulk update", "UPDATE", "DELETE"],
)
def test_no_way_changes_an_entry(entry: AuditEntry, change: Callable[[AuditEntry], Any]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change(entry)

    assert AuditEntry.objects.get(pk=entry.pk).verb == "organisation.changed"


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused(django_user_model: Any) -> None:
    user = django_user_model.objects.create(email="alone@example.org")

    with pytest.raises(RuntimeError):
        audit.record(user, "user.changed", user)

    assert not AuditEntry.objects.exists()


def test_a_change_that_is_rolled_back_leaves_no_entry(cast: Cast) -> None:
    with transaction.atomic():
        organisations.add_department(cast.admin, name="Radiology")
        transaction.set_rollback(True)

    assert not AuditEntry.objects.exists()


def test_only_what_differs_is_kept(cast: Cast) -> None:
    kept = audit.record(
        None,
        "organisation.changed",
        cast.organisation,
        before={"name": "A", "language": "en"},
        after={"name": "B", "language": "en"},
    )

    assert (kept.before, kept.after, kept.actor_label) == ({"name": "A"}, {"name": "B"}, "system")


# As people read it ----------------------------------------------------------------------------------------------
RECORDING = ("record", "_record", "_move", "renew", "revoke", "send_and_note")


def test_values_are_told_in_words(cast: Cast) -> None:
    audit.record(
        cast.admin.user,
        "member.changed",
        cast.reader,
        before={"role": "reader", "is_active": True, "department": None},
        after={"role": "approver", "is_active": False, "department": "Procurement"},
    )

    (line,) = trail.lines(AuditEntry.objects.all())

    assert {(change.name, change.before, change.after) for change in line.changes} == {
        ("Role", "Reader", "Approver"),
        ("Active", "yes", "no"),
        ("Department", trail.NOTHING, "Procurement"),
    }
    assert line.url == reverse("member_edit", args=[cast.reader.pk])


def test_dates_and_referred_rows_are_told_in_words(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    audit.record(
        cast.assessor.user,
        "assessment.created",
        assessment,
        after=audit.snapshot(assessment, ("vendor", "period_start")),
    )

    with translation.override("en"):
        (line,) = trail.lines(AuditEntry.objects.all())

    assert {change.after for change in line.changes} == {"Example Systems 1", "1\u00a0Jan 2026"}


def test_codes_and_fields_are_told_in_the_language_of_the_reader(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    name = assessment.release.rules.get(key="guidance").name_fr
    score = {"verdict": "not_met", "confidence": "low", "weakest_rule": "guidance", "rules_met": 5}
    made = AuditEntry(verb="scorecard_made", object_type="reports.scorecard", object_id="1", after=score)
    opened = AuditEntry(
        verb="assessment.created",
        object_type="assessments.assessment",
        object_id="1",
        after=audit.snapshot(assessment, ("vendor", "release")),
    )

    with translation.override("fr"):
        card, start = trail.lines([made, opened])
        (told,) = history.history_lines([made])

    words = [
        ("Verdict", "Manifeste non respecté"),
        ("Règles respectées", "5"),
        ("Règle la plus faible", name),
        ("Fiabilité", "Faible"),
    ]
    assert [(change.name, change.after) for change in card.changes] == words
    assert [(change.name, change.after) for change in told.changes] == words
    assert [change.name for change in start.changes] == ["Fournisseur", "Édition"]


def test_an_unknown_kind_or_verb_is_shown_as_it_is(cast: Cast, entry: AuditEntry) -> None:
    unknown = AuditEntry(
        verb="ghost.seen", object_type="gone.model", object_id="1", object_label="x", after={"odd": 1}, actor=None
    )

    (line,) = trail.lines([unknown])

    assert (line.verb, line.kind, line.url) == ("ghost.seen", "gone.model", "")
    assert line.changes[0].after == "1"


def _shown(client: Client, **query: Any) -> list[str]:
    response = client.get(reverse("audit_list"), query)
    assert response.status_code == 200
    return [row.whole.label for row in response.context["rows"]]


def test_the_page_narrows_by_name_kind_person_and_day(cast: Cast, signed_in: SignedIn) -> None:
    organisations.add_department(cast.admin, name="Radiology")
    audit.record(cast.assessor.user, "member.changed", cast.reader, label="Reader")
    client = signed_in(cast.admin)
    today = timezone.localdate()

    assert _shown(client) == ["Reader", "Radiology"]
    assert _shown(client, q="radio") == ["Radiology"]
    assert _shown(client, kind="accounts.membership") == ["Reader"]
    assert _shown(client, actor=cast.admin.user.pk) == ["Radiology"]
    assert _shown(client, since=today, until=today) == ["Reader", "Radiology"]
    assert _shown(client, until=today - timedelta(days=1)) == []
    assert _shown(client, since="not a day") == ["Reader", "Radiology"]


def test_another_organisation_s_trail_is_not_shown(cast: Cast, signed_in: SignedIn) -> None:
    audit.record(
        cast.stranger.user,
        "organisation.changed",
        cast.other_organisation,
        label="theirs",
    )

    assert _shown(signed_in(cast.admin)) == []


def test_the_page_takes_the_same_queries_for_few_and_many(
    cast: Cast, signed_in: SignedIn, django_assert_num_queries: Callable[..., Any]
) -> None:
    client = signed_in(cast.admin)
    assessments = [make_assessment(cast.assessor) for _ in range(4)]

    def record(assessment: Any) -> None:
        after = audit.snapshot(assessment, ("vendor", "owner"))
        audit.record(cast.assessor.user, "assessment.created", assessment, after=after)

    record(assessments[0])
    with django_assert_num_queries(10):
        assert len(_shown(client)) == 1

    for number in range(48):
        record(assessments[number % 4])
    with django_assert_num_queries(10):
        assert len(_shown(client)) == 49


def test_long_trails_come_in_pages(cast: Cast, signed_in: SignedIn) -> None:
    for number in range(55):
        audit.record(None, "member.changed", cast.reader, label=f"entry {number}")
    client = signed_in(cast.admin)

    assert len(_shown(client)) == 50
    assert _shown(client, page=2) == [f"entry {number}" for number in (4, 3, 2, 1, 0)]
