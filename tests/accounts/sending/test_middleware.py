"""Forms as the server takes them: whole or not at all, once, and given back where they could not be taken."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.db.models import Model
from django.test import Client, override_settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from django.utils import timezone

from accounts.members import invitations
from accounts.models import KeptForm, Membership, TakenForm, User
from accounts.sending import cleaning, kept, mark, once
from assessments.models import Answer, ApprovalLevel, Assessment
from tests.concurrency import at_once, elsewhere, shared_database
from tests.factories import Cast, make_assessment, make_cast, make_incident, make_release, make_vendor
from vendors.models import Contact, Feedback, Pulse, Vendor

SignedIn = Callable[[Membership | User], Client]
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = encode_multipart(BOUNDARY, {"email": "", "name": "", "form_end": "end"})


def page_mark(client: Client, url: str) -> str:
    """What the forms of a page end with."""
    return re.findall(r'name="form_end" value="([^"]+)"', client.get(url).content.decode())[-1]


def contact_of(vendor: Vendor) -> tuple[str, dict[str, str]]:
    return reverse("contact_add", args=[vendor.pk]), {
        "name": "Robin Example",
        "email": "",
        "role": "",
        "language": "en",
    }


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


class TestWhole:
    def send(self, client: Client, url: str, body: bytes, kind: str, *, of: int) -> Any:
        extra: dict[str, Any] = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(of)}
        return client.generic("POST", url, b"", kind, **extra)

    @pytest.mark.parametrize("kind", [URLENCODED, MULTIPART_CONTENT, "application/json"])
    def test_a_body_that_breaks_off_is_refused_on_a_public_page_too(self, client: Client, db: None, kind: str) -> None:
        body = {URLENCODED: b"language=fr&form_end=end", MULTIPART_CONTENT: MULTIPART}.get(kind, b'{"a": 1}')
        for left in range(len(body)):
            assert self.send(client, "/language/", body[:left], kind, of=len(body)).status_code == 400
        assert self.send(client, "/language/", body, kind, of=len(body)).status_code in (302, 400)

    def test_what_only_announces_too_much_fills_no_log(
        self, client: Client, db: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        too_long = self.send(client, "/theme/", b"", URLENCODED, of=10**9)
        too_many = b"&".join([b"a=1"] * 1_001)
        assert (too_long.status_code, client.generic("POST", "/theme/", too_many, URLENCODED).status_code) == (400, 400)
        assert not [one for one in caplog.records if one.name.startswith("django.security")]

    def test_what_is_written_in_letters_that_forms_do_not_have_is_refused(self, client: Client, db: None) -> None:
        client.raise_request_exception = False
        answer = client.generic("POST", "/theme/", b"theme=dark&form_end=end", f"{URLENCODED}; charset=utf-16")
        assert answer.status_code == 400

    def test_an_answer_stays_wherever_its_saving_breaks_off(self, cast: Cast, signed_in: SignedIn) -> None:
        answer = Answer.objects.filter(response__assessment=make_assessment(cast.assessor, grade=3)).first()
        assert answer is not None
        fields = {"version": answer.version, "choice": "1", "reason": "", "comment": "a comment", "vendor_says": "no"}
        data = {f"a{answer.pk}-{name}": value for name, value in fields.items()} | {"form_end": "end"}
        client, url = signed_in(cast.assessor), reverse("answer_edit", args=[answer.pk])
        for kind, body in (
            (URLENCODED, urlencode(data).encode()),
            (MULTIPART_CONTENT, encode_multipart(BOUNDARY, data)),
        ):
            cuts = {*range(0, len(body), 37), len(body) - 1}
            assert {self.send(client, url, body[:left], kind, of=len(body)).status_code for left in cuts} == {400}
            # Announced as it came, as a proxy might: then it lacks its end.
            end = body.index(b"form_end")
            assert {self.send(client, url, body[:left], kind, of=left).status_code for left in cuts if left < end} == {
                400
            }
        answer.refresh_from_db()
        assert (answer.grade, answer.version, answer.comment) == (3, 0, "")
        headers = {"HTTP_ACCEPT": "application/json"}
        reply = client.generic("POST", url, body, MULTIPART_CONTENT, **headers)  # type: ignore[arg-type]
        assert reply.json()["state"] == "saved"

    def test_a_form_without_its_end_is_refused_in_words(self, cast: Cast, signed_in: SignedIn, vendor: Vendor) -> None:
        url, data = contact_of(vendor)
        reply = signed_in(cast.assessor).post(url, urlencode(data), content_type=URLENCODED)
        assert reply.status_code == 400
        assert "The form did not arrive whole" in reply.content.decode()
        assert not Contact.objects.exists()

    def test_a_form_of_the_admin_without_its_end_is_refused(self, cast: Cast, signed_in: SignedIn) -> None:
        client = signed_in(cast.editor)
        url = reverse("admin:accounts_user_change", args=[cast.reader.user_id])
        assert client.post(url, "name=x", content_type=URLENCODED).status_code == 400
        assert page_mark(client, url)
        assert page_mark(client, reverse("admin:accounts_user_changelist"))


class TestOnce:
    def test_a_form_sent_twice_is_taken_once_and_ends_where_the_first_did(
        self, cast: Cast, signed_in: SignedIn, vendor: Vendor
    ) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        data["form_end"] = page_mark(client, url)
        first, second = (client.post(url, data) for _time in range(2))
        assert (first.status_code, second.status_code) == (302, 302)
        assert first["Location"] == second["Location"]
        assert Contact.objects.count() == 1
        assert "You sent this form twice." in client.get(second["Location"]).content.decode()

    @pytest.mark.parametrize("route", ["feedback_add", "assessment_add", "approval_level_add", "pulse_ask"])
    def test_whatever_a_form_makes_is_made_once(
        self, cast: Cast, signed_in: SignedIn, vendor: Vendor, route: str
    ) -> None:
        make_release()
        incident = make_incident(vendor, "INC1")
        rows: dict[str, tuple[type[Model], dict[str, Any]]] = {
            "feedback_add": (
                Feedback,
                {"vendor": vendor.pk, "feeling": 2, "name": "Me", "said_on": "2026-03-02", "sla": "met"},
            ),
            "assessment_add": (Assessment, {"vendor": vendor.pk, "preset": "last_quarter"}),
            "approval_level_add": (ApprovalLevel, {"tier": "all", "name": "Board", "decides": "role:approver"}),
            "pulse_ask": (Pulse, {"receivers": "Demo Nurse", "by": "copy", "language": "en", "days": 14}),
        }
        model, data = rows[route]
        client = signed_in(cast.admin if route == "approval_level_add" else cast.assessor)
        url = reverse(route, args=[incident.pk] if route == "pulse_ask" else [])
        data = {**data, "form_end": page_mark(client, url)}
        first, second = (client.post(url, data) for _time in range(2))
        assert model._default_manager.count() == 1
        assert second.status_code == 302
        assert first.status_code == (200 if route == "pulse_ask" else 302)  # which shows the links, this once
        assert first.get("Location", second["Location"]) == second["Location"]

    def test_another_word_makes_it_another_form(self, cast: Cast, signed_in: SignedIn, vendor: Vendor) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        data["form_end"] = page_mark(client, url)
        client.post(url, data)
        client.post(url, {**data, "name": "Kim Example"})
        assert sorted(Contact.objects.values_list("name", flat=True)) == ["Kim Example", "Robin Example"]

    def test_a_page_loaded_again_makes_it_another_form(self, cast: Cast, signed_in: SignedIn, vendor: Vendor) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        for _time in range(2):
            client.post(url, {**data, "form_end": page_mark(client, url)})
        assert Contact.objects.count() == 2

    def test_what_was_refused_may_be_sent_again(self, cast: Cast, signed_in: SignedIn, vendor: Vendor) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        data |= {"name": "", "form_end": page_mark(client, url)}
        assert [client.post(url, data).status_code for _time in range(2)] == [200, 200]
        assert not TakenForm.objects.exists()

    def test_whoever_comes_while_the_first_is_worked_on_is_told_so(
        self, cast: Cast, signed_in: SignedIn, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        data["form_end"] = page_mark(client, url)
        client.post(url, data)
        TakenForm.objects.update(led_to="")
        monkeypatch.setattr(once, "PATIENCE", 0.1)
        reply = client.post(url, data)
        assert reply.status_code == 409
        assert "still being worked on" in reply.content.decode()
        assert Contact.objects.count() == 1

    def test_two_files_of_one_name_are_two_forms(self, rf: Any) -> None:
        def key(content: bytes) -> str:
            request = rf.post("/x/", {"file": SimpleUploadedFile("a.txt", content)})
            return once.key_of(request, mark.Mark(key="k", who="user:1", page="/x/"), "user:1")

        assert key(b"one") != key(b"two")
        assert key(b"one") == key(b"one")

    def test_a_theme_may_be_chosen_again_from_the_same_page(self, client: Client, db: None) -> None:
        data = {"theme": "dark", "form_end": page_mark(client, "/")}
        assert [client.post("/theme/", data).cookies["theme"].value for _time in range(2)] == ["dark", "dark"]

    def test_what_is_old_is_swept(self, cast: Cast, signed_in: SignedIn, vendor: Vendor) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        client.post(url, {**data, "form_end": page_mark(client, url)})
        now = timezone.now()
        assert cleaning.sweep(now) == 0
        assert cleaning.sweep(now + timedelta(days=2, minutes=1)) == 1


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def clients(self, member: Membership, count: int) -> list[Client]:
        client = Client()
        client.force_login(member.user)
        others = [Client() for _number in range(count - 1)]
        for other in others:
            other.cookies.update(client.cookies)
        return [client, *others]

    def test_of_two_forms_at_once_one_makes_the_thing_and_both_lead_to_it(self, tmp_path: Path) -> None:
        cast = make_cast()
        vendor = make_vendor(cast.organisation)
        url, data = contact_of(vendor)
        clients = self.clients(cast.assessor, 4)
        data["form_end"] = page_mark(clients[0], url)
        with shared_database(tmp_path):
            replies = at_once(*(lambda client=client: client.post(url, data) for client in clients))
            assert [reply.status_code for reply in replies] == [302] * 4
            assert {reply["Location"] for reply in replies} == {f"{vendor.get_absolute_url()}#contacts"}
            assert elsewhere(Contact.objects.count) == 1
        connections.close_all()

    @pytest.mark.parametrize("pages", [1, 2])
    def test_of_two_forms_of_one_invitation_at_once_one_makes_the_account(self, tmp_path: Path, pages: int) -> None:
        """From one page that is sent twice, and from two pages."""
        cast = make_cast()
        _invitation, token = invitations.invite(
            cast.admin.user, cast.organisation, email="new@example.org", role="reader", department=None,
            language="en", now=timezone.now(),
        )  # fmt: skip
        url = reverse("invitation_accept", args=[token])
        marks = [page_mark(Client(), url) for _page in range(pages)] * (2 // pages)
        data = {"name": "New", "password": "a long demo password", "repeated": "a long demo password"}
        with shared_database(tmp_path):
            replies = at_once(*(lambda end=end: Client().post(url, {**data, "form_end": end}) for end in marks))
            told = {1: {302}, 2: {302, 410}}  # from two pages, one may come when the invitation is used already
            assert {reply.status_code for reply in replies} <= told[pages]
            assert elsewhere(lambda: User.objects.filter(email="new@example.org").count()) == 1
        connections.close_all()


class TestGivenBack:
    def ended(self, client: Client, url: str, data: dict[str, Any], *, page: str = "") -> Any:
        """Send a form whose page was drawn before the session ended."""
        end = page_mark(client, page or url)
        client.logout()
        return client.post(url, {**data, "form_end": end})

    def next_of(self, reply: Any) -> str:
        target = urlsplit(reply["Location"])
        assert target.path == reverse("account_login")
        return parse_qs(target.query)["next"][0]

    def test_after_signing_in_one_stands_on_the_page_of_the_form_with_what_was_typed(
        self, cast: Cast, signed_in: SignedIn, vendor: Vendor
    ) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        reply = self.ended(client, url, data)
        assert not Contact.objects.exists()
        page = self.next_of(reply)
        assert page.startswith(f"{url}?kept=")
        assert "what you typed is kept" in client.get(reply["Location"]).content.decode()
        signed_in(cast.assessor)
        shown = client.get(page)
        text = shown.content.decode()
        assert 'value="Robin Example"' in text
        assert "Not sent yet" in text
        assert "no-store" in shown["Cache-Control"]
        data["form_end"] = re.findall(r'name="form_end" value="([^"]+)"', text)[-1]
        assert client.post(page.partition("#")[0], data).status_code == 302
        assert Contact.objects.count() == 1
        assert not KeptForm.objects.exists()  # it was sent

    def test_an_address_that_only_takes_forms_leads_back_to_the_page_with_its_button(
        self, cast: Cast, signed_in: SignedIn
    ) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        review = reverse("assessment_review", args=[assessment.pk])
        url = reverse("assessment_hand_in", args=[assessment.pk])
        reply = self.ended(signed_in(cast.assessor), url, {"pressed": "yes"}, page=review)
        page = self.next_of(reply)
        assert page.startswith(f"{review}?kept=")
        shown = signed_in(cast.assessor).get(page)
        assert shown.status_code == 200
        assert "Not sent yet" in shown.content.decode()

    def test_nobody_else_is_given_what_was_typed(self, cast: Cast, signed_in: SignedIn, vendor: Vendor) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        page = self.next_of(self.ended(client, url, data))
        text = signed_in(cast.colleague).get(page).content.decode()
        assert "Robin Example" not in text
        assert "Not sent yet" not in text

    def test_it_is_forgotten_after_a_day(self, cast: Cast, signed_in: SignedIn, vendor: Vendor) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        page = self.next_of(self.ended(client, url, data))
        KeptForm.objects.update(kept_at=timezone.now() - kept.KEPT_FOR)
        assert "Robin Example" not in signed_in(cast.assessor).get(page).content.decode()
        assert cleaning.sweep(timezone.now() + timedelta(seconds=1)) == 1

    def test_files_are_named_to_be_chosen_again(self, cast: Cast, signed_in: SignedIn) -> None:
        client, url = signed_in(cast.assessor), reverse("incident_import_list")
        reply = self.ended(client, url, {"file": SimpleUploadedFile("march.csv", b"a,b"), "source": "7"})
        text = signed_in(cast.assessor).get(self.next_of(reply)).content.decode()
        assert "Choose them again" in text
        assert "march.csv" in text

    def test_what_is_too_long_is_not_kept_and_that_is_said(
        self, cast: Cast, signed_in: SignedIn, vendor: Vendor
    ) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        reply = self.ended(client, url, {**data, "name": "x" * kept.LARGEST})
        assert not KeptForm.objects.exists()
        assert "could not be kept" in client.get(reply["Location"]).content.decode()

    def test_one_person_cannot_fill_the_house(self, cast: Cast, signed_in: SignedIn, vendor: Vendor) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        end = page_mark(client, url)
        client.logout()
        for number in range(kept.MOST + 3):
            client.post(url, {**data, "name": f"{number}", "form_end": end})
        assert KeptForm.objects.count() == kept.MOST

    def test_a_form_that_names_nobody_keeps_nothing(self, client: Client, vendor: Vendor) -> None:
        url, data = contact_of(vendor)
        client.post(url, {**data, "form_end": mark.Mark(key="k", who="", page=url).signed()})
        client.post(url, {**data, "form_end": "user:1"})
        assert not KeptForm.objects.exists()

    def test_a_part_of_a_page_that_htmx_asked_for_leads_the_whole_page_to_the_sign_in(
        self, cast: Cast, signed_in: SignedIn, vendor: Vendor
    ) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        end = page_mark(client, url)
        client.logout()
        reply = client.post(url, {**data, "form_end": end}, headers={"hx-request": "true"})
        page = parse_qs(urlsplit(reply["HX-Redirect"]).query)["next"][0]
        assert 'value="Robin Example"' in signed_in(cast.assessor).get(page).content.decode()

    def test_what_was_typed_on_an_older_version_meets_what_others_saved_meanwhile(
        self, cast: Cast, signed_in: SignedIn
    ) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        answer = Answer.objects.get(response__assessment=assessment, question__key="support-1")
        url = reverse("questionnaire", args=[assessment.pk, "support"])
        fields = {"version": "0", "choice": "1", "comment": "Typed before the session ended.", "vendor_says": ""}
        data = {f"a{answer.pk}-{name}": value for name, value in fields.items()}
        reply = self.ended(signed_in(cast.assessor), url, data)
        Answer.objects.filter(pk=answer.pk).update(version=1, grade=4)  # in another tab
        client = signed_in(cast.assessor)
        page = self.next_of(reply)
        text = client.get(page).content.decode()
        assert "Typed before the session ended.</textarea>" in text
        assert " data-kept" in text  # so that autosave.js does not take it for what is stored
        [version] = re.findall(rf'name="a{answer.pk}-version"[^>]* value="(\d+)"', text)
        assert version == "0"
        saved = client.post(reverse("answer_edit", args=[answer.pk]), data, headers={"accept": "application/json"})
        assert saved.json()["state"] == "conflict"

    def test_neither_passwords_nor_tokens_are_kept(self, rf: Any) -> None:
        sent = {"new_password": "a", "csrfmiddlewaretoken": "b", "otp_token": "c", "form_end": "d", "name": "e"}
        assert kept.typed(rf.post("/x/", sent)) == {"name": ["e"]}

    def test_where_its_page_is_gone_it_stands_there_to_be_copied(
        self, cast: Cast, signed_in: SignedIn, vendor: Vendor
    ) -> None:
        client, (url, data) = signed_in(cast.assessor), contact_of(vendor)
        page = self.next_of(self.ended(client, url, data))
        vendor.delete()
        reply = signed_in(cast.assessor).get(page)
        assert reply.status_code == 404
        assert "Robin Example" in reply.content.decode()

    def test_a_form_of_the_admin_comes_back_after_its_own_sign_in(self, cast: Cast, signed_in: SignedIn) -> None:
        client = signed_in(cast.editor)
        url = reverse("admin:accounts_user_change", args=[cast.reader.user_id])
        reply = self.ended(client, url, {"name": "Another Name"})
        target = urlsplit(reply["Location"])
        assert target.path == reverse("admin:login")
        page = parse_qs(target.query)["next"][0]
        assert 'value="Another Name"' in signed_in(cast.editor).get(page).content.decode()


class TestGrownOld:
    """Signed in again in another tab, so that the token of the form is an old one."""

    @pytest.fixture
    def strict(self, cast: Cast) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.assessor.user)
        return client

    def send(
        self, client: Client, url: str, data: dict[str, Any], *, end: str, origin: str = "http://testserver"
    ) -> Any:
        sent = {**data, "form_end": end, "csrfmiddlewaretoken": "x" * 64}
        return client.post(url, sent, headers={"origin": origin})

    def test_it_comes_back_with_what_was_typed(self, strict: Client, vendor: Vendor) -> None:
        url, data = contact_of(vendor)
        reply = self.send(strict, url, data, end=page_mark(strict, url))
        assert reply.status_code == 302
        assert 'value="Robin Example"' in strict.get(reply["Location"]).content.decode()

    def test_what_saves_by_itself_keeps_what_it_has_on_the_device(self, strict: Client, vendor: Vendor) -> None:
        url, data = contact_of(vendor)
        sent = {**data, "form_end": page_mark(strict, url), "csrfmiddlewaretoken": "x" * 64}
        headers = {"origin": "http://testserver", "accept": "application/json"}
        assert strict.post(url, sent, headers=headers).status_code == 403
        strict.logout()
        assert Client().post(url, sent, headers=headers).status_code == 302
        assert not KeptForm.objects.exists()

    def test_what_others_would_put_into_it_is_refused(self, strict: Client, vendor: Vendor) -> None:
        url, data = contact_of(vendor)
        reply = self.send(strict, url, data, end=page_mark(strict, url), origin="https://elsewhere.example")
        assert reply.status_code == 403
        assert "Robin Example" not in reply.content.decode()
        assert not KeptForm.objects.exists()

    def test_a_form_made_for_somebody_else_is_not_kept(self, strict: Client, cast: Cast, vendor: Vendor) -> None:
        url, data = contact_of(vendor)
        end = page_mark(strict, url)
        strict.force_login(cast.colleague.user)
        assert self.send(strict, url, data, end=end).status_code == 403
        assert not KeptForm.objects.exists()

    def test_of_a_form_for_anybody_what_was_typed_stands_there_to_be_copied(self, client: Client, db: None) -> None:
        strict = Client(enforce_csrf_checks=True)
        reply = self.send(strict, "/theme/", {"theme": "a long text"}, end=page_mark(strict, "/"))
        assert reply.status_code == 403
        assert "a long text" in reply.content.decode()


class TestAWayOn:
    def test_an_address_that_only_takes_forms_has_a_page(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        reply = signed_in(cast.assessor).get(reverse("assessment_hand_in", args=[assessment.pk]))
        assert reply.status_code == 405
        assert reply["Allow"] == "POST"
        assert f'<a href="{reverse("work")}">' in reply.content.decode()

    @override_settings(SECRET_KEY="another")
    def test_a_mark_signed_with_another_key_still_ends_a_form(self, cast: Cast, signed_in: SignedIn) -> None:
        url, data = contact_of(make_vendor(cast.organisation))
        end = mark.Mark(key="k", who="user:1", page="/").signed()
        with override_settings(SECRET_KEY="the present one"):
            assert signed_in(cast.assessor).post(url, {**data, "form_end": end}).status_code == 302
        assert Contact.objects.count() == 1
