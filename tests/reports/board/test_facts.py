"""A board report counts what it may count, says what it leaves out, and never an average."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.models import AuditEntry, Membership, User
from assessments.models import Commitment
from groundwork.languages import LANGUAGE_CODES
from manifesto.printed import editions
from reports import worker
from reports.board import facts, words
from reports.board.facts import Author, facts_of
from reports.board.view import view
from reports.fact_sheets import keeping
from reports.models import FactSheet, FactSheetKind, Rendering
from tests.factories import (
    NOW,
    Cast,
    add_rater,
    make_assessment,
    make_commitment,
    make_contract,
    make_feedback,
    make_vendor,
)
from tests.reports import verapdf
from tests.reports.standing_cards import stand
from vendors.models import Sla, Tier

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership | User], Client]
EVERYTHING = QueryDict()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()  # of scorecards of other tests that have these keys


def told(member: Membership, query: str = "") -> dict[str, object]:
    return dict(facts_of(member, QueryDict(query)).content)


def names(content: object) -> list[str]:
    return [row["name"] for row in content["rows"]]  # type: ignore[index]


@pytest.fixture
def vendors(cast: Cast) -> dict[str, object]:
    """Met, broken twice, and broken four times with an earlier scorecard; one never assessed."""
    made = {
        name: make_vendor(cast.organisation, name, tier=tier)
        for name, tier in {
            "All": Tier.STANDARD,
            "Two": Tier.CRITICAL,
            "Four": Tier.CRITICAL,
            "None": Tier.STANDARD,
        }.items()
    }
    now = timezone.now()
    stand(cast, made["All"], "mmmmmmm", at=now)
    stand(cast, made["Two"], "bmmmmbm", at=now, lowest="12.5", findings=["contradicted"])
    stand(cast, made["Four"], "mbmmmmm", at=now - timedelta(days=400))
    stand(cast, made["Four"], "bmbmmbb", at=now)
    return made


def test_it_counts_who_meets_all_seven_and_names_the_rule_that_fails_most(cast: Cast, vendors: object) -> None:
    content = told(cast.reader)
    shown = view(content, "en")
    assert (shown.big, shown.headline) == ("1 of 3", "Vendors that meet all seven rules: 1 of 3")
    assert names(content["heat"]) == ["Four", "Two", "All"]
    most = [rule for rule in shown.rules if rule.is_most]
    assert [(rule.position, rule.counts[0][2], rule.vendors) for rule in most] == [
        (1, "2", "Four and Two"),
        (6, "2", "Four and Two"),
    ]
    assert "average" not in shown.opinion and "%" not in shown.opinion
    assert sorted(card["statuses"].count("met") for card in content["cards"]) == [3, 5, 7]  # type: ignore[attr-defined]


def test_who_breaks_a_rule_is_named_and_how_many_others_do(cast: Cast, vendors: object) -> None:
    content = told(cast.reader)
    content["breakers"]["1"] = ["Four"]  # type: ignore[index]
    assert view(content, "en").rules[0].vendors == "Four and 1 other"


def test_movers_contradictions_and_what_was_never_assessed_are_told(cast: Cast, vendors: object) -> None:
    shown = view(told(cast.reader), "en")
    assert [row[0] for row in shown.movers.rows] == ["Four"]
    assert shown.movers.rows[0][1].startswith("1 ") and shown.movers.rows[0][2].startswith("2 ")
    assert [(row[0], row[1][:1]) for row in shown.contradictions.rows] == [("Two", "5")]
    assert [row[0] for row in shown.never.rows] == ["None"]
    assert [one.row.name for one in shown.critical] == ["Four", "Two"]


def test_decisions_requests_and_overdue_ones_are_told_with_their_days(cast: Cast, vendors: dict[str, object]) -> None:
    today = timezone.localdate()
    make_contract(vendors["Two"], "C-soon")  # type: ignore[arg-type]
    make_contract(vendors["Two"], "C-later", ends_on=today + timedelta(days=900))  # type: ignore[arg-type]
    make_commitment(cast.assessor, vendors["Two"], what="Asked.")  # type: ignore[arg-type]
    late = make_commitment(cast.assessor, vendors["Four"], agreed=True, what="Promised.")  # type: ignore[arg-type]
    Commitment.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=1))
    shown = view(told(cast.reader), "en")
    assert [row[:3] for row in shown.decisions.rows] == [("Two", "C-soon", "5 of 7")]
    assert [row[2] for row in shown.requests.rows] == ["Asked."]
    assert [row[2] for row in shown.overdue.rows] == ["Promised."]
    assert "1 commitment is overdue." in shown.opinion
    assert "1 contract must be decided within six months." in shown.opinion


def test_the_filter_narrows_it_and_is_said_in_each_language(cast: Cast, vendors: object) -> None:
    content = told(cast.reader, "tier=critical")
    assert names(content["heat"]) == ["Four", "Two"]
    assert content["filter"] == {code: view(content, code).filter for code in LANGUAGE_CODES}
    assert view(content, "en").filter == "Tier: Critical"


def test_whom_the_author_still_rates_is_left_out_of_every_count(cast: Cast, vendors: dict[str, object]) -> None:
    four = vendors["Four"]
    add_rater(make_assessment(cast.assessor, vendor=four), cast.colleague)  # type: ignore[arg-type]
    late = make_commitment(cast.assessor, four, agreed=True, what="Promised.")  # type: ignore[arg-type]
    Commitment.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    content = told(cast.colleague)
    shown = view(content, "en")
    assert shown.big == "1 of 2" and names(content["heat"]) == ["Two", "All"]
    assert "Four" in shown.left_out and not shown.overdue.rows and not shown.movers.rows
    assert four.pk not in facts.vendors_in(content)  # type: ignore[attr-defined]


@given(told=st.integers(min_value=0, max_value=60), most=st.integers(min_value=1, max_value=30))
def test_a_list_says_how_much_of_it_is_shown(told: int, most: int) -> None:
    listed = facts._some([{"name": str(place)} for place in range(told)], most)
    assert len(listed["rows"]) == min(told, most)
    assert bool(words.shown_of(listed)) is (told > most)


def test_the_same_facts_are_the_same_row_and_the_authors_words_stay_as_written(cast: Cast, vendors: object) -> None:
    written = Author(name="Ada", text="  <b>We</b>\n\n{{ ask }} — décidons.")
    rows = {
        keeping.keep(
            cast.organisation, FactSheetKind.BOARD, facts_of(cast.reader, EVERYTHING, author=written), now=NOW
        ).pk
        for _time in range(2)
    }
    assert len(rows) == 1
    sheet = FactSheet.objects.get()
    assert view(keeping.content_of(sheet), "fr").author_text == written.text


def test_queries_do_not_grow_with_the_vendors(cast: Cast, vendors: object) -> None:
    spent = []
    for count in (0, 30):
        for number in range(count):
            more = make_vendor(cast.organisation, f"More {number}", tier=Tier.CRITICAL)
            stand(cast, more, "bbmmmmm", at=timezone.now())
            make_commitment(cast.assessor, more)
        cache.clear()
        editions()  # the process has read them before
        with CaptureQueriesContext(connection) as queries:
            facts_of(cast.reader, EVERYTHING)
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 30


def test_what_people_say_of_a_vendor_without_a_scorecard_waits_for_whoever_rates_it(
    cast: Cast, vendors: dict[str, object], signed_in: SignedIn
) -> None:
    new = make_vendor(cast.organisation, "Never before")
    for _ in range(6):
        make_feedback(new, feeling=1, sla=Sla.MET, said_on=timezone.localdate())
    sheet = keeping.keep(cast.organisation, FactSheetKind.BOARD, facts_of(cast.reader, EVERYTHING), now=NOW)
    assert view(keeping.content_of(sheet), "en").green_outside.rows[0][0] == "Never before"
    colleague, page = signed_in(cast.colleague), reverse("board_detail", args=[sheet.pk])
    assert colleague.get(page).context["board"] is not None
    add_rater(make_assessment(cast.assessor, vendor=new), cast.colleague)
    answer = colleague.get(page)
    assert answer.context["board"] is None and answer.context["sheet"] is None
    assert "Never before" in answer.content.decode()  # whose answers open it


def crowded(cast: Cast) -> FactSheet:
    """As many of everything as there can be, under the longest names."""
    today, now = timezone.localdate(), timezone.now()
    for number in range(32):
        name = f"{number} " + "Widest Wholesale Warehousing & Web Hosting " * 3
        vendor = make_vendor(cast.organisation, name[:120], tier=Tier.CRITICAL)
        if number < 28:
            stand(cast, vendor, "mmmmmmm", at=now - timedelta(days=300))
            stand(cast, vendor, "bbbbbbm", at=now, findings=["contradicted"])
        make_contract(vendor, "R" * 80)
        asked = make_commitment(cast.assessor, vendor, what="W" * 30 + " all of it" * 40)
        late = make_commitment(cast.assessor, vendor, agreed=True, what="W " * 200)
        Commitment.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=1))
        assert asked.pk
    author = Author(name="N" * 60, text=("Nous demandons au comité de décider. " * 40)[:900])
    return keeping.keep(
        cast.organisation, FactSheetKind.BOARD, facts_of(cast.reader, EVERYTHING, author=author), now=NOW
    )


def test_it_has_six_to_eight_pages_in_each_language_and_is_accessible(cast: Cast, vendors: object, tmp_path) -> None:  # type: ignore[no-untyped-def]
    few = keeping.keep(cast.organisation, FactSheetKind.BOARD, facts_of(cast.reader, EVERYTHING), now=NOW)
    many = crowded(cast)
    paths = []
    pages = {}
    for sheet, name, codes in ((few, "few", LANGUAGE_CODES), (many, "many", ("fr",))):
        for code in codes:
            path = tmp_path / f"{name}-{code}.pdf"
            path.write_bytes(worker.produce(sheet, language=code))
            pages[path.name] = len(PdfReader(path).pages)
            paths.append(path)
    assert pages == {"few-en.pdf": 6, "few-fr.pdf": 6, "few-nl.pdf": 6, "many-fr.pdf": 8}
    assert verapdf.failures(*paths) == {path: [] for path in paths}


# The pages ---------------------------------------------------------------------------------------------------------
def test_it_is_seen_before_it_is_made_and_then_made_of_what_was_seen(
    cast: Cast, vendors: object, signed_in: SignedIn
) -> None:
    client = signed_in(cast.reader)
    page = client.get("/portfolio/board/?tier=critical").content.decode()
    assert "seven rules: 0 of 2" in page and not FactSheet.objects.exists()
    response = client.post("/portfolio/board/?tier=critical", {"text": "We ask.", "language": "fr"})
    sheet = FactSheet.objects.get()
    assert response["Location"] == reverse("board_detail", args=[sheet.pk])
    assert Rendering.objects.get().language == "fr"
    assert keeping.content_of(sheet)["author"] == {"name": cast.reader.user.name, "text": "We ask."}
    entry = AuditEntry.objects.get(verb="fact_sheet.made")
    assert entry.after == {"filter": "tier=critical"}
    assert f'name="about" value="{sheet.pk}"' in client.get(response["Location"]).content.decode()


def test_a_paragraph_that_the_cover_does_not_hold_is_refused(cast: Cast, vendors: object, signed_in: SignedIn) -> None:
    for text in ("x" * 901, "a line\n" * 16):
        page = signed_in(cast.reader).post("/portfolio/board/", {"text": text, "language": "fr"})
        assert page.status_code == 200 and not FactSheet.objects.exists()


def test_another_language_is_made_of_the_same_frozen_facts(cast: Cast, vendors: object, signed_in: SignedIn) -> None:
    client = signed_in(cast.reader)
    client.post("/portfolio/board/", {"text": "We ask.", "language": "fr"})
    sheet = FactSheet.objects.get()
    make_vendor(cast.organisation, "Newcomer")
    response = client.post("/sheets/", {"kind": "board", "about": sheet.pk, "language": "nl"})
    assert response["Location"] == f"{reverse('board_detail', args=[sheet.pk])}#documents"
    assert sorted(sheet.renderings.values_list("language", flat=True)) == ["fr", "nl"]
    assert FactSheet.objects.count() == 1


def test_whoever_still_rates_one_of_them_does_not_get_it(
    cast: Cast, vendors: dict[str, object], signed_in: SignedIn
) -> None:
    signed_in(cast.reader).post("/portfolio/board/", {"text": "", "language": "en"})
    sheet, wish = FactSheet.objects.get(), Rendering.objects.get()
    add_rater(make_assessment(cast.assessor, vendor=vendors["Four"]), cast.colleague)  # type: ignore[arg-type]
    client = signed_in(cast.colleague)
    page = client.get(reverse("board_detail", args=[sheet.pk])).content.decode()
    assert "your own answers come first" in page and "1 of 3" not in page
    download = client.get(reverse("fact_sheet_download", args=[wish.pk]))
    assert download["Location"] == reverse("board_detail", args=[sheet.pk])
    again = client.post("/sheets/", {"kind": "board", "about": sheet.pk, "language": "nl"})
    assert again["Location"] == reverse("board_detail", args=[sheet.pk]) and Rendering.objects.count() == 1
    assert signed_in(cast.stranger).get(reverse("board_detail", args=[sheet.pk])).status_code == 404
