"""Each recipe of docs/recipes about results is run as it stands, as a program of its own, against a server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from accounts.models import AnsweredRequest
from accounts.operations import Scope
from reports.api.exports import READS
from reports.models import Export
from tests.conventions.test_house import ROOT
from tests.factories import Cast, make_token, make_vendor
from tests.reports import cards
from tests.reports.servers import unavailable

RECIPES = ROOT / "docs" / "recipes"


def run(recipe: str, *arguments: str, url: str, token: str) -> str:
    """What it prints. Fails with what it says where it does not end well."""
    interpreter = ["sh"] if recipe.endswith(".sh") else [sys.executable, "-I"]
    environment = {**os.environ, "MANIFESTO_URL": url, "MANIFESTO_TOKEN": token, "PYTHONIOENCODING": "utf-8"}
    command = [*interpreter, str(RECIPES / recipe), *arguments]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{recipe}: {done.stdout}{done.stderr}"
    return done.stdout


def test_each_recipe_does_what_it_says(cast: Cast, live_server: Any, settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    card = cards.approved(cast, grade=4, vendor=make_vendor(cast.organisation, "Lighthouse & <Sons>"))
    make_vendor(cast.organisation, "Never")
    exports = make_token(cast.reader, Scope.DOCUMENTS_WRITE, *READS)
    recipes = ["nightly_export.py", "nightly_export.sh"]
    if missing := [tool for tool in ("curl", "jq") if shutil.which(tool) is None]:
        if os.environ.get("TEST_STRICT") == "1":
            unavailable(f"Missing on PATH: {', '.join(missing)}.")
        recipes.pop()
    for recipe in recipes:
        folder = tmp_path / recipe
        folder.mkdir()
        AnsweredRequest.objects.all().delete()  # of the other, which asked with the key of the same day
        Export.objects.all().delete()
        assert "downloaded" in run(recipe, str(folder), url=live_server.url, token=exports)
        (file,) = folder.glob("*.json")
        assert card.assessment.reference in json.dumps(json.loads(file.read_text(encoding="utf-8")))
        assert "here already" in run(recipe, str(folder), url=live_server.url, token=exports)
        assert Export.objects.count() == 1  # the same one
    reads = {"url": live_server.url, "token": make_token(cast.reader, Scope.SCORECARDS_READ)}
    shown = run("wall_display.py", **reads).splitlines()
    assert shown[1:] == ["Lighthouse & <Sons>  ✓✓✓✓✓✓✓  7/7", "Never                         Not assessed yet"]
    page = tmp_path / "wall.html"
    run("wall_display.py", "--html", str(page), "--language", "nl", "--query", "state=recent", **reads)
    written = page.read_text(encoding="utf-8")
    assert "Lighthouse &amp; &lt;Sons&gt;" in written
    assert written.count('<abbr title="nageleefd">✓</abbr>') == 7
    assert "Never" not in written
    before = page.stat().st_mtime_ns
    run("wall_display.py", "--html", str(page), "--language", "nl", "--query", "state=recent", **reads)
    assert page.stat().st_mtime_ns == before  # nothing changed, nothing is written


@pytest.mark.parametrize("recipe", ["nightly_export.sh", "nightly_export.py", "wall_display.py"])
def test_the_guide_names_each_recipe_and_the_scope_that_it_says(recipe: str) -> None:
    guide = (ROOT / "docs" / "guide-api.md").read_text(encoding="utf-8")
    assert f"recipes/{recipe}" in guide
    scope = re.search(r"needs the scope ([\w:]+)", (RECIPES / recipe).read_text(encoding="utf-8"))
    assert scope is not None
    assert scope[1] in list(Scope)
