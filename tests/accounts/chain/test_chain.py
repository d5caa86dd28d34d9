"""The chain of seals: whole after honest work, broken at the first thing that somebody changed from below."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import immutable
from accounts.chain import kinds, seals, trail_days, verification
from accounts.chain.kinds import Content
from accounts.models import AuditEntry, Seal
from reports.models import Scorecard, ScorecardRule
from reports.scorecard import sealing, view
from tests.concurrency import at_once, elsewhere, shared_database
from tests.factories import Cast, make_release
from tests.reports import cards

MORNING = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)  # the day before is over, and settled


def write(at: datetime, **fields: Any) -> AuditEntry:
    fields = {"actor_label": "A", "verb": "organisation.changed", "object_label": "B", "after": {"name": "C"}} | fields
    return AuditEntry.objects.create(object_type="accounts.organisation", object_id="1", at=at, **fields)


def days_of_trail() -> None:
    """Two entries on the 2nd of March, none on the 3rd, one on the 4th."""
    write(datetime(2026, 3, 2, 0, 0, tzinfo=UTC))
    write(datetime(2026, 3, 2, 23, 59, 59, 999_999, tzinfo=UTC), verb="organisation.made")
    write(datetime(2026, 3, 4, 12, 0, tzinfo=UTC))


@pytest.fixture
def chain(cast: Cast) -> list[Scorecard]:
    """Seals 1 to 3 are of days, 4 to 6 of scorecards, 7 of a day; today’s entries have none yet. Anything can be
    changed: whoever owns the database takes the triggers away first."""
    days_of_trail()
    trail_days.seal_finished(MORNING)
    release = make_release(questions_per_rule=1)
    made = [cards.approved(cast, release=release) for _ in range(3)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    immutable.remove_all()
    AuditEntry.objects.filter(at__gt=MORNING).update(at=MORNING)
    trail_days.seal_finished(MORNING + timedelta(days=1))
    return made


def broken() -> str:
    with pytest.raises(verification.ChainBroken) as found:
        verification.verify()
    return str(found.value)


def remade(number: int) -> None:
    """As somebody would who knows the code: the seals from `number` on are made to fit each other again."""
    end = Seal.objects.filter(position__lt=number).order_by("-position").first()
    rows = list(Seal.objects.filter(position__gte=number).order_by("position"))
    Seal.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        content = Content(label=row.label, form=row.form, size=row.size, sha256=row.content)
        fields = seals.following(end, kind=row.kind, key=row.key, content=content, now=row.at)
        end = Seal.objects.create(**fields)


def test_what_was_made_honestly_is_whole(chain: list[Scorecard]) -> None:
    verified = verification.verify()
    assert verified.counts == {"trail_day": 4, "scorecard": 3}
    assert verified.head == Seal.objects.get(position=7).hash
    assert [(seal.kind, seal.size) for seal in Seal.objects.filter(kind="trail_day")][:3] == [
        ("trail_day", 2),
        ("trail_day", 0),
        ("trail_day", 1),
    ]


def test_a_seal_hashes_the_one_before_and_what_it_seals(chain: list[Scorecard]) -> None:
    """Reckoned here by hand, so that another program can do it after the description."""
    one, two = Seal.objects.get(position=4), Seal.objects.get(position=5)
    told = {
        "position": 5,
        "previous": one.hash,
        "kind": "scorecard",
        "key": str(chain[1].pk),
        "label": "S-2026-002 of harbour",
        "form": sealing.NEWEST,
        "size": 8,
        "content": two.content,
        "at": two.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert two.hash == hashlib.sha256(text.encode()).hexdigest()


def _snapshot_with_a_fitting_hash(chain: list[Scorecard]) -> None:
    text = chain[1].snapshot.replace("Harbour", "Meadow")
    assert text != chain[1].snapshot
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    Scorecard.objects.filter(pk=chain[1].pk).update(snapshot=text, sha256=sha256)


def _scorecard_removed(chain: list[Scorecard]) -> None:
    ScorecardRule.objects.filter(scorecard=chain[1]).delete()
    Scorecard.objects.filter(pk=chain[1].pk).delete()


def _scorecards_swapped(chain: list[Scorecard]) -> None:
    one, other = Seal.objects.get(position=4), Seal.objects.get(position=5)
    for pk, position in ((one.pk, 99), (other.pk, 4), (one.pk, 5)):
        Seal.objects.filter(pk=pk).update(position=position)


def _scorecards_swapped_and_their_seals_remade(chain: list[Scorecard]) -> None:
    _scorecards_swapped(chain)
    last = Seal.objects.get(position=7)
    remade(4)
    Seal.objects.filter(position=7).delete()  # the one that was noted, or that nobody can make
    last.save(force_insert=True)


def _entry(**fields: Any) -> Callable[[Any], Any]:
    return lambda chain: AuditEntry.objects.filter(verb="organisation.made").update(**fields)


def _seal_removed(chain: list[Scorecard]) -> None:
    Seal.objects.filter(position=5).delete()


def _scorecard_and_seal_removed(chain: list[Scorecard]) -> None:
    _scorecard_removed(chain)
    _seal_removed(chain)


def _seal_removed_and_the_rest_remade(chain: list[Scorecard]) -> None:
    _seal_removed(chain)
    remade(6)


def _day_and_seal_removed(chain: list[Scorecard]) -> None:
    AuditEntry.objects.filter(at__lt=datetime(2026, 3, 3, tzinfo=UTC)).delete()
    Seal.objects.filter(position=1).delete()


def _unreadable(chain: list[Scorecard]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_seal SET key = 'never' WHERE position = 2")
    remade(2)


def _other_form(chain: list[Scorecard]) -> None:
    Seal.objects.filter(position=2).update(form=77)
    remade(2)


BREAKS: dict[str, tuple[Callable[[list[Scorecard]], Any], str]] = {
    "snapshot with a fitting hash": (
        _snapshot_with_a_fitting_hash,
        "The scorecard S-2026-002 of harbour is not what was sealed (seal 5)",
    ),
    "number beside the snapshot": (
        lambda chain: Scorecard.objects.filter(pk=chain[2].pk).update(rules_met=0),
        "The scorecard S-2026-003 of harbour is not what was sealed (seal 6)",
    ),
    "number of a rule": (
        lambda chain: ScorecardRule.objects.filter(scorecard=chain[0], position=3).update(percent="1.00"),
        "The scorecard S-2026-001 of harbour is not what was sealed (seal 4)",
    ),
    "rule removed": (
        lambda chain: ScorecardRule.objects.filter(scorecard=chain[0], position=3).delete(),
        "The scorecard S-2026-001 of harbour has 7 rows, and had 8",
    ),
    "scorecard removed": (_scorecard_removed, "The scorecard S-2026-002 of harbour is gone (seal 5)"),
    "scorecard and its seal removed": (_scorecard_and_seal_removed, "Seal 5 is missing: the next one is 6"),
    "scorecards swapped": (_scorecards_swapped, "Seal 4, scorecard S-2026-002 of harbour, does not continue seal 3"),
    "swapped and remade but for the last": (
        _scorecards_swapped_and_their_seals_remade,
        "Seal 7, day of the trail 2026-03-05, does not continue seal 6",
    ),
    "entry removed": (
        lambda chain: AuditEntry.objects.filter(verb="organisation.made").delete(),
        "The day of the trail 2026-03-02 has 1 rows, and had 2",
    ),
    "entry changed": (_entry(actor_label="Z"), "The day of the trail 2026-03-02 is not what was sealed (seal 1)"),
    "token of an entry changed": (
        _entry(through="Z"),
        "The day of the trail 2026-03-02 is not what was sealed (seal 1)",
    ),
    "value of an entry changed": (
        _entry(after={"name": "c"}),
        "The day of the trail 2026-03-02 is not what was sealed (seal 1)",
    ),
    "entry moved to another day": (
        _entry(at=datetime(2026, 3, 4, tzinfo=UTC)),
        "The day of the trail 2026-03-02 has 1 rows",
    ),
    "entry moved within its day": (
        _entry(at=datetime(2026, 3, 2, 5, tzinfo=UTC)),
        "The day of the trail 2026-03-02 is not what was sealed",
    ),
    "entry added to a sealed day": (
        lambda chain: write(datetime(2026, 3, 4, 1, tzinfo=UTC)),
        "The day of the trail 2026-03-04 has 2 rows, and had 1",
    ),
    "entry added to a sealed day without any": (
        lambda chain: write(datetime(2026, 3, 3, 1, tzinfo=UTC)),
        "The day of the trail 2026-03-03 has 1 rows, and had 0",
    ),
    "entry added before the first day": (
        lambda chain: write(datetime(2020, 1, 1, tzinfo=UTC)),
        "The day of the trail 2026-03-02 has 3 rows, and had 2",
    ),
    "day and its seal removed": (_day_and_seal_removed, "Seal 1 is missing: the next one is 2"),
    "seal removed": (_seal_removed, "Seal 5 is missing: the next one is 6, scorecard S-2026-003 of harbour"),
    "seal removed and the rest remade": (
        _seal_removed_and_the_rest_remade,
        "The scorecard S-2026-002 has no seal: it was added from below, or its seal was removed.",
    ),
    "moment of a seal changed": (
        lambda chain: Seal.objects.filter(position=4).update(at=MORNING),
        "Seal 4, scorecard S-2026-001 of harbour, is not what it was when it was made.",
    ),
    "key that is none": (_unreadable, "The day of the trail 2026-03-03 cannot be read (seal 2)"),
    "form that is none": (_other_form, "The day of the trail 2026-03-03 cannot be read (seal 2)"),
    "kind that is none": (
        lambda chain: (Seal.objects.filter(position=7).update(kind="poem"), remade(7)),
        "Seal 7 is over a kind that this version does not know: poem.",
    ),
}


def test_each_change_from_below_is_found_and_said(chain: list[Scorecard]) -> None:
    """One after the other on the same rows, each taken back: to make them costs more than to look."""
    found = {}
    for name, (change, words) in BREAKS.items():
        with transaction.atomic():
            change(chain)
            said = broken()
            found[name] = words if words in said else said
            transaction.set_rollback(True)
    assert found == {name: words for name, (_, words) in BREAKS.items()}
    verification.verify()


def test_last_seals_that_were_removed_are_missed_by_a_head_that_was_noted(chain: list[Scorecard]) -> None:
    noted = verification.verify().head
    Seal.objects.filter(position=7).delete()
    assert verification.verify().head != noted  # nothing in the database tells

    with pytest.raises(verification.ChainBroken, match=f"No seal has the hash {noted}"):
        verification.verify(expected=noted)


def test_a_chain_made_anew_is_missed_by_a_head_that_was_noted(chain: list[Scorecard]) -> None:
    noted = Seal.objects.get(position=4).hash
    _snapshot_with_a_fitting_hash(chain)
    Seal.objects.filter(position=4).update(size=8, at=MORNING)
    content = sealing.kind().content(str(chain[1].pk), "", sealing.NEWEST)
    assert content is not None
    Seal.objects.filter(position=5).update(content=content.sha256)
    remade(4)
    verification.verify()

    with pytest.raises(verification.ChainBroken, match=noted):
        verification.verify(expected=noted)


def test_a_noted_head_that_others_follow_is_still_in_the_chain(chain: list[Scorecard]) -> None:
    expected = verification.verify(expected=Seal.objects.get(position=4).hash).expected_at
    assert expected is not None and expected.position == 4


# The days of the trail --------------------------------------------------------------------------------------------
def keys() -> list[str]:
    return list(Seal.objects.order_by("position").values_list("key", flat=True))


@pytest.mark.django_db
def test_a_day_is_sealed_six_hours_after_its_end() -> None:
    days_of_trail()
    trail_days.seal_finished(MORNING - timedelta(microseconds=1))
    assert keys() == ["2026-03-02", "2026-03-03"]
    trail_days.seal_finished(MORNING)
    assert keys() == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert trail_days.seal_finished(MORNING + timedelta(hours=23)) == []


@pytest.mark.django_db
def test_days_on_which_nobody_looked_are_sealed_later_one_by_one() -> None:
    days_of_trail()
    assert [seal.size for seal in trail_days.seal_finished(MORNING + timedelta(days=3))] == [2, 0, 1, 0, 0, 0]


@pytest.mark.django_db
def test_nothing_is_sealed_where_nothing_was_written() -> None:
    assert trail_days.seal_finished(MORNING) == []
    assert verification.verify() == verification.Verified(counts={}, head="", expected_at=None)


@pytest.mark.parametrize(
    ("forms", "model"),
    [
        (trail_days.FORMS[trail_days.NEWEST], AuditEntry),
        (sealing.FORMS[sealing.NEWEST][0], Scorecard),
        (sealing.FORMS[sealing.NEWEST][1], ScorecardRule),
        ((*seals.HASHED, "hash", "id"), Seal),
    ],
    ids=["entry", "scorecard", "rule", "seal"],
)
def test_every_column_is_hashed(forms: tuple[str, ...], model: Any) -> None:
    """A new column needs a new form, beside the earlier ones, which stay as they are."""
    assert set(forms) == {field.attname for field in model._meta.concrete_fields}


@pytest.mark.django_db
def test_half_a_character_in_an_entry_stops_neither_sealing_nor_looking() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL takes no half character")
    write(datetime(2026, 3, 4, tzinfo=UTC), after={"name": "\ud800"})
    trail_days.seal_finished(MORNING)
    assert verification.verify().counts == {"trail_day": 1}


def test_moments_and_decimals_have_one_spelling() -> None:
    brussels = datetime.fromisoformat("2026-03-02T10:00:00+01:00")
    assert kinds.spelled_out({"b": brussels, "a": None}) == '{"a":null,"b":"2026-03-02T09:00:00.000000+00:00"}'


# One at a time ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_seal_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        seals.append("poem", "1", Content(label="", form=1, size=0, sha256=""), now=MORNING)
    assert not Seal.objects.exists()


@pytest.mark.django_db
def test_a_seal_is_rolled_back_with_what_it_seals(cast: Cast) -> None:
    with transaction.atomic():
        cards.approved(cast)
        assert Seal.objects.count() == 1
        transaction.set_rollback(True)
    assert not Seal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain(tmp_path: Path) -> None:
    days_of_trail()

    def seal(number: int) -> Callable[[], Any]:
        def action() -> None:
            with transaction.atomic():
                content = Content(label="", form=1, size=0, sha256=f"{number:064}")
                seals.append("poem", str(number), content, now=MORNING)

        return action

    def seal_days() -> int:
        return len(trail_days.seal_finished(MORNING))

    with shared_database(tmp_path):
        outcomes = at_once(*(seal(number) for number in range(6)), seal_days, seal_days)
        rows = elsewhere(lambda: list(Seal.objects.order_by("position")))
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert [row.position for row in rows] == list(range(1, 10))
    assert [row.previous for row in rows] == ["", *(row.hash for row in rows[:-1])]
    days = [row.key for row in rows if row.kind == "trail_day"]
    assert days == ["2026-03-02", "2026-03-03", "2026-03-04"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_day_waits_while_a_transaction_of_it_is_open() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: none is open while a day is sealed")
    written, done = threading.Event(), threading.Event()

    def writer() -> None:
        with transaction.atomic():
            write(timezone.now())
            written.set()
            done.wait(timeout=120)
        connection.close()

    days_of_trail()
    thread = threading.Thread(target=writer)
    thread.start()
    written.wait(timeout=120)
    later = timezone.now() + timedelta(days=2)
    waiting = trail_days._is_still_written(later)
    earlier = trail_days._is_still_written(MORNING)
    done.set()
    thread.join()
    assert (waiting, earlier, trail_days._is_still_written(later)) == (True, False, False)


# By command -------------------------------------------------------------------------------------------------------
def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_counted_and_the_head(chain: list[Scorecard]) -> None:
    head = Seal.objects.get(position=7).hash
    assert said("verify_chain", "--expect", head.upper()).splitlines() == [
        "The chain is whole. scorecards: 3, days of the trail: 4.",
        f"Head: {head}",
        "The expected head is seal 7, made on 2026-03-06 06:00 (UTC).",
        "The audit trail is sealed to the end of 2026-03-05 (UTC); entries since then, not sealed yet: 0.",
    ]


def test_the_command_ends_with_1_and_the_first_break(chain: list[Scorecard]) -> None:
    _entry(actor_label="Z")(chain)
    _seal_removed(chain)
    with pytest.raises(CommandError, match=r"The chain is broken\. The day of the trail 2026-03-02 is not") as found:
        said("verify_chain")
    assert found.value.returncode == 1


@pytest.mark.django_db
@pytest.mark.parametrize("head", ["abc", "g" * 64])
def test_the_command_refuses_what_is_no_head(head: str) -> None:
    with pytest.raises(CommandError, match="64 hexadecimal digits"):
        said("verify_chain", "--expect", head)


@pytest.mark.django_db
def test_the_commands_work_in_an_empty_installation() -> None:
    assert said("verify_chain").startswith("The chain is whole. Nothing is sealed yet.\nNo day of the trail is")
    assert said("seal_trail") == "The audit trail has no day that is over, so nothing is sealed.\n"
    write(timezone.now() - timedelta(days=2))
    assert said("seal_trail").startswith("Days sealed: ")
    assert said("seal_trail").startswith("Days sealed: 0. The audit trail is sealed to the end of 20")


def test_a_chain_is_read_in_one_or_two_queries_a_seal(chain: list[Scorecard], django_assert_num_queries: Any) -> None:
    # The seals, each day and what came along, card and rules of each, what has no seal.
    with django_assert_num_queries(1 + 2 * 4 + 2 * 3 + 1):
        verification.verify()


def test_page_and_paper_of_a_scorecard_print_the_seal_by_which_it_is_found(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    card = cards.approved(cast)
    seal = Seal.objects.get(kind=sealing.KIND)
    assert seal.hash in view.scorecard_html(card, language="en")
    assert seal.hash in signed_in(cast.reader).get(reverse("scorecard_detail", args=[card.pk])).content.decode()
    assert verification.verify(expected=seal.hash).expected_at == seal


def test_a_scorecard_that_is_not_saved_prints_no_seal() -> None:
    html = view.scorecard_html(cards.scorecard(cards.snapshot()), language="en")
    assert "the snapshot of scorecard" in html
    assert "sealed in a chain" not in html
