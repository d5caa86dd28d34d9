"""Mailed links, of whatever kind: an invitation, a pulse, a vendor's link. What each opens is tested with its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from accounts.mailed_links import links as mailed_links
from accounts.mailed_links.links import state_of
from accounts.members import invitations
from accounts.members.changes import MembershipError
from accounts.models import AuditEntry, DeliveredLink, LinkState, MailedLink, hash_token
from assessments.lifecycle.transitions import IllegalTransition
from assessments.vendor_side import links
from tests.factories import Cast, make_assessment, make_incident, make_vendor
from vendors.models import Contact
from vendors.voice import pulses
from vendors.voice.pulses import PulseError, Receiver

NOW = timezone.now()
LATER = NOW + timedelta(days=60)
REFUSALS = (MembershipError, PulseError, IllegalTransition)
Issued = tuple[Any, str]  # a link of any kind, and its token


@dataclass(frozen=True, kw_only=True)
class Kind:
    route: str
    make: Callable[[Cast], Issued]
    find: Callable[[str], MailedLink | None]
    renew: Callable[..., Issued]
    revoke: Callable[..., MailedLink]
    send: Callable[[Cast, Any, str], bool]

    def state(self, token: str, now: datetime = NOW) -> LinkState:
        return state_of(self.find(token), now)


def _invite(cast: Cast) -> Issued:
    given: dict[str, Any] = {
        "email": "nora@example.org",
        "role": "reader",
        "department": None,
        "language": "fr",
        "now": NOW,
    }
    return invitations.invite(cast.admin.user, cast.organisation, **given)


def _ask_for_a_pulse(cast: Cast) -> Issued:
    incident = make_incident(make_vendor(cast.organisation), "INC-7")
    return pulses.ask(cast.assessor, incident, [Receiver(email="nora@example.org")], language="fr", now=NOW)[0]


def _ask_the_vendor(cast: Cast) -> Issued:
    assessment = make_assessment(cast.assessor)
    fields = {"name": "Nora", "email": "nora@example.org", "language": "fr"}
    contact = Contact.objects.create(vendor=assessment.vendor, **fields)
    return links.create(cast.assessor, assessment, contact, now=NOW)


KINDS = {
    "invitation": Kind(
        route="invitation_accept",
        make=_invite,
        find=invitations.find,
        renew=lambda cast, link, now: invitations.renew(cast.admin, link, now=now),
        revoke=lambda cast, link: invitations.revoke(cast.admin, link, now=NOW),
        send=lambda _cast, link, token: invitations.send(link, token),
    ),
    "pulse": Kind(
        route="pulse_answer",
        make=_ask_for_a_pulse,
        find=pulses.find,
        renew=lambda cast, link, now: pulses.renew(cast.assessor, link, now=now),
        revoke=lambda cast, link: pulses.revoke(cast.assessor, link, now=NOW),
        send=lambda cast, link, token: pulses.send(cast.assessor, link, token, now=NOW),
    ),
    "vendor link": Kind(
        route="vendor_link",
        make=_ask_the_vendor,
        find=links.find,
        renew=lambda cast, link, now: links.renew(cast.assessor, link, now=now),
        revoke=lambda cast, link: links.revoke(cast.assessor, link, now=NOW),
        send=lambda _cast, link, token: links.send(link, token, now=NOW),
    ),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
def no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route to the mail server")

    monkeypatch.setattr("accounts.mail.send", refuse)


def test_only_the_hash_of_a_token_of_256_bits_is_kept(cast: Cast, kind: Kind) -> None:
    link, token = kind.make(cast)
    assert len(token) == 43
    assert link.token_hash == hash_token(token)
    kept = [*type(link).objects.values_list().get(), *AuditEntry.objects.values_list("before", "after", "object_label")]
    assert token not in str(kept)
    assert link.token_hash not in str(kept[len(link._meta.fields) :])


def test_a_link_is_found_by_its_own_token(cast: Cast, kind: Kind) -> None:
    link, token = kind.make(cast)
    assert kind.find(token) == link
    assert kind.state(token) is LinkState.OPEN
    assert kind.find(link.token_hash) is None
    assert kind.state("never made") is LinkState.UNKNOWN


def test_it_ends_by_itself(cast: Cast, kind: Kind) -> None:
    link, token = kind.make(cast)
    assert kind.state(token, link.expires_at - timedelta(seconds=1)) is LinkState.OPEN
    assert kind.state(token, link.expires_at) is LinkState.EXPIRED


def test_made_anew_it_replaces_the_earlier_one_and_is_valid_again(cast: Cast, kind: Kind) -> None:
    link, earlier = kind.make(cast)
    assert kind.state(earlier, LATER) is LinkState.EXPIRED
    renewed, token = kind.renew(cast, link, now=LATER)
    assert renewed == link
    assert kind.find(earlier) is None
    assert kind.state(token, LATER) is LinkState.OPEN


def test_withdrawn_it_opens_nothing_and_is_not_made_anew(cast: Cast, kind: Kind) -> None:
    link, token = kind.make(cast)
    kind.revoke(cast, link)
    assert kind.state(token) is LinkState.REVOKED
    with pytest.raises(REFUSALS):
        kind.renew(cast, link, now=NOW)
    with pytest.raises(REFUSALS):
        kind.revoke(cast, link)


def test_a_set_of_rows_knows_the_same_states(cast: Cast, kind: Kind) -> None:
    link, _token = kind.make(cast)
    rows = type(link).objects
    assert (rows.open(NOW).get(), rows.open(LATER).count(), rows.pending().count()) == (link, 0, 1)
    kind.revoke(cast, link)
    assert not rows.pending().exists()


def test_its_mail_holds_its_address_in_the_language_of_its_receiver(cast: Cast, kind: Kind) -> None:
    link, token = kind.make(cast)
    assert kind.send(cast, link, token)
    (sent,) = mail.outbox
    address = mailed_links.address(kind.route, token)
    assert isinstance(sent, EmailMultiAlternatives)
    assert sent.to == ["nora@example.org"]
    assert str(sent.body).count(address) == 1
    html = str(sent.alternatives[0][0])
    assert '<html lang="fr">' in html
    assert f'<a href="{address}"' in html


def test_a_refused_mail_leaves_the_link_good(cast: Cast, kind: Kind, no_mail: None) -> None:
    link, token = kind.make(cast)
    assert not kind.send(cast, link, token)
    assert kind.state(token) is LinkState.OPEN


@pytest.mark.usefixtures("no_mail")
def test_what_became_of_a_mail_is_noted_and_forgotten_with_the_next_link(cast: Cast, kind: Kind) -> None:
    link, token = kind.make(cast)
    kind.send(cast, link, token)
    if isinstance(link, DeliveredLink):
        assert (link.sent_at, link.failed_at) == (None, NOW)
        renewed, _token = kind.renew(cast, link, now=NOW)
        assert (renewed.sent_at, renewed.failed_at) == (None, None)


def test_a_mail_of_an_earlier_link_does_not_speak_for_the_newer_one(cast: Cast, kind: Kind) -> None:
    link, token = kind.make(cast)
    renewed, _token = kind.renew(cast, link, now=NOW)
    kind.send(cast, link, token)
    if isinstance(renewed, DeliveredLink):
        renewed.refresh_from_db()
        assert renewed.sent_at is None


def test_of_two_who_use_a_link_at_once_one_is_heard(cast: Cast, kind: Kind) -> None:
    link, token = kind.make(cast)
    if not link.USED_AT:
        return
    values = {"told_why": "yes"} if kind is KINDS["pulse"] else {}
    assert mailed_links.use(link, now=NOW, **values)
    assert not mailed_links.use(link, now=NOW, **values)
    assert kind.state(token) is LinkState.USED


@pytest.mark.parametrize("state", ["open", "revoked", "unknown"])
def test_its_page_is_kept_nowhere_and_tells_its_address_to_nobody(
    cast: Cast, kind: Kind, state: str, client: Client
) -> None:
    link, token = kind.make(cast)
    if state == "revoked":
        kind.revoke(cast, link)
    address = mailed_links.address(kind.route, "never-made" if state == "unknown" else token)
    response = client.get(address.removeprefix("http://localhost:8000"))
    assert response.status_code == {"open": 200, "revoked": 410, "unknown": 404}[state]
    assert "no-store" in response["Cache-Control"]
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("strict-origin", "noindex, nofollow")
    if state != "unknown":
        assert '<html lang="fr"' in response.content.decode()
