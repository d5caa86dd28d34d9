"""What each app tells the trail about itself, held against the code that records and the rows that are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext

from accounts import vocabulary
from accounts.models import AuditEntry, Organisation
from accounts.trail import audit
from accounts.trail import reading as trail
from accounts.vocabulary import TrailSubject, Verb, Vocabulary
from assessments.hub import history
from assessments.models import Answer, Assessment
from config.messages import LANGUAGES, read_catalogue
from tests.accounts.recorded_verbs import Reading
from tests.factories import Cast, make_assessment

SignedIn = Callable[..., Client]
APPS = ("accounts", "manifesto", "vendors", "assessments", "reports", "config")
DOTTED = re.compile(r"[a-z_]+\.[a-z_]+")


def _sources() -> Iterator[tuple[str, str]]:
    root = Path(settings.BASE_DIR)
    for path in (path for app in APPS for path in (root / app).rglob("*.py") if "migrations" not in path.parts):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        yield name, path.read_text(encoding="utf-8")


@cache
def _reading() -> Reading:
    return Reading(dict(_sources()))


def _of(app: str) -> Vocabulary:
    return import_module(f"{app}.trail_words").VOCABULARY


def _named_in(app: str, reading: Reading) -> set[str]:
    return {verb for verb, modules in reading.verbs.items() if any(one.startswith(f"{app}.") for one in modules)}


def _written_by_migrations(app: str) -> set[str]:
    """A migration knows no recorder: it writes the entry itself."""
    paths = (Path(settings.BASE_DIR) / app / "migrations").glob("*.py")
    return {verb for path in paths for verb in re.findall(r'verb="([a-z_.]+)"', path.read_text(encoding="utf-8"))}


# The code ---------------------------------------------------------------------------------------------------------
def test_the_reading_finds_every_way_in_which_a_verb_is_handed_over() -> None:
    code = """
from accounts.trail import audit
from accounts.trail.audit import record
def plain(row): audit.record(None, "plain.made", row)
def chosen(row, new): audit.entry(None, "chosen.added" if new else "chosen.changed", row)
def kept(row):
    verb, other = "kept.made", 1
    audit.record(None, verb, row)
def handed(row): _move(row, "handed.opened"); _move(row, verb="handed.closed")
def _move(row, verb): audit.record(None, verb, row)
def unpacked(row):
    verbs = ("unpacked.sent", "unpacked.refused")
    _two(row, *verbs)
def _two(row, sent, refused, *, well=True): audit.record(None, sent if well else refused, row)
def composed(row): audit.record(None, f"{row}.made", row)
class Life:
    def end(self, row): audit.record(None, f"{self.verb}.ended", row)
    def begin(self, row): audit.record(None, f"{self.other}.begun", row)
"""
    reading = Reading(
        {
            "shop.orders": code,
            "shop.desk": "from shop import orders\ndef sell(row): orders._move(row, 'handed.sold')",
            "shop.lives": "from shop.orders import Life\nLIFE = Life(verb='lived')",
        }
    )

    assert set(reading.verbs) == {
        *("plain.made", "chosen.added", "chosen.changed", "kept.made", "handed.opened", "handed.closed", "handed.sold"),
        *("unpacked.sent", "unpacked.refused", "lived.ended"),
    }
    assert reading.verbs["lived.ended"] == {"shop.lives"}
    assert reading.verbs["handed.sold"] == {"shop.desk"}
    assert reading.unread == {"shop.orders.composed", "shop.orders.begin"}


def test_every_verb_can_be_read_from_the_code() -> None:
    assert _reading().unread == set()
    assert [
        name for name, code in _sources() if re.search(r"from accounts\.trail\.audit import .*\b(record|entry)\b", code)
    ] == []


@pytest.mark.parametrize("app", APPS[:-1])
def test_each_app_tells_in_words_the_verbs_that_it_records_and_no_others(app: str) -> None:
    recorded = _named_in(app, _reading()) | _written_by_migrations(app)

    assert recorded
    assert recorded ^ _of(app).verbs.keys() == set()


def test_a_verb_without_words_and_words_without_a_verb_are_caught() -> None:
    code = "from accounts.trail import audit\ndef close(row): audit.record(None, 'ward.closed', row)"
    reading = Reading({"accounts.wards": code})

    assert "ward.closed" in _named_in("accounts", reading) - _of("accounts").verbs.keys()
    assert "organisation.added" in _of("accounts").verbs.keys() - _named_in("accounts", reading)


def test_every_verb_is_spelled_in_dots() -> None:
    verbs = {verb for app in APPS[:-1] for verb in _of(app).verbs}

    assert len(verbs) > 100
    assert {verb for verb in verbs if not DOTTED.fullmatch(verb)} == set()
    assert set(vocabulary.FORMER.values()) <= verbs
    assert not vocabulary.FORMER.keys() & verbs


def _phrases() -> set[str]:
    with translation.override("en"):
        words = [word for verb in vocabulary.VERBS.values() for word in (verb.title, verb.told) if word]
        return {str(word) for word in (*words, *vocabulary.NAMES.values()) if isinstance(word, Promise)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_translated(language: str) -> None:
    said = {message.id: message.string for message in read_catalogue(Path(settings.BASE_DIR), language) if message.id}

    assert len(_phrases()) > 150
    with translation.override(language):  # Django itself has words for the days of the week
        assert {phrase for phrase in _phrases() if not said.get(phrase) and gettext(phrase) == phrase} == set()


def test_every_verb_is_told_in_a_sentence_too() -> None:
    assert [name for name, verb in vocabulary.VERBS.items() if not verb.told] == []


# What is recorded about -------------------------------------------------------------------------------------------
def test_words_are_registered_once() -> None:
    with pytest.raises(ValueError, match=r"member\.joined"):
        vocabulary.register(Vocabulary(verbs={"member.joined": Verb(title="Joined")}))
    with pytest.raises(ValueError, match=r"accounts\.organisation"):
        vocabulary.register(Vocabulary(kinds={Organisation: TrailSubject()}))


def test_what_no_app_has_registered_is_not_recorded(cast: Cast) -> None:
    with pytest.raises(LookupError, match="AuditEntry"):
        audit.entry(None, "entry.made", AuditEntry())


def test_the_page_of_every_kind_exists() -> None:
    routes = {name: kind.route for name, kind in vocabulary.KINDS.items() if kind.route}

    assert len(routes) > 5
    for route in routes.values():
        assert reverse(route, args=[1])


def test_every_field_with_words_of_its_own_exists() -> None:
    for name, kind in vocabulary.KINDS.items():
        fields = {field.name for field in apps.get_model(name)._meta.get_fields()}
        assert kind.codes.keys() <= fields | vocabulary.NAMES.keys()


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.assessor)


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    return Answer.objects.filter(response__assessment=assessment)[0]


def test_an_answer_s_entry_belongs_to_its_assessment_and_its_organisation(answer: Answer, cast: Cast) -> None:
    entry = audit.entry(None, "answer.changed", answer)

    assert entry.organisation_id == cast.organisation.pk
    assert (entry.subject_type, entry.subject_id) == (
        "assessments.assessment",
        str(answer.response.assessment_id),
    )
    assert entry.object_label == str(answer.question)


def test_an_edition_s_entry_belongs_to_no_organisation(answer: Answer) -> None:
    entry = audit.entry(None, "question.changed", answer.question)

    assert entry.organisation_id is None
    assert (entry.subject_type, entry.subject_id) == ("manifesto.release", str(answer.question.release_id))


# Kept in an earlier spelling --------------------------------------------------------------------------------------
WORDS = {  # earlier spelling → what was said of it in the trail and in the history, and is said still
    "answer_changed": {
        "en": ("Answer changed", "changed an answer"),
        "fr": ("Réponse modifiée", "a modifié une réponse"),
        "nl": ("Antwoord gewijzigd", "heeft een antwoord gewijzigd"),
    },
    "evidence_added": {
        "en": ("Evidence added", "added evidence"),
        "fr": ("Pièce justificative ajoutée", "a ajouté une pièce justificative"),
        "nl": ("Bewijsstuk toegevoegd", "heeft een bewijsstuk toegevoegd"),
    },
    "evidence_deleted": {
        "en": ("Evidence removed", "removed evidence"),
        "fr": ("Pièce justificative retirée", "a retiré une pièce justificative"),
        "nl": ("Bewijsstuk verwijderd", "heeft een bewijsstuk verwijderd"),
    },
    "scorecard_made": {
        "en": ("Scorecard made", "made the scorecard"),
        "fr": ("Fiche d’évaluation établie", "a établi la fiche d’évaluation"),
        "nl": ("Scorekaart gemaakt", "heeft de scorekaart gemaakt"),
    },
}


@pytest.fixture(params=WORDS)
def old(request: pytest.FixtureRequest, assessment: Assessment, cast: Cast) -> AuditEntry:
    """An entry as an earlier version has written it."""
    return AuditEntry.objects.create(
        organisation=cast.organisation,
        actor=cast.assessor.user,
        actor_label="Assessor <assessor@example.org>",
        verb=request.param,
        object_type="assessments.assessment",
        object_id=str(assessment.pk),
        object_label="The one from before",
        subject_type="assessments.assessment",
        subject_id=str(assessment.pk),
        at=timezone.now(),
    )


def test_every_earlier_spelling_is_tried_here() -> None:
    assert vocabulary.FORMER.keys() == WORDS.keys()


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_an_entry_in_an_earlier_spelling_reads_as_it_did(old: AuditEntry, language: str) -> None:
    with translation.override(language):
        (line,), (told,) = trail.lines([old]), history.history_lines([old])

    assert (line.verb, told.what) == WORDS[old.verb][language]


def test_an_entry_in_an_earlier_spelling_stands_in_the_history(
    old: AuditEntry, assessment: Assessment, cast: Cast, signed_in: SignedIn
) -> None:
    page = signed_in(cast.assessor).get(reverse("assessment_history", args=[assessment.pk]))

    assert [row.whole.what for row in page.context["rows"]] == [WORDS[old.verb]["en"][1]]


def test_one_verb_finds_both_spellings(old: AuditEntry, assessment: Assessment, cast: Cast) -> None:
    verb = vocabulary.todays_spelling(old.verb)
    audit.record(cast.assessor.user, verb, assessment)
    audit.record(cast.assessor.user, "assessment.created", assessment)

    for spelling in (verb, old.verb):
        assert AuditEntry.objects.of_verb(spelling).count() == 2


@pytest.mark.parametrize("query", [{"verb": "{new}"}, {"verb": "{old}"}, {"q": "{new}"}, {"q": "{old} assessor"}])
def test_the_admin_finds_both_spellings(
    old: AuditEntry, assessment: Assessment, cast: Cast, signed_in: SignedIn, query: dict[str, str]
) -> None:
    verb = vocabulary.todays_spelling(old.verb)
    audit.record(cast.assessor.user, verb, assessment)
    audit.record(cast.assessor.user, "assessment.created", assessment)
    asked = {name: value.format(new=verb, old=old.verb) for name, value in query.items()}

    page = signed_in(cast.editor).get(reverse("admin:accounts_auditentry_changelist"), asked)

    assert {entry.verb for entry in page.context["cl"].result_list} == {verb, old.verb}


def test_the_admin_offers_each_verb_once_in_words(
    old: AuditEntry, assessment: Assessment, cast: Cast, signed_in: SignedIn
) -> None:
    verb = vocabulary.todays_spelling(old.verb)
    audit.record(cast.assessor.user, verb, assessment)

    page = signed_in(cast.editor).get(reverse("admin:accounts_auditentry_changelist"))

    filters = {spec.parameter_name: spec for spec in page.context["cl"].filter_specs if hasattr(spec, "parameter_name")}
    assert filters["verb"].lookup_choices == [(verb, WORDS[old.verb]["en"][0])]
