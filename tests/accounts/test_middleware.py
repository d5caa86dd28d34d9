"""What somebody gets who is not signed in, or no longer; and what nobody can send."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.mail import page_address
from accounts.middleware import PostedTexts
from accounts.models import Membership, Role
from tests.factories import Cast, make_vendor
from vendors.models import Feedback


def _ask(client: Client, **headers: str) -> tuple[int, str | None, str | None]:
    response = client.get(reverse("rendering_status", args=[1]) + "?seen=1", headers=headers)
    return response.status_code, response.get("Location"), response.get("HX-Redirect")


@pytest.mark.django_db
def test_a_page_asked_for_without_signing_in_comes_after_the_sign_in(client: Client) -> None:
    wanted = reverse("rendering_status", args=[1])
    status, location, htmx = _ask(client)
    assert (status, location, htmx) == (302, f"{reverse('account_login')}?next={wanted}%3Fseen%3D1", None)


@pytest.mark.django_db
def test_a_part_of_a_page_asked_for_by_htmx_moves_the_whole_page_to_the_sign_in(client: Client) -> None:
    shown = "http://testserver/scorecards/1/?print=1"
    status, location, htmx = _ask(client, HX_Request="true", HX_Current_URL=shown)
    assert (status, location) == (200, None)
    assert htmx == f"{reverse('account_login')}?next=/scorecards/1/%3Fprint%3D1"


@pytest.mark.django_db
@pytest.mark.parametrize("shown", [{}, {"HX_Current_URL": "https://elsewhere.example/trap/"}])
def test_after_that_sign_in_nobody_lands_on_another_site(client: Client, shown: dict[str, str]) -> None:
    assert _ask(client, HX_Request="true", **shown)[2] == f"{reverse('account_login')}?next={reverse('home')}"


@pytest.mark.django_db
def test_autosave_sees_a_redirect_when_signed_out(client: Client) -> None:
    """As js/autosave.js asks: by fetch, for JSON, without following."""
    response = client.post(reverse("answer_edit", args=[1]), {}, headers={"Accept": "application/json"})
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_a_mailed_address_opens_in_its_own_organisation(client: Client, cast: Cast) -> None:
    """For a member of two, whichever they worked in last; and what they do next belongs there."""
    Membership.objects.create(user=cast.stranger.user, organisation=cast.organisation, role=Role.READER)
    vendor = make_vendor(cast.organisation, "Harbour Systems")
    page = reverse("vendor_detail", args=[vendor.pk])
    client.force_login(cast.stranger.user)
    session = client.session
    session["organisation"] = cast.other_organisation.pk
    session.save()
    assert client.get(page).status_code == 404
    assert client.get(page_address(page, cast.organisation)).status_code == 200
    assert client.get(page).status_code == 200


def test_a_mailed_address_opens_nothing_for_a_stranger(client: Client, cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Harbour Systems")
    client.force_login(cast.stranger.user)
    page = reverse("vendor_detail", args=[vendor.pk])
    assert client.get(page_address(page, cast.organisation)).status_code == 404
    assert page_address("/vendors/#part", cast.organisation).endswith("/vendors/?organisation=harbour#part")


# What is sent -----------------------------------------------------------------------------------------------------
CONTROLS = "a\x01b\x08\x0b\x1b[31m\x7f\x85\x9f\uffff"


@pytest.mark.django_db
def test_no_control_character_comes_in_whatever_the_form(cast: Cast, signed_in: Callable[..., Client]) -> None:
    """Of a member, and of somebody without an account."""
    vendor = make_vendor(cast.organisation)
    sent = {"vendor": vendor.pk, "feeling": 2, "said_on": "2026-03-01", "sla": "unknown", "name": CONTROLS}
    client = signed_in(cast.assessor)
    form = client.get(reverse("feedback_add")).context["form"]
    known = {field.name: field.value() for field in form if field.value() is not None and field.name != "evidence"}
    client.post(reverse("feedback_add"), {**known, **sent, "comment": f"one\r\n\ttwo {CONTROLS}"})
    assert list(Feedback.objects.values_list("name", "comment")) == [("ab[31m", "one\n\ttwo ab[31m")]
    login = Client().post(reverse("account_login"), {"login": CONTROLS, "password": CONTROLS})
    assert login.context["form"]["login"].value() == "ab[31m"


def test_a_password_and_a_text_of_many_scripts_stay_as_they_are(rf: RequestFactory) -> None:
    said = {"comment": "שלום 👩‍👩‍👧 e\u0301\n\ttab", "old_password": CONTROLS, "several": ["x", "y\x02"]}
    request = rf.post("/", said)
    PostedTexts(lambda _request: HttpResponse()).process_view(request)
    told = {name: request.POST[name] for name in said}
    assert told == {"comment": said["comment"], "old_password": CONTROLS, "several": "y"}
    assert request.POST.getlist("several") == ["x", "y"]


def test_a_body_that_breaks_off_is_left_to_whoever_reads_it(rf: RequestFactory) -> None:
    request = rf.post("/", {"a": "x"})
    request.__class__ = type("Broken", (type(request),), {"POST": property(_breaks_off)})
    PostedTexts(lambda _request: HttpResponse()).process_view(request)


def _breaks_off(_request: HttpRequest) -> QueryDict:
    raise UnreadablePostError
