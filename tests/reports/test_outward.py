"""Which documents other systems are told of."""

from __future__ import annotations

from django.utils import timezone

from reports import outward
from reports.documents import job
from reports.documents.job import RENDERINGS
from reports.models import VendorCopy
from tests.accounts.webhooks.listening import kinds, listen, told
from tests.factories import NOW, Cast
from tests.reports.renderings import PDF, make_rendering, make_scorecard


def test_a_document_is_told_of_when_it_can_be_fetched(cast: Cast) -> None:
    listen(cast.admin)
    rendering = make_rendering(make_scorecard(cast.assessor), language="fr")
    held = RENDERINGS.claim(rendering.pk, now=NOW)
    assert held
    assert job.publish(held, PDF, now=NOW)
    assert not job.publish(held, PDF, now=NOW)
    ((kind, data),) = told()
    assert kind == "document.ready"
    assert data["document"] == str(rendering.uuid)
    assert (data["kind"], data["language"]) == ("scorecard", "fr")


def test_a_vendors_copy_is_its_own_affair(cast: Cast) -> None:
    listen(cast.admin)
    card = make_scorecard(cast.assessor)
    rendering = make_rendering(card)
    rendering.scorecard, rendering.kind = None, ""
    rendering.vendor_copy = VendorCopy()
    outward.document_ready(rendering, now=timezone.now())
    assert kinds() == []
