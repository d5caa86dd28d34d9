"""The life of an edition: what publishing asks for, what it records, what a new draft keeps."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from accounts.models import AuditEntry
from manifesto import bank, editions
from manifesto.bank import ChangeKind, Sheet
from manifesto.editions import EditionDifference, EditionError, NotPublishable
from manifesto.models import Level, Question, Release, ReleaseState
from manifesto.successors import Naming
from tests.factories import Cast, make_release

pytestmark = pytest.mark.django_db
DRAFT = ReleaseState.DRAFT


def _question(release: Release, key: str = "speed-1") -> Question:
    return release.questions.get(key=key)


def _set(row: object, **fields: object) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()  # type: ignore[attr-defined]


def _lines_but_the_first(release: Release) -> dict[Any, Any]:
    """Rules, questions and levels; what stands in the first line tells editions apart."""
    return {place: line for place, line in bank.bank_lines(bank.read(release)).items() if place[0] != Sheet.RELEASE}


BREAKS: dict[str, tuple[Callable[[Release], object], str]] = {
    "title missing in French": (lambda r: _set(r, title_fr=""), "The edition: Write “Title” in French."),
    "note in one language only": (lambda r: _set(r, note_fr="", note_nl=""), "The edition: Write “Note” in Dutch."),
    "rule name missing": (
        lambda r: _set(r.rules.get(key="proof"), name_nl=""),
        "Rule 6 Proof (en): Write “Name” in Dutch.",
    ),
    "guidance missing": (
        lambda r: _set(r.rules.get(key="proof"), guidance_en=None),
        "Write “Guidance for whoever rates” in English.",
    ),
    "question text missing": (
        lambda r: _set(_question(r), text_en=" "),
        "Question 5.1 speed question 1 (en): Write “Question, as it is put to the vendor” in English.",
    ),
    "label missing": (
        lambda r: _set(_question(r), short_nl=None),
        "Question 5.1 speed question 1 (en): Write “Label” in Dutch.",
    ),
    "evidence missing": (lambda r: _set(_question(r), evidence_fr=""), "Write “Evidence to ask for” in French."),
    "level text missing": (
        lambda r: Level.objects.filter(question=_question(r), grade=3).update(text_nl=""),
        "Question 5.1 speed question 1 (en): Write level 3 in Dutch.",
    ),
    "level missing": (lambda r: Level.objects.filter(question=_question(r), grade=0).delete(), "Write level 0 in"),
    "rule without question": (
        lambda r: r.questions.filter(rule__key="speed").delete(),
        "Rule 5 Speed (en): Add a question",
    ),
    "six rules": (lambda r: r.rules.get(key="prevention").delete(), "exactly the seven rules"),
    "weight of nothing": (
        lambda r: _set(_question(r), weight=Decimal(0)),
        "Question 5.1 speed question 1 (en): Give it a weight above 0.",
    ),
    "negative weight": (
        lambda r: _set(_question(r), weight=Decimal(-1)),
        "Question 5.1 speed question 1 (en): Give it a weight above 0.",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_publishing_is_refused_and_says_what_to_do_where(name: str) -> None:
    release = make_release(state=DRAFT)
    spoil, expected = BREAKS[name]
    spoil(release)
    with pytest.raises(NotPublishable) as refused:
        editions.publish(Release.objects.get(pk=release.pk), None)
    assert expected in str(refused.value)
    release.refresh_from_db()
    assert release.state == DRAFT
    assert not AuditEntry.objects.filter(verb="release.published").exists()


def test_publishing_lists_every_fault_at_once_with_its_place() -> None:
    release = make_release(state=DRAFT)
    _set(release, title_nl="")
    _set(_question(release), short_fr="", why_nl="", weight=0)
    with pytest.raises(NotPublishable) as refused:
        editions.publish(release, None)
    assert len(refused.value.faults) == 4
    assert {(fault.rule, fault.question) for fault in refused.value.faults} == {("", ""), ("speed", "speed-1")}


def test_faults_are_told_in_the_language_of_the_reader() -> None:
    release = make_release(state=DRAFT)
    _set(_question(release), short_fr="")
    with translation.override("fr"):
        assert "speed-1" in editions.publishing_faults(release)[0].where


def test_an_empty_note_is_no_fault() -> None:
    release = make_release(state=DRAFT)
    _set(release, note_en="", note_fr="", note_nl="")
    assert editions.publishing_faults(release) == ()


def test_publishing_keeps_who_and_when_and_records_it(cast: Cast) -> None:
    release = make_release(state=DRAFT)
    published = editions.publish(release, cast.editor)
    assert published.state == ReleaseState.PUBLISHED
    assert (published.published_by, published.published_at is not None) == (cast.editor, True)
    entry = AuditEntry.objects.get(verb="release.published")
    assert (entry.before, entry.after) == ({"state": "draft"}, {"state": "published"})
    assert (entry.actor, entry.subject_id) == (cast.editor, str(release.pk))


def test_publishing_keeps_the_earlier_edition_and_new_assessments_take_the_newest(cast: Cast) -> None:
    first = make_release("1")
    second = editions.publish(make_release("2", state=DRAFT), cast.editor)
    first.refresh_from_db()
    assert first.state == ReleaseState.PUBLISHED
    assert Release.objects.current() == second


@pytest.mark.parametrize("state", [ReleaseState.PUBLISHED, ReleaseState.RETIRED])
def test_only_a_draft_is_published(state: ReleaseState) -> None:
    with pytest.raises(EditionError, match="never changes"):
        editions.publish(make_release(state=state), None)


def test_retiring_is_recorded_and_takes_the_edition_from_new_assessments(cast: Cast) -> None:
    release = editions.retire(make_release(), cast.editor)
    assert (release.state, release.retired_at is not None) == (ReleaseState.RETIRED, True)
    assert Release.objects.current() is None
    assert AuditEntry.objects.get(verb="release.retired").after == {"state": "retired"}


@pytest.mark.parametrize("state", [DRAFT, ReleaseState.RETIRED])
def test_only_a_published_edition_is_retired(state: ReleaseState) -> None:
    with pytest.raises(EditionError, match="Only a published edition"):
        editions.retire(make_release(state=state), None)


def test_retiring_works_while_the_page_is_french() -> None:
    release = make_release()
    with translation.override("fr"):
        assert editions.retire(release, None).state == ReleaseState.RETIRED


# New draft -------------------------------------------------------------------------------------------------------
def test_a_new_draft_copies_everything_and_keeps_keys_and_revisions(cast: Cast) -> None:
    release = make_release("1", state=DRAFT, met_threshold=80)
    _set(_question(release), revision=3, weight=Decimal("2.5"), knockout=True)
    editions.publish(release, None)
    draft = editions.new_draft_from(release, "2", cast.editor)
    assert _lines_but_the_first(draft) == _lines_but_the_first(release)
    assert (draft.state, draft.based_on, draft.edition, draft.met_threshold) == (DRAFT, release, "2", 80)
    assert _question(draft).revision == 3
    assert AuditEntry.objects.get(verb="release.created").after["based_on"] == "1"


def test_a_draft_made_while_the_page_is_dutch_holds_the_same_texts() -> None:
    release = make_release("1")
    with translation.override("nl"):
        draft = editions.new_draft_from(release, "2", None)
    assert _lines_but_the_first(draft) == _lines_but_the_first(release)
    assert draft.title_en == "Edition 2 (en)"


def test_a_new_draft_has_a_title_of_its_own_and_no_note() -> None:
    draft = editions.new_draft_from(make_release("1"), "2", None)
    assert bank.texts_of(draft, "title") == {"en": "Edition 2 (en)", "fr": "Edition 2 (fr)", "nl": "Edition 2 (nl)"}
    assert bank.texts_of(draft, "note") == {"en": "", "fr": "", "nl": ""}


def test_a_new_draft_is_called_as_it_is_told_to_be() -> None:
    title, note = {"en": "T", "fr": "Tf", "nl": "Tn"}, {"en": "N", "fr": "Nf", "nl": "Nn"}
    called = Naming(edition="2", title=title, note=note)
    draft = editions.new_draft_from(make_release("1"), "2", None, called=called)
    assert (bank.texts_of(draft, "title"), bank.texts_of(draft, "note")) == (title, note)
    recorded = AuditEntry.objects.get(verb="release.created", object_id=str(draft.pk)).after
    assert (recorded["title_fr"], recorded["note_nl"]) == ("Tf", "Nn")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("title", "The edition: The title in French is that of edition 1: give this edition its own."),
        (
            "note",
            "The edition: The note in French is that of edition 1: write what is new in this one, or empty it.",
        ),
    ],
)
def test_neither_the_title_nor_the_note_of_another_edition_is_published_again(field: str, said: str) -> None:
    first = make_release("1")
    draft = editions.new_draft_from(first, "2", None)
    editions.new_draft_from(first, "3", None)  # what a draft says is nobody's yet
    _set(draft, **{f"note_{language}": "New: the levels." for language in ("en", "fr", "nl")})
    assert editions.publishing_faults(draft) == ()
    _set(draft, **{f"{field}_fr": "Edition 1 (fr)"})
    [fault] = editions.publishing_faults(draft)
    assert (str(fault), fault.field) == (said, f"{field}_fr")
    with pytest.raises(NotPublishable):
        editions.publish(draft, None)


def test_every_fault_of_a_text_names_the_field_that_mends_it() -> None:
    release = make_release(state=DRAFT)
    _set(release, note_nl="")
    _set(release.rules.get(key="proof"), promise_fr="")
    _set(_question(release), short_en="", weight=0)
    Level.objects.filter(question=_question(release), grade=3).update(text_nl="")
    assert [fault.field for fault in editions.publishing_faults(release)] == [
        "note_nl",
        "short_en",
        "weight",
        "levels-3-text_nl",
        "promise_fr",
    ]


@pytest.mark.parametrize(("name", "said"), [("1", "exists already"), ("  ", "a name")])
def test_the_name_of_a_new_draft_must_be_new(name: str, said: str) -> None:
    release = make_release("1")
    with pytest.raises(EditionError, match=said):
        editions.new_draft_from(release, name, None)
    assert Release.objects.count() == 1


def test_editing_the_draft_leaves_the_published_edition_alone() -> None:
    release = make_release("1")
    before = bank.read(release)
    draft = editions.new_draft_from(release, "2", None)
    _set(_question(draft), text_en="Another question?")
    assert bank.read(release) == before


# Meaning ---------------------------------------------------------------------------------------------------------
def test_a_changed_meaning_raises_the_revision_once_for_a_draft() -> None:
    draft = editions.new_draft_from(make_release("1"), "2", None)
    question = _question(draft)
    for _edit in range(3):
        editions.set_meaning(question, changed=True)
        question.save()
    assert question.revision == 2


def test_a_correction_leaves_the_revision_and_takes_back_a_raise() -> None:
    draft = editions.new_draft_from(make_release("1"), "2", None)
    question = _question(draft)
    editions.set_meaning(question, changed=True)
    editions.set_meaning(question, changed=False)
    assert question.revision == 1


def test_a_new_question_has_no_published_revision_to_raise() -> None:
    draft = editions.new_draft_from(make_release("1"), "2", None)
    question = Question(release=draft, rule=draft.rules.get(key="speed"), key="speed-9", position=9)
    editions.set_meaning(question, changed=True)
    assert question.revision == 1


def test_a_draft_of_its_own_is_compared_with_the_newest_published_edition() -> None:
    make_release("1")
    assert editions.published_revision(_question(make_release("2", state=DRAFT))) == 1


def test_a_revision_below_the_published_one_keeps_a_draft_from_being_published() -> None:
    first = make_release("1", state=DRAFT)
    _set(_question(first), revision=4)
    editions.publish(first, None)
    draft = editions.new_draft_from(first, "2", None)
    _set(_question(draft), revision=3)
    with pytest.raises(NotPublishable, match="must not fall below 4"):
        editions.publish(draft, None)


# Differences -----------------------------------------------------------------------------------------------------
def _told_apart(draft: Release, release: Release) -> list[EditionDifference]:
    """Without title and note, which every draft has of its own."""
    return [one for one in editions.differences(draft, release) if one.field not in ("title", "note")]


def test_a_fresh_draft_differs_in_title_and_note_alone() -> None:
    release = make_release("1")
    draft = editions.new_draft_from(release, "2", None)
    assert {one.field for one in editions.differences(draft, release)} == {"title", "note"}
    assert _told_apart(draft, release) == []


def test_differences_name_texts_by_language_weights_knockouts_and_thresholds() -> None:
    release = make_release("1")
    draft = editions.new_draft_from(release, "2", None)
    _set(draft, met_threshold=80)
    _set(_question(draft), text_fr="Autre chose ?", weight=Decimal("2.5"), knockout=True)
    Level.objects.filter(question=_question(draft), grade=2).update(text_nl="Anders")
    found = {(d.sheet, d.key, d.field, d.language): (d.before, d.after) for d in _told_apart(draft, release)}
    assert found == {
        (Sheet.RELEASE, "release", "met_threshold", ""): (75, 80),
        (Sheet.QUESTIONS, "speed-1", "weight", ""): (Decimal("1.00"), Decimal("2.50")),
        (Sheet.QUESTIONS, "speed-1", "knockout", ""): (False, True),
        (Sheet.QUESTIONS, "speed-1", "text", "fr"): ("speed question 1 (fr)", "Autre chose ?"),
        (Sheet.LEVELS, "speed-1/2", "text", "nl"): ("speed question 1 level 2 (nl)", "Anders"),
    }


def test_differences_name_what_was_added_removed_and_moved() -> None:
    release = make_release("1", questions_per_rule=3)
    draft = editions.new_draft_from(release, "2", None)
    _question(draft, "support-1").delete()
    rule = draft.rules.get(key="proof")
    Question.objects.create(release=draft, rule=rule, key="proof-new", position=9)
    editions.move(_question(draft, "speed-1"), None, up=False)
    _set(_question(draft, "guidance-3"), rule=rule, position=10)
    found = {(d.kind, d.key) for d in _told_apart(draft, release)}
    assert found == {
        (ChangeKind.REMOVED, "support-1"),
        (ChangeKind.ADDED, "proof-new"),
        (ChangeKind.MOVED, "speed-2"),
        (ChangeKind.MOVED, "guidance-3"),
    }


# Order -----------------------------------------------------------------------------------------------------------
def test_a_question_moves_by_one_place_and_stops_at_the_ends(cast: Cast) -> None:
    draft = make_release(questions_per_rule=3, state=DRAFT)
    assert editions.move(_question(draft, "speed-3"), cast.editor, up=True)
    keys = list(draft.questions.filter(rule__key="speed").order_by("position").values_list("key", flat=True))
    assert keys == ["speed-1", "speed-3", "speed-2"]
    assert not editions.move(_question(draft, "speed-1"), cast.editor, up=True)
    assert not editions.move(_question(draft, "speed-2"), cast.editor, up=False)
    entry = AuditEntry.objects.get(verb="question.moved")
    assert (entry.before, entry.after) == ({"position": 3}, {"position": 2})


def test_a_question_of_a_published_edition_does_not_move() -> None:
    release = make_release()
    with pytest.raises(EditionError, match="never changes"):
        editions.move(_question(release), None, up=False)
