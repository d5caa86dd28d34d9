"""Numbers that no database holds: wherever one may be said, in an address, a filter or a form, nothing breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.access import ROUTES, Gate, Right
from accounts.models import Membership
from accounts.sending.filling import Page
from assessments.models import AssessmentState
from groundwork.whole_numbers import MOST, said
from tests.config.routes import World, arguments, routes
from tests.config.test_access import about, undone
from tests.factories import Cast, make_assessment, make_release
from vendors.models import Vendor

BIG = "9" * 25
NUMBERED = {"pk", "link", "secret"}
OWN = [route for route in routes() if route.name in ROUTES]
ASKED = ("page", "vendor", "incident", "source", "rule", "import", "ids")  # without a form of their own
FILTERS = re.compile(r'<form[^>]*method="get".*?</form>', re.DOTALL)
NAMES = re.compile(r'<(?:input|select|textarea)[^>]*? name="([^"]+)"')


def who(cast: Cast, gate: Right | Gate) -> Membership:
    """Somebody whom the gate lets in."""
    others = {Right.APPROVE: cast.approver, Right.ADMINISTER: cast.admin, Right.EDIT_VENDORS: cast.admin}
    return others.get(gate, cast.assessor)  # type: ignore[call-overload]


def statuses(client: Client, url: str) -> Iterator[tuple[str, int]]:
    """The page with the number in each of its filters, and each of its forms with the number wherever one is chosen."""
    shown = client.get(url, dict.fromkeys(ASKED, BIG))
    yield f"GET {url}", shown.status_code
    if shown.status_code != 200:
        shown = client.get(url)
    page = "" if shown.streaming else shown.content.decode(errors="replace")
    if filters := {name for form in FILTERS.findall(page) for name in NAMES.findall(form)}:
        yield f"GET {url}", client.get(url, dict.fromkeys(filters, BIG)).status_code
    for form in Page(page).forms:
        action = form.attributes.get("action") or url
        if action.startswith(("/account/", "/language/", "/theme/")):
            continue
        chosen = [
            one.name for one in form.controls if one.kind not in ("text", "textarea", "email", "submit", "button")
        ]
        sent = {one.name: one.value or "text" for one in form.controls if one.name} | dict.fromkeys(chosen, BIG)
        with undone():
            yield f"POST {action}", client.post(action, {**sent, "form_end": "end"}).status_code


@pytest.mark.parametrize("number", [BIG, f"-{BIG}", str(MOST + 1)])
def test_a_list_a_relation_and_a_range_find_nothing(cast: Cast, number: str) -> None:
    big = int(number)
    vendor = Vendor.objects.create(organisation=cast.organisation, name="One")
    rows = Vendor.objects
    nothing = [
        rows.filter(pk=big), rows.filter(pk__in=[number]), rows.filter(organisation=big), rows.filter(pk=number),
        rows.filter(organisation__in=[big]), rows.filter(organisation__id__in=[number]),
        rows.filter(organisation_id=big),
    ]  # fmt: skip
    assert [list(found) for found in nothing] == [[]] * 7
    assert [*rows.filter(pk__in=[big, vendor.pk])] == [*rows.exclude(pk__in=[big])] == [vendor]
    assert [*rows.exclude(organisation=big)] == [vendor]
    assert [*rows.filter(pk__range=(-abs(big), abs(big)))] == [vendor]


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("", None), ("²", None), ("٣", None), ("-1", None), ("9" * 5_000, None)]
)
def test_what_is_no_number_or_none_that_a_row_has_is_nobodys(text: str, number: int | None) -> None:
    assert said(text) == number


@pytest.mark.parametrize("text", ["²", "9" * 5_000])
def test_a_hidden_field_that_says_such_a_thing_breaks_nothing(cast: Cast, text: str) -> None:
    """Python makes no number of thousands of digits, and none of every digit."""
    assessment = make_assessment(cast.assessor, state=AssessmentState.IN_REVIEW)
    rated = make_assessment(cast.assessor)
    rule = rated.release.rules.first()
    assert rule is not None
    client = Client(raise_request_exception=False)
    for user, url, fields in (
        (cast.assessor.user, reverse("feedback_add"), {"vendor": text}),
        (cast.approver.user, reverse("assessment_approve", args=[assessment.pk]), {"level": text}),
        (
            cast.assessor.user,
            reverse("questionnaire", args=[rated.pk, rule.key]),
            {"delete_evidence": text, "keep": f"1:{text}"},
        ),
        (cast.assessor.user, reverse("theme_set"), {"next": text}),
        (cast.editor, reverse("admin:manifesto_question_add"), {"rule": text}),
    ):
        client.force_login(user)
        assert client.post(url, {**fields, "form_end": "end"}).status_code < 500, url


def test_no_address_filter_or_form_of_ours_breaks_on_one(cast: Cast) -> None:
    """Takes its time: every page is opened, and every form on it sent."""
    make_release()
    broken: list[tuple[str, int]] = []
    clients = {gate: Client(raise_request_exception=False) for gate in (*Right, *Gate)}
    for gate, client in clients.items():
        client.force_login(who(cast, gate).user)
    for _things, sharing in groupby(sorted(OWN, key=about), key=about):
        with undone():
            world = World(cast)
            for route in sharing:
                client, values = clients[ROUTES[route.name]], arguments(route, world)
                broken += [got for got in statuses(client, reverse(route.name, kwargs=values)) if got[1] >= 500]
                if numbered := NUMBERED & {*values}:
                    url = reverse(route.name, kwargs={**values, **dict.fromkeys(numbered, BIG)})
                    got = (client.get(url).status_code, client.post(url).status_code)
                    broken += [(url, status) for status in got if status >= 500]
    assert broken == [("GET /readyz", 503)]


def test_no_filter_of_the_admin_breaks_on_one(cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.editor)
    broken = []
    for model, model_admin in admin.site._registry.items():
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        filters = [name for name in model_admin.list_filter if isinstance(name, str)]
        endings = ("", "__exact", "__id__exact", "__in")
        asked = [f"{url}?{name}{ending}={BIG}" for name in [*filters, "id"] for ending in endings]
        asked += [f"{url}{BIG}/change/", f"{url}?p={BIG}"]
        broken += [(one, status) for one in asked if (status := client.get(one).status_code) >= 500]
    assert broken == []
