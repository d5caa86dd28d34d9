"""`load_bank`: idempotent, careful with what is published, and clear about what it did and what is wrong."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from manifesto import bank, editions, yaml_files
from manifesto.models import Level, Question, Release, ReleaseState

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(yaml_files.SHIPPED / "2026.1", tmp_path / "bank"))


def load(folder: Path, *arguments: str) -> str:
    said = StringIO()
    call_command("load_bank", *arguments, folder=folder, stdout=said)
    return said.getvalue()


def _edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_it_creates_a_draft_that_equals_the_files(folder: Path) -> None:
    assert "created as a draft, 7 rules and 22 questions" in load(folder)
    release = Release.objects.get()
    assert release.state == ReleaseState.DRAFT
    assert bank.read(release) == yaml_files.read_folder(folder)
    assert Level.objects.count() == 110


def test_a_second_run_changes_nothing_and_says_so(folder: Path) -> None:
    load(folder)
    entries = AuditEntry.objects.count()
    assert "up to date, nothing to do" in load(folder)
    assert (Question.objects.count(), AuditEntry.objects.count()) == (22, entries)


def test_it_publishes_when_asked_once(folder: Path) -> None:
    assert "2026.1: published." in load(folder, "--publish")
    assert "already published, nothing to do" in load(folder, "--publish")
    assert Release.objects.get().state == ReleaseState.PUBLISHED


def test_it_brings_a_draft_up_to_date_line_by_line(folder: Path) -> None:
    load(folder)
    _edit(folder, "structure.yaml", 'key: speed-help, weight: "0.5"', 'key: speed-help, weight: "0.75"')
    _edit(folder, "en.yaml", "Ownership across technologies", "Ownership across parties")
    said = load(folder)
    assert "2 lines of the bank differ" in said
    assert "questions support-ownership: changed (short en)" in said
    assert "questions speed-help: changed (weight)" in said
    assert Question.objects.get(key="support-ownership").short_en == "Ownership across parties"


def test_it_never_touches_a_published_edition(folder: Path) -> None:
    load(folder, "--publish")
    before = bank.read(Release.objects.get())
    _edit(folder, "en.yaml", "Ownership across technologies", "Ownership across parties")
    said = load(folder, "--publish")
    assert "already published, nothing to do" in said
    assert "NOT changed" in said
    assert "new edition" in said
    assert bank.read(Release.objects.get()) == before


def test_it_refuses_to_publish_what_is_incomplete_and_changes_nothing(folder: Path) -> None:
    _edit(folder, "nl.yaml", "short:", "short: ''\n        why: >-\n          x\n        _:")
    with pytest.raises(CommandError):
        load(folder, "--publish")
    assert not Release.objects.exists()


def test_a_missing_text_makes_a_draft_but_no_edition(folder: Path) -> None:
    text = (folder / "fr.yaml").read_text()
    start = text.index("        short:")
    (folder / "fr.yaml").write_text(text[:start] + text[text.index("\n", start) + 1 :])
    with pytest.raises(CommandError, match="Write “Label” in French"):
        load(folder, "--publish")
    assert "created as a draft" in load(folder)


# The shipped editions ----------------------------------------------------------------------------------------------
def load_shipped(*arguments: str) -> str:
    said = StringIO()
    call_command("load_bank", *arguments, stdout=said)
    return said.getvalue()


def _states() -> dict[str, str]:
    return dict(Release.objects.values_list("edition", "state"))


def test_shipped_editions_are_read_in_the_order_of_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("2026.10", "2026.2", "2025.9"):
        shutil.copytree(yaml_files.SHIPPED / "2026.1", tmp_path / name)
    monkeypatch.setattr(yaml_files, "SHIPPED", tmp_path)
    assert [folder.name for folder in yaml_files.shipped_editions()] == ["2025.9", "2026.2", "2026.10"]


def test_a_new_installation_has_the_newest_edition_in_force_and_the_earlier_one_there() -> None:
    load_shipped("--publish")
    assert _states() == {"2026.1": "published", "2026.2": "published", "2026.3": "published"}
    assert str(Release.objects.current()) == "2026.3"


def test_an_installation_of_the_last_version_gets_the_new_edition_as_a_draft_that_nobody_is_bound_to() -> None:
    load_shipped("--edition", "2026.1", "--publish")
    said = load_shipped("--publish")
    assert "2026.1: there already (published), nothing to do." in said
    assert "2026.2: not in force. Compare and publish it in the admin" in said
    assert _states() == {"2026.1": "published", "2026.2": "draft", "2026.3": "draft"}
    assert str(Release.objects.current()) == "2026.1"
    assert editions.publishing_faults(Release.objects.get(edition="2026.2")) == ()
    assert editions.publishing_faults(Release.objects.get(edition="2026.3")) == ()


def test_a_shipped_draft_that_editors_changed_stays_theirs_until_it_is_asked_for_by_name() -> None:
    load_shipped("--edition", "2026.1", "--publish")
    load_shipped("--publish")
    Question.objects.filter(release__edition="2026.2", key="speed-help").update(short_en="Our own words")
    assert "2026.2: there already (draft), nothing to do." in load_shipped("--publish")
    assert Question.objects.filter(short_en="Our own words").exists()
    assert "questions speed-help: changed (short en)" in load_shipped("--edition", "2026.2", "--publish")
    assert not Question.objects.filter(short_en="Our own words").exists()
    assert str(Release.objects.current()) == "2026.2"


def test_who_retired_an_edition_does_not_get_one_in_force_in_silence() -> None:
    load_shipped("--edition", "2026.1", "--publish")
    editions.retire(Release.objects.get(), None)
    load_shipped("--publish")
    assert _states() == {"2026.1": "retired", "2026.2": "draft", "2026.3": "draft"}


MALFORMED = {
    "no YAML": ("en.yaml", "language: en", "language: [en", r"en\.yaml, line \d+: This is not YAML"),
    "not the language": ("en.yaml", "language: en", "language: fr", r"en\.yaml, line 1, language: The language “en”"),
    "unknown rule": ("en.yaml", "  support:", "  suport:", r"en\.yaml, line \d+, rules\.suport: This key is not in"),
    "unknown field": ("fr.yaml", "    promise:", "    promesse:", r"rules\.support\.promesse: Nothing is known"),
    "a list for a text": (
        "en.yaml",
        'short: "Ownership across technologies"',
        "short: [a, b]",
        r"en\.yaml, line \d+, rules\.support\.questions\.support-ownership\.short: A text is expected",
    ),
    "yes for a text": (
        "en.yaml",
        'short: "Ownership across technologies"',
        "short: yes",
        r"support-ownership\.short: A text is expected here: put it in quotes",
    ),
    "a label too long": (
        "en.yaml",
        "Ownership across technologies",
        "Ownership " * 10,
        r"support-ownership\.short: Characters in the text: 99; at most 60",
    ),
    "a weight of zero": (
        "structure.yaml",
        'key: speed-help, weight: "0.5"',
        'key: speed-help, weight: "0"',
        r"structure\.yaml, line \d+, rules\[4\]\.questions\[3\]\.weight: A weight above 0",
    ),
    "a key twice": ("structure.yaml", "key: speed-help", "key: speed-review", r"stands there twice"),
    "another schema": ("structure.yaml", "schema: 1", "schema: 2", r"structure\.yaml, line 1, schema: Schema 1"),
    "thresholds upside down": (
        "structure.yaml",
        "broken_threshold: 50",
        "broken_threshold: 90",
        r"policy\.broken_threshold: “Broken below” must be lower",
    ),
    "an alias": ("en.yaml", "language: en", "language: &a en\nagain: *a", r"aliases are not accepted"),
    "a field twice": ("en.yaml", "language: en", "language: en\nlanguage: en", r"line 2: .*“language” stands there"),
    "no edition": ("structure.yaml", 'edition: "2026.1"', 'edition: ""', r"line 2, edition: The name of the edition"),
    "unknown fact": ("structure.yaml", "fact: percentage", "fact: share", r"\.fact: One of these is expected"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_refused_with_file_path_and_reason(name: str, folder: Path) -> None:
    file, old, new, expected = MALFORMED[name]
    _edit(folder, file, old, new)
    with pytest.raises(CommandError, match=expected):
        load(folder)
    assert not Release.objects.exists()


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "nl.yaml").unlink()
    with pytest.raises(CommandError, match=r"nl\.yaml: The file is missing"):
        load(folder)


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    (folder / "fr.yaml").write_bytes("language: é".encode("latin-1"))
    with pytest.raises(CommandError, match=r"fr\.yaml: The file is not written in UTF-8"):
        load(folder)
