"""Several of a vendor write one proof in the same moment, on a database that holds rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundwork.saved import Conflict, Saved
from tests.concurrency import at_once, elsewhere, shared_database
from tests.factories import NOW, make_cast, make_incident, make_proof, make_vendor
from tests.vendors.proofs.conftest import make_desk_link
from vendors.models import CauseProof, Contact, DeskLink
from vendors.proofs.drafting import save_part
from vendors.proofs.parts import of_text

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = ("The disk", "The line", "The power")


def test_of_three_in_one_text_one_is_kept_and_the_others_see_it_and_three_texts_do_not_meet(tmp_path: Path) -> None:
    cast = make_cast()
    vendor = make_vendor(cast.organisation)
    proof = make_proof(cast.assessor, make_incident(vendor), now=NOW)
    desk = make_desk_link(vendor, Contact.objects.create(vendor=vendor, name="Vera", email="vera@example.com"))
    with shared_database(tmp_path):
        same = at_once(*[lambda text=text: _save(desk, proof, "cause", text) for text in TEXTS])
        [kept] = (text for text, outcome in zip(TEXTS, same, strict=True) if isinstance(outcome, Saved))
        assert [one.stored.texts["text"] for one in same if isinstance(one, Conflict)] == [kept, kept]
        apart = at_once(*[lambda name=name: _save(desk, proof, name, name) for name in ("reach", "prevention")])
        assert all(isinstance(outcome, Saved) for outcome in apart)
        row = elsewhere(lambda: CauseProof.objects.get(pk=proof.pk))
        assert (row.cause, row.reach, row.prevention) == (kept, "reach", "prevention")


def _save(desk: DeskLink, proof: CauseProof, name: str, text: str) -> object:
    """From a page that was opened before anybody wrote."""
    return save_part(desk, proof, name, {"text": text}, seen=of_text(proof, name).seen, now=NOW)
