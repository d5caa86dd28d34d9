"""What answering costs: the page, a save as autosave.js sends it, and the live score that it asks for afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import cycle
from time import process_time

from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.middleware import SESSION_KEY
from accounts.models import Membership, Role
from accounts.sending import mark
from assessments.models import Answer, Assessment, Response
from benchmarks.timing import medians
from manifesto.models import RULE_KEYS

FLOOR = "empty view, signed in (the floor)"


def report(repetitions: int) -> str:
    with override_settings(ROOT_URLCONF="benchmarks.urls", ALLOWED_HOSTS=["testserver"]):
        return _report(repetitions)


def _report(repetitions: int) -> str:
    member = Membership.objects.filter(role=Role.ASSESSOR, organisation__slug="harbour")[0]
    rating = Response.objects.waiting_for(member.user)
    assessment = Assessment.objects.for_member(member).collecting().filter(responses__in=rating)[0]
    client = _signed_in(member)
    page = reverse("questionnaire", args=[assessment.pk, RULE_KEYS[0]])
    subjects: dict[str, Callable[[], object]] = {
        "empty view, no sign-in": _opening(Client(), reverse("empty_public")),
        FLOOR: _opening(client, reverse("empty_member")),
        "answering page": _opening(client, page),
        "saving an answer": _saving(client, page, rating.get(assessment=assessment)),
        "the live score, after a save": _opening(client, reverse("assessment_score", args=[assessment.pk])),
    }
    seconds = medians(subjects, repetitions * 5, clock=process_time)
    lines = ["## Answering", "", "| | CPU, ms | ratio to the floor | queries |", "|---|--:|--:|--:|"]
    for name, subject in subjects.items():
        with CaptureQueriesContext(connection) as queries:
            subject()
        taken = seconds[name]
        lines.append(f"| {name} | {taken * 1000:.1f} | {taken / seconds[FLOOR]:.1f} | {len(queries)} |")
    return "\n".join([*lines, ""])


def _signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    session: SessionBase = client.session
    session[SESSION_KEY] = member.organisation_id
    session.save()
    return client


def _opening(client: Client, url: str) -> Callable[[], object]:
    def get() -> object:
        response = client.get(url)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}.")
        return response

    return get


def _saving(client: Client, page: str, response: Response) -> Callable[[], object]:
    """Another grade each time, with the mark of the page and the version that was saved before."""
    answer = Answer.objects.filter(response=response, question__rule__key=RULE_KEYS[0]).order_by("pk")[0]
    found = re.search(rf'name="{mark.FIELD}" value="([^"]*)"', client.get(page).content.decode())
    if found is None:
        raise RuntimeError(f"{page} has no form.")
    url, grades, version = reverse("answer_edit", args=[answer.pk]), cycle("1234"), answer.version

    def post() -> object:
        nonlocal version
        sent = {"version": version, "choice": next(grades), "reason": "", "comment": answer.comment}
        fields = {f"a{answer.pk}-{name}": value for name, value in sent.items()} | {mark.FIELD: found[1]}
        saved = client.post(url, fields, headers={"Accept": "application/json"})
        if saved.status_code != 200:
            raise RuntimeError(f"{url} answered {saved.status_code}: {saved.content.decode()[:200]}")
        version = saved.json()["version"]
        return saved

    return post
