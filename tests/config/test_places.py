"""Where each page belongs: its section of the menu, and its part of the help."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest
from django.test import Client
from django.urls import resolve, reverse

from accounts.access import ROUTES, Gate
from config import places
from config.help_views import TOPICS
from config.knowhow.guides import GUIDES
from tests.factories import Cast, make_assessment, make_vendor
from vendors.models import Contact, Service

SignedIn = Callable[..., Client]
# Pages and answers without a section and without a part of the help: the frame's own, and files.
AT_HOME_NOWHERE = {
    "home",
    "healthz",
    "readyz",
    "metrics",
    "favicon",
    "set_language",
    "theme_set",
    "help_index",
    "help_topic",
    "help_glossary",
    "help_api",
    "help_api_group",
    "help_api_problems",
    "help_guide",
    "help_search",
    "help_measures",
    "calendar_feed",
    "choice_matches",
}


def nowhere(routes: Iterable[str]) -> set[str]:
    return {route for route in routes if places.place_of(route) is places.NOWHERE}


def test_every_page_has_its_place() -> None:
    assert nowhere(ROUTES) == AT_HOME_NOWHERE


def test_a_planted_page_without_a_place_is_noticed() -> None:
    assert nowhere(["treaty_list", "vendor_treaty"]) == {"treaty_list"}


def test_no_word_is_without_a_page() -> None:
    assert [word for word in places.PLACES if not any(route.startswith(word) for route in ROUTES)] == []


def test_the_longest_word_decides() -> None:
    assert places.place_of("vendor_measures").help == "measures"
    assert places.place_of("vendor_edit").section == "vendors"
    assert places.place_of("vendor_reply_save") == places.Place(help="vendors#reply")
    assert places.place_of("vendor_reply_open").section == "assessments"


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("/vendor-desk/7/", True),
        ("/vendor-desk/7/rules/support/", True),
        ("/vendor-desk/7/reply/send/", True),
        ("/vendor-desk/7/take-back/", False),  # no page
        ("/vendor-link/a-token/", False),  # it would let somebody in
        ("/vendors/", False),
        ("https://elsewhere.example/vendor-desk/7/", False),
        ("//elsewhere.example/vendor-desk/7/", False),
        ("/vendor-desk/7/?next=//elsewhere.example", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_the_help_leads_back_to_pages_of_links_alone(client: Client, path: str, is_one: bool) -> None:
    page = client.get(reverse("help_topic", args=["vendors"]), {"back": path}).content.decode()
    assert (f'href="{path}">Back to your answers' in page) is is_one
    assert ("Back to your answers" in page) is is_one


def test_an_outside_rater_is_led_to_their_part_of_the_help() -> None:
    assert places.help_address("questionnaire", is_outside=True) == "/help/vendors/#rate"
    assert places.help_address("questionnaire") == "/help/assessing/#rate"


def test_a_page_of_a_link_takes_the_way_back_along() -> None:
    address = places.help_address("vendor_desk", back="/vendor-desk/7/")
    assert address == "/help/vendors/?back=%2Fvendor-desk%2F7%2F"


@pytest.mark.parametrize("route", sorted(route for route, gate in ROUTES.items() if gate is Gate.LINK))
def test_whoever_comes_by_a_link_is_led_to_the_help_for_them(route: str) -> None:
    assert places.place_of(route).help.partition("#")[0] == "vendors"
    assert places.place_of(route).section == ""


@pytest.mark.parametrize("address", sorted({places.help_address(route) for route in ROUTES}))
def test_each_part_that_a_page_leads_to_is_there(client: Client, db: None, address: str) -> None:
    page, _mark, part = address.partition("#")
    response = client.get(page)
    assert response.status_code == 200
    assert f'id="{part}"' in response.content.decode() if part else True
    assert resolve(page).url_name in {"help_index", "help_topic", "help_measures", "help_guide"}
    assert {*TOPICS, *GUIDES} >= set(resolve(page).kwargs.values())


def marked(page: str) -> set[str]:
    """What the bar of the main menu says is where one is."""
    menu = page[page.index('class="topnav"') : page.index("menu-main")]
    return {label.strip() for label in re.findall(r'aria-current="(?:page|true)"[^>]*>\s*([^<]+?)\s*<', menu)}


@pytest.mark.parametrize(
    ("route", "section"),
    [
        ("service_edit", "Vendors"),
        ("contact_edit", "Vendors"),
        ("vendor_detail", "Vendors"),
        ("approval_chain", "Administration"),
        ("organisation_edit", "Administration"),
        ("audit_list", "Administration"),
        ("assessment_raters", "Assessments"),
        ("assessment_list", "Assessments"),
        ("quadrant", "Facts"),
        ("incident_list", "Facts"),
        ("portfolio", "Portfolio"),
        ("power_map", "Portfolio"),
        ("work", "My work"),
        ("first_steps", "My work"),
        ("rules", "The seven rules"),
    ],
)
def test_the_menu_marks_the_section_on_its_subpages(cast: Cast, signed_in: SignedIn, route: str, section: str) -> None:
    vendor = make_vendor(cast.organisation)
    things = {
        "service_edit": lambda: Service.objects.create(vendor=vendor, name="Records"),
        "contact_edit": lambda: Contact.objects.create(vendor=vendor, name="Carla"),
        "vendor_detail": lambda: vendor,
        "assessment_raters": lambda: make_assessment(cast.assessor, vendor=vendor),
    }
    arguments = [things[route]().pk] if route in things else []
    shown = signed_in(cast.admin).get(reverse(route, args=arguments)).content.decode()
    assert marked(shown) == {section}


def test_every_page_has_the_help_at_the_same_place(cast: Cast, signed_in: SignedIn, client: Client) -> None:
    for page in ("/", "/account/login/", "/nowhere", "/help/"):
        assert client.get(page).content.decode().count("topbar-help-mark") == 1
    shown = signed_in(cast.assessor).get(reverse("assessment_list")).content.decode()
    assert f'href="{reverse("help_topic", args=["assessing"])}"' in shown


def test_an_invited_rater_reads_the_help_of_roles(client: Client, db: None) -> None:
    shown = client.get("/invitation/nothing/").content.decode()
    assert f'href="{reverse("help_topic", args=["roles"])}"' in shown
