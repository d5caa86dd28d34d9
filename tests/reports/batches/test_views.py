"""Asking for many documents in the portfolio, following them, and fetching the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership, Role, User
from reports import file_jobs
from reports.batches import making
from reports.batches.choice import Quarter
from reports.models import Batch, BatchedState, FileState, Scorecard
from tests.factories import Cast, add_rater, make_assessment
from tests.reports.batches.asked import ask, renders, stand_by
from tests.reports.renderings import make_scorecard

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership | User], Client]
ADD = "/batches/add/"


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: Any, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cards(cast: Cast) -> list[Scorecard]:
    made = [make_scorecard(cast.assessor, number=f"S-2026-00{n}", vendor=f"Vendor {n}", measures={}) for n in (1, 2, 3)]
    for card in made:
        stand_by(card)
    return made


def asks(client: Client, address: str = ADD, **said: str) -> Any:
    return client.post(address, {"which": "latest", "kind": "brief", "language": "fr", "binding": "zip", **said})


def numbers(batch: Batch) -> list[str]:
    return list(batch.places.order_by("position").values_list("scorecard__number", flat=True))


@pytest.mark.parametrize(
    ("day", "start", "following"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 9, 30), date(2026, 7, 1), date(2026, 10, 1)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_a_quarter_has_its_days(day: date, start: date, following: date) -> None:
    quarter = Quarter.of(day)
    assert (quarter.start, quarter.following) == (start, following)
    assert quarter.before.following == start


def test_the_portfolio_leads_to_it_with_its_filter(cast: Cast, cards: list[Scorecard], signed_in: SignedIn) -> None:
    page = signed_in(cast.reader).get("/portfolio/?tier=standard&page=1").content.decode()
    assert f'href="{ADD}?tier=standard"' in page
    assert f'formaction="{ADD}"' in page


def test_all_of_the_filter_are_asked_for_in_order(cast: Cast, cards: list[Scorecard], signed_in: SignedIn) -> None:
    client = signed_in(cast.reader)
    assert "(3)" in client.get(ADD).content.decode()
    response = asks(client)
    batch = Batch.objects.get()
    assert response["Location"] == reverse("batch_detail", args=[batch.pk])
    assert numbers(batch) == ["S-2026-001", "S-2026-002", "S-2026-003"]
    assert (batch.requested_by, batch.language, batch.kind) == (cast.reader.user, "fr", "brief")


def test_the_ticked_ones_alone_are_asked_for(cast: Cast, cards: list[Scorecard], signed_in: SignedIn) -> None:
    second = cards[1].assessment.vendor_id
    asks(signed_in(cast.reader), f"{ADD}?vendor={second}&vendor=99999999999999999999&vendor=x")
    assert numbers(Batch.objects.get()) == ["S-2026-002"]
    assert Batch.objects.get().filter.startswith(f"vendor={second}")


def test_a_quarter_takes_what_was_approved_in_it(cast: Cast, cards: list[Scorecard], signed_in: SignedIn) -> None:
    """Scorecards of tests are of March 2026."""
    response = asks(signed_in(cast.reader), which="quarter")
    assert "None of these vendors has a scorecard" in response.content.decode()
    assert not Batch.objects.exists()


def test_nobody_of_another_organisation_is_in_it(cast: Cast, cards: list[Scorecard], signed_in: SignedIn) -> None:
    response = asks(signed_in(cast.stranger), f"{ADD}?vendor={cards[0].assessment.vendor_id}")
    assert response.status_code == 200 and not Batch.objects.exists()


def test_what_is_gone_from_the_disk_was_not_fetched(cast: Cast, cards: list[Scorecard], signed_in: SignedIn) -> None:
    batch = ask(cast.reader, cards)
    making.make(batch.pk, renders())
    batch.refresh_from_db()
    batch.file.storage.delete(batch.file.name)
    assert signed_in(cast.reader).get(f"/batches/{batch.pk}/download/").status_code == 404
    assert not AuditEntry.objects.filter(verb="batch.fetched").exists()


def test_who_has_become_an_outside_rater_meanwhile_gets_none(
    cast: Cast, cards: list[Scorecard], signed_in: SignedIn
) -> None:
    done, waiting = ask(cast.reader, cards), ask(cast.reader, cards)
    making.make(done.pk, renders())
    Membership.objects.filter(pk=cast.reader.pk).update(role=Role.RATER)
    making.make(waiting.pk, renders())
    waiting.refresh_from_db()
    assert (waiting.state, waiting.failure) == (FileState.FAILED, "left")
    assert signed_in(cast.reader).get(f"/batches/{done.pk}/download/").status_code == 403


def test_a_person_waits_for_a_few_at_a_time_and_is_told(
    cast: Cast, cards: list[Scorecard], signed_in: SignedIn
) -> None:
    for _ in range(file_jobs.MOST_UNFINISHED):
        ask(cast.reader, cards)
    refused = asks(signed_in(cast.reader))
    assert "Wait until one is finished, or cancel one." in refused.content.decode()
    assert asks(signed_in(cast.colleague)).status_code == 302


def test_it_is_fetched_by_who_asked_alone_and_stands_in_the_trail(
    cast: Cast, cards: list[Scorecard], signed_in: SignedIn
) -> None:
    batch = ask(cast.reader, cards)
    making.make(batch.pk, renders())
    address = reverse("batch_download", args=[batch.pk])
    response = signed_in(cast.reader).get(address)
    assert response["Content-Disposition"].startswith('attachment; filename="briefs-')
    assert b"".join(response).startswith(b"PK")  # type: ignore[arg-type]
    assert signed_in(cast.assessor).get(address).status_code == 403
    assert signed_in(cast.stranger).get(address).status_code == 404
    verbs = list(AuditEntry.objects.filter(verb__startswith="batch.").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["batch.asked", "batch.fetched"]
    assert b"All of them" in signed_in(cast.reader).get("/batches/").content
    assert b"All of them" not in signed_in(cast.assessor).get("/batches/").content


def test_who_has_become_a_rater_meanwhile_does_not_get_it(
    cast: Cast, cards: list[Scorecard], signed_in: SignedIn
) -> None:
    batch = ask(cast.reader, cards)
    making.make(batch.pk, renders())
    first = cards[0].assessment
    add_rater(make_assessment(cast.colleague, vendor=first.vendor, release=first.release), cast.reader)
    client = signed_in(cast.reader)
    response = client.get(reverse("batch_download", args=[batch.pk]))
    assert response["Location"] == reverse("batch_detail", args=[batch.pk])
    page = client.get(response["Location"]).content.decode()
    assert "your own answers come first" in page and "Vendor 1" in page and "Vendor 2" not in page
    assert reverse("batch_download", args=[batch.pk]) not in page


def test_its_page_tells_how_far_it_is_and_stops_when_it_has_ended(
    cast: Cast, cards: list[Scorecard], signed_in: SignedIn
) -> None:
    batch = ask(cast.reader, cards)
    Batch.objects.update(state=FileState.WRITING, done=1)
    client = signed_in(cast.reader)
    page = client.get(reverse("batch_detail", args=[batch.pk])).content.decode()
    assert "1 of 3" in page and "every 1s" in page
    state = reverse("batch_state", args=[batch.pk])
    htmx = {"HTTP_HX_REQUEST": "true"}
    assert client.get(state, **htmx).status_code == 200
    assert client.get(f"{state}?seen=writing-1", **htmx).status_code == 204
    assert client.get(state)["Location"] == reverse("batch_detail", args=[batch.pk])
    client.post(reverse("batch_cancel", args=[batch.pk]))
    assert client.get(state, **htmx)["HX-Refresh"] == "true"
    assert "No file was written" in client.get(reverse("batch_detail", args=[batch.pk])).content.decode()


def test_what_was_left_out_stands_on_the_page(cast: Cast, cards: list[Scorecard], signed_in: SignedIn) -> None:
    batch = ask(cast.reader, cards)
    making.make(batch.pk, renders(fails=["S-2026-002"]))
    page = signed_in(cast.reader).get(reverse("batch_detail", args=[batch.pk])).content.decode()
    assert "does not match its SHA-256" in page and "S-2026-002" in page and "S-2026-001" not in page
    assert "kept until" in page
    Batch.objects.update(file="", expires_at=timezone.now() - timedelta(days=1))
    assert (
        "The file was deleted on"
        in signed_in(cast.reader).get(reverse("batch_detail", args=[batch.pk])).content.decode()
    )


def test_pages_cost_the_same_however_many_scorecards(cast: Cast, cards: list[Scorecard], signed_in: SignedIn) -> None:
    client = signed_in(cast.reader)
    for path in (ADD, "/batches/"):
        client.get(path)
    spent = []
    for some in (cards[:1], cards):
        batch = ask(cast.reader, some)
        batch.places.update(state=BatchedState.LEFT_OUT, failure="cut_short")
        with CaptureQueriesContext(connection) as queries:
            for path in (ADD, "/batches/", reverse("batch_detail", args=[batch.pk])):
                assert client.get(path).status_code == 200
        spent.append(len(queries))
    assert spent[0] == spent[1]
