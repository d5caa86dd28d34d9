"""Asking for a pulse, and the one page that its link opens."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership
from tests.config.routes import World, arguments, routes
from tests.factories import Cast, make_feedback, make_incident, make_release, make_vendor
from vendors.models import Feedback, Incident, Pulse
from vendors.voice import pulses
from vendors.voice.pulse_forms import ReceiversField
from vendors.voice.pulses import Receiver

SAID = {"told_why": "no", "fixes_thrown": "yes", "was_fast": "partly", "cause_proven": "dont_know"}
WHOLE = {**SAID, "feeling": 2, "comment": "Slow.", "name": "Demo Nurse"}


@pytest.fixture
def incident(cast: Cast) -> Incident:
    return make_incident(make_vendor(cast.organisation), "INC-7", title="Records stand still")


@pytest.fixture
def asked(cast: Cast, incident: Incident) -> tuple[Pulse, str]:
    receiver = Receiver(name="Demo Nurse", email="nurse@example.org")
    return pulses.ask(cast.assessor, incident, [receiver], language="en", now=timezone.now())[0]


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def page_of(token: str) -> str:
    return reverse("pulse_answer", args=[token])


# Whoever was asked ----------------------------------------------------------------------------------------------
def test_a_pulse_is_answered_without_an_account(asked: tuple[Pulse, str], client: Client) -> None:
    pulse, token = asked

    response = client.post(page_of(token), WHOLE)

    assert response["Location"] == f"{page_of(token)}?thanks=1"
    assert "Thank you" in client.get(response["Location"]).content.decode()
    pulse.refresh_from_db()
    assert {key: getattr(pulse, key) for key in SAID} == SAID
    assert (pulse.feedback.comment, pulse.feedback.feeling) == ("Slow.", 2)


def test_three_more_may_be_answered_and_none_is_owed(asked: tuple[Pulse, str], client: Client) -> None:
    pulse, token = asked
    page = client.get(page_of(token)).content.decode()
    assert page.index("All in all, how did it feel?") < page.index("Were you told beforehand?")
    client.post(page_of(token), {**WHOLE, "workaround": "partly"})
    pulse.refresh_from_db()
    assert (pulse.told_beforehand, pulse.workaround, pulse.courteous) == ("", "partly", "")


def test_a_link_says_that_it_was_answered_and_takes_nothing_more(asked: tuple[Pulse, str], client: Client) -> None:
    _pulse, token = asked
    client.post(page_of(token), WHOLE)

    assert "This is already answered" in client.get(page_of(token)).content.decode()
    again = client.post(page_of(token), {**WHOLE, "feeling": 5})
    assert "This is already answered" in again.content.decode()
    assert Feedback.objects.get().feeling == 2


def test_looking_at_it_consumes_nothing(asked: tuple[Pulse, str], client: Client) -> None:
    pulse, token = asked
    before = Pulse.objects.values().get(pk=pulse.pk)
    entries = AuditEntry.objects.count()

    for ask in (client.get, client.head, client.get):
        assert ask(page_of(token)).status_code == 200

    assert Pulse.objects.values().get(pk=pulse.pk) == before
    assert AuditEntry.objects.count() == entries


def test_every_question_wants_an_answer(asked: tuple[Pulse, str], client: Client) -> None:
    response = client.post(page_of(asked[1]), {"was_fast": "perhaps"})

    assert set(response.context["form"].errors) == {*SAID, "feeling", "name"}
    assert not Feedback.objects.exists()


CLOSED = {
    "expired": (410, "The time of this link is over"),
    "revoked": (410, "This link was withdrawn"),
    "renewed": (404, "This link is not valid"),
    "wrong": (404, "This link is not valid"),
}


@pytest.mark.parametrize("change", CLOSED)
def test_what_no_longer_opens_says_so_in_words(
    cast: Cast, asked: tuple[Pulse, str], client: Client, change: str
) -> None:
    pulse, token = asked
    status, words = CLOSED[change]
    now = timezone.now()
    if change == "expired":
        Pulse.objects.update(expires_at=now - timedelta(seconds=1))
    elif change == "revoked":
        pulses.revoke(cast.assessor, pulse, now=now)
    elif change == "renewed":
        pulses.renew(cast.assessor, pulse, now=now)
    else:
        token = token[:-1] + ("A" if token[-1] != "A" else "B")

    for response in (client.get(page_of(token)), client.post(page_of(token), WHOLE)):
        page = response.content.decode()
        assert (response.status_code, words in page) == (status, True)
        assert "INC-7" not in page
        assert ("Harbour" in page) == (status == 410)
    assert not Feedback.objects.exists()


def test_a_wrong_token_and_one_made_anew_cannot_be_told_apart(
    cast: Cast, asked: tuple[Pulse, str], client: Client
) -> None:
    pulse, token = asked
    pulses.renew(cast.assessor, pulse, now=timezone.now())

    def shown(token: str) -> str:
        response = client.get(page_of(token))
        page = response.content.decode().replace(token, "").replace(str(response.context["csrf_token"]), "")
        return re.sub(r'name="form_end" value="[^"]+"', "", page)

    assert shown(token) == shown("x" * 43)


def test_the_page_is_kept_by_no_cache_in_no_index_and_told_to_nobody(asked: tuple[Pulse, str], client: Client) -> None:
    for address in (page_of(asked[1]), page_of("x" * 43)):
        response = client.get(address)
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Referrer-Policy"] == "strict-origin"


def test_the_page_speaks_the_receivers_language_until_another_is_chosen(
    cast: Cast, asked: tuple[Pulse, str], client: Client
) -> None:
    Pulse.objects.update(language="fr")
    assert client.get(page_of(asked[1])).headers["Content-Language"] == "fr"

    client.post(reverse("set_language"), {"language": "nl", "next": page_of(asked[1])})
    assert client.get(page_of(asked[1])).headers["Content-Language"] == "nl"


def test_the_page_tells_nothing_but_vendor_reference_title_and_date(
    cast: Cast, asked: tuple[Pulse, str], client: Client
) -> None:
    vendor = asked[0].incident.vendor
    make_feedback(vendor, comment="Said in confidence.")
    Incident.objects.update(problem="PRB-1", handled_by="Demo Team", priority="P1")

    page = client.get(page_of(asked[1])).content.decode().replace("/help/vendors/", "")

    assert "INC-7" in page
    assert "Records stand still" in page
    for secret in ("Said in confidence", "PRB-1", "Demo Team", "P1<", "/vendors/", "/incidents/", "/feedback/"):
        assert secret not in page


def test_a_pulse_opens_nothing_but_its_own_page(cast: Cast, asked: tuple[Pulse, str]) -> None:
    """Neither the link nor having answered by it signs anybody in."""
    make_release()
    visitor = Client(raise_request_exception=False)
    visitor.get(page_of(asked[1]))
    visitor.post(page_of(asked[1]), WHOLE)
    assert visitor.session.get("_auth_user_id") is None
    assert not any("pulse" in name or "desk" in name for name in visitor.cookies)

    world = World(cast)
    for route in routes():
        if route.name.startswith(("feedback_", "incident_", "vendor_list", "vendor_detail")) or route.name in (
            "pulse_ask",
            "pulse_renew",
            "pulse_revoke",
        ):
            reply = visitor.get(reverse(route.name, kwargs=arguments(route, world)))
            assert reply.status_code in (302, 405), route.name


def test_each_token_answers_its_own_pulse_alone(cast: Cast, incident: Incident, client: Client) -> None:
    people = [Receiver(name="One"), Receiver(name="Two")]
    made = pulses.ask(cast.assessor, incident, people, language="en", now=timezone.now())

    client.post(page_of(made[1][1]), {**WHOLE, "name": "Two"})

    assert [pulse.name for pulse in Pulse.objects.answered()] == ["Two"]


# Whoever asks ---------------------------------------------------------------------------------------------------
def asking(receivers: str, **changes: Any) -> dict[str, Any]:
    return {"receivers": receivers, "language": "en", "department": "", "days": 14, "by": "mail", **changes}


def test_people_are_asked_from_the_incident_by_mail(cast: Cast, incident: Incident) -> None:
    address = reverse("pulse_ask", args=[incident.pk])
    people = "Demo Nurse <nurse@example.org>\r\nward@example.org; "

    response = client_of(cast.assessor).post(address, asking(people, department=cast.department.pk, language="nl"))

    assert [one.to for one in mail.outbox] == [["nurse@example.org"], ["ward@example.org"]]
    kept = Pulse.objects.order_by("pk")
    assert [(pulse.name, pulse.language, pulse.department) for pulse in kept] == [
        ("Demo Nurse", "nl", cast.department),
        ("", "nl", cast.department),
    ]
    assert "no-store" in response["Cache-Control"]
    assert all(pulse.sent_at for pulse in kept)
    days = (timezone.localdate(kept[0].expires_at) - timezone.localdate()).days
    assert days == 14


def test_a_link_to_copy_is_shown_once_and_mailed_to_nobody(cast: Cast, incident: Incident, client: Client) -> None:
    member, address = client_of(cast.admin), reverse("pulse_ask", args=[incident.pk])

    issued = member.post(address, asking("Demo Doctor", by="copy")).context["issued"]

    assert mail.outbox == []
    path = issued[0].address.split("/pulse/")[1]
    assert client.get(f"/pulse/{path}").status_code == 200
    assert path not in member.get(incident.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("receivers", "problem"),
    [
        ("", "Say whom to ask."),
        ("nurse@", "“nurse@” is not an e-mail address."),
        ("Nurse <nurse>", "“Nurse <nurse>” is not an e-mail address."),
        ("a@example.org; A@example.org", "a@example.org stands here twice."),
        ("Demo Doctor", "“Demo Doctor” has no e-mail address: add it, or make links to copy."),
        ("\n".join(f"n{number}@example.org" for number in range(21)), "Ask at most 20 people at once."),
        ("N" * 121 + " <n@example.org>", "is too long."),
    ],
)
def test_whom_to_ask_has_to_be_readable(cast: Cast, incident: Incident, receivers: str, problem: str) -> None:
    response = client_of(cast.assessor).post(reverse("pulse_ask", args=[incident.pk]), asking(receivers))

    assert problem in response.context["form"].errors["receivers"][0]
    assert not Pulse.objects.exists()


def test_names_and_addresses_are_read_as_people_write_them() -> None:
    read = ReceiversField().clean('"Nurse, Demo" <n@example.org>,\n a@example.org\n\nDemo   Doc\x00tor\x07')

    assert [(one.name, one.email) for one in read] == [
        ("Nurse, Demo", "n@example.org"),
        ("", "a@example.org"),
        ("Demo Doctor", ""),
    ]


def test_somebody_asked_already_is_named_beside_the_field(
    cast: Cast, incident: Incident, asked: tuple[Pulse, str]
) -> None:
    address = reverse("pulse_ask", args=[incident.pk])

    response = client_of(cast.assessor).post(address, asking("nurse@example.org"))

    assert "was asked already" in response.context["form"].errors["receivers"][0]
    assert mail.outbox == []


def test_a_link_is_sent_again_or_made_to_copy(cast: Cast, asked: tuple[Pulse, str], client: Client) -> None:
    pulse, earlier = asked
    address = reverse("pulse_renew", args=[pulse.pk])
    member = client_of(cast.assessor)
    member.get(address)
    assert client.get(page_of(earlier)).status_code == 200

    member.post(address, {"by": "mail"})
    assert len(mail.outbox) == 1
    assert client.get(page_of(earlier)).status_code == 404
    issued = member.post(address, {"by": "copy"}).context["issued"]
    assert (len(mail.outbox), issued[0].is_refused) == (1, False)


def test_withdrawing_asks_first_and_then_closes_the_link(cast: Cast, asked: tuple[Pulse, str], client: Client) -> None:
    pulse, token = asked
    member, address = client_of(cast.assessor), reverse("pulse_revoke", args=[pulse.pk])
    member.get(address)
    assert client.get(page_of(token)).status_code == 200

    response = member.post(address)

    assert response["Location"] == pulse.incident.get_absolute_url()
    assert client.get(page_of(token)).status_code == 410


@pytest.mark.parametrize("route", ["pulse_revoke", "pulse_renew"])
def test_what_was_answered_meanwhile_stays_and_the_page_says_so(
    cast: Cast, asked: tuple[Pulse, str], client: Client, route: str
) -> None:
    client.post(page_of(asked[1]), WHOLE)

    response = client_of(cast.assessor).post(reverse(route, args=[asked[0].pk]), follow=True)

    assert "This pulse is answered already." in response.content.decode()


@pytest.mark.parametrize("route", ["pulse_ask", "pulse_revoke", "pulse_renew"])
def test_only_those_who_edit_vendors_ask(cast: Cast, asked: tuple[Pulse, str], route: str) -> None:
    pk = asked[0].incident_id if route == "pulse_ask" else asked[0].pk

    for member, status in ((cast.reader, 403), (cast.approver, 403), (cast.stranger, 404), (cast.admin, 200)):
        assert client_of(member).get(reverse(route, args=[pk])).status_code == status
