"""Pulses that go out by themselves: to whom, after what, and once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Department, Membership, Organisation, Role, User
from tests.concurrency import at_once, elsewhere, shared_database
from tests.factories import NOW, Cast, make_incident, make_member, make_vendor
from vendors.models import Incident, Pulse, Service, Vendor
from vendors.voice import pulses
from vendors.voice.pulses import Receiver
from vendors.voice.pulses_by_themselves import MOST, ask_due

DAY = timedelta(days=1)
LATER = NOW + 2 * DAY


@pytest.fixture
def ward(cast: Cast) -> Department:
    return Department.objects.create(organisation=cast.organisation, name="Ward")


@pytest.fixture
def service(cast: Cast, ward: Department) -> Service:
    Organisation.objects.filter(pk=cast.organisation.pk).update(asks_after_incidents_since=NOW)
    return Service.objects.create(vendor=make_vendor(cast.organisation), name="Records", department=ward)


@pytest.fixture
def nurse(cast: Cast, ward: Department) -> Membership:
    return make_member(cast.organisation, "nurse", Role.READER, department=ward)


def resolved(service: Service, reference: str = "INC-1", *, after: timedelta = timedelta(), **fields: Any) -> Incident:
    """Resolved so long after it was switched on, and left alone since."""
    opened = fields.pop("opened", NOW + after - timedelta(hours=4))
    made = make_incident(service.vendor, reference, **{"opened": opened, "service": service, **fields})
    Incident.objects.filter(pk=made.pk).update(updated_at=made.resolved_at or NOW)
    return made


def receivers() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.to)


def test_nobody_who_only_rates_from_outside_is_told_of_an_incident(
    cast: Cast, ward: Department, service: Service, nurse: Membership
) -> None:
    make_member(cast.organisation, "consultant", Role.RATER, department=ward)
    resolved(service)

    ask_due(LATER)

    assert receivers() == ["nurse@example.org"]


def test_a_member_of_the_department_is_asked_once_in_the_name_of_the_organisation(
    cast: Cast, service: Service, nurse: Membership
) -> None:
    User.objects.filter(pk=nurse.user_id).update(language="nl")
    incident = resolved(service)
    ask_due(LATER)
    ask_due(LATER)
    pulse = Pulse.objects.get()
    assert (pulse.incident, pulse.email, pulse.name, pulse.language) == (incident, nurse.user.email, "Nurse", "nl")
    assert (pulse.asked_by, pulse.department, pulse.sent_at) == (None, service.department, LATER)
    assert receivers() == [nurse.user.email]
    assert list(AuditEntry.objects.values_list("verb", "actor_label")) == [
        ("pulse.sent", "system"),
        ("pulse.asked", "system"),
    ]
    assert Vendor.objects.get().facts_revision == 1


def test_the_mail_names_the_organisation_and_leads_to_the_questions(service: Service, nurse: Membership) -> None:
    now = timezone.now()  # the page reads the clock
    Organisation.objects.update(asks_after_incidents_since=now - 3 * DAY)
    resolved(service, opened=now - 2 * DAY)
    ask_due(now)
    said = mail.outbox[0].body
    assert "Harbour Hospital asks how Example Systems handled the incident INC-1" in said
    assert "None" not in said
    address = next(word for word in said.split() if "/pulse" in word)
    page = Client().get(address).content.decode()
    assert "Your colleagues at Harbour Hospital read your answers" in page
    assert "None" not in page
    answered = {**dict.fromkeys(pulses.QUESTIONS, "yes"), "feeling": "3", "name": "Nurse", "comment": ""}
    page = Client().post(address, answered, follow=True).content.decode()
    assert "Your answers have reached Harbour Hospital" in page
    assert "Tell" not in page


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("resolved before it was switched on", {"after": -timedelta(seconds=1)}),
        ("not mission-critical", {"mission_critical": False}),
        ("still open", {"hours": None}),
        ("resolved in the future", {"after": 3 * DAY}),
    ],
)
def test_nobody_is_asked_about_what_is_not_due(
    service: Service, nurse: Membership, what: str, fields: dict[str, Any]
) -> None:
    resolved(service, **fields)
    ask_due(LATER)
    assert not Pulse.objects.exists(), what


def test_without_a_service_or_its_department_nobody_is_known_to_ask(service: Service, nurse: Membership) -> None:
    Incident.objects.filter(pk=resolved(service).pk).update(service=None)
    resolved(Service.objects.create(vendor=service.vendor, name="Mail"), "INC-2")
    ask_due(LATER)
    assert not Pulse.objects.exists()


def test_history_that_is_older_than_a_week_asks_nobody(cast: Cast, service: Service, nurse: Membership) -> None:
    Organisation.objects.update(asks_after_incidents_since=NOW - 30 * DAY)
    resolved(service, "OLD", after=-5 * DAY - timedelta(seconds=1))
    resolved(service, "NEW", after=-5 * DAY + timedelta(seconds=1))
    ask_due(LATER)
    assert [pulse.incident.reference for pulse in Pulse.objects.all()] == ["NEW"]


def test_a_day_is_left_to_undo_what_came_in(service: Service, nurse: Membership) -> None:
    Incident.objects.filter(pk=resolved(service).pk).update(updated_at=LATER - DAY + timedelta(seconds=1))
    ask_due(LATER)
    assert not Pulse.objects.exists()
    ask_due(LATER + timedelta(seconds=1))
    assert Pulse.objects.count() == 1


def test_an_organisation_that_has_not_switched_it_on_asks_nobody(service: Service, nurse: Membership) -> None:
    Organisation.objects.update(asks_after_incidents_since=None)
    resolved(service)
    ask_due(LATER)
    assert not Pulse.objects.exists()


def test_whoever_left_or_belongs_elsewhere_is_not_asked(cast: Cast, service: Service, ward: Department) -> None:
    make_member(cast.organisation, "gone", Role.READER, department=ward, is_active=False)
    closed = make_member(cast.organisation, "closed", Role.READER, department=ward)
    User.objects.filter(pk=closed.user_id).update(is_active=False)
    make_member(cast.organisation, "cook", Role.READER, department=cast.department)
    resolved(service)
    ask_due(LATER)
    assert not Pulse.objects.exists()
    assert not AuditEntry.objects.exists()


def test_of_an_archived_vendor_nobody_is_asked(service: Service, nurse: Membership) -> None:
    resolved(service)
    Vendor.objects.update(archived_at=NOW)
    ask_due(LATER)
    assert not Pulse.objects.exists()


def test_whoever_was_asked_by_hand_about_it_is_enough(cast: Cast, service: Service, nurse: Membership) -> None:
    pulses.ask(cast.assessor, resolved(service), [Receiver(name="Robin")], language="en", now=NOW)
    ask_due(LATER)
    assert Pulse.objects.count() == 1


def test_a_department_is_asked_in_turn_a_few_at_a_time(cast: Cast, service: Service, ward: Department) -> None:
    names = [f"nurse{number}" for number in range(MOST + 1)]
    for name in names:
        make_member(cast.organisation, name, Role.READER, department=ward)
    resolved(service, "INC-1")
    ask_due(LATER)
    assert receivers() == [f"{name}@example.org" for name in names[:MOST]]
    mail.outbox.clear()
    resolved(service, "INC-2", after=timedelta(hours=1))
    ask_due(LATER + timedelta(hours=1))
    assert f"{names[MOST]}@example.org" in receivers()
    assert len(receivers()) == MOST


def test_what_a_lost_worker_made_and_did_not_mail_goes_out_by_another_link(
    service: Service, nurse: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved(service)
    with monkeypatch.context() as patched:
        patched.setattr(pulses, "send", lambda *_args, **_named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ask_due(LATER)
    Pulse.objects.update(asked_at=LATER)
    before = Pulse.objects.get().token_hash
    ask_due(LATER + timedelta(minutes=14))
    assert mail.outbox == []
    ask_due(LATER + timedelta(minutes=15))
    ask_due(LATER + timedelta(minutes=45))
    assert receivers() == [nurse.user.email]
    assert Pulse.objects.get().token_hash != before


def test_what_the_mail_server_refused_is_not_tried_again_by_itself(
    service: Service, nurse: Membership, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    resolved(service)
    ask_due(LATER)
    assert Pulse.objects.get().failed_at == LATER
    ask_due(LATER + DAY)
    assert AuditEntry.objects.filter(verb="pulse.not_delivered").count() == 1


def test_a_member_may_send_it_again(cast: Cast, service: Service, nurse: Membership, signed_in: Any) -> None:
    incident = resolved(service)
    ask_due(LATER)
    pulse = Pulse.objects.get()
    client = signed_in(cast.assessor)
    assert nurse.user.name in client.get(incident.get_absolute_url()).content.decode()
    client.post(reverse("pulse_renew", args=[pulse.pk]), {"by": "mail"})
    assert "Assessor of Harbour Hospital asks" in mail.outbox[-1].body


def test_a_link_that_a_member_hands_over_is_not_mailed_by_itself(
    cast: Cast, service: Service, nurse: Membership
) -> None:
    resolved(service)
    ask_due(LATER)
    mail.outbox.clear()
    renewed, token = pulses.renew(cast.assessor, Pulse.objects.get(), now=LATER)
    pulses.issue(cast.assessor, renewed, token, by_mail=False, now=LATER)
    ask_due(LATER + DAY)
    assert mail.outbox == []
    found = pulses.find(token)
    assert found is not None
    assert found.asked_by == cast.assessor.user


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ask_once(service: Service, nurse: Membership, tmp_path: Path) -> None:
    for number in range(5):
        resolved(service, f"INC-{number}")
    with shared_database(tmp_path):
        outcomes = at_once(*[partial(ask_due, LATER) for _worker in range(3)])
        asked = elsewhere(lambda: list(Pulse.objects.values_list("incident__reference", flat=True)))
    assert outcomes == [None, None, None]
    assert sorted(asked) == [f"INC-{number}" for number in range(5)]
    assert receivers() == [nurse.user.email] * 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_mail_once_what_was_forgotten(service: Service, nurse: Membership, tmp_path: Path) -> None:
    incident = resolved(service)
    with transaction.atomic():
        pulses.make(None, incident, [(Receiver(email=nurse.user.email), "en")], None, now=LATER)
    Pulse.objects.update(asked_at=LATER - timedelta(hours=1))
    with shared_database(tmp_path):
        outcomes = at_once(*[partial(ask_due, LATER) for _worker in range(3)])
    assert outcomes == [None, None, None]
    assert receivers() == [nurse.user.email]
