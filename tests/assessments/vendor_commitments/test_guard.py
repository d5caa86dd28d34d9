"""A link to the commitments opens those of its own vendor and nothing else: routes × cookies, from the URLconf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import ROUTES, Gate
from accounts.models import KeptForm, Membership, User
from assessments.models import Answer, Commitment, CommitmentFile, CommitmentLink, CommitmentState
from assessments.vendor_commitments import links
from assessments.vendor_commitments.guard import CLOSED, DESK
from assessments.vendor_side import links as vendor_links
from assessments.vendor_side.guard import DESK as ANSWERING
from tests.assessments.vendor_commitments.scene import SECRET, Cookies, Side, ask, body_of, with_cookies
from tests.config.routes import Route, World, arguments, routes
from tests.factories import Cast, add_rater, make_assessment, make_commitment, make_feedback, make_incident
from vendors.models import Contact, Vendor

ALL = tuple(routes())
OURS = tuple(route for route in ALL if ROUTES.get(route.name) is Gate.LINK and "commitment" in route.name)
OTHERS = tuple(route for route in ALL if ROUTES.get(route.name) is Gate.LINK and route not in OURS)


@pytest.fixture
def beside(cast: Cast, own: Side) -> Side:
    """Another vendor of the same organisation."""
    return Side(cast.colleague, "Windmill")


@pytest.fixture
def away(cast: Cast, own: Side) -> Side:
    return Side(cast.stranger, "Drawbridge")


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def url_of(route: Route, link: int, side: Side) -> str:
    """With the things of `side`."""
    values: dict[str, Any] = {"link": link}
    if "pk" in route.arguments:
        values["pk"] = side.file.pk if "file" in route.name else side.agreed.pk
    return reverse(route.name, kwargs=values)


def is_closed_page(response: Any) -> bool:
    return CLOSED in [template.name for template in response.templates]


# What somebody may come with ------------------------------------------------------------------------------------
def nothing(own: Side, other: Side) -> Cookies:
    return {}


def anothers_under_its_name(own: Side, other: Side) -> Cookies:
    return {DESK.name_of(own.link.pk): other.shown.cookie, **other.shown.cookies}


def tampered(own: Side, other: Side) -> Cookies:
    value = own.shown.cookie
    return {DESK.name_of(own.link.pk): ("A" if value[0] != "A" else "B") + value[1:]}


def signed_for_a_link_to_answer(own: Side, other: Side) -> Cookies:
    return {DESK.name_of(own.link.pk): ANSWERING.value_of(own.link)}


def of_another_shape(own: Side, other: Side) -> Cookies:
    return {DESK.name_of(own.link.pk): signing.dumps({"link": own.link.pk}, salt=DESK.salt)}


def revoked(own: Side, other: Side) -> Cookies:
    cookies = own.shown.cookies
    links.revoke(own.member, own.link, now=timezone.now())
    return cookies


def expired(own: Side, other: Side) -> Cookies:
    cookies = own.shown.cookies
    CommitmentLink.objects.filter(pk=own.link.pk).update(expires_at=timezone.now())
    return cookies


def sent_again(own: Side, other: Side) -> Cookies:
    cookies = own.shown.cookies
    links.renew(own.member, own.link, now=timezone.now())
    return cookies


KNOWN: dict[Callable[[Side, Side], Cookies], int] = {revoked: 410, expired: 410, sent_again: 410}
UNKNOWN = (nothing, tampered, signed_for_a_link_to_answer, of_another_shape)


def leaks(route: Route, own: Side, cookies: Cookies, expected: int) -> list[str]:
    response = ask(url_of(route, own.link.pk, own), cookies)
    found = [f"{route.name}: {response.status_code}"] if response.status_code != expected else []
    found += [] if is_closed_page(response) else [f"{route.name}: another page"]
    body = body_of(response)
    return found + [f"{route.name} shows “{said}”" for said in (" asked", " reason", SECRET) if said in body]


def test_the_walk_has_every_page_of_the_desk() -> None:
    assert {route.name for route in OURS} == {
        "vendor_commitments",
        "vendor_commitments_print",
        "vendor_commitments_agree",
        "vendor_commitment",
        "vendor_commitment_agree",
        "vendor_commitment_decline",
        "vendor_commitment_say",
        "vendor_commitment_file",
        "vendor_commitment_file_delete",
    }
    assert OTHERS


@pytest.mark.parametrize("case", [*UNKNOWN, *KNOWN], ids=lambda one: one.__name__)
def test_every_page_refuses(own: Side, case: Callable[[Side, Side], Cookies]) -> None:
    wrong = []
    for route in OURS:
        with undone():
            wrong += leaks(route, own, case(own, own), KNOWN.get(case, 404))
    assert wrong == []


@pytest.mark.parametrize("other", ["beside", "away"])
def test_every_page_refuses_the_cookie_of_another_vendor(own: Side, other: str, request: pytest.FixtureRequest) -> None:
    theirs: Side = request.getfixturevalue(other)
    cookies = anothers_under_its_name(own, theirs)
    assert [said for route in OURS for said in leaks(route, own, cookies, 404)] == []


def test_the_right_cookie_is_let_in_and_nothing_is_cached(own: Side) -> None:
    wrong = []
    for route in OURS:
        with undone():
            response = ask(url_of(route, own.link.pk, own), own.shown.cookies)
            if response.status_code not in (200, 302) or is_closed_page(response):
                wrong.append(f"{route.name}: {response.status_code}")
            if "no-store" not in response.get("Cache-Control", "") or response["Referrer-Policy"] != "strict-origin":
                wrong.append(f"{route.name}: may be kept or told")
    assert wrong == []


def test_with_the_own_link_nothing_of_another_vendor_is_reached(own: Side, beside: Side, away: Side) -> None:
    about_a_thing = [route for route in OURS if "pk" in route.arguments]
    assert len(about_a_thing) == 6
    client = with_cookies(own.shown.cookies)
    for route in about_a_thing:
        for theirs in (beside, away):
            url = url_of(route, own.link.pk, theirs)
            said = {"agree-name": "Robin", "decline-reason": "No", "say-said": "Done", "version": "1"}
            for response in (client.get(url), client.post(url, said)):
                # Whoever did not press a button is led to the page of the commitment, which is not there either.
                status = client.get(response["Location"]).status_code if response.status_code == 302 else 0
                assert response.status_code in (404, 405) or status == 404, (route.name, theirs.word)
                assert theirs.word not in body_of(response)
    assert CommitmentFile.objects.count() == 6
    for theirs in (beside, away):
        assert Commitment.objects.get(pk=theirs.agreed.pk).version == theirs.agreed.version


def test_of_all_that_the_customer_keeps_to_itself_no_page_tells(cast: Cast, own: Side, beside: Side) -> None:
    """Walked with scores, raters, incidents, voices, notes and files marked, of the very vendor that reads."""
    Vendor.objects.filter(pk=own.vendor.pk).update(notes=SECRET)
    incident = make_incident(own.vendor, "INC-7", title=SECRET)
    make_feedback(own.vendor, comment=SECRET, name=SECRET)
    assessment = make_assessment(cast.assessor, vendor=own.vendor, grade=1)
    Answer.objects.filter(response__assessment=assessment).update(comment=SECRET, vendor_says=SECRET)
    User.objects.filter(pk=cast.colleague.user_id).update(name=SECRET)  # rates, and follows nothing of this up
    add_rater(assessment, cast.colleague, grade=0)
    about = {"assessment": assessment, "incident": incident, "source": "incident", "finding": "contradicted"}
    more = make_commitment(cast.colleague, own.vendor, owner=cast.assessor.user, what="Lighthouse more", **about)
    url = reverse("vendor_commitment_file", args=[own.link.pk, own.customers_file.pk])
    assert ask(url, own.shown.cookies).status_code == 404
    client = with_cookies(own.shown.cookies)
    names = ("vendor_commitments", "vendor_commitments_print", "vendor_commitments_agree")
    pages = [reverse(name, args=[own.link.pk]) for name in names]
    commitments = (own.asked, own.agreed, own.kept, more)
    pages += [reverse("vendor_commitment", args=[own.link.pk, row.pk]) for row in commitments]
    pages.append(reverse("vendor_commitments_link", args=[own.shown.token]))
    for page in pages:
        response = client.get(page)
        said = body_of(response)
        assert response.status_code == 200
        assert "Lighthouse" in said
        planted = (SECRET, "customer.txt", "INC-7", assessment.reference, "contradicted", "Windmill")
        assert [word for word in planted if word in said] == [], page
    assert "Lighthouse half done" in body_of(client.get(pages[1]))


def test_a_cookie_of_commitments_opens_nothing_else(cast: Cast, own: Side) -> None:
    """No page of members, and no desk for answers or replies, even where the keys are the same."""
    assessment = make_assessment(cast.assessor, vendor=own.vendor)
    answering, _token = vendor_links.create(cast.assessor, assessment, own.contact)
    cookies = {**own.shown.cookies, ANSWERING.name_of(answering.pk): own.shown.cookie, "sessionid": own.shown.cookie}
    assert ask(reverse("vendor_desk", args=[answering.pk]), cookies).status_code == 404
    members = ("commitment_detail", "commitment_list", "commitment_links", "vendor_detail", "work")
    world = World(cast)
    for route in (route for route in ALL if route.name in members):
        url = reverse(route.name, kwargs=arguments(route, world))
        assert ask(url, cookies).status_code == 302, route.name


def test_a_member_who_is_signed_in_gets_no_further_than_the_cookie(cast: Cast, own: Side) -> None:
    client = Client()
    client.force_login(cast.assessor.user)
    url = reverse("vendor_commitments", args=[own.link.pk])
    assert client.get(url).status_code == 404
    assert ask(url, own.shown.cookies, client).status_code == 200


def test_no_form_of_the_desk_is_taken_without_its_csrf_token(own: Side) -> None:
    client = with_cookies(own.shown.cookies, Client(enforce_csrf_checks=True))
    addresses = [reverse("vendor_commitments_link", args=[own.shown.token])]
    addresses += [reverse("vendor_commitments_agree", args=[own.link.pk])]
    for step in ("agree", "decline", "say"):
        addresses.append(reverse(f"vendor_commitment_{step}", args=[own.link.pk, own.asked.pk]))
    addresses.append(reverse("vendor_commitment_file_delete", args=[own.link.pk, own.file.pk]))
    assert [client.post(address).status_code for address in addresses] == [403] * 6


def test_the_desk_shows_no_way_to_the_pages_of_members(own: Side) -> None:
    page = body_of(ask(reverse("vendor_commitment", args=[own.link.pk, own.asked.pk]), own.shown.cookies))
    for route in ("vendor_list", "commitment_list", "work", "account_login"):
        assert f'href="{reverse(route)}"' not in page


def test_closed_links_say_whom_to_ask(own: Side) -> None:
    url, cookies = reverse("vendor_commitments", args=[own.link.pk]), own.shown.cookies | {"django_language": "en"}
    renewed = sent_anew(own)
    page = body_of(ask(url, cookies))
    assert "A newer link has replaced this one" in page
    assert f"mailto:{own.member.user.email}" in page
    assert ask(url, renewed).status_code == 200


def sent_anew(own: Side) -> Cookies:
    link, _token = links.renew(own.member, own.link, now=timezone.now())
    return {DESK.name_of(link.pk): DESK.value_of(link)}


def test_what_was_typed_when_the_link_ended_waits_behind_the_new_one(own: Side) -> None:
    client = with_cookies(own.shown.cookies)
    page = client.get(reverse("vendor_commitment", args=[own.link.pk, own.agreed.pk]))
    mark = body_of(page).split('name="form_end" value="')[1].split('"')[0]
    link, token = links.renew(own.member, own.link, now=timezone.now())
    url = reverse("vendor_commitment_say", args=[own.link.pk, own.agreed.pk])
    refused = client.post(url, {"say-said": "Nearly there", "form_end": mark}, headers={"origin": "http://testserver"})
    assert refused.status_code == 410
    kept = KeptForm.objects.get()
    assert kept.who == f"link:commitments-{link.pk}"  # never that of a link to answer with the same key
    came = client.post(reverse("vendor_commitments_link", args=[token]), {"language": "en"})
    assert f"/vendor-commitments/{link.pk}/{own.agreed.pk}/" in came["Location"]
    assert "Nearly there" in body_of(client.get(came["Location"]))


def test_being_there_is_noted_once_a_minute(own: Side) -> None:
    url, row = reverse("vendor_commitments", args=[own.link.pk]), CommitmentLink.objects.filter(pk=own.link.pk)
    cookies = own.shown.cookies
    for ago, is_noted in ((timedelta(seconds=30), False), (timedelta(minutes=2), True)):
        seen = timezone.now() - ago
        row.update(seen_at=seen)
        ask(url, cookies)
        assert (row.get().seen_at != seen) is is_noted


def test_what_was_called_off_before_there_was_a_link_is_not_shown(own: Side) -> None:
    Commitment.objects.filter(pk=own.asked.pk).update(
        state=CommitmentState.WITHDRAWN, ended_on=timezone.localdate() - timedelta(days=1)
    )
    assert "Lighthouse asked" not in body_of(
        ask(reverse("vendor_commitments_print", args=[own.link.pk]), own.shown.cookies)
    )


def test_a_desk_for_answers_leads_to_the_commitments_of_the_same_contact_alone(cast: Cast, own: Side) -> None:
    assessment = make_assessment(cast.assessor, vendor=own.vendor)
    other = Contact.objects.create(vendor=own.vendor, name="Kim")
    found = {}
    for contact in (own.contact, other):
        _link, token = vendor_links.create(cast.assessor, assessment, contact)
        client = Client()
        desk = client.post(reverse("vendor_link", args=[token]), {"language": "en"})["Location"]
        path = reverse("vendor_commitments", args=[own.link.pk])
        found[contact.name] = f'href="{path}"' in body_of(client.get(desk))
        assert client.get(path).status_code == 404  # it leads there, and opens nothing
    assert found == {"Lighthouse Robin": True, "Kim": False}


def test_where_whoever_made_the_link_has_left_the_one_who_follows_it_up_is_named(cast: Cast, own: Side) -> None:
    make_commitment(cast.assessor, own.vendor, owner=cast.colleague.user)
    url = reverse("vendor_commitments", args=[own.link.pk])
    assert "mailto:assessor@example.org" in body_of(ask(url, own.shown.cookies))
    Membership.objects.filter(pk=cast.assessor.pk).update(is_active=False)
    assert "mailto:colleague@example.org" in body_of(ask(url, own.shown.cookies))
    Membership.objects.filter(pk=cast.colleague.pk).update(is_active=False)
    assert "mailto:" not in body_of(ask(url, own.shown.cookies))
