"""Supplementary questions in the bank: what a draft may not do with them, and that files carry them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from manifesto import bank as banks
from manifesto import editions, exchange, workbook, yaml_files
from manifesto.models import Question, Release, ReleaseState
from manifesto.overview import overview
from manifesto.sources import assemble, inspect
from tests.factories import Cast, make_release

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]


def faults_of(release: Release) -> list[str]:
    return [fault.message for fault in editions.publishing_faults(release)]


# What a draft may not do ------------------------------------------------------------------------------------------
def test_a_draft_with_supplementary_questions_behind_the_others_can_be_published() -> None:
    assert faults_of(make_release(supplementary=1, state=ReleaseState.DRAFT)) == []


def test_a_rule_whose_questions_are_all_supplementary_cannot_be_published() -> None:
    draft = make_release(supplementary=1, state=ReleaseState.DRAFT)
    Question.objects.filter(rule__key="proof").update(supplementary=True)
    assert faults_of(draft) == ["Add a question that counts: all that the rule has are supplementary."]


def test_a_supplementary_question_before_one_that_counts_cannot_be_published() -> None:
    draft = make_release(supplementary=1, state=ReleaseState.DRAFT)
    Question.objects.filter(key="proof-1").update(supplementary=True)
    assert faults_of(draft) == [
        "Move the supplementary questions behind the others: those that count keep their numbers."
    ]


def test_a_question_that_counts_stays_in_the_verdict_under_its_key() -> None:
    release = make_release()
    draft = editions.new_draft_from(release, "2", None)
    Question.objects.filter(release=draft, key="proof-2").update(supplementary=True)
    (fault,) = editions.publishing_faults(draft)
    assert (fault.question, fault.field) == ("proof-2", "supplementary")
    assert "give the supplementary question a key of its own" in fault.message
    Question.objects.filter(release=draft, key="proof-2").update(key="proof-2b")
    assert faults_of(draft) == []


def test_the_database_refuses_a_supplementary_knock_out() -> None:
    make_release(supplementary=1, state=ReleaseState.DRAFT)
    with pytest.raises(IntegrityError, match="question_supplementary_knocks_nothing_out"), transaction.atomic():
        Question.objects.filter(key="proof-3").update(knockout=True)


def test_a_copy_of_an_edition_keeps_them() -> None:
    draft = editions.new_draft_from(make_release(supplementary=1), "2", None)
    assert set(draft.questions.supplementary().values_list("key", flat=True)) == {  # type: ignore[attr-defined]
        f"{rule.key}-3" for rule in draft.rules.all()
    }


def test_the_weight_of_a_rule_is_that_of_its_questions_that_count() -> None:
    lines = overview(make_release(supplementary=1))
    assert {line.weight for line in lines} == {2}
    assert [one.supplementary for one in lines[0].questions] == [False, False, True]


# Files ------------------------------------------------------------------------------------------------------------
def test_yaml_and_workbook_bring_them_back() -> None:
    bank = banks.read(make_release(supplementary=1))
    assert assemble(yaml_files.read_lines(yaml_files.write(bank), "bank.yaml")) == bank
    assert assemble(workbook.read_lines(workbook.write(bank), "bank.xlsx")) == bank
    assert banks.from_plain(banks.to_plain(bank)) == bank


def test_a_workbook_from_before_there_were_any_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = banks.read(make_release())
    before = {**banks.PLAIN_FIELDS, banks.Sheet.QUESTIONS: ("rule", "weight", "knockout", "fact", "revision")}
    with monkeypatch.context() as patched:
        patched.setattr(workbook, "PLAIN_FIELDS", before)
        old = workbook.write(bank)
    assert "supplementary" not in workbook.read_lines(old, "bank.xlsx")[8].values
    assert assemble(workbook.read_lines(old, "bank.xlsx")) == bank


def test_a_file_that_makes_one_a_knock_out_is_refused_where_it_stands() -> None:
    bank = banks.read(make_release(supplementary=1))
    spoilt = replace(bank.rules[0], questions=tuple(replace(q, knockout=True) for q in bank.rules[0].questions))
    lines = yaml_files.read_lines(yaml_files.write(replace(bank, rules=(spoilt, *bank.rules[1:]))), "bank.yaml")
    _bank, faults = inspect(lines)
    (fault,) = faults
    assert "knocks nothing out" in str(fault)
    assert fault.key == "support-3"
    assert fault.place.path.endswith(".supplementary")


def test_an_edition_without_them_has_the_fingerprint_that_it_always_had() -> None:
    bank = banks.read(make_release())
    plain = banks.to_plain(bank)["rules"][0]["questions"][0]
    assert "supplementary" not in plain
    marked = banks.from_plain(banks.to_plain(bank))
    assert exchange.fingerprint(marked) == exchange.fingerprint(bank)


# Pages ------------------------------------------------------------------------------------------------------------
def test_the_editor_ticks_a_question_as_supplementary_but_not_with_a_knock_out(cast: Cast, signed_in: SignedIn) -> None:
    draft = make_release(supplementary=1, state=ReleaseState.DRAFT)
    question = Question.objects.get(release=draft, key="proof-3")
    client = signed_in(cast.editor)
    page = client.get(reverse("admin:manifesto_question_change", args=[question.pk]))
    form = page.context["adminform"].form
    assert form.initial["supplementary"] is True
    data = {name: "" if value is None else value for name, value in form.initial.items()}
    refused = type(form)({**data, "knockout": "on", "supplementary": "on"}, instance=question)
    assert "knocks nothing out" in str(refused.errors["supplementary"])


def test_the_rules_page_tells_them_apart(cast: Cast, signed_in: SignedIn) -> None:
    make_release(supplementary=1)
    html = signed_in(cast.reader).get(reverse("rules")).content.decode()
    assert html.count("Also asked") == 7
    assert html.index("support question 2 (en)") < html.index("Also asked") < html.index("support question 3 (en)")
    make_release("2")
    assert "Also asked" not in signed_in(cast.reader).get(reverse("rules")).content.decode()
