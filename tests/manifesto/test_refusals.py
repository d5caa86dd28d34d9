"""No route changes an edition that has left the draft: the database itself refuses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import immutable
from manifesto.models import Level, Question, Release, ReleaseState, Rule
from tests.factories import NOW, make_release

FINAL = "never changes"


def _published() -> Release:
    return make_release("1")


def _sql(statement: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _save(row: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def _bulk_update(model: Any, field: str, value: Any) -> None:
    rows = list(model.objects.all())
    for row in rows:
        setattr(row, field, value)
    model.objects.bulk_update(rows, [field])


CHANGES: dict[str, Callable[[Release], Any]] = {
    "release saved": lambda r: _save(r, met_threshold=80),
    "release title saved": lambda r: _save(r, title_fr="Autre"),
    "release update()": lambda r: Release.objects.filter(pk=r.pk).update(minimum_coverage=10),
    "release bulk_update": lambda r: _bulk_update(Release, "met_threshold", 90),
    "release back to draft": lambda r: Release.objects.filter(pk=r.pk).update(state=ReleaseState.DRAFT),
    "release by SQL": lambda r: _sql("UPDATE manifesto_release SET edition = 'x' WHERE id = %s", r.pk),
    "release note emptied by SQL": lambda r: _sql("UPDATE manifesto_release SET note_nl = NULL WHERE id = %s", r.pk),
    "release deleted": lambda r: r.delete(),
    "release queryset deleted": lambda r: Release.objects.all().delete(),
    "release deleted by SQL": lambda r: _sql("DELETE FROM manifesto_release WHERE id = %s", r.pk),
    "rule saved": lambda r: _save(r.rules.first(), name_en="Another"),
    "rule update()": lambda r: r.rules.update(promise_nl="Anders"),
    "rule bulk_update": lambda r: _bulk_update(Rule, "guidance_en", "Else"),
    "rule deleted": lambda r: r.rules.first().delete(),
    "rule added": lambda r: Rule.objects.create(release=r, key="extra", position=7),
    "rule by SQL": lambda r: _sql("UPDATE manifesto_rule SET name_en = 'x'"),
    "question saved": lambda r: _save(r.questions.first(), weight=3),
    "question update()": lambda r: r.questions.update(knockout=True),
    "question bulk_update": lambda r: _bulk_update(Question, "text_en", "Else"),
    "question deleted": lambda r: r.questions.first().delete(),
    "question queryset deleted": lambda r: r.questions.all().delete(),
    "question added": lambda r: Question.objects.create(release=r, rule=r.rules.first(), key="new", position=9),
    "question bulk_create": lambda r: Question.objects.bulk_create(
        [Question(release=r, rule=r.rules.first(), key="new", position=9)]
    ),
    "question by SQL": lambda r: _sql("UPDATE manifesto_question SET text_en = 'x'"),
    "question deleted by SQL": lambda r: _sql("DELETE FROM manifesto_question"),
    "level saved": lambda r: _save(Level.objects.first(), text_en="Else"),
    "level update()": lambda r: Level.objects.update(text_fr="Autre"),
    "level bulk_update": lambda r: _bulk_update(Level, "text_nl", "Anders"),
    "level deleted": lambda r: Level.objects.first().delete(),
    "level by SQL": lambda r: _sql("UPDATE manifesto_level SET text_en = NULL"),
    "level deleted by SQL": lambda r: _sql("DELETE FROM manifesto_level"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("route", CHANGES)
@pytest.mark.parametrize("state", [ReleaseState.PUBLISHED, ReleaseState.RETIRED])
def test_a_final_edition_refuses(route: str, state: str) -> None:
    release = make_release("1", questions_per_rule=1, state=ReleaseState(state))
    with pytest.raises(IntegrityError, match=FINAL), transaction.atomic():
        CHANGES[route](release)


@pytest.mark.django_db
@pytest.mark.parametrize("route", [name for name in CHANGES if name not in ("release back to draft",)])
def test_a_draft_accepts(route: str) -> None:
    release = make_release("1", questions_per_rule=1, state=ReleaseState.DRAFT)
    if route in ("release deleted by SQL", "question deleted by SQL"):
        Level.objects.all().delete()
    if route == "release deleted by SQL":
        Question.objects.all().delete()
        Rule.objects.all().delete()
    if route == "rule added":
        release.rules.get(position=7).delete()
    with transaction.atomic():
        CHANGES[route](release)
    assert not Release.objects.exclude(state=ReleaseState.DRAFT).exists()


@pytest.mark.django_db
def test_a_published_edition_may_retire_and_nothing_else_may_change_with_it() -> None:
    release = _published()
    with pytest.raises(IntegrityError, match=FINAL), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(state=ReleaseState.RETIRED, met_threshold=10)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.RETIRED, retired_at=NOW)
    release.refresh_from_db()
    assert release.state == ReleaseState.RETIRED


@pytest.mark.django_db
def test_a_retired_edition_does_not_come_back() -> None:
    release = make_release(state=ReleaseState.RETIRED)
    with pytest.raises(IntegrityError, match=FINAL), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(state=ReleaseState.PUBLISHED)


@pytest.mark.django_db
def test_a_question_of_a_draft_cannot_move_into_a_published_edition() -> None:
    published, draft = _published(), make_release("2", state=ReleaseState.DRAFT)
    question, rule = draft.questions.first(), published.rules.first()
    for fields in ({"rule": rule}, {"release": published}, {"rule": rule, "release": published}):
        with pytest.raises(IntegrityError, match=r"never changes|same edition"), transaction.atomic():
            Question.objects.filter(pk=question.pk).update(**fields, position=99)


@pytest.mark.django_db
def test_a_question_of_a_published_edition_cannot_move_into_a_draft() -> None:
    published, draft = _published(), make_release("2", state=ReleaseState.DRAFT)
    with pytest.raises(IntegrityError, match=FINAL), transaction.atomic():
        published.questions.filter(key="support-1").update(
            release=draft, rule=draft.rules.get(key="support"), key="stolen", position=99
        )


@pytest.mark.django_db
def test_a_question_hangs_on_a_rule_of_its_own_edition() -> None:
    first, second = (make_release(edition, state=ReleaseState.DRAFT) for edition in "12")
    with pytest.raises(IntegrityError, match="same edition"), transaction.atomic():
        Question.objects.create(release=first, rule=second.rules.first(), key="stray", position=9)


@pytest.mark.django_db
def test_a_level_of_a_draft_cannot_move_into_a_published_edition() -> None:
    published, draft = _published(), make_release("2", state=ReleaseState.DRAFT)
    level = Level.objects.filter(question__release=draft).first()
    with pytest.raises(IntegrityError, match=FINAL), transaction.atomic():
        Level.objects.filter(pk=level.pk).update(question=published.questions.first())


@pytest.mark.django_db
def test_a_published_edition_says_when() -> None:
    with pytest.raises(IntegrityError, match="release_published_has_date"), transaction.atomic():
        Release.objects.create(edition="x", state=ReleaseState.PUBLISHED)


@pytest.mark.django_db
def test_triggers_survive_being_installed_twice() -> None:
    immutable.install("manifesto")
    immutable.install("manifesto")
    release = _published()
    with pytest.raises(IntegrityError, match=FINAL), transaction.atomic():
        release.questions.update(weight=9)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_edit_that_waits_for_the_publishing_is_refused() -> None:
    """Two editors at once: what was checked at publishing is what is published."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: it cannot happen there")
    release = make_release(questions_per_rule=1, state=ReleaseState.DRAFT)
    outcome: list[str] = []

    def edit() -> None:
        try:
            release.questions.update(weight=9)
            outcome.append("changed")
        except IntegrityError:
            outcome.append("refused")
        finally:
            connection.close()

    with transaction.atomic():
        Release.objects.select_for_update().get(pk=release.pk)
        editor = threading.Thread(target=edit)
        editor.start()
        editor.join(timeout=1)
        assert outcome == []  # it waits
        Release.objects.filter(pk=release.pk).update(state=ReleaseState.PUBLISHED, published_at=NOW)
    editor.join(timeout=120)
    assert outcome == ["refused"]
