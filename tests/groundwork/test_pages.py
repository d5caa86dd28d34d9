"""Where a page stands, and pages that differ only in their words."""

from __future__ import annotations

from django.template import Context, Template
from django.test import RequestFactory

from groundwork.pages import Crumb, confirm_page, crumbs
from vendors.models import Vendor

HARBOUR = Vendor(pk=7, name="Harbour & Sons")


def test_a_thing_is_named_as_itself_and_an_address_by_its_label() -> None:
    assert crumbs("vendor_list", "Vendors", HARBOUR, "Edit") == [
        Crumb(label="Vendors", url="/vendors/"),
        Crumb(label="Harbour & Sons", url="/vendors/7/"),
        Crumb(label="Edit"),
    ]


def test_the_last_crumb_is_the_page_itself_and_names_are_escaped() -> None:
    template = Template('{% load crumbs %}{% crumbs "vendor_list" "Vendors" vendor.name %}')

    shown = template.render(Context({"vendor": HARBOUR}))

    assert '<a href="/vendors/"><bdi>Vendors</bdi></a>' in shown
    assert '<li aria-current="page"><bdi>Harbour &amp; Sons</bdi></li>' in shown


def test_a_page_that_asks_first_says_what_is_at_stake_and_the_way_back() -> None:
    page = confirm_page(
        RequestFactory().get("/"),
        heading="Archive Harbour?",
        section="Vendors",
        at_stake=["It leaves the list.", "It can come back."],
        submit="Archive",
        back="vendor_list",
        crumbs=crumbs("Archive"),
    ).content.decode()

    assert "<title>Archive Harbour? · Vendors</title>" in page
    assert "<p>It leaves the list.</p>" in page and "<p>It can come back.</p>" in page
    assert '<a class="btn btn-quiet" href="/vendors/">' in page
    assert '<button type="submit" class="btn btn-danger"> Archive </button>' in " ".join(page.split())
