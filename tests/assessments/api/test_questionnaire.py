"""One's own questionnaire through the API."""

from __future__ import annotations

import pytest

from assessments.models import Answer, Assessment, Delegation
from tests.assessments.api.asking import Asker
from tests.factories import NOW, Cast, add_rater, make_assessment, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(cast: Cast) -> Assessment:
    assessment = make_assessment(cast.assessor)
    add_rater(assessment, cast.reader, grade=1)
    return assessment


def path(row: Assessment, question: str = "") -> str:
    return f"/assessments/{row.uuid}/questionnaire" + (f"/{question}" if question else "")


def test_it_brings_the_questions_in_all_languages(cast: Cast, row: Assessment) -> None:
    body = Asker(cast.reader).get(path(row)).json()

    assert len(body["questions"]) == len(body["answers"]) == 14
    assert body["questions"][0]["text"] == {
        "en": "support question 1 (en)",
        "fr": "support question 1 (fr)",
        "nl": "support question 1 (nl)",
    }
    assert [level["grade"] for level in body["questions"][0]["levels"]] == [0, 1, 2, 3, 4]
    assert {answer["grade"] for answer in body["answers"]} == {1}
    assert body["is_open"]


def test_it_is_ones_own_alone(cast: Cast, row: Assessment) -> None:
    assert Asker(cast.admin).get(path(row)).status_code == 403
    assert Asker(cast.stranger).get(path(row)).status_code == 404


def test_an_answer_is_saved_where_its_version_still_stands(cast: Cast, row: Assessment) -> None:
    ask, one = Asker(cast.assessor), path(row, "support-1")
    assert ask.put(one, {"grade": 3}).status_code == 428
    assert ask.get(one)["ETag"] == '"0"'

    saved = ask.put(one, {"grade": 3, "comment": "a\r\nb"}, **{"If-Match": '"0"'})

    assert (saved.status_code, saved["ETag"]) == (200, '"1"')
    assert (saved.json()["grade"], saved.json()["comment"]) == (3, "a\nb")


def test_of_two_writers_the_second_gets_both_texts(cast: Cast, row: Assessment) -> None:
    ask, one = Asker(cast.assessor), path(row, "support-1")
    ask.put(one, {"grade": 3}, **{"If-Match": '"0"'})

    second = ask.put(one, {"grade": 1, "fact_value": 2.5}, **{"If-Match": '"0"'})

    assert second.status_code == 409
    assert (second.json()["yours"]["grade"], second.json()["theirs"]["grade"]) == (1, 3)
    assert (second.json()["version"], second["ETag"]) == (1, '"1"')


def test_what_cannot_be_an_answer_is_refused_at_its_field(cast: Cast, row: Assessment) -> None:
    ask = Asker(cast.assessor)
    wrong: list[tuple[dict[str, object], str]] = [
        ({"grade": 5}, "/grade"),
        ({"grade": "3"}, "/grade"),
        ({"grade": 2, "blank": "dont_know"}, "/grade"),
        ({"blank": "not_applicable"}, "/reason"),
        ({"blank": "perhaps"}, "/blank"),
        ({"comment": "\x00"}, "/comment"),
        ({"comment": "\ud800"}, "/comment"),
        ({"fact_value": "1e99"}, "/fact_value"),
    ]
    for body, at in wrong:
        refused = ask.put(path(row, "support-1"), body, **{"If-Match": '"0"'})
        assert refused.status_code == 422
        assert [fault["path"] for fault in refused.json()["errors"]] == [at]


def test_handing_in_closes_and_taking_up_opens(cast: Cast, row: Assessment) -> None:
    ask = Asker(cast.assessor)
    assert ask.post(f"/assessments/{row.uuid}/hand-in").status_code == 409  # nothing is answered
    ask.put(path(row, "support-1"), {"grade": 3}, **{"If-Match": '"0"'})

    assert ask.post(f"/assessments/{row.uuid}/hand-in").status_code == 200
    assert ask.put(path(row, "support-1"), {"grade": 4}, **{"If-Match": '"1"'}).status_code == 423
    assert ask.post(f"/assessments/{row.uuid}/take-up").status_code == 200
    assert ask.put(path(row, "support-1"), {"grade": 4}, **{"If-Match": '"1"'}).status_code == 200


def test_a_colleague_with_a_question_in_hand_has_no_questionnaire(cast: Cast, row: Assessment) -> None:
    lent = Answer.objects.filter(response__rater=cast.reader.user).first()
    Delegation.objects.create(answer=lent, delegate=cast.admin.user, delegated_by=cast.reader.user, delegated_at=NOW)
    assert Asker(cast.admin).get(path(row)).status_code == 403


def test_an_outside_rater_reads_their_own_part_alone(cast: Cast, row: Assessment) -> None:
    outside = make_member(cast.organisation, "outside", "rater")
    ask = Asker(outside)
    assert ask.get(f"/assessments/{row.uuid}").status_code == 404
    add_rater(row, outside, grade=2)

    seen = ask.get(f"/assessments/{row.uuid}").json()
    assert (seen["owner"], seen["outstanding"], seen["levels"]) == (None, [], [])
    assert "hand them in" in seen["next_step"]["sentence"]
    assert ask.post(f"/assessments/{row.uuid}/hand-in").status_code == 200
    for closed in ("raters", "answers", "consensus", "findings"):
        assert ask.get(f"/assessments/{row.uuid}/{closed}").status_code == 403
