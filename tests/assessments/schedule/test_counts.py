"""Each count of my work leads to a list of exactly what it counts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Answer, Consensus, Meeting, Response
from assessments.schedule.inbox import Item, ItemKind, waiting_for
from tests.factories import NOW, Cast, add_rater, make_assessment


def item_of(cast: Cast, kind: ItemKind) -> Item:
    (item,) = [one for one in waiting_for(cast.assessor, timezone.localdate()) if one.kind == kind]
    return item


def rows(client: Any, item: Item, mark: str) -> int:
    response = client.get(item.url.partition("#")[0])
    assert response.status_code == 200
    html = response.content.decode()
    assert f'id="{item.url.partition("#")[2]}"' in html
    return len(re.findall(mark, html))


@pytest.mark.parametrize("late", [1, 2])
def test_late_raters_are_listed_alone_and_as_many_as_counted(cast: Cast, signed_in: Any, late: int) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    assessment = make_assessment(cast.assessor, due_on=yesterday)
    people = [cast.colleague, cast.approver, cast.reader]
    for number, member in enumerate(people):
        due_on = yesterday if number < late else timezone.localdate() + timedelta(days=9)
        add_rater(assessment, member, due_on=due_on)
    item = item_of(cast, ItemKind.CHASE)
    assert item.detail.startswith(f"{late} rater")
    client = signed_in(cast.assessor)
    assert rows(client, item, 'scope="row" class="who"') == late
    # The owner, who is late as well, stands in the list of all alone.
    everybody = client.get(item.url.partition("?")[0]).content.decode()
    assert everybody.count('scope="row" class="who"') == 4


def test_questions_to_agree_on_are_listed_alone_and_as_many_as_counted(cast: Cast, signed_in: Any) -> None:
    assessment = make_assessment(cast.assessor, grade=4)
    add_rater(assessment, cast.colleague)
    theirs = Answer.objects.filter(response__assessment=assessment, response__rater=cast.colleague.user)
    theirs.update(grade=3)
    theirs.filter(question__key__in=["support-1", "speed-1", "proof-1"]).update(grade=1)
    theirs.filter(question__key="speed-2").update(grade=None, blank="dont_know")  # to talk about, not apart
    Response.objects.filter(assessment=assessment).update(submitted_at=NOW)
    settled = theirs.get(question__key="proof-1").question
    meeting = Meeting.objects.create(assessment=assessment, held_on=NOW.date(), created_by=cast.assessor.user)
    agreed = {"grade": 2, "reason": "Seen together.", "decided_by": cast.assessor.user, "decided_at": NOW}
    Consensus.objects.create(assessment=assessment, question=settled, meeting=meeting, **agreed)
    item = item_of(cast, ItemKind.TALK)
    assert item.detail == "2 questions to agree on"
    client = signed_in(cast.assessor)
    assert rows(client, item, r"<article[^>]*consensus-card") == 2
    everything = client.get(item.url.partition("?")[0]).content.decode()
    assert len(re.findall(r"<article[^>]*consensus-card", everything)) > 2
