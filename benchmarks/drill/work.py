"""What there is to do: scorecards to draw, files to import, questionnaires to answer; and what came of it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.db.models import Count
from django.utils import timezone

from accounts.middleware import SESSION_KEY
from accounts.models import Membership, Organisation, Role, User
from assessments.models import Answer, Assessment, AssessmentState, Response
from benchmarks.drill.people import Person
from reports.documents.job import request_rendering
from reports.models import Document, DocumentKind, Rendering, RenderingState, Scorecard
from vendors.incident_import import files, job
from vendors.incident_import.columns.options import Options
from vendors.incident_import.holding import answers
from vendors.models import ImportState, Incident, IncidentImport, Vendor

ROWS = 500  # of one file
HEADER = ["number", "opened_at", "resolved_at", "short_description", "priority", "made_sla"]


def scorecards(member: Membership, count: int) -> list[Scorecard]:
    """Of the demo's; where those do not do, copies with the same snapshot."""
    found = list(Scorecard.objects.for_member(member).select_related("assessment").order_by("pk"))
    made: list[Scorecard] = []
    while len(made) < count:
        card = found[len(made) % len(found)]
        if len(made) >= len(found):
            card = _copy_of(card, len(made))
        made.append(card)
    return made


def _copy_of(card: Scorecard, number: int) -> Scorecard:
    assessment = Assessment.objects.get(pk=card.assessment_id)
    assessment.pk, assessment.uuid, assessment.reference = None, uuid4(), f"D-{number:05}"
    assessment._state.adding = True
    assessment.save(force_insert=True)
    copy = Scorecard.objects.get(pk=card.pk)
    copy.pk, copy.uuid, copy.assessment, copy.number = None, uuid4(), assessment, f"D-{number:05}"
    copy._state.adding = True
    copy.save(force_insert=True)
    return copy


def wish_for_documents(member: Membership, cards: list[Scorecard]) -> None:
    for card in cards:
        request_rendering(card, kind=DocumentKind.BRIEF, language="en", requested_by=member.user)


def wish_for_imports(member: Membership, count: int) -> None:
    """Each of a vendor of its own, checked already: the second half is what is tried."""
    for number in range(count):
        vendor = Vendor.objects.create(organisation=member.organisation, name=f"Drill vendor {number:03}")
        content = ContentFile(_file(number), name=f"drill-{number}.csv")
        upload = files.keep(member, content, content.name or "", timezone.now())
        options = replace(
            Options.from_data(upload.options), vendor=vendor.pk, source=f"drill-{number}", source_name=f"Drill {number}"
        )
        job.start_check(member, upload, options, tell_workers=True)


def go_on_with_imports(member: Membership) -> None:
    """Whoever looked at a check presses the button."""
    for upload in IncidentImport.objects.for_member(member).filter(
        state=ImportState.CHECKED, file_name__startswith="drill-"
    ):
        job.start_import(member, answers.agree(member, upload), tell_workers=True)


def _file(number: int) -> bytes:
    text = io.StringIO(newline="")
    writer, moment = csv.writer(text), datetime(2024, 1, 20)
    writer.writerow(HEADER)
    for row in range(ROWS):
        moment += timedelta(hours=3)
        resolved = moment + timedelta(hours=5)
        times = [f"{at:%Y-%m-%d %H:%M}" for at in (moment, resolved)]
        writer.writerow([f"D{number:03}-{row:05}", *times, "An example", "1", "true"])
    return text.getvalue().encode()


def people(organisation: Organisation, count: int) -> list[Person]:
    """Each rates in an assessment of fifty, signed in, in the middle of one answer."""
    assessments = [_assessment(organisation, number) for number in range(-(-count // 50))]
    made = []
    for number in range(count):
        user = User.objects.create(email=f"drill-{number}@example.org", name=f"Drill {number}")
        member = Membership.objects.create(organisation=organisation, user=user, role=Role.ASSESSOR)
        assessment = assessments[number // 50]
        response = Response.objects.create(assessment=assessment, rater=member.user)
        question = assessment.release.questions.order_by("pk")[number % 7]
        answer = Answer.objects.create(response=response, question=question)
        made.append(Person(answer=answer.pk, session=_session(user, organisation), number=number))
    return made


def _assessment(organisation: Organisation, number: int) -> Assessment:
    like = Assessment.objects.filter(organisation=organisation, state=AssessmentState.COLLECTING).order_by("pk")[0]
    vendor = Vendor.objects.create(organisation=organisation, name=f"Drill rated {number:03}")
    like.pk, like.uuid, like.vendor, like.reference = None, uuid4(), vendor, f"R-{number:05}"
    like._state.adding = True
    like.save(force_insert=True)
    return like


def _session(user: User, organisation: Organisation) -> str:
    """As the sign-in would have made it."""
    from django.contrib.auth import login
    from django.http import HttpRequest

    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session[SESSION_KEY] = organisation.pk
    request.session.save()
    return str(request.session.session_key)


def is_over() -> bool:
    open_documents = Rendering.objects.exclude(state__in=(RenderingState.READY, RenderingState.FAILED))
    return (
        not open_documents.exists()
        and not _imports().exclude(state__in=(ImportState.DONE, ImportState.FAILED)).exists()
    )


def faults(people: list[Person], documents: int) -> list[str]:
    """What did not end, ended twice or was lost, in words."""
    found = []
    ready = Rendering.objects.filter(state=RenderingState.READY)
    if ready.count() < documents:
        found.append(f"{documents - ready.count()} documents are not ready")
    twice = Document.objects.values("rendering").annotate(n=Count("pk")).filter(n__gt=1).count()
    if twice or Document.objects.count() != ready.count():
        found.append(f"{twice} documents are kept twice, {Document.objects.count()} in all for {ready.count()}")
    for upload in _imports():
        rows = Incident.objects.filter(source=f"drill-{upload.file_name[6:-4]}").count()
        if upload.state != ImportState.DONE or rows != ROWS:
            found.append(f"{upload.file_name} ended as {upload.state} with {rows} rows")
    for person in people:
        answer = Answer.objects.get(pk=person.answer)
        if answer.reason != person.said or answer.version != person.version:
            found.append(
                f"an answer is in version {answer.version} “{answer.reason}”, and {person.version} was told as saved"
            )
    return found


def _imports() -> Any:
    return IncidentImport.objects.filter(file_name__startswith="drill-")
