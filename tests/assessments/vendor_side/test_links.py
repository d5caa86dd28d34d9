"""Links for the vendor's contacts: made, sent, sent again, extended, withdrawn; the owner's page and the way in."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.mailed_links.links import end_of, state_of
from accounts.models import AuditEntry, LinkState, Membership, User, hash_token
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Answer, Assessment, AssessmentState, LinkPurpose, ReplyRequest, Response, VendorLink
from assessments.vendor_side import links
from groundwork.words import day
from tests.assessments.lifecycle.test_transitions import at_once
from tests.factories import Cast, make_assessment, make_cast, make_vendor
from vendors.models import Contact

SignedIn = Callable[[Membership | User], Client]
LANGUAGES = ("en", "fr", "nl")


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.assessor)


@pytest.fixture
def contact(assessment: Assessment) -> Contact:
    return make_contact(assessment)


def make_contact(assessment: Assessment, name: str = "Robin Example", **fields: Any) -> Contact:
    fields = {"email": "robin@vendor.example", "language": "fr", **fields}
    return Contact.objects.create(vendor=assessment.vendor, name=name, **fields)


def make_reply_request(assessment: Assessment, by: Membership, **fields: Any) -> ReplyRequest:
    Assessment.objects.filter(pk=assessment.pk).update(state=AssessmentState.IN_REVIEW)
    fields = {"due_on": timezone.localdate() + timedelta(days=10), "opened_at": timezone.now(), **fields}
    return ReplyRequest.objects.create(
        assessment=assessment, shown={"rules": [], "met": 0}, opened_by=by.user, **fields
    )


def verbs(assessment: Assessment) -> list[str]:
    entries = AuditEntry.objects.filter(subject_id=str(assessment.pk), subject_type="assessments.assessment")
    return list(entries.order_by("pk").values_list("verb", flat=True))


class RefusingMail:
    """A mail server that takes nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("no mail today")


@pytest.fixture
def no_mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.assessments.vendor_side.test_links.RefusingMail"


# Making ---------------------------------------------------------------------------------------------------------
class TestMaking:
    def test_the_token_has_256_bits_and_only_its_hash_is_kept(
        self, cast: Cast, assessment: Assessment, contact: Contact
    ) -> None:
        link, token = links.create(cast.assessor, assessment, contact)
        assert len(token) >= 43
        assert link.token_hash == hash_token(token)
        held = " ".join(str(value) for value in VendorLink.objects.values_list().get())
        trail = " ".join(f"{entry.before} {entry.after} {entry.object_label}" for entry in AuditEntry.objects.all())
        assert token not in held + trail
        assert link.token_hash not in trail

    def test_the_first_link_lays_out_the_one_response_of_the_vendor_and_others_share_it(
        self, cast: Cast, assessment: Assessment, contact: Contact
    ) -> None:
        first, _ = links.create(cast.assessor, assessment, contact)
        second, _ = links.create(cast.colleague, assessment, make_contact(assessment, "Sam Example"))
        response = Response.objects.of_vendor().get()
        assert first.response == second.response == response
        assert response.answers.count() == assessment.release.questions.count()

    def test_a_link_keeps_name_address_and_language_of_its_contact(
        self, cast: Cast, assessment: Assessment, contact: Contact
    ) -> None:
        link, _ = links.create(cast.assessor, assessment, contact)
        contact.delete()
        link.refresh_from_db()
        assert (link.contact, link.name, link.email, link.language) == (
            None,
            "Robin Example",
            "robin@vendor.example",
            "fr",
        )

    def test_a_contact_has_one_live_link(self, cast: Cast, assessment: Assessment, contact: Contact) -> None:
        link, _ = links.create(cast.assessor, assessment, contact)
        with pytest.raises(IllegalTransition, match="has a link already"):
            links.create(cast.assessor, assessment, contact)
        links.revoke(cast.assessor, link)
        again, _ = links.create(cast.assessor, assessment, contact)
        assert again.pk != link.pk

    def test_the_database_refuses_a_second_live_link(
        self, cast: Cast, assessment: Assessment, contact: Contact
    ) -> None:
        link, _ = links.create(cast.assessor, assessment, contact)
        link.pk, link.token_hash = None, "another"
        with pytest.raises(IntegrityError), transaction.atomic():
            link.save()

    @pytest.mark.parametrize(("due_in", "valid_for"), [(5, 30), (40, 54)])
    def test_a_link_is_open_two_weeks_after_the_answers_are_due_at_least(
        self, cast: Cast, assessment: Assessment, contact: Contact, due_in: int, valid_for: int
    ) -> None:
        assessment.due_on = timezone.localdate() + timedelta(days=due_in)
        assessment.save()
        link, _ = links.create(cast.assessor, assessment, contact)
        assert link.expires_at == end_of(timezone.localdate() + timedelta(days=valid_for))

    def test_a_later_due_date_keeps_it_open_and_an_earlier_one_does_not_end_it(
        self, cast: Cast, assessment: Assessment, contact: Contact, signed_in: SignedIn
    ) -> None:
        link, _ = links.create(cast.assessor, assessment, contact)
        dates = {"period_start": assessment.period_start, "period_end": assessment.period_end}
        for days, until in ((90, 104), (3, 104)):
            due_on = (timezone.localdate() + timedelta(days=days)).isoformat()
            form = {"due_on": due_on, **dates}
            signed_in(cast.assessor).post(reverse("assessment_edit", args=[assessment.pk]), form)
            link.refresh_from_db()
            assert link.expires_at == end_of(timezone.localdate() + timedelta(days=until))
        assert verbs(assessment).count("link.extended") == 1

    def test_another_vendors_contact_is_refused(self, cast: Cast, assessment: Assessment) -> None:
        elsewhere = Contact.objects.create(vendor=make_vendor(cast.organisation, "Example Elsewhere"), name="X")
        with pytest.raises(PermissionDenied):
            links.create(cast.assessor, assessment, elsewhere)
        assert not VendorLink.objects.exists()
        assert not Response.objects.of_vendor().exists()

    @pytest.mark.parametrize("role", ["reader", "approver", "admin"])
    def test_only_who_assesses_makes_links(
        self, cast: Cast, assessment: Assessment, contact: Contact, role: str
    ) -> None:
        with pytest.raises(PermissionDenied):
            links.create(getattr(cast, role), assessment, contact)

    def test_a_stranger_finds_no_assessment(self, cast: Cast, assessment: Assessment, contact: Contact) -> None:
        with pytest.raises(Assessment.DoesNotExist):
            links.create(cast.stranger, assessment, contact)

    @pytest.mark.parametrize("state", [state for state in AssessmentState if state != "collecting"])
    def test_links_are_made_while_answers_are_collected(
        self, cast: Cast, assessment: Assessment, contact: Contact, state: AssessmentState
    ) -> None:
        Assessment.objects.filter(pk=assessment.pk).update(state=state)
        with pytest.raises(IllegalTransition):
            links.create(cast.assessor, assessment, contact)
        assert not Response.objects.of_vendor().exists()

    def test_a_link_to_reply_belongs_to_its_request_and_lasts_beyond_the_last_day(
        self, cast: Cast, assessment: Assessment, contact: Contact
    ) -> None:
        request = make_reply_request(assessment, cast.assessor)
        link, _ = links.create_for_reply(cast.assessor, request, contact)
        assert (link.purpose, link.reply_request, link.response) == (LinkPurpose.REPLY, request, None)
        assert link.expires_at > end_of(request.due_on)
        assert not Response.objects.of_vendor().exists()

    def test_without_an_expiry_a_link_lasts_a_month(self, cast: Cast, assessment: Assessment, contact: Contact) -> None:
        now = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.get_default_timezone())
        link, _ = links.create(cast.assessor, assessment, contact, now=now)
        assert timezone.localdate(link.expires_at) == date(2026, 4, 1)


# Renewing, extending, withdrawing -------------------------------------------------------------------------------
class TestChanging:
    def test_sending_again_ends_the_earlier_link(self, cast: Cast, assessment: Assessment, contact: Contact) -> None:
        link, old = links.create(cast.assessor, assessment, contact)
        renewed, new = links.renew(cast.colleague, link)
        assert (renewed.pk, renewed.issue) == (link.pk, 2)
        assert links.find(old) is None
        assert links.find(new) == link

    def test_sending_again_goes_to_the_address_of_today(
        self, cast: Cast, assessment: Assessment, contact: Contact
    ) -> None:
        link, _ = links.create(cast.assessor, assessment, contact)
        Contact.objects.filter(pk=contact.pk).update(email="right@vendor.example")
        assert links.renew(cast.assessor, link)[0].email == "right@vendor.example"

    def test_one_that_had_expired_is_valid_anew_and_another_keeps_its_term(
        self, cast: Cast, assessment: Assessment, contact: Contact
    ) -> None:
        now = timezone.now()
        link, _ = links.create(cast.assessor, assessment, contact, expires_at=now + timedelta(days=3))
        assert links.renew(cast.assessor, link)[0].expires_at == now + timedelta(days=3)
        VendorLink.objects.update(expires_at=now - timedelta(days=1))
        assert links.renew(cast.assessor, link)[0].expires_at > now + timedelta(days=20)

    def test_extending_leaves_the_link_as_it_is(self, cast: Cast, assessment: Assessment, contact: Contact) -> None:
        link, token = links.create(cast.assessor, assessment, contact)
        end = timezone.now() + timedelta(days=90)
        links.extend(cast.assessor, link, expires_at=end)
        found = links.find(token)
        assert found is not None
        assert (found.expires_at, found.issue) == (end, 1)

    @pytest.mark.parametrize("days", [-1, 400])
    def test_extending_into_the_past_or_beyond_a_year_is_refused(
        self, cast: Cast, assessment: Assessment, contact: Contact, days: int
    ) -> None:
        link, _ = links.create(cast.assessor, assessment, contact)
        with pytest.raises(IllegalTransition):
            links.extend(cast.assessor, link, expires_at=timezone.now() + timedelta(days=days))

    def test_withdrawing_is_final(self, cast: Cast, assessment: Assessment, contact: Contact) -> None:
        link, token = links.create(cast.assessor, assessment, contact)
        links.revoke(cast.assessor, link)
        assert state_of(links.find(token), timezone.now()) is LinkState.REVOKED
        for change in (links.renew, links.revoke):
            with pytest.raises(IllegalTransition, match="withdrawn"):
                change(cast.assessor, link)

    def test_a_link_can_be_withdrawn_in_every_state(self, cast: Cast, assessment: Assessment, contact: Contact) -> None:
        link, _ = links.create(cast.assessor, assessment, contact)
        Assessment.objects.filter(pk=assessment.pk).update(state=AssessmentState.APPROVED)
        with pytest.raises(IllegalTransition):
            links.renew(cast.assessor, link)
        assert links.revoke(cast.assessor, link).revoked_at

    def test_a_withdrawn_request_ends_its_links(self, cast: Cast, assessment: Assessment, contact: Contact) -> None:
        request = make_reply_request(assessment, cast.assessor)
        _, token = links.create_for_reply(cast.assessor, request, contact)
        ReplyRequest.objects.update(withdrawn_at=timezone.now())
        assert state_of(links.find(token), timezone.now()) is LinkState.REVOKED

    @pytest.mark.parametrize("who", ["reader", "approver", "admin"])
    def test_only_who_assesses_changes_links(
        self, cast: Cast, assessment: Assessment, contact: Contact, who: str
    ) -> None:
        link, _ = links.create(cast.assessor, assessment, contact)
        member = getattr(cast, who)
        for change in (
            lambda: links.renew(member, link),
            lambda: links.revoke(member, link),
            lambda: links.extend(member, link, expires_at=timezone.now() + timedelta(days=5)),
            lambda: links.reopen(member, assessment),
        ):
            with pytest.raises(PermissionDenied):
                change()

    def test_the_vendor_may_be_let_answer_again(self, cast: Cast, assessment: Assessment, contact: Contact) -> None:
        links.create(cast.assessor, assessment, contact)
        with pytest.raises(IllegalTransition, match="open already"):
            links.reopen(cast.assessor, assessment)
        Response.objects.of_vendor().update(submitted_at=timezone.now())
        assert links.reopen(cast.colleague, assessment).submitted_at is None
        entry = AuditEntry.objects.get(verb="vendor_response.reopened")
        assert (entry.actor, entry.after) == (cast.colleague.user, {"submitted_at": None})

    def test_every_change_is_in_the_history_of_the_assessment(
        self, cast: Cast, assessment: Assessment, contact: Contact
    ) -> None:
        link, token = links.create(cast.assessor, assessment, contact)
        links.send(link, token)
        links.extend(cast.assessor, link, expires_at=timezone.now() + timedelta(days=50))
        link, token = links.renew(cast.assessor, link)
        links.note_opened(link, now=timezone.now())
        links.revoke(cast.assessor, link)
        assert verbs(assessment) == [
            "link.created",
            "link.sent",
            "link.extended",
            "link.renewed",
            "link.opened",
            "link.revoked",
        ]
        opened = AuditEntry.objects.get(verb="link.opened")
        assert (opened.actor, opened.actor_label) == (None, "Robin Example <robin@vendor.example>")


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs rows that can be locked")
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_who_ask_the_vendor_make_one_response_and_one_link(self) -> None:
        cast = make_cast()
        assessment = make_assessment(cast.assessor)
        contact = make_contact(assessment)
        outcomes = at_once(
            *[lambda: links.create(cast.assessor, assessment, contact)] * 2,
            *[lambda: links.create(cast.colleague, assessment, contact)] * 2,
        )
        assert sum(isinstance(outcome, IllegalTransition) for outcome in outcomes) == 3
        assert Response.objects.of_vendor().count() == VendorLink.objects.count() == 1

    def test_of_two_who_send_again_one_link_is_good(self) -> None:
        cast = make_cast()
        assessment = make_assessment(cast.assessor)
        link, _ = links.create(cast.assessor, assessment, make_contact(assessment))
        outcomes = at_once(*[lambda: links.renew(cast.assessor, link)] * 3)
        tokens = [token for _, token in outcomes]
        assert sum(links.find(token) is not None for token in tokens) == 1
        assert VendorLink.objects.get().issue == 4


# Sending --------------------------------------------------------------------------------------------------------
class TestSending:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("purpose", LinkPurpose.values)
    def test_the_mail_speaks_the_contacts_language_and_holds_the_link_once(
        self, cast: Cast, assessment: Assessment, language: str, purpose: str
    ) -> None:
        contact = make_contact(assessment, language=language)
        if purpose == LinkPurpose.REPLY:
            link, token = links.create_for_reply(cast.assessor, make_reply_request(assessment, cast.assessor), contact)
        else:
            link, token = links.create(cast.assessor, assessment, contact)
        assert links.send(link, token)
        [message] = mail.outbox
        assert message.to == ["robin@vendor.example"]
        until = link.reply_request.due_on if link.reply_request else timezone.localdate(link.expires_at)
        with translation.override(language):
            assert day(until) in str(message.body)
        assert str(message.body).count(links.address(token)) == 1
        page = str(message.alternatives[0][0])  # type: ignore[union-attr]
        assert f'<html lang="{language}">' in page
        for text in (str(message.body), page):
            assert cast.organisation.name in text
            assert assessment.vendor.name in text
            assert "Robin Example" in text

    def test_what_the_mail_server_took_is_kept(self, cast: Cast, assessment: Assessment, contact: Contact) -> None:
        link, token = links.create(cast.assessor, assessment, contact)
        links.send(link, token)
        link.refresh_from_db()
        assert link.sent_at
        assert link.failed_at is None

    def test_a_refused_mail_loses_nothing(
        self, cast: Cast, assessment: Assessment, contact: Contact, no_mail: None
    ) -> None:
        link, token = links.create(cast.assessor, assessment, contact)
        assert links.send(link, token) is False
        link.refresh_from_db()
        assert (link.sent_at, bool(link.failed_at)) == (None, True)
        assert state_of(links.find(token), timezone.now()) is LinkState.OPEN
        assert verbs(assessment) == ["link.created", "link.not_delivered"]

    def test_without_an_address_nothing_is_sent(self, cast: Cast, assessment: Assessment) -> None:
        link, token = links.create(cast.assessor, assessment, make_contact(assessment, email=""))
        assert links.send(link, token) is False
        assert mail.outbox == []

    def test_a_mail_that_arrives_late_does_not_speak_for_a_newer_link(
        self, cast: Cast, assessment: Assessment, contact: Contact
    ) -> None:
        link, token = links.create(cast.assessor, assessment, contact)
        links.renew(cast.assessor, link)
        links.send(link, token)
        assert VendorLink.objects.get().sent_at is None


# The way in -----------------------------------------------------------------------------------------------------
@dataclass
class Way:
    link: VendorLink
    url: str


@pytest.fixture
def way(cast: Cast, assessment: Assessment, contact: Contact) -> Way:
    link, token = links.create(cast.assessor, assessment, contact)
    return Way(link, reverse("vendor_link", args=[token]))


class TestLanding:
    def test_opening_the_link_changes_nothing(self, client: Client, way: Way, assessment: Assessment) -> None:
        before = VendorLink.objects.values().get()
        for ask in (client.get, client.head):
            response = ask(way.url)
            assert response.status_code == 200
            assert not [name for name in response.cookies if name.startswith("vendor_desk")]
        assert VendorLink.objects.values().get() == before
        assert verbs(assessment) == ["link.created"]

    def test_it_says_who_asks_about_what_and_until_when(self, client: Client, way: Way, cast: Cast) -> None:
        client.cookies["django_language"] = "en"
        page = client.get(way.url).content.decode()
        for said in ("Harbour Hospital", "Example Systems 1", "Robin Example", "Assessor", "1\u00a0January"):
            assert said in page
        assert f'href="{reverse("vendor_list")}"' not in page
        assert reverse("account_login") not in page

    def test_it_speaks_the_links_language_unless_the_visitor_chose_one(self, client: Client, way: Way) -> None:
        assert '<html lang="fr"' in client.get(way.url).content.decode()
        client.post(reverse("set_language"), {"language": "nl", "next": way.url})
        assert '<html lang="nl"' in client.get(way.url).content.decode()

    def test_starting_sets_the_cookie_for_this_desk_alone(self, client: Client, way: Way) -> None:
        response = client.post(way.url, {"language": "nl"})
        assert response.status_code == 302
        assert response["Location"] == reverse("vendor_desk", args=[way.link.pk])
        cookie = response.cookies[f"vendor_desk_{way.link.pk}"]
        assert cookie["path"] == f"/vendor-desk/{way.link.pk}/"
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert response.cookies["django_language"].value == "nl"
        link = VendorLink.objects.get()
        assert link.opened_at
        assert link.opened_at == link.seen_at

    def test_over_https_the_cookie_is_secure(self, client: Client, way: Way) -> None:
        response = client.post(way.url, {"language": "nl"}, secure=True)
        assert response.cookies[f"vendor_desk_{way.link.pk}"]["secure"]

    def test_coming_back_keeps_the_first_time_and_is_recorded_once(
        self, client: Client, way: Way, assessment: Assessment
    ) -> None:
        client.post(way.url, {"language": "en"})
        first = VendorLink.objects.get().opened_at
        client.post(way.url, {"language": "en"})
        assert VendorLink.objects.get().opened_at == first
        assert verbs(assessment).count("link.opened") == 1

    def test_a_language_that_we_do_not_speak_is_asked_again(self, client: Client, way: Way) -> None:
        response = client.post(way.url, {"language": "tlh"})
        assert response.status_code == 200
        assert VendorLink.objects.get().opened_at is None

    def test_a_form_without_its_csrf_token_is_refused_and_with_it_let_in(self, way: Way) -> None:
        client = Client(enforce_csrf_checks=True)
        assert client.post(way.url, {"language": "en"}).status_code == 403
        page = client.get(way.url).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]
        response = client.post(
            way.url, {"language": "en", "csrfmiddlewaretoken": token}, headers={"Origin": "http://testserver"}
        )
        assert response.status_code == 302

    @pytest.mark.parametrize("what", ["open", "revoked", "unknown"])
    def test_nothing_is_cached_or_told_to_others(self, client: Client, way: Way, what: str) -> None:
        if what == "revoked":
            VendorLink.objects.update(revoked_at=timezone.now())
        response = client.get(reverse("vendor_link", args=["x" * 43]) if what == "unknown" else way.url)
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "strict-origin"

    @pytest.mark.parametrize("what", ["open", "expired", "forged"])
    def test_the_token_is_not_logged(self, way: Way, caplog: Any, what: str) -> None:
        """Also not where the page is refused: an expired link may be extended."""
        if what == "expired":
            VendorLink.objects.update(expires_at=timezone.now())
        caplog.set_level("INFO")
        ask = Client(enforce_csrf_checks=True)
        response = ask.post(way.url) if what == "forged" else ask.get(way.url)
        assert response.status_code == {"open": 200, "expired": 410, "forged": 403}[what]
        [lines] = [handler.formatter for handler in logging.getLogger().handlers if handler.get_name() == "console"]
        assert lines is not None
        logged = "".join(lines.format(copy(record)) for record in caplog.records)
        assert "/vendor-link/…/" in logged
        assert way.url.split("/")[2] not in logged


class TestClosedLinks:
    @pytest.mark.parametrize(
        ("fields", "heading"),
        [
            ({"revoked_at": timezone.now()}, "Your customer no longer needs this link"),
            ({"expires_at": timezone.now() - timedelta(seconds=1)}, "The time of this link is over"),
        ],
    )
    def test_a_known_link_says_what_happened_and_whom_to_ask(
        self, client: Client, way: Way, cast: Cast, fields: dict[str, Any], heading: str
    ) -> None:
        VendorLink.objects.update(**fields)
        client.cookies["django_language"] = "en"
        for response in (client.get(way.url), client.post(way.url, {"language": "en"})):
            page = response.content.decode()
            assert response.status_code == 410
            assert heading in page
            assert "Ask Assessor at Harbour Hospital" in page
            assert "mailto:assessor@example.org" in page
            assert "Nothing is lost" in page
            assert not [name for name in response.cookies if name.startswith("vendor_desk")]
        assert VendorLink.objects.get().opened_at is None

    def test_an_unknown_link_says_nothing_of_anybody(self, client: Client, way: Way, cast: Cast) -> None:
        links.renew(cast.assessor, way.link)
        for url in (way.url, reverse("vendor_link", args=["x"]), reverse("vendor_link", args=["ü" * 50])):
            response = client.get(url)
            page = response.content.decode()
            assert response.status_code == 404
            assert not [said for said in ("Harbour", "Assessor", "Example Systems", "Robin") if said in page]

    def test_an_old_link_and_an_invented_one_look_the_same(self, client: Client, way: Way, cast: Cast) -> None:
        links.renew(cast.assessor, way.link)
        pages = [client.get(url).content for url in (way.url, reverse("vendor_link", args=["x" * 43]))]
        told = [
            re.sub(
                rb'(name="(csrfmiddlewaretoken|form_end)" value=|x-csrftoken": )"[^"]+"|name="next" value="[^"]+"',
                b"",
                page,
            )
            for page in pages
        ]
        assert told[0] == told[1]


# The owner's page -----------------------------------------------------------------------------------------------
class TestOwnersPage:
    def post(self, client: Client, assessment: Assessment, **data: Any) -> Any:
        return client.post(reverse("link_add", args=[assessment.pk]), {"days": 14, "by": "mail", **data})

    def test_sending_a_link_mails_it_and_shows_it_this_once(
        self, cast: Cast, assessment: Assessment, contact: Contact, signed_in: SignedIn
    ) -> None:
        client = signed_in(cast.assessor)
        response = self.post(client, assessment, contact=contact.pk)
        page = response.content.decode()
        [address] = re.findall(r"http://localhost:8000(/vendor-link/[^\"]+/)", page)
        assert address in str(mail.outbox[0].body)
        assert "no-store" in response["Cache-Control"]
        assert "on its way to Robin Example" in page
        later = client.get(reverse("assessment_vendor", args=[assessment.pk])).content.decode()
        assert "vendor-link" not in later
        assert "Sent" in later
        link = VendorLink.objects.get()
        assert timezone.localdate(link.expires_at) == timezone.localdate() + timedelta(days=14)

    def test_only_a_length_that_changes_something_is_offered(
        self, cast: Cast, assessment: Assessment, contact: Contact, signed_in: SignedIn
    ) -> None:
        client, url = signed_in(cast.assessor), reverse("assessment_vendor", args=[assessment.pk])

        def offered(days: int | None) -> list[int]:
            due_on = None if days is None else timezone.localdate() + timedelta(days=days)
            Assessment.objects.filter(pk=assessment.pk).update(due_on=due_on)
            return [days for days, _said in client.get(url).context["form"]["days"].field.choices]

        assert offered(None) == [14, 30, 60]
        assert offered(-1) == [14, 30, 60]
        assert offered(10) == [0, 30, 60]
        assert offered(20) == [0, 60]
        assert offered(90) == [0]
        assert client.get(url).context["form"]["days"].value() == 0
        self.post(client, assessment, contact=contact.pk, days=0)
        ends = timezone.localdate(VendorLink.objects.get().expires_at)
        assert ends == timezone.localdate() + timedelta(days=90 + 14)

    def test_a_link_to_copy_is_not_mailed(
        self, cast: Cast, assessment: Assessment, contact: Contact, signed_in: SignedIn
    ) -> None:
        page = self.post(signed_in(cast.assessor), assessment, contact=contact.pk, by="copy").content.decode()
        assert "/vendor-link/" in page
        assert mail.outbox == []

    def test_a_refused_mail_is_told_with_the_link_to_copy(
        self, cast: Cast, assessment: Assessment, contact: Contact, signed_in: SignedIn, no_mail: None
    ) -> None:
        client = signed_in(cast.assessor)
        page = self.post(client, assessment, contact=contact.pk).content.decode()
        assert "could not be sent" in page
        assert "/vendor-link/" in page
        assert "Not delivered" in client.get(reverse("assessment_vendor", args=[assessment.pk])).content.decode()

    def test_a_contact_without_an_address_gets_a_link_to_copy_only(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        contact, client = make_contact(assessment, email=""), signed_in(cast.assessor)
        assert "no e-mail address" in self.post(client, assessment, contact=contact.pk).content.decode()
        assert not VendorLink.objects.exists()
        assert self.post(client, assessment, contact=contact.pk, by="copy").status_code == 200
        link = VendorLink.objects.get()
        assert 'value="mail"' not in client.get(reverse("link_renew", args=[link.pk])).content.decode()

    def test_a_single_contact_is_chosen_already_and_one_of_two_is_not(
        self, cast: Cast, assessment: Assessment, contact: Contact, signed_in: SignedIn
    ) -> None:
        client, url = signed_in(cast.assessor), reverse("assessment_vendor", args=[assessment.pk])
        assert f'<option value="{contact.pk}" selected>' in client.get(url).content.decode()
        make_contact(assessment, "Sam Example")
        assert f'<option value="{contact.pk}" selected>' not in client.get(url).content.decode()

    def test_each_button_says_what_it_does(
        self, cast: Cast, assessment: Assessment, contact: Contact, signed_in: SignedIn
    ) -> None:
        page = signed_in(cast.assessor).get(reverse("assessment_vendor", args=[assessment.pk])).content.decode()
        buttons = re.findall(r'<button[^>]+name="by" value="(\w+)">\s+([^<]+?)\s+</button>', page)
        assert buttons == [("mail", "Send the link by mail"), ("copy", "Show the link to copy")]

    def test_contacts_of_other_vendors_cannot_be_chosen(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        away = Contact.objects.create(
            vendor=make_vendor(cast.other_organisation, "Away"), name="Away", email="a@b.example"
        )
        self.post(signed_in(cast.assessor), assessment, contact=away.pk)
        assert not VendorLink.objects.exists()

    def test_making_it_anew_asks_first_and_changes_nothing_by_looking(
        self, cast: Cast, way: Way, signed_in: SignedIn
    ) -> None:
        client, url = signed_in(cast.assessor), reverse("link_renew", args=[way.link.pk])
        assert "stops working at once" in client.get(url).content.decode()
        assert VendorLink.objects.get().issue == 1
        assert "/vendor-link/" in client.post(url, {"by": "copy"}).content.decode()
        assert mail.outbox == []
        client.post(url, {"by": "mail"})
        assert len(mail.outbox) == 1
        assert VendorLink.objects.get().issue == 3

    def test_extending_and_withdrawing_by_the_page(self, cast: Cast, way: Way, signed_in: SignedIn) -> None:
        client, day = signed_in(cast.assessor), timezone.localdate() + timedelta(days=77)
        extend, revoke = (reverse(name, args=[way.link.pk]) for name in ("link_extend", "link_revoke"))
        assert client.post(extend, {"last_day": "2001-01-01"}).status_code == 200
        client.post(extend, {"last_day": day.isoformat()})
        assert timezone.localdate(VendorLink.objects.get().expires_at) == day
        client.get(revoke)
        assert VendorLink.objects.get().revoked_at is None
        client.post(revoke)
        assert VendorLink.objects.get().revoked_at

    def test_the_page_tells_progress_and_not_a_word_of_what_was_written(
        self, cast: Cast, assessment: Assessment, way: Way, signed_in: SignedIn
    ) -> None:
        answers = list(Answer.objects.filter(response=way.link.response))
        Answer.objects.filter(pk=answers[0].pk).update(vendor_says="Lighthouse words")
        Answer.objects.filter(pk=answers[1].pk).update(grade=4)
        VendorLink.objects.update(seen_at=timezone.now())
        for route in ("assessment_vendor", "assessment_detail"):
            page = signed_in(cast.reader).get(reverse(route, args=[assessment.pk])).content.decode()
            assert "2 of 14" in page, route
            assert "Lighthouse" not in page, route

    def test_after_the_hand_in_the_vendor_can_be_let_answer_again(
        self, cast: Cast, assessment: Assessment, way: Way, signed_in: SignedIn
    ) -> None:
        Response.objects.of_vendor().update(submitted_at=timezone.now())
        url = reverse("assessment_vendor", args=[assessment.pk])
        assert "Let the vendor answer again" not in signed_in(cast.reader).get(url).content.decode()
        client = signed_in(cast.assessor)
        assert "Let the vendor answer again" in client.get(url).content.decode()
        client.post(reverse("vendor_reopen", args=[assessment.pk]))
        assert Response.objects.of_vendor().get().submitted_at is None

    def test_readers_see_the_links_and_nothing_to_change_them(
        self, cast: Cast, assessment: Assessment, way: Way, signed_in: SignedIn
    ) -> None:
        page = signed_in(cast.reader).get(reverse("assessment_vendor", args=[assessment.pk])).content.decode()
        assert "Robin Example" in page
        assert reverse("link_renew", args=[way.link.pk]) not in page
        assert "Ask the vendor" not in page

    @pytest.mark.parametrize("name", ["link_renew", "link_extend", "link_revoke"])
    def test_strangers_find_nothing(self, cast: Cast, way: Way, signed_in: SignedIn, name: str) -> None:
        client = signed_in(cast.stranger)
        assert client.get(reverse(name, args=[way.link.pk])).status_code == 404
        assert client.post(reverse(name, args=[way.link.pk]), {"by": "mail"}).status_code == 404
        assert VendorLink.objects.get().issue == 1

    def test_without_contacts_the_one_next_step_is_to_add_one(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        page = signed_in(cast.assessor).get(reverse("assessment_vendor", args=[assessment.pk])).content.decode()
        assert reverse("contact_add", args=[assessment.vendor_id]) in page

    @pytest.mark.parametrize("state", AssessmentState.values)
    def test_the_page_stands_in_every_state(
        self, cast: Cast, assessment: Assessment, way: Way, signed_in: SignedIn, state: str
    ) -> None:
        Assessment.objects.filter(pk=assessment.pk).update(state=state)
        assert signed_in(cast.assessor).get(reverse("assessment_vendor", args=[assessment.pk])).status_code == 200

    def test_many_links_take_as_many_queries_as_one(
        self, cast: Cast, assessment: Assessment, way: Way, signed_in: SignedIn
    ) -> None:
        client, url = signed_in(cast.assessor), reverse("assessment_vendor", args=[assessment.pk])
        client.get(url)

        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            return len(queries)

        one = count()
        for number in range(6):
            links.create(cast.assessor, assessment, make_contact(assessment, f"Contact {number}"))
        assert count() == one
