"""Real workers: a busy one is alive, a dead one is not, and no queue waits for another."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from assessments.models import Digest, DigestState
from assessments.schedule.digest import DIGESTS
from config.health import heard_lately
from reports.documents.job import request_rendering
from reports.models import Rendering, Scorecard, WorkerHeartbeat
from tests.factories import make_assessment, make_member
from tests.reports.renderings import make_scorecard
from tests.reports.servers import wait_until
from tests.reports.workers import Workshop
from tests.vendors.incident_import.files import options_for
from vendors.incident_import import files, job
from vendors.models import ImportState, IncidentImport

pytestmark = pytest.mark.django_db(transaction=True)
EVERYBODY = {"documents", "batches", "imports", "mails", "webhooks", "housekeeping", "clock"}


@pytest.fixture
def scorecards(workshop: Workshop) -> list[Scorecard]:
    home = Organisation.objects.create(name="Harbour Hospital", slug="harbour")
    owner = make_member(home, "assessor", Role.ASSESSOR)
    return [make_scorecard(owner, number=f"S-2026-00{number}", vendor=f"V{number}") for number in (1, 2)]


def heard() -> set[str]:
    return heard_lately(timezone.now())


def test_a_worker_with_all_hands_busy_is_heard_and_a_dead_one_is_not(
    workshop: Workshop, scorecards: list[Scorecard]
) -> None:
    workshop.settings["HEARTBEAT_EVERY"] = "0.2"
    workshop.hold()
    worker = workshop.start_workers()[0]
    for scorecard in scorecards:
        for language in ("en", "fr", "nl"):
            request_rendering(scorecard, language=language, requested_by=None)
    wait_until(lambda: len(workshop.executions()) == 2, "all hands are busy", report=workshop.report)
    WorkerHeartbeat.objects.all().delete()
    wait_until(lambda: heard() == EVERYBODY, "a busy worker is heard", report=workshop.report)
    worker.kill_all()
    WorkerHeartbeat.objects.all().delete()
    time.sleep(1)  # five beats of a living one
    assert heard() == set()


def test_the_sweeps_mails_and_imports_of_others_do_not_wait_behind_documents(
    workshop: Workshop, scorecards: list[Scorecard], settings: Any
) -> None:
    """A worker that only makes documents is busy with them; what is of another kind waits for its own, and no other."""
    workshop.settings["HEARTBEAT_EVERY"] = "0.2"
    workshop.hold()
    workshop.start_workers(queues="documents")
    for scorecard in scorecards:
        for language in ("en", "fr", "nl"):
            request_rendering(scorecard, language=language, requested_by=None)
    wait_until(lambda: len(workshop.executions()) == 2, "all hands are busy", report=workshop.report)
    wait_until(lambda: heard() == {"documents", "clock"}, "only these are heard", report=workshop.report)
    digest = Digest.objects.create(user=User.objects.get(), day=timezone.localdate())
    DIGESTS.nudge(digest.pk)
    settings.MEDIA_ROOT = workshop.folder / "media"
    member, rows = Membership.objects.get(), ContentFile(b"Number;Opened\nINC1;13/01/2026 09:00\n")
    upload = files.keep(member, rows, "incidents.csv", timezone.now())
    columns = {"reference": "Number", "opened": "Opened"}
    job.start_check(member, upload, options_for(scorecards[0].assessment.vendor, columns=columns))
    workshop.start_workers(queues="imports,mails,webhooks,housekeeping")
    done = (DigestState.EMPTY, DigestState.SENT)
    wait_until(lambda: Digest.objects.get().state in done, "the mail is done", report=workshop.report)
    checked = IncidentImport.objects.filter(state=ImportState.CHECKED)
    wait_until(checked.exists, "the file of incidents is checked", report=workshop.report)
    assert len(workshop.executions()) == 2


def test_a_document_does_not_wait_behind_the_mails_of_a_frozen_mail_server(
    workshop: Workshop, scorecards: list[Scorecard]
) -> None:
    """One worker for all queues, as `bin/run` starts it: it takes from each in turn."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as frozen:
        workshop.settings["MAIL_PORT"] = str(frozen.getsockname()[1])
        home = Organisation.objects.get()
        for number in range(30):
            person = make_member(home, f"assessor{number}", Role.ASSESSOR)
            make_assessment(person, due_on=timezone.localdate())
            DIGESTS.nudge(Digest.objects.create(user=person.user, day=timezone.localdate()).pk)
        wish = request_rendering(scorecards[0], language="en", requested_by=None)
        workshop.start_workers()
        wait_until(lambda: Rendering.objects.ready().filter(pk=wish.pk).exists(), "made", report=workshop.report)
        assert Digest.objects.filter(attempts=0).count() > 15
        wait_until(lambda: workshop.processes[0].says("digest_not_sent"), "a mail hangs", report=workshop.report)
