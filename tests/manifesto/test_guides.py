"""The pages beside the rules: whole in three languages, exchanged with the bank, and final once they are there."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import translation

from accounts.models import AuditEntry
from config.knowhow.rule_views import measures_of
from groundwork.languages import LANGUAGE_CODES
from manifesto import bank, editions, exchange, guides, workbook, yaml_files
from manifesto.bank import Bank, ChangeKind, Sheet
from manifesto.exchange import Format
from manifesto.models import RULE_KEYS, Release, ReleaseState, RuleGuide
from manifesto.overview import overview
from tests.factories import make_release

pytestmark = pytest.mark.django_db
HEARD, ANSWER = True, False
MARKS = {"en": "“”", "fr": "«»", "nl": "“”"}


@pytest.fixture
def draft() -> Release:
    release = make_release("9.1", state=ReleaseState.DRAFT)
    guides.add_shipped(release)
    return release


def of(edition: Bank, rule: str) -> bank.GuideEntry:
    found = next(entry.guide for entry in edition.rules if entry.key == rule)
    assert found is not None
    return found


# The shipped ones --------------------------------------------------------------------------------------------------
def test_every_rule_has_six_parts_in_three_languages() -> None:
    shipped = guides.shipped()
    assert tuple(shipped) == RULE_KEYS
    for key, entry in shipped.items():
        for language in LANGUAGE_CODES:
            texts = [getattr(entry, part)[language] for part in guides.PARTS]
            assert all(texts), (key, language)
            assert 330 <= sum(len(text.split()) for text in texts) <= 520, (key, language)


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_each_evasion_is_a_sentence_that_one_hears_and_what_to_answer(language: str) -> None:
    opens, closes = MARKS[language]
    for key, entry in guides.shipped().items():
        lines = entry.evasions[language].splitlines()
        kinds = [line.startswith(opens) and line.endswith(closes) for line in lines]
        assert kinds == [HEARD, ANSWER] * 4, (key, language)


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_the_part_on_measures_calls_one_as_the_product_does(language: str) -> None:
    def plain(text: str) -> str:
        return "".join(character for character in text if character.isalnum()).lower()

    with translation.override(language):
        for key, entry in guides.shipped().items():
            said = plain(entry.measure[language])
            assert any(plain(measure.label) in said for measure in measures_of(key)), (key, language)


def test_french_has_its_spaces_and_every_text_its_quotation_marks() -> None:
    for key, entry in guides.shipped().items():
        for part in guides.PARTS:
            french = getattr(entry, part)["fr"]
            assert not [mark for mark in (" :", " ;", " ?", " !", "« ", " »") if mark in french], (key, part)
            for language in LANGUAGE_CODES:
                text = getattr(entry, part)[language]
                assert not {'"', "'"} & set(text), (key, part, language)
                assert text.count(MARKS[language][0]) == text.count(MARKS[language][1]), (key, part, language)


# Which is shown -----------------------------------------------------------------------------------------------------
def test_an_edition_shows_its_own_page_in_the_language_of_the_reader(draft: Release) -> None:
    with translation.override("fr"):
        shown = guides.guide_of("proof", draft)
    assert shown is not None
    assert [part.key for part in shown.parts] == list(guides.PARTS)
    evasions = shown.parts[2].paragraphs
    assert [line.is_heard for line in evasions] == [HEARD, ANSWER] * 4
    assert evasions[0].text.startswith("« Cela ne s’est pas reproduit".replace("« ", "«\u00a0"))
    assert not any(line.is_heard for part in shown.parts if part.key != "evasions" for line in part.paragraphs)


def test_an_edition_without_pages_shows_the_nearest_later_one_else_the_nearest_earlier_one() -> None:
    first, second, third = (make_release(str(number), state=ReleaseState.DRAFT) for number in (1, 2, 3))
    unpublished = make_release("4", state=ReleaseState.DRAFT)
    for release in (second, third, unpublished):
        guides.add_shipped(release)
    for release in (first, second, third):
        editions.publish(release, None)
    last = make_release("5", state=ReleaseState.DRAFT)
    for release, expected in ((first, second), (second, second), (third, third), (last, third)):
        shown = guides.guide_of("speed", Release.objects.get(pk=release.pk))
        assert shown and shown.edition == expected


def test_without_any_page_nothing_is_shown() -> None:
    assert guides.guide_of("speed", make_release()) is None


# How editions get them ----------------------------------------------------------------------------------------------
def test_a_published_edition_gets_them_once_and_they_stay() -> None:
    release = make_release()
    assert guides.add_shipped(release)
    assert not guides.add_shipped(release)
    assert AuditEntry.objects.filter(verb="release.guided").count() == 1
    row = RuleGuide.objects.filter(rule__release=release)[0]
    for statement in ("UPDATE manifesto_ruleguide SET good_en = 'x' WHERE id = %s",
                      "DELETE FROM manifesto_ruleguide WHERE id = %s"):  # fmt: skip
        with pytest.raises(Exception, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [row.pk])
    with pytest.raises(Exception, match="never changes"), transaction.atomic():
        row.delete()


def test_those_of_a_draft_change_and_go_with_it(draft: Release) -> None:
    row = RuleGuide.objects.filter(rule__release=draft)[0]
    row.good_en = "Otherwise."
    row.save()
    draft.delete()
    assert not RuleGuide.objects.exists()


def test_loading_a_shipped_edition_brings_them_also_where_it_was_loaded_before() -> None:
    said = StringIO()
    call_command("load_bank", edition="2026.3", publish=True, stdout=said)
    assert RuleGuide.objects.count() == 7
    again = StringIO()
    call_command("load_bank", edition="2026.3", stdout=again)
    assert "added" in said.getvalue()
    assert "added" not in again.getvalue()
    assert "NOT changed" not in again.getvalue()
    assert editions.publishing_faults(editions.new_draft_from(Release.objects.get(), "2026.4", None)) == ()


def test_a_new_draft_takes_them_over(draft: Release) -> None:
    editions.publish(draft, None)
    copy = editions.new_draft_from(Release.objects.get(pk=draft.pk), "9.2", None)
    assert [rule.guide for rule in bank.read(copy).rules] == [rule.guide for rule in bank.read(draft).rules]
    assert editions.says_the_same(copy, draft)


# Publishing ---------------------------------------------------------------------------------------------------------
def test_a_missing_translation_keeps_the_edition_from_being_published(draft: Release) -> None:
    assert editions.publishing_faults(draft) == ()
    RuleGuide.objects.filter(rule__release=draft, rule__key="guidance").update(example_nl="")
    (fault,) = editions.publishing_faults(draft)
    assert (fault.rule, fault.field) == ("guidance", "guide-0-example_nl")
    assert "Dutch" in fault.message
    with pytest.raises(editions.NotPublishable):
        editions.publish(draft, None)
    lines = {line.key: line.missing for line in overview(draft)}
    assert lines["guidance"] == ("nl",)
    assert lines["speed"] == ()


def test_who_has_one_page_has_all_seven(draft: Release) -> None:
    RuleGuide.objects.filter(rule__release=draft).exclude(rule__key="speed").delete()
    faults = editions.publishing_faults(draft)
    assert len(faults) == 6 * len(guides.PARTS) * len(LANGUAGE_CODES)
    RuleGuide.objects.all().delete()
    assert editions.publishing_faults(Release.objects.get(pk=draft.pk)) == ()


# Exchange -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", Format)
def test_pages_survive_the_way_out_and_in_again(draft: Release, form: Format) -> None:
    content = exchange.export(draft, form)
    run = exchange.dry_run(content, f"bank.{form}", draft)
    assert run.is_empty
    assert run.bank == bank.read(draft)


def test_a_changed_page_is_one_changed_line(draft: Release) -> None:
    before = bank.read(draft)
    rules = tuple(
        replace(rule, guide=replace(of(before, "speed"), good=of(before, "speed").good | {"fr": "Autrement."}))
        if rule.key == "speed"
        else rule
        for rule in before.rules
    )
    content = yaml_files.write(replace(before, rules=rules))
    run = exchange.dry_run(content, "bank.yaml", draft)
    changed = [row for row in run.rows if row.kind != ChangeKind.UNCHANGED]
    assert [(row.sheet, row.key, row.kind) for row in changed] == [(Sheet.GUIDES, "speed", ChangeKind.CHANGED)]
    exchange.carry_out(exchange.reopened(exchange.ticket(run, draft), draft), draft, None)
    assert of(bank.read(draft), "speed").good["fr"] == "Autrement."
    assert of(bank.read(draft), "proof") == of(before, "proof")


def test_a_file_from_before_there_were_pages_leaves_them_as_they_are(draft: Release) -> None:
    before = bank.read(draft)
    without = replace(before, rules=tuple(replace(rule, guide=None) for rule in before.rules))
    old = workbook.write(without)
    run = exchange.dry_run(old, "bank.xlsx", draft)
    assert run.is_empty
    new = exchange.carry_out(exchange.dry_run(old, "bank.xlsx", None), None, None,
                             called=editions.Naming(edition="9.2", title=before.title, note=before.note))  # fmt: skip
    assert [rule.guide for rule in bank.read(new).rules] == [rule.guide for rule in before.rules]


def test_an_edition_without_pages_keeps_the_fingerprint_that_it_had() -> None:
    plain = bank.to_plain(bank.read(make_release()))
    assert "guide" not in plain["rules"][0]
    assert bank.from_plain(plain) == bank.read(Release.objects.get())


def test_an_unknown_part_is_a_fault() -> None:
    release = make_release(state=ReleaseState.DRAFT)
    guides.add_shipped(release)
    text = yaml_files.write(bank.read(release)).decode()
    run = exchange.dry_run(text.replace("        evasions:", "        evasion:", 1).encode(), "bank.yaml", release)
    assert "Nothing is known by this name" in run.rows[0].reason
