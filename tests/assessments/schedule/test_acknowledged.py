"""My work says what vendors want to talk about of the expectations, and which of them say nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership
from assessments.schedule.inbox import waiting_for
from assessments.schedule.items import ItemKind
from manifesto.models import RULE_KEYS
from tests.factories import Cast, make_expectations, make_release, make_vendor
from vendors.desk import links
from vendors.expectations import acknowledging
from vendors.models import Contact, DeskLink, ExpectationEdition

KINDS = (ItemKind.EXPECTATION_TALK, ItemKind.EXPECTATION_UNANSWERED)


@pytest.fixture
def edition(cast: Cast) -> ExpectationEdition:
    make_release()
    return make_expectations(cast.assessor)


@pytest.fixture
def link(cast: Cast, edition: ExpectationEdition) -> DeskLink:
    vendor = make_vendor(cast.organisation, "Lighthouse")
    contact = Contact.objects.create(vendor=vendor, name="Kim", email="kim@vendor.example")
    return links.create(cast.assessor, contact, now=timezone.now())[0]


def waiting(member: Membership, days: int = 0) -> list[tuple[str, str]]:
    today = timezone.localdate() + timedelta(days=days)
    return [(item.kind, item.vendor.name) for item in waiting_for(member, today) if item.kind in KINDS]


def test_what_a_vendor_wants_to_talk_about_waits_until_it_was_talked_about(
    cast: Cast, link: DeskLink, edition: ExpectationEdition
) -> None:
    rule = {"stance": "discusses", "comment": "", "version": 0}
    acknowledging.save_reply(link, edition, RULE_KEYS[0], **rule, now=timezone.now())
    acknowledging.acknowledge(link, edition, accept_rest=True, now=timezone.now())
    for member in (cast.assessor, cast.admin):
        assert waiting(member) == [("expectation_talk", "Lighthouse")]
    assert waiting(cast.reader) == waiting(cast.stranger) == []
    talked = {key: {"stance": "discusses" if key == RULE_KEYS[0] else "accepts", "comment": ""} for key in RULE_KEYS}
    told = acknowledging.Note(on=timezone.localdate(), by="Kim", note="We met.", replies=talked)
    acknowledging.note_acknowledgement(cast.admin, link.vendor, edition, told, now=timezone.now())
    assert waiting(cast.assessor) == []


def test_who_says_nothing_is_asked_again_after_a_fortnight(
    cast: Cast, link: DeskLink, edition: ExpectationEdition
) -> None:
    assert waiting(cast.assessor, 30) == []  # it was never mailed
    DeskLink.objects.update(sent_at=timezone.now())
    assert waiting(cast.assessor, 13) == []
    assert waiting(cast.assessor, 14) == [("expectation_unanswered", "Lighthouse")]
    acknowledging.acknowledge(link, edition, accept_rest=True, now=timezone.now())
    assert waiting(cast.assessor, 14) == []


def test_nothing_waits_where_nothing_is_in_force(cast: Cast) -> None:
    assert waiting(cast.assessor) == []
