"""A published edition is read once by each process; a draft is read as it stands."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from manifesto.models import Question, Release
from manifesto.printed import edition
from tests.factories import make_release

pytestmark = pytest.mark.django_db


def _queries(release: Release) -> int:
    with CaptureQueriesContext(connection) as captured:
        for question in edition(release).questions:
            assert question.rule.release_id == release.pk
            assert len(question.levels.all()) in (0, 5)
    return len(captured)


def test_a_published_edition_costs_no_query_once_it_was_read() -> None:
    release = make_release("printed")
    assert _queries(release) == 3
    assert _queries(Release.objects.get(pk=release.pk)) == 0


def test_a_draft_is_read_anew_each_time() -> None:
    draft = make_release("drafted", state="draft")
    first = edition(draft).questions[0]
    Question.objects.filter(pk=first.pk).update(weight=7)
    assert edition(draft).by_id[first.pk].weight == 7


def test_questions_stand_in_the_order_of_the_bank_with_those_asked_beside_apart() -> None:
    bank = edition(make_release("ordered"))
    places = [(question.rule.position, question.position) for question in bank.questions]
    assert places == sorted(places)
    assert {*bank.counting, *bank.supplementary} == {*bank.questions}
    assert not any(question.supplementary for question in bank.counting)
    assert [rule.position for rule in bank.rules] == list(range(1, len(bank.rules) + 1))
    assert [(one.pk, rule, weight) for one, rule, weight in bank.weights] == [
        (one.pk, one.rule.key, one.exact_weight) for one in bank.counting
    ]


def test_its_texts_are_those_of_the_language_of_whoever_reads() -> None:
    release = make_release("spoken", state="draft")
    Question.objects.filter(release=release).update(short_en="Proof", short_fr="Preuve")
    question = edition(release).questions[0]
    for language, said in {"en": "Proof", "fr": "Preuve"}.items():
        with translation.override(language):
            assert question.short == said
