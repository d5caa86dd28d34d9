"""Pages of the expectations: who reads, who changes, and from the proposal to what is in force by one form after the
other, without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groundwork.words import day
from tests.factories import Cast, make_expectations, make_release
from vendors.expectations import editions
from vendors.expectations.editions import Source
from vendors.models import Expectation, ExpectationEdition

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]
PAGE = "/expectations/"


def text_of(client: Client, url: str) -> str:
    """What the page says, on one line."""
    response = client.get(url)
    assert response.status_code == 200, url
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def sent(row: Expectation, **changes: Any) -> dict[str, Any]:
    """What the form of an expectation sends."""
    target = "" if row.target is None else str(row.target)
    texts = {"text_en": row.text_en, "text_fr": row.text_fr, "text_nl": row.text_nl}
    read = editions.as_it_stands(row)
    return {"rule": row.rule, **texts, "measure": row.measure, "target": target, "read": read, **changes}


def test_from_the_proposal_to_what_is_in_force(cast: Cast, signed_in: SignedIn) -> None:
    make_release()
    client = signed_in(cast.assessor)
    assert "Nobody has said yet what you expect" in text_of(client, PAGE)
    response = client.post(reverse("expectation_draft_add"), {"source": "proposal"})
    draft = ExpectationEdition.objects.get()
    assert response["Location"] == draft.get_absolute_url()
    page = text_of(client, draft.get_absolute_url())
    assert "Draft of edition 1 of your expectations" in page
    assert "Nothing is missing: every rule has its expectations, in all languages." in page
    assert "Time to the first response: at most 15 minutes" in page
    publish = reverse("expectation_edition_publish", args=[draft.pk])
    today = timezone.localdate()
    response = client.post(publish, {"in_force_from": today.isoformat(), "note": "", "version": draft.version})
    assert response["Location"] == draft.get_absolute_url()
    assert f"Edition 1, in force since {day(today)}.".replace("\u00a0", " ") in text_of(client, PAGE)
    assert "Nobody has said" not in text_of(client, PAGE)


def test_a_reader_reads_and_an_administrator_changes(cast: Cast, signed_in: SignedIn) -> None:
    make_expectations(cast.assessor)
    draft = editions.start_draft(cast.assessor, Source.EDITION)
    one = draft.expectations.get(key="one-lead")
    client = signed_in(cast.reader)
    assert one.text_en in text_of(client, PAGE)
    assert "Go on with the draft" not in text_of(client, PAGE)
    for member in (cast.reader, cast.admin):  # what is in force offers nothing to change, while a draft is in hand
        assert "/add/" not in signed_in(member).get(PAGE).content.decode()
        assert "/remove/" not in signed_in(member).get(PAGE).content.decode()
    assert "/remove/" not in signed_in(cast.reader).get(draft.get_absolute_url()).content.decode()
    assert "/remove/" in signed_in(cast.admin).get(draft.get_absolute_url()).content.decode()
    client = signed_in(cast.reader)
    assert client.post(reverse("expectation_remove", args=[one.pk])).status_code == 403
    client = signed_in(cast.admin)
    assert client.post(reverse("expectation_remove", args=[one.pk])).status_code == 302
    assert not draft.expectations.filter(key="one-lead").exists()


def test_another_organisation_finds_nothing(cast: Cast, signed_in: SignedIn) -> None:
    edition = make_expectations(cast.assessor)
    draft = editions.start_draft(cast.assessor, Source.EDITION)
    client = signed_in(cast.stranger)
    assert "Nobody has said yet what you expect" in text_of(client, PAGE)
    for url in (
        edition.get_absolute_url(),
        reverse("expectation_edition_publish", args=[draft.pk]),
        reverse("expectation_edit", args=[draft.expectations.all()[0].pk]),
    ):
        assert client.get(url).status_code == 404


def test_an_expectation_is_added_under_the_rule_that_lacked_it(cast: Cast, signed_in: SignedIn) -> None:
    make_release()
    draft = editions.start_draft(cast.assessor, Source.NOTHING)
    client = signed_in(cast.assessor)
    page = text_of(client, draft.get_absolute_url())
    assert "7 things are missing before it can be published" in page
    url = f"{reverse('expectation_add', args=[draft.pk])}?rule=speed"
    assert '<option value="speed" selected>' in client.get(url).content.decode()
    new = Expectation(rule="speed", text_en="A person answers.", measure="first_response", edition=draft)
    response = client.post(url, sent(new, target="0.25"))
    added = draft.expectations.get()
    assert response["Location"] == f"{draft.get_absolute_url()}#expectation-{added.pk}"
    assert (added.key, str(added.target)) == ("a-person-answers", "0.25")
    assert "Not said in French and Dutch yet: “A person answers.”" in text_of(client, draft.get_absolute_url())


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"text_en": "", "text_fr": "", "text_nl": ""}, "text_en", "Say what you expect, in one language at least."),
        (
            {"measure": "told_why", "target": ""},
            "target",
            "Say from what number on it is kept, or choose no measure.",
        ),
        ({"measure": "", "target": "3"}, "target", "Choose the measure that this is the target of, or leave it empty."),
        ({"measure": "sla", "target": "101"}, "target", "A share is at most 100 percent."),
        ({"measure": "proof_days", "target": "501"}, "target", "Check the number: a target is at most 500 days."),
        (
            {"measure": "first_response", "target": "1"},
            "measure",
            "This measure tells about another expectation already: “A person, not a receipt, answers a critical report "
            "within 15 minutes, at any hour.”. Choose another.",
        ),
        ({"text_fr": "x" * 301}, "text_fr", "At most 300 characters: say one thing in one sentence."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    cast: Cast, signed_in: SignedIn, changes: dict[str, str], field: str, why: str
) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    row = draft.expectations.get(key="one-lead")
    response = signed_in(cast.assessor).post(reverse("expectation_edit", args=[row.pk]), sent(row, **changes))
    assert response.context["form"].errors == {field: [why]}


def test_of_two_editors_the_second_sees_both_texts_and_decides(cast: Cast, signed_in: SignedIn) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    row = draft.expectations.get(key="one-lead")
    url, mine = reverse("expectation_edit", args=[row.pk]), sent(row, text_en="Mine.")
    signed_in(cast.colleague).post(url, sent(row, text_en="Theirs."))
    client = signed_in(cast.assessor)
    response = client.post(url, mine)
    assert [(one.label, one.mine, one.theirs) for one in response.context["unlike"]] == [
        ("English", "Mine.", "Theirs.")
    ]
    page = response.content.decode()
    assert "This expectation changed while you wrote." in page
    read = response.context["form"]["read"].value()
    assert f'value="{read}"' in page
    assert client.post(url, {**mine, "read": read}).status_code == 302
    row.refresh_from_db()
    assert row.text_en == "Mine."


def test_a_draft_with_gaps_is_led_back_and_one_changed_meanwhile_is_read_again(cast: Cast, signed_in: SignedIn) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    client, url = signed_in(cast.assessor), reverse("expectation_edition_publish", args=[draft.pk])
    about = {"in_force_from": timezone.localdate().isoformat(), "note": "Why.", "version": draft.version}
    editions.remove(cast.colleague, draft.expectations.get(key="one-lead"))
    response = client.post(url, about)
    assert "A colleague changed this draft since you opened this page." in response.content.decode()
    assert client.post(url, {**about, "version": response.context["form"]["version"].value()}).status_code == 302
    second = editions.start_draft(cast.assessor, Source.NOTHING)
    led = client.get(reverse("expectation_edition_publish", args=[second.pk]))
    assert led["Location"] == second.get_absolute_url()


def test_what_was_published_is_led_to_its_page_and_stays(cast: Cast, signed_in: SignedIn) -> None:
    edition = make_expectations(cast.assessor)
    row = edition.expectations.get(key="one-lead")
    client = signed_in(cast.assessor)
    assert client.get(reverse("expectation_edit", args=[row.pk]))["Location"] == edition.get_absolute_url()
    client.post(reverse("expectation_remove", args=[row.pk]))
    client.post(reverse("expectation_move", args=[row.pk]), {"to": "up"})
    assert [one.key for one in edition.expectations.filter(rule="support")][1] == "one-lead"


def test_an_edition_shows_what_it_changed_and_one_to_come_is_announced(cast: Cast, signed_in: SignedIn) -> None:
    make_expectations(cast.assessor)
    draft = editions.start_draft(cast.assessor, Source.EDITION)
    editions.remove(cast.assessor, draft.expectations.get(key="one-lead"))
    draft.refresh_from_db()
    today = timezone.localdate()
    later = today + timedelta(days=20)
    said = editions.Publication(in_force_from=later, note="Fewer words.", read=draft.version)
    second = editions.publish(cast.assessor, draft, said, today=today)
    client = signed_in(cast.reader)
    page = text_of(client, second.get_absolute_url())
    assert "What differs from edition 1" in page
    assert "no longer expected" in page
    assert f"Published; it comes into force on {day(later)}.".replace("\u00a0", " ") in page
    assert "Edition 2 is published and comes into force on" in text_of(client, PAGE)
    assert "Send it to vendors" not in text_of(client, PAGE)
    assert "Send it to vendors" in text_of(signed_in(cast.assessor), PAGE)


def test_publishing_what_says_the_same_is_warned_of(cast: Cast, signed_in: SignedIn) -> None:
    make_release()
    make_expectations(cast.assessor)
    draft, client = editions.start_draft(cast.assessor, Source.EDITION), signed_in(cast.assessor)
    publish, warning = reverse("expectation_edition_publish", args=[draft.pk]), "It says the same as edition 1."
    assert warning in text_of(client, publish)
    editions.add(cast.assessor, draft, Expectation(rule="speed", text_en="More", text_fr="Plus", text_nl="Meer"))
    assert warning not in text_of(client, publish)


@pytest.mark.parametrize(("page", "queries"), [("expectations", 13), ("edition", 15), ("draft", 11)])
def test_pages_cost_the_same_however_much_is_expected(
    cast: Cast, signed_in: SignedIn, django_assert_num_queries: Any, page: str, queries: int
) -> None:
    make_release()
    edition = make_expectations(cast.assessor)
    draft = editions.start_draft(cast.assessor, Source.EDITION)
    url = {"expectations": PAGE, "edition": edition.get_absolute_url(), "draft": draft.get_absolute_url()}[page]
    client = signed_in(cast.assessor)
    with django_assert_num_queries(queries):
        client.get(url)
    for number in range(5):
        editions.add(cast.assessor, draft, Expectation(rule="speed", text_en=f"More {number}"))
    with django_assert_num_queries(queries):
        client.get(url)
