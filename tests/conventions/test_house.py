"""The house rules that a machine can hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from config.messages import KEYWORDS

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "groundwork", "accounts", "manifesto", "vendors", "assessments", "reports")
VAGUE_NAMES = {"utils", "util", "helpers", "common", "services", "misc"}
DJANGO_DECIDES = {"save_model", "save_related", "save_formset"}  # the admin hands `change` by position
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md"]


def modules() -> Iterator[Path]:
    for app in APPS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def test_every_setting_of_the_environment_is_listed_in_the_example() -> None:
    code = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z][A-Z0-9_]*)"', code))
    listed = set(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    of_bin_run = {"HOST", "PORT"}
    assert read
    assert listed - of_bin_run == read


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [name for name in re.findall(r"(?<!venv/)\bbin/(\w+)", text) if not (ROOT / "bin" / name).is_file()]
    missing += [name for name in re.findall(r"bin/manage ([a-z_]+)", text) if name not in get_commands()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_every_setting_that_operations_explains_exists() -> None:
    explained = set(
        re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z]+)+)`", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))
    )
    listed = set(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    of_bin_run = {"VENV_DIR"}
    assert len(explained) > 10
    assert explained - listed - of_bin_run == set()


def test_operations_tells_what_each_task_of_the_clock_does() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    tasks = [entry["task"].rpartition(".")[2] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert tasks
    assert [task for task in tasks if f"| `{task}` |" not in text] == []


def test_operations_names_every_command_of_ours() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    ours = [name for name, app in get_commands().items() if app in APPS]
    of_the_scripts = {"build_fonts", "set_up"}  # which bin/run and the image call
    assert len(ours) > 5
    assert [name for name in ours if name not in of_the_scripts and f"bin/manage {name}" not in text] == []


def test_decisions_are_numbered_in_turn_and_listed() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:2]) for path in decisions] == list(range(1, len(decisions) + 1))
    titles = [path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for path in decisions]
    links = [
        f"{number}. [{title}](decisions/{path.name})"
        for number, (title, path) in enumerate(zip(titles, decisions, strict=True), 1)
    ]
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [link for link in links if f"{link}\n" not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_part_of_a_document_finds_it(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", document.read_text(encoding="utf-8"))
    targets = [((document.parent / name) if name else document, part) for name, part in links]
    assert [f"{path.name}#{part}" for path, part in targets if part not in parts_of(path)] == []


def parts_of(document: Path) -> set[str]:
    """The anchors of its headings, as the site that shows them makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in modules() if path.stem in VAGUE_NAMES] == []


def test_boolean_arguments_are_keyword_only() -> None:
    wrong = [found for path in modules() for found in positional_booleans(path.read_text(encoding="utf-8"), path.name)]
    assert wrong == []


def positional_booleans(code: str, name: str) -> list[str]:
    """Functions whose positional arguments are annotated or defaulted as booleans."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.FunctionDef) or node.name in DJANGO_DECIDES:
            continue
        for argument in [*node.args.posonlyargs, *node.args.args]:
            if isinstance(argument.annotation, ast.Name) and argument.annotation.id == "bool":
                found.append(f"{name}: {node.name}({argument.arg})")
    return found


def test_a_positional_boolean_is_caught() -> None:
    assert positional_booleans("def show(all: bool): ...", "planted.py") == ["planted.py: show(all)"]
    assert positional_booleans("def show(*, all: bool): ...", "planted.py") == []


def texts_in_f_strings(code: str, name: str) -> list[str]:
    """Calls of gettext inside an f-string: before Python 3.12 no extraction finds them, so nobody translates them."""
    return [
        f"{name}:{inner.lineno}"
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and ast.unparse(inner.func).rpartition(".")[2] in KEYWORDS
    ]


def test_no_text_hides_from_translation_in_an_f_string() -> None:
    assert [found for path in modules() for found in texts_in_f_strings(path.read_text("utf-8"), str(path))] == []


@pytest.mark.parametrize("planted", ["f\"{_('Thanks')}\"", "f\"{count} {translation.ngettext('a', 'b', count):>9}\""])
def test_a_text_in_an_f_string_is_caught(planted: str) -> None:
    assert texts_in_f_strings(planted, "planted.py") == ["planted.py:1"]
    assert texts_in_f_strings('_("Thanks") + f"{name}"', "planted.py") == []


def our_routes(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from our_routes(pattern.url_patterns)
        elif pattern.callback.__module__.split(".")[0] in APPS:
            yield pattern


def test_view_and_route_share_one_name() -> None:
    routes = [route for route in our_routes(get_resolver().url_patterns) if ".admin" not in route.callback.__module__]
    assert len(routes) > 40
    assert [route.name for route in routes if route.name != route.callback.__name__] == []


def test_requirements_are_pinned_with_hashes_and_name_no_host() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        packages = re.findall(r"^[a-z0-9][^\n]*", text, re.MULTILINE)
        assert packages
        assert [line for line in packages if "==" not in line] == []
        assert text.count("--hash=sha256:") >= len(packages)
        assert "://" not in text


def test_no_lock_that_names_hosts_is_kept() -> None:
    assert not (ROOT / "uv.lock").exists()


MARKS_AS_SAFE = re.compile(r"\b(mark_safe|SafeString)\(|\|safe\b|autoescape off")


def test_nothing_but_our_own_figures_is_marked_as_safe() -> None:
    files = [*modules(), *(ROOT / "templates").rglob("*.html")]
    marked = {str(path.relative_to(ROOT)) for path in files if MARKS_AS_SAFE.search(path.read_text(encoding="utf-8"))}
    # SVG that our charts wrote: every text in it is escaped there, which their tests show.
    assert marked <= {"config/templatetags/frame.py", "reports/templatetags/figures.py"}


def test_marking_data_as_safe_is_caught() -> None:
    for planted in ("mark_safe(answer.comment)", "{{ answer.comment|safe }}", "{% autoescape off %}"):
        assert MARKS_AS_SAFE.search(planted)
