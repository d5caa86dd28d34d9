"""Documents for other systems: asked for, followed, fetched once."""

from __future__ import annotations

import pytest

from accounts.operations import Scope
from reports.models import Rendering, RenderingState
from tests.factories import Cast
from tests.reports.api.asking import Asker, cost
from tests.reports.renderings import PDF, make_ready, make_rendering, make_scorecard

pytestmark = pytest.mark.django_db


def test_a_document_is_asked_for_followed_and_fetched(cast: Cast) -> None:
    card, asker = make_scorecard(cast.assessor), Asker(cast.reader)
    asked = asker.post(f"/scorecards/{card.uuid}/documents", {"kind": "brief", "language": "fr"})
    body = asked.json()
    assert (asked.status_code, body["state"], body["kind"], body["language"]) == (202, "queued", "brief", "fr")
    assert body["file_name"] == "brief-S-2026-001-example-systems-fr.pdf"
    place = asked["Location"].removeprefix("/api/v1")
    assert place == f"/documents/{body['uuid']}"
    following = asker.get(place)
    assert (following.json()["state"], following["Retry-After"]) == ("queued", "2")
    early = asker.get(f"{place}/file")
    assert (early.status_code, early.json()["code"], early["Retry-After"]) == (409, "refused", "2")
    assert Rendering.objects.get().requested_by == cast.reader.user
    again = asker.post(f"/scorecards/{card.uuid}/documents", {"kind": "brief", "language": "fr"})
    assert again.json()["uuid"] == body["uuid"]  # asked for once, made once
    ready = make_ready(card)
    answer = asker.get(f"/documents/{ready.uuid}/file")
    assert (answer.content, answer["Content-Type"], answer["ETag"]) == (PDF, "application/pdf", f'"{ready.sha256}"')
    assert "Retry-After" not in asker.get(f"/documents/{ready.uuid}")
    kept = asker.get(f"/documents/{ready.uuid}/file", **{"If-None-Match": answer["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")


def test_what_failed_says_why_and_is_made_anew_when_asked_again(cast: Cast) -> None:
    card, asker = make_scorecard(cast.assessor), Asker(cast.reader)
    failed = make_rendering(card, state=RenderingState.FAILED, failure="too_slow")
    body = asker.get(f"/documents/{failed.uuid}").json()
    assert body["failure"] == "too_slow"
    assert body["failure_said"] == "The document took too long to make, in five attempts."
    assert "Retry-After" not in asker.get(f"/documents/{failed.uuid}/file")
    assert asker.post(f"/scorecards/{card.uuid}/documents", {"language": "en"}).json()["state"] == "queued"


def test_documents_are_listed_narrowed_and_closed_to_others(cast: Cast) -> None:
    card, asker = make_scorecard(cast.assessor), Asker(cast.reader)
    ready, queued = make_ready(card), make_rendering(card, language="nl")
    paid = cost(asker, "/documents")
    for query, expected in {
        "": {ready, queued},
        f"scorecard={card.uuid}": {ready, queued},
        "state=ready": {ready},
        "language=nl": {queued},
        "kind=record": set(),
    }.items():
        found = {row["uuid"] for row in asker.get(f"/documents?{query}").json()["items"]}
        assert found == {str(one.uuid) for one in expected}, query
    make_rendering(card, language="fr")
    assert cost(asker, "/documents") == paid == 1
    stranger = Asker(cast.stranger)
    assert stranger.get("/documents").json()["items"] == []
    for path in (f"/documents/{ready.uuid}", f"/documents/{ready.uuid}/file"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/scorecards/{card.uuid}/documents", {}).status_code == 404


def test_what_cannot_be_asked_for_is_named(cast: Cast) -> None:
    card, asker = make_scorecard(cast.assessor), Asker(cast.reader)
    path = f"/scorecards/{card.uuid}/documents"
    for body, faulty in ({"kind": "poster"}, "/kind"), ({"language": "de"}, "/language"), ({"colour": 1}, "/colour"):
        response = asker.post(path, body)
        assert (response.status_code, response.json()["errors"][0]["path"]) == (422, faulty)
    only_reads = Asker(cast.reader, Scope.SCORECARDS_READ).post(path, {})
    assert only_reads.status_code == 403
    assert "documents:write" in only_reads.json()["detail"]
