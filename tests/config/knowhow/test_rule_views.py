"""The page beside a rule: all of it for members, two parts for outside raters and vendors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from assessments.vendor_side import links
from manifesto import guides
from manifesto.models import RULE_KEYS, Release, ReleaseState
from tests.config.test_frame import assert_whole, page_of
from tests.factories import Cast, make_assessment, make_member, make_release
from vendors.models import Contact

SignedIn = Callable[..., Client]
ASKING, EVASION, GOOD = "Choose three cases yourself", "We are certified.", "You get the same help at three"


@pytest.fixture
def release(db: None) -> Release:
    release = make_release()
    guides.add_shipped(release)
    return release


def address(rule: str, **asked: object) -> str:
    return reverse("rule_guide", args=[rule]) + "".join(f"?{name}={value}" for name, value in asked.items())


def test_a_member_reads_the_whole_page_with_what_is_measured(
    cast: Cast, release: Release, signed_in: SignedIn, django_assert_num_queries: Callable
) -> None:
    client = signed_in(cast.reader)
    client.get(address("consistency"))
    with django_assert_num_queries(5):
        response = client.get(address("consistency"))
    assert_whole(page_of(response))
    shown = response.content.decode()
    for text in (ASKING, EVASION, GOOD, "Hand-overs per incident", 'class="guide-heard"', 'id="evasions"'):
        assert text in shown
    assert [other.key for other in response.context["others"]] == [key for key in RULE_KEYS if key != "consistency"]


def test_an_outside_rater_reads_what_a_vendor_reads(cast: Cast, release: Release, signed_in: SignedIn) -> None:
    outsider = make_member(cast.organisation, "outside", Role.RATER)
    shown = signed_in(outsider).get(address("consistency")).content.decode()
    assert GOOD in shown
    for text in (ASKING, EVASION, "Hand-overs per incident", "Sample Payroll"):
        assert text not in shown


def test_a_vendor_reads_two_parts_of_the_rules_that_it_is_asked_about(
    cast: Cast, release: Release, client: Client
) -> None:
    assessment = make_assessment(cast.assessor)
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    link, token = links.create(cast.assessor, assessment, contact)
    page = reverse("vendor_rule_guide", args=[link.pk, "consistency"])
    assert client.get(page).status_code != 200
    client.post(reverse("vendor_link", args=[token]), {"language": "en"})
    shown = client.get(page).content.decode()
    assert GOOD in shown
    assert "acknowledged by name" in shown
    for text in (ASKING, EVASION, "Hand-overs per incident", "Sample Payroll"):
        assert text not in shown
    assert page in client.get(reverse("vendor_questionnaire", args=[link.pk, "consistency"])).content.decode()
    assert client.get(reverse("vendor_rule_guide", args=[link.pk, "courage"])).status_code == 404
    assert client.get(reverse("vendor_rule_guide", args=[link.pk + 1, "consistency"])).status_code != 200


def test_the_page_is_that_of_the_edition_by_which_one_answers(
    cast: Cast, release: Release, signed_in: SignedIn
) -> None:
    old = make_release("0")
    client = signed_in(cast.assessor)
    shown = client.get(address("speed", edition=old.pk)).content.decode()
    assert "Edition 0 has no pages beside its rules: this one is of edition 1." in " ".join(shown.split())
    draft = make_release("2", state=ReleaseState.DRAFT)
    for asked in (draft.pk, 10**30, "x"):
        assert client.get(address("speed", edition=asked)).status_code == 404


def test_a_rule_that_nobody_knows_is_not_found_and_one_without_a_page_says_so(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.reader)
    assert client.get(address("courage")).status_code == 404
    assert "Nothing is written about this rule yet" in client.get(address("speed")).content.decode()
    make_release()
    assert "Nothing is written about this rule yet" in client.get(address("speed")).content.decode()


def test_the_questionnaire_leads_to_the_page_of_its_rule(cast: Cast, release: Release, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor)
    page = reverse("questionnaire", args=[assessment.pk, "proof"])
    assert address("proof", edition=release.pk) in signed_in(cast.assessor).get(page).content.decode()
