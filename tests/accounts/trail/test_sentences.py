"""An entry is a sentence: who did what to which thing; one value that changed ends it. Pages do not cut a stretch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.trail import audit
from accounts.trail import reading as trail
from accounts.trail.stretches import of_page
from tests.factories import NOW, Cast, make_assessment

SignedIn = Callable[..., Client]


def sentence(client: Client) -> str:
    """The first entry of the page, as it is read."""
    html = client.get(reverse("audit_list")).content.decode()
    entry = html[html.index('class="trail-what"') :]
    paragraph = entry[entry.index("<p>") + 3 : entry.index("</p>")]
    return " ".join(_without_tags(paragraph).split())


def _without_tags(html: str) -> str:
    text, inside = "", False
    for character in html:
        inside = character == "<" or (inside and character != ">")
        text += "" if inside or character == ">" else character
    return text


def test_one_value_that_changed_ends_the_sentence(cast: Cast, signed_in: SignedIn) -> None:
    before, after = {"role": "reader"}, {"role": "approver"}
    audit.record(cast.admin.user, "member.changed", cast.reader, before=before, after=after)
    assert sentence(signed_in(cast.admin)).startswith("Admin changed “Role” of Reader")
    assert sentence(signed_in(cast.admin)).endswith(": Reader → Approver")


def test_a_grade_is_told_with_its_question_and_its_vendor(cast: Cast, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor)
    answer = assessment.responses.get().answers.select_related("question", "response__assessment").first()
    response = assessment.responses.get()
    response.submitted_at = NOW
    response.save()
    audit.record(cast.assessor.user, "answer.changed", answer, before={"grade": 2}, after={"grade": 3})
    told = sentence(signed_in(cast.admin))
    assert told.startswith("Assessor changed “Grade” of ")
    assert told.endswith(f"{answer.question.short_en}, {assessment.vendor.name}: 2 → 3")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"role": "reader", "is_active": True}, {"role": "approver", "is_active": False}),
        ({}, {"role": "approver"}),
        ({"role": "reader"}, {}),
        ({"name": "a" * 60}, {"name": "b" * 60}),
    ],
)
def test_of_several_values_or_a_long_one_the_sentence_says_that_it_was_changed(
    cast: Cast, before: dict[str, Any], after: dict[str, Any]
) -> None:
    audit.record(cast.admin.user, "member.changed", cast.reader, before=before, after=after)
    (line,) = trail.lines(AuditEntry.objects.all())
    assert (line.who, line.address, line.did, line.single) == ("Admin", "admin@example.org", "changed a member", None)


def test_what_was_added_is_told_with_its_verb(cast: Cast) -> None:
    audit.record(None, "member.added", cast.reader, after={"role": "reader"})
    (line,) = trail.lines(AuditEntry.objects.all())
    assert (line.who, line.address, line.did, line.single) == ("The system", "", "added a member", None)


# Over the edge of a page ------------------------------------------------------------------------------------------
def typed(cast: Cast, minute: int, text: str, before: str) -> None:
    entry = AuditEntry(
        organisation=cast.organisation,
        verb="answer.changed",
        object_type="assessments.answer",
        object_id="1",
        actor_label="Ada",
        before={"comment": before},
        after={"comment": text},
        at=NOW + timedelta(minutes=minute),
    )
    AuditEntry.objects.bulk_create([entry])


@pytest.mark.parametrize("size", [1, 2, 3, 4, 10])
def test_a_stretch_over_the_edge_of_a_page_stands_once_and_whole(cast: Cast, size: int) -> None:
    typed(cast, 0, "other", "")
    for minute, (before, after) in enumerate([("other", "b"), ("b", "c"), ("c", "d"), ("d", "e")], start=30):
        typed(cast, minute, after, before)
    entries = AuditEntry.objects.order_by("-at", "-pk")
    pages = [of_page(page) for page in Paginator(entries, size)]
    shown = [[entry.after["comment"] for entry in stretch] for page in pages for stretch in page]
    assert shown == [["b", "c", "d", "e"], ["other"]]
    assert len(pages[0][0]) == 4  # on the page of its last entry
