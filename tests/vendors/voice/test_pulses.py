"""A pulse: asked, sent, made anew, withdrawn, answered once, and never opened by anything but its own token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.mailed_links.links import state_of
from accounts.models import AuditEntry, LinkState, hash_token
from accounts.trail import reading as trail
from tests.factories import NOW, Cast, make_incident, make_vendor
from vendors.models import Feedback, Incident, Pulse, Sla, Vendor
from vendors.voice import pulses
from vendors.voice.pulses import PulseError, Receiver

SAID = {"told_why": "yes", "fixes_thrown": "no", "was_fast": "partly", "cause_proven": "dont_know"}
NURSE = Receiver(name="Demo Nurse", email="nurse@example.org")
FORTNIGHT = timedelta(days=16)


@pytest.fixture
def incident(cast: Cast) -> Incident:
    vendor = make_vendor(cast.organisation)
    return make_incident(vendor, "INC-7", title="Records stand still", sla=Sla.MET)


@pytest.fixture
def asked(cast: Cast, incident: Incident) -> tuple[Pulse, str]:
    return pulses.ask(cast.assessor, incident, [NURSE], language="en", department=cast.department, now=NOW)[0]


def answer(pulse: Pulse, **changes: Any) -> Feedback | None:
    values = {"name": "Demo Nurse", "feeling": 2, "comment": "Four people asked the same.", "now": NOW}
    return pulses.answer(pulse, SAID, **(values | changes))


def revision() -> int:
    return Vendor.objects.get().facts_revision


def test_asking_keeps_only_the_hash_of_a_token_of_256_bits(cast: Cast, asked: tuple[Pulse, str]) -> None:
    pulse, token = asked

    assert len(token) == 43
    assert pulse.token_hash == hash_token(token)
    entry = AuditEntry.objects.get(verb="pulse.asked")
    assert token not in str([entry.before, entry.after, entry.object_label])
    assert entry.subject_id == str(pulse.incident.vendor_id)
    assert revision() == 1


def test_each_receiver_gets_a_link_of_their_own(cast: Cast, incident: Incident) -> None:
    made = pulses.ask(cast.assessor, incident, [NURSE, Receiver(name="Demo Doctor")], language="fr", now=NOW)

    assert len({token for _pulse, token in made}) == 2
    assert {pulse.language for pulse, _token in made} == {"fr"}


def test_whoever_was_asked_and_has_not_answered_is_not_asked_twice(
    cast: Cast, incident: Incident, asked: tuple[Pulse, str]
) -> None:
    with pytest.raises(PulseError, match="was asked already"):
        pulses.ask(cast.assessor, incident, [Receiver(email="NURSE@example.org")], language="en", now=NOW)

    later = NOW + FORTNIGHT
    assert pulses.ask(cast.assessor, incident, [NURSE], language="en", now=later)


def test_a_mail_goes_out_in_the_receivers_language_with_the_link(cast: Cast, asked: tuple[Pulse, str]) -> None:
    pulse, token = asked

    assert pulses.send(cast.assessor, pulse, token, now=NOW)

    sent = mail.outbox[0]
    assert sent.to == ["nurse@example.org"]
    assert "INC-7" in sent.subject
    assert pulses.address(token) in sent.body
    assert pulses.address(token) in str(sent.alternatives[0][0])
    pulse.refresh_from_db()
    assert (pulse.sent_at, pulse.failed_at) == (NOW, None)


def test_a_mail_that_is_refused_is_seen_and_the_link_stays_good(
    cast: Cast, asked: tuple[Pulse, str], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    pulse, token = asked
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there

    issued = pulses.issue(cast.assessor, pulse, token, by_mail=True, now=NOW)

    assert (issued.is_sent, issued.is_refused) == (False, True)
    assert pulses.voice_of(cast.assessor, pulse.incident, now=NOW).pulses[0].state == "not_delivered"
    assert state_of(pulses.find(token), NOW) is LinkState.OPEN
    assert AuditEntry.objects.filter(verb="pulse.not_delivered").exists()
    assert token not in caplog.text


def test_an_answer_stands_in_the_log_with_the_incidents_service_level(asked: tuple[Pulse, str]) -> None:
    pulse, _token = asked

    said = answer(pulse)

    assert said is not None
    assert (said.feeling, said.sla, said.incident, said.department) == (2, Sla.MET, pulse.incident, pulse.department)
    assert (said.name, said.created_by) == ("Demo Nurse", None)
    pulse.refresh_from_db()
    assert {key: getattr(pulse, key) for key in SAID} == SAID
    assert (pulse.answered_at, pulse.feedback) == (NOW, said)
    entry = AuditEntry.objects.get(verb="pulse.answered")
    assert (entry.actor, entry.actor_label) == (None, "Demo Nurse <nurse@example.org>")
    (line,) = trail.lines([entry])
    assert ("Feeling", "Unhappy") in [(change.name, change.after) for change in line.changes]
    assert revision() == 2


def test_how_one_was_kept_informed_stands_with_the_pulse_and_in_the_log(asked: tuple[Pulse, str]) -> None:
    pulse, _token = asked
    told = {"told_beforehand": "no", "workaround": "", "courteous": "yes"}
    said = pulses.answer(pulse, {**SAID, **told}, name="Demo Nurse", feeling=2, comment="", now=NOW)
    pulse.refresh_from_db()
    assert {key: getattr(pulse, key) for key in told} == {key: getattr(said, key) for key in told} == told
    (line,) = trail.lines([AuditEntry.objects.get(verb="pulse.answered")])
    assert ("Told beforehand", "No") in [(change.name, change.after) for change in line.changes]


def test_of_two_answers_by_one_link_the_first_is_kept(asked: tuple[Pulse, str]) -> None:
    stale = Pulse.objects.get(pk=asked[0].pk)
    answer(asked[0])

    assert answer(stale, feeling=5) is None
    assert Feedback.objects.get().feeling == 2


@pytest.mark.parametrize("change", ["expired", "revoked", "renewed"])
def test_what_no_longer_holds_takes_no_answer(cast: Cast, asked: tuple[Pulse, str], change: str) -> None:
    pulse, _token = asked
    now = NOW + FORTNIGHT if change == "expired" else NOW
    if change == "revoked":
        pulses.revoke(cast.assessor, pulse, now=NOW)
    if change == "renewed":
        pulses.renew(cast.assessor, pulse, now=NOW)

    assert answer(pulse, now=now) is None
    assert not Feedback.objects.exists()


def test_a_renewed_link_replaces_the_earlier_one_and_is_valid_anew(cast: Cast, asked: tuple[Pulse, str]) -> None:
    pulse, earlier = asked
    later = NOW + FORTNIGHT
    assert state_of(pulses.find(earlier), later) is LinkState.EXPIRED

    _pulse, token = pulses.renew(cast.colleague, pulse, now=later)

    assert pulses.find(earlier) is None
    assert state_of(pulses.find(token), later) is LinkState.OPEN


def test_what_was_answered_is_neither_withdrawn_nor_made_anew(cast: Cast, asked: tuple[Pulse, str]) -> None:
    pulse, token = asked
    answer(pulse)

    for change in (pulses.revoke, pulses.renew):
        with pytest.raises(PulseError, match="answered already"):
            change(cast.assessor, pulse, now=NOW)
    assert state_of(pulses.find(token), NOW) is LinkState.USED


def test_a_withdrawn_link_is_not_made_anew(cast: Cast, asked: tuple[Pulse, str]) -> None:
    pulses.revoke(cast.assessor, asked[0], now=NOW)

    with pytest.raises(PulseError, match="withdrawn"):
        pulses.renew(cast.assessor, asked[0], now=NOW)


def test_the_incidents_page_says_where_each_pulse_stands(cast: Cast, incident: Incident) -> None:
    people = [Receiver(name=name) for name in ("answered", "revoked", "sent", "made", "not_delivered")]
    made = {pulse.name: pulse for pulse, _ in pulses.ask(cast.assessor, incident, people, language="en", now=NOW)}
    answer(made["answered"])
    pulses.revoke(cast.assessor, made["revoked"], now=NOW)
    Pulse.objects.filter(name="sent").update(sent_at=NOW)
    Pulse.objects.filter(name="not_delivered").update(failed_at=NOW)

    voice = pulses.voice_of(cast.reader, incident, now=NOW)
    assert {row.pulse.name: row.state for row in voice.pulses} == {name: name for name in made}
    assert [row.answers[0][1] for row in voice.pulses if row.answers] == ["Yes"]
    assert (voice.may_ask, len(voice.entries)) == (False, 1)
    later = pulses.voice_of(cast.assessor, incident, now=NOW + FORTNIGHT)
    assert {row.state for row in later.pulses} == {"answered", "revoked", "expired"}
    assert later.may_ask
