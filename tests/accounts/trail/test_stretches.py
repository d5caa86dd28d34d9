"""A stretch of one person's saves is one row, which holds each of them; nobody else's change lies hidden in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.trail import audit
from accounts.trail import reading as trail
from accounts.trail.stretches import in_stretches, whole
from assessments.models import Answer, Response
from assessments.questionnaire.saving import Draft, save_answer
from groundwork.differences import changed_pieces
from tests.factories import NOW, Cast, make_assessment

SignedIn = Callable[..., Client]
QUERIES = {"audit_list": 10, "assessment_history": 11}


def saved(minute: float, before: str, after: str, *, of: str = "1", who: str = "Ada") -> AuditEntry:
    return AuditEntry(
        verb="answer.changed",
        object_type="assessments.answer",
        object_id=of,
        actor_label=who,
        before={"comment": before},
        after={"comment": after},
        at=NOW + timedelta(minutes=minute),
    )


def texts(*entries: AuditEntry) -> list[tuple[str, str, int]]:
    """Of entries, the latest first: before and after of each row, and how many entries it holds."""
    stretches = in_stretches(entries)
    rows = [(whole(stretch), len(stretch)) for stretch in stretches]
    return [(row.before.get("comment", ""), row.after.get("comment", ""), count) for row, count in rows]


def test_one_who_goes_on_writing_makes_one_row() -> None:
    assert texts(saved(9, "They st", "They stay"), saved(3, "They", "They st"), saved(0, "", "They")) == [
        ("", "They stay", 3)
    ]


def test_a_pause_of_more_than_ten_minutes_begins_another_row() -> None:
    assert texts(saved(20.5, "b", "c"), saved(10, "a", "b"), saved(0, "", "a")) == [("b", "c", 1), ("", "b", 2)]


@pytest.mark.parametrize(
    "other",
    [
        {"who": "Ben"},
        {"of": "2"},
        {"verb": "answer.carried_over"},
        {"object_type": "assessments.consensus"},
    ],
    ids=["person", "answer", "verb", "kind"],
)
def test_another_person_answer_or_verb_is_a_row_of_its_own(other: dict[str, Any]) -> None:
    entries = [saved(1, "a", "b"), saved(0, "", "a")]
    for name, value in other.items():
        setattr(entries[0], {"who": "actor_label", "of": "object_id"}.get(name, name), value)

    assert [count for _before, _after, count in texts(*entries)] == [1, 1]


def test_what_another_wrote_in_between_parts_the_stretch_also_where_it_is_not_listed() -> None:
    theirs = saved(1, "a", "theirs", who="Ben")

    assert [count for *_texts, count in texts(saved(2, "theirs", "mine"), theirs, saved(0, "", "a"))] == [1, 1, 1]
    assert [count for *_texts, count in texts(saved(2, "theirs", "mine"), saved(0, "", "a"))] == [1, 1]


def test_two_answers_written_in_turn_are_two_rows_the_latest_first() -> None:
    entries = [saved(3, "a", "b"), saved(2, "x", "y", of="2"), saved(1, "", "a"), saved(0, "", "x", of="2")]

    assert texts(*entries) == [("", "b", 2), ("", "y", 2)]


def test_what_came_back_to_where_it_was_is_left_out_of_the_row_but_not_of_its_entries() -> None:
    (stretch,) = in_stretches([saved(1, "b", "a"), saved(0, "a", "b")])

    assert (whole(stretch).before, whole(stretch).after) == ({}, {})
    assert [entry.after["comment"] for entry in stretch] == ["b", "a"]


def test_each_field_is_told_from_its_first_value_to_its_last() -> None:
    graded, both = saved(0, "", ""), saved(1, "", "a")
    graded.before, graded.after = {"grade": None}, {"grade": 3}
    both.before, both.after = {"grade": 3, "comment": ""}, {"grade": 2, "comment": "a"}

    (stretch,) = in_stretches([both, graded])

    assert whole(stretch).before == {"grade": None, "comment": ""}
    assert whole(stretch).after == {"grade": 2, "comment": "a"}


def test_what_is_not_typed_is_never_merged(cast: Cast) -> None:
    for name in ("A", "B"):
        audit.record(cast.admin.user, "organisation.changed", cast.organisation, after={"name": name})

    assert [len(stretch) for stretch in in_stretches(AuditEntry.objects.all())] == [1, 1]


# The pages --------------------------------------------------------------------------------------------------------
@pytest.fixture
def typed(cast: Cast) -> Answer:
    """An answer typed in three saves, handed in."""
    answer = Answer.objects.select_related("question", "response").filter(
        response__assessment=make_assessment(cast.assessor)
    )[0]
    said = "They stay at it until we can work again, day and night, and they say so in the contract"
    for version, text in enumerate((said[:40], f"{said} of 2024.", f"{said} of 2025.")):
        draft = Draft(grade=3, comment=text)
        save_answer(answer, draft, version=version, author=cast.assessor.user, now=NOW)
    answer.response.submitted_at = NOW
    answer.response.save()
    return answer


@pytest.mark.parametrize("route", ["audit_list", "assessment_history"])
def test_pages_show_a_stretch_as_one_row_and_hold_each_change(
    route: str, cast: Cast, typed: Answer, signed_in: SignedIn
) -> None:
    arguments = [] if route == "audit_list" else [typed.response.assessment_id]
    response = signed_in(cast.admin).get(reverse(route, args=arguments))

    (row,) = response.context["rows"]
    page = " ".join(response.content.decode().split())
    assert len(row.parts) == 3
    assert "3 changes, " in page
    assert page.count("2024.") == 2  # as it came, and as it went
    assert '<del dir="auto">2024.</del><ins dir="auto">2025.</ins>' in page


def test_a_long_text_is_folded_and_whole(cast: Cast, signed_in: SignedIn) -> None:
    long = "word " * 200 + "the END of it"
    audit.record(cast.admin.user, "organisation.changed", cast.organisation, before={"name": "x"}, after={"name": long})

    page = signed_in(cast.admin).get(reverse("audit_list")).content.decode()

    assert page.count("the END of it") == 1
    assert '<details class="changes">' in page


def test_of_two_sentences_the_words_are_marked_and_two_values_stand_whole() -> None:
    sentences = trail.ChangeInWords(
        name="Comment",
        before="They stay at it until we can work again, by day.",
        after="They stay at it until we can work again, by night.",
    )
    days = trail.ChangeInWords(name="Due date", before="1 March 2026", after="30 March 2026")

    assert [(piece.mark, piece.text) for piece in sentences.pieces][-2:] == [("del", "day."), ("ins", "night.")]
    assert [(piece.mark, piece.text) for piece in days.pieces] == [
        ("del", "1 March 2026"),
        ("", " → "),
        ("ins", "30 March 2026"),
    ]
    assert changed_pieces("a b", "a c")[0].text == "a "


# Found by vendor and question -------------------------------------------------------------------------------------
def _rows(client: Client, route: str, *arguments: int, **query: Any) -> list[tuple[str, str]]:
    response = client.get(reverse(route, args=arguments), query)
    return [(row.whole.vendor if route == "audit_list" else "", row.whole.question) for row in response.context["rows"]]


@pytest.fixture
def several(cast: Cast) -> list[Answer]:
    """Two vendors, two questions each, one change to each."""
    answers = []
    for _vendor in range(2):
        response = make_assessment(cast.assessor).responses.get()
        for key in ("support-1", "proof-1"):
            answer = response.answers.select_related("question").get(question__key=key)
            save_answer(answer, Draft(grade=3), version=0, author=cast.assessor.user, now=NOW)
            answers.append(answer)
        response.submitted_at = NOW
        response.save()
    return answers


def test_the_page_narrows_by_vendor_and_by_question(cast: Cast, several: list[Answer], signed_in: SignedIn) -> None:
    client, vendor = signed_in(cast.admin), several[0].response.assessment.vendor

    assert len(_rows(client, "audit_list")) == 4
    of_vendor = _rows(client, "audit_list", vendor_ref=vendor.pk)
    assert [name for name, _question in of_vendor] == [vendor.name] * 2
    assert len(_rows(client, "audit_list", question_key="proof-1")) == 2
    both = _rows(client, "audit_list", vendor_ref=vendor.pk, question_key="proof-1")
    assert [question.endswith("proof question 1 (en)") for _name, question in both] == [True]
    assert len(_rows(client, "audit_list", vendor_ref="999")) == 4  # no vendor of ours: narrows nothing, and says so


@pytest.mark.parametrize("said", ["proof question 1 (en)", "PROOF question 1 (fr)", "proof question 1 (nl)"])
def test_a_question_is_found_by_its_name_in_each_language(
    said: str, cast: Cast, several: list[Answer], signed_in: SignedIn
) -> None:
    assert len(_rows(signed_in(cast.admin), "audit_list", q=said)) == 2


def test_a_vendor_is_found_by_the_name_of_today_and_of_then(
    cast: Cast, several: list[Answer], signed_in: SignedIn
) -> None:
    vendor, client = several[0].response.assessment.vendor, signed_in(cast.admin)
    former, vendor.name = vendor.name, "Renamed Systems"
    vendor.save()

    assert len(_rows(client, "audit_list", q="renamed")) == 2
    assert len(_rows(client, "audit_list", q=former)) == 2
    assert _rows(client, "audit_list", q="nobody of this name") == []


def test_the_history_of_an_assessment_narrows_by_question(
    cast: Cast, several: list[Answer], signed_in: SignedIn
) -> None:
    client, assessment = signed_in(cast.reader), several[0].response.assessment_id

    assert len(_rows(client, "assessment_history", assessment)) == 2
    assert len(_rows(client, "assessment_history", assessment, question_key="proof-1")) == 1
    page = client.get(reverse("assessment_history", args=[assessment]), {"question_key": "speed-1"})
    assert "No entry fits" in page.content.decode()


def test_another_organisation_s_vendors_are_not_offered(cast: Cast, several: list[Answer], signed_in: SignedIn) -> None:
    theirs = make_assessment(cast.stranger).vendor

    choices = signed_in(cast.admin).get(reverse("audit_list")).context["form"].fields["vendor_ref"].choices
    offered = {str(key) for key, _name in choices}

    assert str(theirs.pk) not in offered
    assert len(offered) == 3


@pytest.mark.parametrize("route", QUERIES)
def test_the_pages_take_the_same_queries_for_few_and_many_stretches(
    route: str, cast: Cast, several: list[Answer], signed_in: SignedIn, django_assert_num_queries: Callable[..., Any]
) -> None:
    arguments = [] if route == "audit_list" else [several[0].response.assessment_id]
    client = signed_in(cast.admin)

    _rows(client, route, *arguments)  # the first time, it is noted which answers were shown
    with django_assert_num_queries(QUERIES[route]):
        few = _rows(client, route, *arguments)
    Response.objects.update(submitted_at=None)
    for version in range(1, 9):
        for answer in several:
            draft = Draft(grade=3, comment="x" * version)
            save_answer(answer, draft, version=version, author=cast.assessor.user, now=NOW)
    Response.objects.update(submitted_at=NOW)
    with django_assert_num_queries(QUERIES[route]):
        assert _rows(client, route, *arguments) == few
