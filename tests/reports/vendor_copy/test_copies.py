"""The vendor’s own copy: made when it hands in, of exactly that, and of nothing that is its customer’s."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from assessments.models import Answer, Response, VendorLink
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side import links
from reports import worker
from reports.documents import job as jobs
from reports.models import Rendering, RenderingState, Scorecard, VendorCopy
from reports.scorecard import snapshots
from reports.vendor_copy import copies
from tests.factories import NOW, Cast
from tests.reports import cards, verapdf
from tests.reports.renderings import make_scorecard
from tests.reports.vendor_copies import SECRETS, assessment_of, hand_in, make_copy, make_linked, write

LANGUAGES = ("en", "fr", "nl")


@pytest.fixture
def copy(cast: Cast) -> VendorCopy:
    return make_copy(cast)


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_handing_in_makes_the_copy_in_the_same_transaction(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    link, _token = make_linked(cast)
    write(link)

    def broken(content: object) -> str:
        raise OSError("no")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="no"):
        patch.setattr(snapshots, "canonical", broken)
        vendor_answers.hand_in(link, now=NOW)
    assert not VendorCopy.objects.exists()
    assert vendor_answers.response_of(link).submitted_at is None
    copy = hand_in(link)
    assert (copy.submitted_at, copy.response_id) == (NOW, link.response_id)


def test_the_copy_holds_what_was_handed_in_by_whom_and_when(copy: VendorCopy) -> None:
    shown = copies.view_of(copy, language="en")
    assert (shown.organisation, shown.vendor, shown.handed_in_by) == (
        "Harbour Hospital",
        "Example Systems",
        "Robin Example",
    )
    assert (shown.answered, shown.total, shown.files, shown.answered_by) == (3, 14, 1, "Robin Example")
    answers = {answer.short: answer for rule in shown.rules for answer in rule.answers}
    first = answers["support question 1 (en)"]
    assert (first.number, first.grade, first.level, first.vendor_says) == (
        "1.1",
        "4",
        "support question 1 level 4 (en)",
        "We stay until you work again.",
    )
    assert [(file.name, file.sha256) for file in first.evidence] == [("procedure-7.pdf", "cd" * 32)]
    assert answers["proof question 1 (en)"].reason == "No incident in these months."
    assert answers["speed question 1 (en)"].fact == "2.5 times a month"
    assert answers["speed question 2 (en)"].is_blank


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_of_the_customers_is_in_the_copy(copy: VendorCopy, secret: str) -> None:
    assert secret not in copy.snapshot
    assert secret not in copies.layout(copy, language="en").html


def test_neither_weights_nor_thresholds_are_in_the_copy(copy: VendorCopy) -> None:
    assert not {"weight", "knockout", "policy"} & set(keys_of(json.loads(copy.snapshot)))


def keys_of(content: object) -> list[str]:
    if isinstance(content, dict):
        return [*content, *(key for value in content.values() for key in keys_of(value))]
    return [key for one in content for key in keys_of(one)] if isinstance(content, list) else []


def test_each_time_it_is_handed_in_there_is_another_copy_and_the_earlier_one_stays(
    cast: Cast, copy: VendorCopy
) -> None:
    link = copy.response.links.get()
    links.reopen(cast.assessor, assessment_of(copy))
    write(link, vendor_says="We stay a day longer.")
    later = hand_in(link, NOW + timedelta(days=1))
    assert VendorCopy.objects.count() == 2
    assert "a day longer" in later.snapshot
    assert "a day longer" not in VendorCopy.objects.get(pk=copy.pk).snapshot
    assert VendorCopy.objects.latest_of(copy.response) == later


def test_what_is_changed_later_stays_as_it_was(copy: VendorCopy) -> None:
    Answer.objects.update(vendor_says="Changed")
    assert "We stay until you work again." in copies.layout(copy, language="en").html


def test_a_copy_without_its_hash_is_not_printed(copy: VendorCopy) -> None:
    copy.snapshot = copy.snapshot.replace('"grade":4', '"grade":3')
    with pytest.raises(snapshots.SnapshotDamaged):
        worker.produce(copy, language="en")


@pytest.mark.parametrize("statement", ["UPDATE reports_vendorcopy SET snapshot = ''", "DELETE FROM reports_vendorcopy"])
def test_the_database_refuses_to_change_a_copy(copy: VendorCopy, statement: str) -> None:
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert VendorCopy.objects.get(pk=copy.pk).sha256 == copy.sha256


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_copy_is_made() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        copies.make_copy(Response(), VendorLink())


def test_no_copy_is_made_of_what_was_not_handed_in(cast: Cast) -> None:
    link, _token = make_linked(cast)
    with pytest.raises(ValueError, match="handed in"):
        copies.make_copy(vendor_answers.response_of(link), link)


def test_a_copy_costs_the_same_few_queries_whatever_it_holds(cast: Cast) -> None:
    counts = []
    link, _token = make_linked(cast, questions=4)
    for keys in (["support-1"], [f"support-{number}" for number in range(1, 5)]):
        for key in keys:
            write(link, key)
        with CaptureQueriesContext(connection) as queries:
            hand_in(link, NOW + timedelta(days=len(keys)))
        counts.append(len(queries))
        links.reopen(cast.assessor, link.assessment)
    assert counts[0] == counts[1]


# The row is the job ----------------------------------------------------------------------------------------------
def test_a_rendering_is_of_a_scorecard_or_of_a_copy_never_of_both_or_none(cast: Cast, copy: VendorCopy) -> None:
    both: dict[str, Scorecard | VendorCopy] = {
        "scorecard": make_scorecard(cast.assessor, number="S-2026-009", vendor="Another Vendor"),
        "vendor_copy": copy,
    }
    for subjects in (both, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rendering.objects.create(**subjects, language="en", requested_at=NOW)


def test_a_copy_is_wished_for_once_a_language(copy: VendorCopy) -> None:
    wishes = [jobs.request_rendering(copy, language=language, requested_by=None) for language in ("fr", "fr", "nl")]
    assert wishes[0].pk == wishes[1].pk != wishes[2].pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Rendering.objects.create(vendor_copy=copy, language="fr", requested_at=NOW)


def test_the_worker_prints_the_copy(copy: VendorCopy) -> None:
    wish = jobs.request_rendering(copy, language="fr", requested_by=None)
    worker.render(wish.pk)
    wish.refresh_from_db()
    assert wish.state == RenderingState.READY
    assert "Robin Example" in text_of(bytes(wish.document.content))


def test_members_find_no_rendering_of_a_vendors_copy(cast: Cast, copy: VendorCopy) -> None:
    jobs.request_rendering(copy, language="fr", requested_by=None)
    assert not Rendering.objects.for_member(cast.admin).exists()


# On paper --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_copy_speaks_the_language_asked_for(copy: VendorCopy, language: str) -> None:
    words = text_of(worker.produce(copy, language=language))
    assert f"support question 1 ({language})" in words
    assert f"support question 1 level 4 ({language})" in words
    assert "cd" * 32 in words.replace(" ", "")
    assert copy.sha256 in words.replace(" ", "")


def test_the_document_carries_the_vendors_own_answers_and_nothing_else(copy: VendorCopy) -> None:
    attached = copies.layout(copy, language="fr").attached
    assert attached
    assert attached.content == copy.snapshot


def test_the_same_copy_gives_the_same_bytes(copy: VendorCopy) -> None:
    first = worker.produce(copy, language="nl")
    worker.produce(cards.scorecard(cards.snapshot()), language="fr")
    assert worker.produce(copy, language="nl") == first


def test_what_the_vendor_wrote_is_printed_as_words(cast: Cast) -> None:
    link, _token = make_linked(cast)
    write(link, vendor_says='<img src="https://elsewhere.example/x"> <b>bold</b>')
    html = copies.layout(hand_in(link), language="en").html
    assert "<img" not in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html


def test_copies_pass_pdf_ua_1(copy: VendorCopy, tmp_path: object) -> None:
    paths = {language: tmp_path / f"{language}.pdf" for language in LANGUAGES}  # type: ignore[operator]
    for language, path in paths.items():
        path.write_bytes(worker.produce(copy, language=language))
    found = verapdf.failures(*paths.values())
    assert {language: found[path] for language, path in paths.items()} == {language: [] for language in LANGUAGES}
