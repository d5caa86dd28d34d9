"""Looks at a migrated installation as its people and workers do, and prints what it saw as JSON.

A process of its own, since the installation is a file of SQLite whatever database the tests run on. Work is done by the
names that tasks have in flight, pages are asked for by the names of their routes: both outlive the modules behind them.
"""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  the settings must be ready
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.chain import trail_days, verification  # noqa: E402
from accounts.models import AuditEntry, Membership  # noqa: E402
from accounts.sending import mark  # noqa: E402
from config.celery import app  # noqa: E402
from manifesto.models import Release  # noqa: E402
from reports.models import Rendering, Scorecard  # noqa: E402
from vendors.models import Incident, IncidentImport, Vendor  # noqa: E402

setup_test_environment()  # the host of the test client is allowed
app.loader.import_default_modules()  # tasks are found by the names they have in flight

LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
PLANTED = "planted.verb"
ADMIN, ASSESSOR, READER = "admin", "assessor", "reader"


def look() -> dict[str, Any]:
    made = json.loads((Path(os.environ["DATA_DIR"]) / "made.json").read_text(encoding="utf-8"))
    return {
        "documents": documents(made),
        "imports": imports(made),
        "scores": {card.number: recomputed(card) for card in Scorecard.objects.order_by("pk")},
        "chain": chain(),
        "links": {name: Client().get(reverse(route, args=[made[name]])).status_code for name, route in LINKS.items()},
        "pages": {f"{path} {language}": page(path, language).status_code for path in paths() for language in LANGUAGES},
        "editions": editions(),
        "words": sorted({word for language in LANGUAGES for word in verbs_shown(language)}),
    }


def editions() -> dict[str, Any]:
    """As compose starts an installation: what the bank holds then, and what a new assessment would rest on."""
    call_command("load_bank", publish=True, verbosity=0, stdout=StringIO())
    return {**dict(Release.objects.values_list("edition", "state")), "in force": str(Release.objects.current())}


def chain() -> dict[str, int]:
    """How many of what are sealed once two days have passed, and everything fits."""
    trail_days.seal_finished(timezone.now() + timedelta(days=2))
    return dict(verification.verify().counts)


LINKS = {"invitation": "invitation_accept", "pulse": "pulse_answer", "vendor_link": "vendor_link"}


def documents(made: dict[str, Any]) -> dict[str, list[str]]:
    """State and first bytes of the wish that waited and of the one whose worker had died."""
    app.tasks["reports.tasks.sweep_renderings"]()
    seen = {}
    for name in ("rendering", "abandoned_rendering"):
        app.tasks["reports.tasks.render_scorecard"](made[name])
        row = Rendering.objects.get(pk=made[name])
        seen[name] = [row.state, bytes(row.document.content)[:5].decode() if row.state == "ready" else ""]
    return seen


def imports(made: dict[str, Any]) -> dict[str, Any]:
    """One that waited for a worker is written, one that was done can still be taken back."""
    before = Incident.objects.count()
    app.tasks["vendors.tasks.work_on_import"](made["import"])
    written = Incident.objects.count() - before
    undo = reverse("incident_import_undo", args=[made["undoable_import"]])
    assert member(ASSESSOR).post(undo, {mark.FIELD: "end"}).status_code == 302
    app.tasks["vendors.tasks.work_on_import"](made["undoable_import"])
    states = dict(IncidentImport.objects.values_list("pk", "state"))
    gone = before + written - Incident.objects.count()
    return {"states": [states[made["import"]], states[made["undoable_import"]]], "written": written, "gone": gone}


def recomputed(card: Scorecard) -> bool:
    """Whether this version's arithmetic, given the answers in the snapshot, comes to the numbers in it."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        call_command("score", str(card.assessment_id), "--json", stdout=nowhere)  # raises where they differ
    return True


@cache
def member(role: str) -> Client:
    """A signed-in member of that role in the organisation that has the scorecards."""
    client = Client()
    organisation = Scorecard.objects.order_by("pk")[0].assessment.organisation_id
    client.force_login(Membership.objects.filter(role=role, organisation=organisation)[0].user)
    return client


def paths() -> list[str]:
    organisation = Scorecard.objects.order_by("pk")[0].assessment.organisation_id
    vendor = Vendor.objects.filter(organisation=organisation).order_by("pk")[0].pk
    pages = [reverse(name) for name in ("work", "vendor_list", "assessment_list", "incident_list", "feedback_list")]
    pages += [reverse(name, args=[vendor]) for name in ("vendor_detail", "vendor_measures", "vendor_quadrant")]
    return [*pages, *(reverse("scorecard_detail", args=[card.pk]) for card in Scorecard.objects.all())]


def page(path: str, language: str, role: str = READER) -> Any:
    client = member(role)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.get(path)
    assert answer.status_code != 200 or f'<html lang="{language}"' in answer.content.decode(), (path, language)
    return answer


def verbs_shown(language: str) -> set[str]:
    """Stored spellings that the trail shows as they are, where words should stand; empty when it knows them all."""
    plant_a_verb_without_words()
    stored = set(AuditEntry.objects.values_list("verb", flat=True))
    shown: set[str] = set()
    for number in range(1, 1 + AuditEntry.objects.count() // 25):
        answer = page(f"{reverse('audit_list')}?page={number}", language, ADMIN)
        assert answer.status_code == 200
        text = re.sub(r"<[^>]+>", " ", answer.content.decode())
        shown |= {verb for verb in stored if re.search(rf"(?<![\w.@]){re.escape(verb)}(?![\w.])", text)}
    return shown


def plant_a_verb_without_words() -> None:
    """What the look for words has to find, and nothing else."""
    organisation = Scorecard.objects.order_by("pk")[0].assessment.organisation_id
    about = {"object_type": "vendors.vendor", "object_id": "1", "object_label": "Planted", "at": timezone.now()}
    AuditEntry.objects.create(organisation_id=organisation, actor_label="Planted", verb=PLANTED, **about)


if __name__ == "__main__":
    print(json.dumps(look()))
