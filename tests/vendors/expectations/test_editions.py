"""The steps of an edition: one draft at a time, published once, never changed after, and two editors lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.trail import reading as trail
from tests.factories import Cast, make_expectations, make_release
from vendors.expectations import editions
from vendors.expectations.differences import Kind, differences, edition_before
from vendors.expectations.editions import Publication, Source, as_it_stands
from vendors.expectations.gate import faults_of
from vendors.expectations.plain_data import as_data
from vendors.expectations.refusals import FINAL
from vendors.expectations.sheet import edition_in_force
from vendors.models import Expectation, ExpectationEdition, ExpectationState, Vendor

pytestmark = pytest.mark.django_db


def row(edition: ExpectationEdition, key: str) -> Expectation:
    found: Expectation = edition.expectations.get(key=key)
    return found


def said(draft: ExpectationEdition, **changes: Any) -> Publication:
    draft.refresh_from_db()
    return Publication(
        **{"in_force_from": timezone.localdate(), "note": "As agreed.", "read": draft.version, **changes}
    )


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


# Beginning -------------------------------------------------------------------------------------------------------
def test_a_draft_begins_with_the_proposal_and_there_is_one_at_a_time(cast: Cast) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    assert (draft.number, draft.is_draft, draft.expectations.count()) == (1, True, 21)
    with pytest.raises(editions.DraftThere):
        editions.start_draft(cast.admin, Source.NOTHING)
    assert editions.start_draft(cast.stranger, Source.NOTHING).expectations.count() == 0
    assert verbs() == ["expectationedition.drafted"] * 2


def test_the_next_draft_says_what_the_edition_says_under_the_same_keys(cast: Cast) -> None:
    first = make_expectations(cast.assessor)
    second = editions.start_draft(cast.assessor, Source.EDITION)
    assert second.number == 2
    assert edition_before(second) == first
    assert differences(first.expectations.all(), second.expectations.all()) == []


def test_a_draft_that_is_given_up_leaves_its_number_and_what_is_in_force(cast: Cast) -> None:
    first = make_expectations(cast.assessor)
    editions.discard(cast.admin, editions.start_draft(cast.assessor, Source.NOTHING))
    assert list(ExpectationEdition.objects.all()) == [first]
    assert editions.start_draft(cast.assessor, Source.EDITION).number == 2


# Words -----------------------------------------------------------------------------------------------------------
def test_an_expectation_gets_a_key_of_its_words_that_no_edition_used(cast: Cast) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    added = editions.add(cast.assessor, draft, Expectation(rule="speed", text_en="One lead"))
    again = editions.add(cast.assessor, draft, Expectation(rule="speed", text_fr="À l’heure dite"))
    third = editions.add(cast.assessor, draft, Expectation(rule="speed", text_nl="…"))
    assert [added.key, again.key, third.key] == ["one-lead-2", "a-lheure-dite", "speed"]
    assert [added.position, again.position, third.position] == [4, 5, 6]


def test_of_one_measure_one_expectation_tells(cast: Cast) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    twice = Expectation(rule="speed", text_en="Quick", measure="first_response", target=Decimal(1))
    with pytest.raises(editions.MeasureInUse) as refused:
        editions.add(cast.assessor, draft, twice)
    assert refused.value.field == "measure"
    other = row(draft, "one-lead")
    read = as_it_stands(other)
    other.measure, other.target = "first_response", Decimal(1)
    with pytest.raises(editions.MeasureInUse):
        editions.change(cast.assessor, other, read=read)


def test_of_two_who_change_the_same_the_second_is_told_and_the_first_stays(cast: Cast) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    mine, theirs = row(draft, "one-lead"), row(draft, "one-lead")
    read = as_it_stands(mine)
    theirs.text_en = "Theirs."
    editions.change(cast.colleague, theirs, read=read)
    mine.text_en = "Mine."
    with pytest.raises(editions.ChangedMeanwhile):
        editions.change(cast.assessor, mine, read=read)
    assert row(draft, "one-lead").text_en == "Theirs."
    editions.change(cast.assessor, mine, read=as_it_stands(row(draft, "one-lead")))
    assert row(draft, "one-lead").text_en == "Mine."


def test_what_a_colleague_removed_is_said_and_not_written_again(cast: Cast) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    mine = row(draft, "one-lead")
    editions.remove(cast.colleague, row(draft, "one-lead"))
    read = as_it_stands(mine)
    mine.text_en = "Mine."
    with pytest.raises(editions.ChangedMeanwhile):
        editions.change(cast.assessor, mine, read=read)
    assert not draft.expectations.filter(key="one-lead").exists()


def test_saving_what_stands_there_records_nothing(cast: Cast) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    same = row(draft, "one-lead")
    editions.change(cast.assessor, same, read="whatever")
    draft.refresh_from_db()
    assert (verbs(), draft.version) == (["expectationedition.drafted"], 1)


def test_under_another_rule_it_goes_to_the_end(cast: Cast) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    moved = row(draft, "one-lead")
    read = as_it_stands(moved)
    moved.rule = "speed"
    editions.change(cast.assessor, moved, read=read)
    assert row(draft, "one-lead").position == 4


def test_moving_swaps_neighbours_and_stops_at_the_ends(cast: Cast) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)

    def order() -> list[str]:
        return [one.key for one in draft.expectations.filter(rule="support")]

    first, second, third = order()
    editions.move(cast.assessor, row(draft, second), by=-1)
    assert order() == [second, first, third]
    editions.move(cast.assessor, row(draft, second), by=-1)
    editions.move(cast.assessor, row(draft, third), by=1)
    assert order() == [second, first, third]
    editions.move(cast.assessor, row(draft, first), by=1)
    assert order() == [second, third, first]


# The gate --------------------------------------------------------------------------------------------------------
def test_the_gate_says_which_language_and_which_rule_is_missing_and_where(cast: Cast) -> None:
    make_release()
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    assert faults_of(draft) == []
    draft.expectations.filter(rule="proof").delete()
    draft.expectations.filter(key="one-lead").update(text_fr="", text_nl=" ")
    found = faults_of(draft)
    assert [fault.words for fault in found] == [
        "Not said in French and Dutch yet: “One named person leads a critical incident for you from the first call "
        "until the business runs.”",
        "Rule 6, Proof (en): say at least one thing that you expect.",
    ]
    assert found[0].url == f"/expectations/{row(draft, 'one-lead').pk}/edit/"
    assert found[1].url == f"/expectations/editions/{draft.pk}/add/?rule=proof"
    with pytest.raises(editions.NotReady):
        editions.publish(cast.assessor, draft, said(draft), today=timezone.localdate())


# Publishing ------------------------------------------------------------------------------------------------------
def test_an_edition_is_in_force_from_its_day_on(cast: Cast) -> None:
    today = timezone.localdate()
    first = make_expectations(cast.assessor, since=today - timedelta(days=30))
    draft = editions.start_draft(cast.assessor, Source.EDITION)
    later = today + timedelta(days=10)
    second = editions.publish(cast.admin, draft, said(draft, in_force_from=later), today=today)
    home = cast.organisation.pk
    assert edition_in_force(home, today - timedelta(days=31)) is None
    assert edition_in_force(home, today) == first
    assert edition_in_force(home, later - timedelta(days=1)) == first
    assert edition_in_force(home, later) == second
    assert edition_in_force(cast.other_organisation.pk, later) is None
    assert (second.published_by, second.state) == (cast.admin.user, ExpectationState.PUBLISHED)


@pytest.mark.parametrize(
    ("days", "note", "refusal"),
    [
        (-1, "Why.", editions.TooEarly),  # in the past
        (9, "Why.", editions.TooEarly),  # before the edition that is to come
        (10, "", editions.ChangeUnsaid),
    ],
)
def test_what_nobody_could_keep_or_understand_is_not_published(
    cast: Cast, days: int, note: str, refusal: type[Exception]
) -> None:
    today = timezone.localdate()
    make_expectations(cast.assessor, since=today + timedelta(days=10))
    draft = editions.start_draft(cast.assessor, Source.EDITION)
    publication = said(draft, in_force_from=today + timedelta(days=days), note=note)
    with pytest.raises(refusal):
        editions.publish(cast.assessor, draft, publication, today=today)
    assert ExpectationEdition.objects.drafts().count() == 1


def test_the_first_edition_changes_nothing_and_needs_no_why(cast: Cast) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    published = editions.publish(cast.assessor, draft, said(draft, note=""), today=timezone.localdate())
    assert not published.is_draft


def test_a_draft_that_a_colleague_changed_meanwhile_is_not_published_unread(cast: Cast) -> None:
    draft = editions.start_draft(cast.assessor, Source.PROPOSAL)
    publication = said(draft)
    editions.remove(cast.colleague, row(draft, "one-lead"))
    with pytest.raises(editions.ChangedMeanwhile):
        editions.publish(cast.assessor, draft, publication, today=timezone.localdate())


Step = Callable[[Cast, ExpectationEdition], object]


@pytest.mark.parametrize(
    "step",
    [
        lambda cast, edition: editions.add(cast.assessor, edition, Expectation(rule="speed", text_en="More")),
        lambda cast, edition: editions.change(cast.assessor, edition.expectations.all()[0], read=""),
        lambda cast, edition: editions.move(cast.assessor, edition.expectations.all()[0], by=1),
        lambda cast, edition: editions.remove(cast.assessor, edition.expectations.all()[0]),
        lambda cast, edition: editions.discard(cast.assessor, edition),
        lambda cast, edition: editions.publish(cast.assessor, edition, said(edition), today=timezone.localdate()),
    ],
)
def test_what_was_published_takes_no_step_any_more(cast: Cast, step: Step) -> None:
    with pytest.raises(editions.NoDraft):
        step(cast, make_expectations(cast.assessor))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE vendors_expectationedition SET note = 'other' WHERE id = {edition}",
        "UPDATE vendors_expectationedition SET state = 'draft', published_at = NULL WHERE id = {edition}",
        "DELETE FROM vendors_expectationedition WHERE id = {edition}",
        "UPDATE vendors_expectation SET text_en = 'other' WHERE id = {one}",
        "UPDATE vendors_expectation SET edition_id = {draft} WHERE id = {one}",
        "UPDATE vendors_expectation SET edition_id = {edition}, key = 'new' WHERE id = {of_draft}",
        "DELETE FROM vendors_expectation WHERE id = {one}",
        "INSERT INTO vendors_expectation (edition_id, key, rule, position, text_en, text_fr, text_nl, measure) "
        "VALUES ({edition}, 'new', 'speed', 9, 'a', 'b', 'c', '')",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_published(cast: Cast, statement: str) -> None:
    edition = make_expectations(cast.assessor)
    draft = editions.start_draft(cast.assessor, Source.EDITION)
    keys = {"edition": edition.pk, "draft": draft.pk, "one": row(edition, "one-lead").pk}
    sql = statement.format(**keys, of_draft=row(draft, "one-lead").pk)
    with pytest.raises(IntegrityError, match=FINAL), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# What changed ----------------------------------------------------------------------------------------------------
def test_differences_name_what_is_new_gone_and_otherwise(cast: Cast) -> None:
    make_release()
    first = make_expectations(cast.assessor)
    draft = editions.start_draft(cast.assessor, Source.EDITION)
    editions.remove(cast.assessor, row(draft, "one-lead"))
    editions.add(cast.assessor, draft, Expectation(rule="speed", text_en="More"))
    changed = row(draft, "a-person-in-15-minutes")
    read = as_it_stands(changed)
    changed.text_nl, changed.target = "Anders.", Decimal("0.5")
    editions.change(cast.assessor, changed, read=read)
    found = differences(first.expectations.all(), draft.expectations.all())
    assert [(one.kind, one.rule) for one in found] == [
        (Kind.REMOVED, "support"),
        (Kind.CHANGED, "speed"),
        (Kind.ADDED, "speed"),
    ]
    dutch, told = found[1].changes
    assert (dutch.name, dutch.after) == ("Dutch", "Anders.")
    assert (told.before, told.after) == (
        "Time to the first response: at most 15 minutes",
        "Time to the first response: at most 30 minutes",
    )


# As plain data ---------------------------------------------------------------------------------------------------
def test_as_plain_data_it_says_seven_rules_in_three_languages_with_targets(cast: Cast) -> None:
    vendor = Vendor.objects.create(organisation=cast.organisation, name="Harbour Systems")
    today = timezone.localdate()
    assert as_data(vendor, today) is None
    make_expectations(cast.assessor)
    found = as_data(vendor, today)
    assert found is not None
    assert (found["edition"], found["in_force_from"], found["acknowledgement"]) == (1, today.isoformat(), None)
    assert [len(rule["expectations"]) for rule in found["rules"]] == [3] * 7
    quick = found["rules"][4]["expectations"][0]
    assert (quick["key"], quick["measure"], quick["target"]) == ("a-person-in-15-minutes", "first_response", "0.25")
    assert sorted(quick["texts"]) == ["en", "fr", "nl"]


def test_the_trail_tells_of_editions_and_expectations_in_words(cast: Cast) -> None:
    make_release()
    make_expectations(cast.assessor)
    draft = editions.start_draft(cast.assessor, Source.EDITION)
    changed = row(draft, "a-person-in-15-minutes")
    read = as_it_stands(changed)
    changed.measure, changed.target, changed.rule = "", None, "guidance"
    editions.change(cast.assessor, changed, read=read)
    drafted, published, _again, changing = trail.lines(AuditEntry.objects.order_by("pk"))
    assert (drafted.verb, drafted.label) == ("Draft of expectations begun", "Edition 1 of what is expected")
    assert (published.verb, published.label) == ("Expectations published", "Edition 1 of what is expected")
    assert changing.verb == "Expectation changed"
    told = {change.name: (change.before, change.after) for change in changing.changes}
    assert told["Rule"] == ("Speed (en)", "Guidance (en)")
    assert told["Measure that tells"][0] == "Time to the first response"
