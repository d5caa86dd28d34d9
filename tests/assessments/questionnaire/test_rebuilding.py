"""From the trail alone: what every answer, every reply and every agreement held at every moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, User
from accounts.trail.stretches import in_stretches, whole
from assessments.consensus.attendance import hold
from assessments.consensus.meeting import agree, undo
from assessments.models import Answer, Assessment, Blank, Consensus, Delegation, Response, ResponseKind, VendorLink
from assessments.questionnaire.delegation import delegate, take_back
from assessments.questionnaire.saving import Draft, save_answer
from assessments.schedule import repeating
from assessments.vendor_side import links, reply
from groundwork.saved import Conflict
from tests.assessments.vendor_side.test_reply import asked
from tests.factories import NOW, Cast, add_rater, make_assessment
from vendors.models import Contact

SOME = settings(max_examples=max(5, settings.default.max_examples // 4), suppress_health_check=list(HealthCheck))
QUESTIONS = ("support-1", "proof-1", "guidance-1")
TEXTS = st.one_of(
    st.sampled_from(["", "They", "They stay", " They stay until noon. "]), st.text("aé\n <😀", max_size=6)
)
State = dict[str, Any]


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def applied(state: Mapping[str, Any], entry: AuditEntry) -> State:
    """What stands after the entry; it must have found what the entries before it left."""
    assert {name: state.get(name) for name in entry.before} == entry.before
    rest = {name: value for name, value in state.items() if name not in entry.before}
    return {**rest, **entry.after}


# Answers ----------------------------------------------------------------------------------------------------------
@st.composite
def drafts(draw: Any) -> Draft:
    choice = draw(st.sampled_from(["grade", "not_applicable", "dont_know", ""]))
    fact = draw(st.none() | st.decimals(0, 100, places=1))
    return Draft(
        vendor_says=draw(TEXTS),
        comment=draw(TEXTS),
        grade=draw(st.integers(0, 4)) if choice == "grade" else None,
        blank=choice if choice in Blank.values else "",
        reason="Not here." if choice == "not_applicable" else draw(TEXTS),
        fact_value=fact,
        fact_unit="" if fact is None else "month",
    )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["rater", "colleague", "delegate", "vendor", "hand on"]),
        st.sampled_from(QUESTIONS),
        st.integers(0, 3).map(lambda behind: behind == 3),  # somebody who has not seen the latest
        drafts(),
    ),
    max_size=14,
)


@pytest.fixture
def repeated(cast: Cast) -> Assessment:
    """One with two raters, whose answers begin with what they wrote the last time, and with the vendor."""
    last = make_assessment(cast.assessor, repeat_months=3)
    add_rater(last, cast.colleague)
    Answer.objects.filter(question__key="proof-1").update(vendor_says="They said so.", comment="The last time.")
    Response.objects.update(submitted_at=NOW)
    (follower,) = repeating.open_due(datetime(2026, 7, 2, tzinfo=UTC))
    assert Answer.objects.filter(response__assessment=follower, carried_over=True).count() == 2
    return follower


def linked(cast: Cast, assessment: Assessment) -> VendorLink:
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin", email="robin@vendor.example")
    return links.create(cast.assessor, assessment, contact)[0]


def answers_of(assessment: Assessment) -> dict[str, State]:
    rows = Answer.objects.filter(response__assessment=assessment)
    return {str(row.pk): {name: plain(value) for name, value in asdict(Draft.of(row)).items()} for row in rows}


def entries_of(kind: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(object_type=f"assessments.{kind}").order_by("pk"))


@SOME
@given(steps=STEPS)
def test_every_answer_at_every_moment_is_told_by_the_trail(cast: Cast, repeated: Assessment, steps: list[Any]) -> None:
    with transaction.atomic():
        link = linked(cast, repeated)
        seen = [(AuditEntry.objects.latest("pk").pk, answers_of(repeated))]
        for who, key, *wanted in steps:
            people = {"colleague": cast.colleague.user, "delegate": cast.reader.user, "vendor": link}
            answer = _answer(cast, repeated, who, key)
            if who == "hand on":
                _hand_on_or_back(cast, answer)
            else:
                _save(answer, people.get(who, cast.assessor.user), *wanted)
            seen.append((AuditEntry.objects.latest("pk").pk, answers_of(repeated)))

        entries = entries_of("answer")
        empty = {name: plain(value) for name, value in asdict(Draft()).items()}
        for latest, stored in seen:
            told: dict[str, State] = defaultdict(lambda: empty)
            for entry in entries:
                if entry.pk <= latest:
                    told[entry.object_id] = applied(told[entry.object_id], entry)
            assert {pk: told[pk] for pk in stored} == stored
        _rows_tell_the_same(entries)
        transaction.set_rollback(True)


def _answer(cast: Cast, assessment: Assessment, who: str, key: str) -> Answer:
    of = {"colleague": {"rater": cast.colleague.user}, "vendor": {"kind": ResponseKind.VENDOR}}
    responses = Response.objects.filter(assessment=assessment, **of.get(who, {"rater": cast.assessor.user}))
    rows = Answer.objects.select_related("question", "response__assessment")
    return rows.get(response__in=responses, question__key=key)


def _hand_on_or_back(cast: Cast, answer: Answer) -> None:
    given = Delegation.objects.open().filter(answer=answer).first()
    if given:
        take_back(cast.assessor, given)
    else:
        delegate(cast.assessor, answer, cast.reader, note="Please.")


def _save(answer: Answer, author: User | VendorLink, is_behind: bool, draft: Draft) -> None:
    outcome = save_answer(answer, draft, version=answer.version - is_behind, author=author, now=NOW)
    event(type(outcome).__name__)


def _rows_tell_the_same(entries: list[AuditEntry]) -> None:
    """Merged to rows, no entry is missing, and a row says what its entries come to."""
    stretches = in_stretches(reversed(entries))
    assert sorted(entry.pk for stretch in stretches for entry in stretch) == [entry.pk for entry in entries]
    assert [stretch[-1].pk for stretch in stretches] == sorted((one[-1].pk for one in stretches), reverse=True)
    for stretch in stretches:
        event(f"{min(len(stretch), 3)} in a row")
        assert len({(entry.object_id, entry.actor_label, entry.verb) for entry in stretch}) == 1
        names = {name for entry in stretch for name in entry.before}
        first = {name: next(one.before[name] for one in stretch if name in one.before) for name in names}
        last = {name: next(one.after[name] for one in reversed(stretch) if name in one.after) for name in names}
        changed = {name for name in names if first[name] != last[name]}
        row = whole(stretch)
        assert row.before == {name: first[name] for name in changed}
        assert row.after == {name: last[name] for name in changed}


def test_a_skipped_entry_is_caught(cast: Cast, repeated: Assessment) -> None:
    answer = Answer.objects.select_related("question").filter(response__assessment=repeated).first()
    assert answer is not None
    for version, text in enumerate(("One", "Two", "Three")):
        save_answer(answer, Draft(comment=text), version=version, author=cast.assessor.user, now=NOW)
    first, _skipped, last = AuditEntry.objects.about(answer).of_verb("answer.changed").order_by("pk")

    state = applied({"comment": first.before["comment"]}, first)
    with pytest.raises(AssertionError):
        applied(state, last)


# The vendor's reply -----------------------------------------------------------------------------------------------
@SOME
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["support", "proof"]), st.sampled_from(["", "agrees", "contests"]), TEXTS, st.booleans()
        ),
        max_size=10,
    )
)
def test_every_reply_at_every_moment_is_told_by_the_trail(cast: Cast, waiting: VendorLink, steps: list[Any]) -> None:
    with transaction.atomic():
        request = reply.request_of(waiting)
        for rule, stance, text, is_behind in steps:
            stored = request.replies.get(rule=rule)
            outcome = reply.save_reply(waiting, rule, stance, text, stored.version - is_behind, now=NOW)
            event(type(outcome).__name__)
            told: dict[str, State] = {one.rule: {"stance": "", "text": ""} for one in request.replies.all()}
            for entry in entries_of("reply"):
                told[entry.rule_key] = applied(told[entry.rule_key], entry)
            assert told == {one.rule: {"stance": one.stance, "text": one.text} for one in request.replies.all()}
        transaction.set_rollback(True)


@pytest.fixture
def waiting(cast: Cast) -> VendorLink:
    return asked(cast)[1]


# What was agreed --------------------------------------------------------------------------------------------------
@SOME
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["support-1", "proof-1"]),
            st.sampled_from(["assessor", "colleague"]),
            st.sampled_from([*range(5), "not applicable", "undo"]),
            st.sampled_from(["We saw it.", "They showed it."]),
            st.booleans(),
        ),
        max_size=10,
    )
)
def test_every_agreement_at_every_moment_is_told_by_the_trail(cast: Cast, apart: Assessment, steps: list[Any]) -> None:
    with transaction.atomic():
        held = hold(cast.assessor, apart, held_on=NOW.date(), attendees=[cast.assessor.user])
        questions = {question.key: question for question in apart.release.questions.all()}
        told: dict[str, State] = defaultdict(dict)
        for key, who, wanted, reason, is_behind in steps:
            member, question = getattr(cast, who), questions[key]
            stored = Consensus.objects.filter(assessment=apart, question=question).first()
            version = (stored.version if stored else 0) - is_behind
            if wanted == "undo":
                outcome = undo(member, apart, question, version=version)
            else:
                what: Any = {"not_applicable": True} if wanted == "not applicable" else {"grade": wanted}
                outcome = agree(member, apart, question, **what, reason=reason, meeting=held, version=version)
            event("conflict" if isinstance(outcome, Conflict) else "done")
            told = defaultdict(dict)
            for entry in entries_of("consensus"):
                told[entry.question_key] = applied(told[entry.question_key], entry)
            assert {key: value for key, value in told.items() if value} == agreements_of(apart)
        transaction.set_rollback(True)


@pytest.fixture
def apart(cast: Cast) -> Assessment:
    """Two raters who have handed in and disagree about everything."""
    assessment = make_assessment(cast.assessor, grade=0)
    add_rater(assessment, cast.colleague, grade=4)
    Response.objects.update(submitted_at=NOW)
    return assessment


def agreements_of(assessment: Assessment) -> dict[str, State]:
    """As the trail tells them: of “not applicable”, only where it was agreed."""
    rows = Consensus.objects.filter(assessment=assessment).select_related("question")
    return {
        row.question.key: {"not_applicable": True, "reason": row.reason}
        if row.not_applicable
        else {"grade": row.grade, "reason": row.reason}
        for row in rows
    }
