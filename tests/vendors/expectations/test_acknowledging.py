"""A vendor's word on an edition: saved as it is written, read once it is acknowledged, and never changed then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from groundwork.saved import Closed, Conflict, Invalid, Saved
from manifesto.models import RULE_KEYS
from tests.assessments.vendor_commitments.scene import body_of, with_cookies
from tests.factories import Cast, make_expectations, make_release, make_vendor
from vendors.desk import links
from vendors.desk.guard import DESK
from vendors.desk.matters import Matter, matters_of
from vendors.expectations import acknowledging
from vendors.expectations.acknowledging import NotAcknowledged, Note, TooEarly
from vendors.models import Acknowledgement, Contact, DeskLink, ExpectationEdition, ExpectationReply

NOW = timezone.now()
FIRST, SECOND = RULE_KEYS[:2]


@pytest.fixture
def edition(cast: Cast) -> ExpectationEdition:
    make_release()
    return make_expectations(cast.assessor)


@pytest.fixture
def link(cast: Cast, edition: ExpectationEdition) -> DeskLink:
    vendor = make_vendor(cast.organisation, "Lighthouse Vendor")
    contact = Contact.objects.create(vendor=vendor, name="Kim", email="kim@vendor.example")
    return links.create(cast.assessor, contact, now=NOW)[0]


@pytest.fixture
def visitor(link: DeskLink) -> Client:
    return with_cookies({DESK.name_of(link.pk): DESK.value_of(link), "django_language": "en"})


def say(
    link: DeskLink, edition: ExpectationEdition, rule: str, stance: str, comment: str = "", *, version: int = 0
) -> Any:
    return acknowledging.save_reply(
        link, edition, rule, stance=stance, comment=comment, version=version, now=timezone.now()
    )


def url(name: str, link: DeskLink, edition: ExpectationEdition, *more: str) -> str:
    return reverse(name, args=[link.pk, edition.number, *more])


class TestSaving:
    def test_a_reply_is_kept_without_a_word_in_the_trail(self, link: DeskLink, edition: ExpectationEdition) -> None:
        before = AuditEntry.objects.count()
        assert say(link, edition, FIRST, "discusses", "We need a day.").version == 1
        assert say(link, edition, FIRST, "accepts", "We do not.", version=1).version == 2
        row = ExpectationReply.objects.get()
        assert (row.stance, row.comment, row.version, row.link) == ("accepts", "We do not.", 2, link)
        assert AuditEntry.objects.count() == before

    def test_of_two_at_once_the_second_sees_both_texts(self, link: DeskLink, edition: ExpectationEdition) -> None:
        say(link, edition, FIRST, "accepts", "Mine")
        outcome = say(link, edition, FIRST, "discusses", "Theirs")
        assert isinstance(outcome, Conflict)
        assert outcome.stored.comment == "Mine"
        assert isinstance(say(link, edition, FIRST, "accepts", "Mine"), Saved)  # the same words are no conflict

    def test_what_is_no_stance_or_too_long_is_refused(self, link: DeskLink, edition: ExpectationEdition) -> None:
        assert isinstance(say(link, edition, FIRST, "maybe"), Invalid)
        assert isinstance(say(link, edition, FIRST, "accepts", "x" * 2001), Invalid)
        assert not ExpectationReply.objects.exists()

    def test_an_edition_that_another_has_replaced_takes_nothing(self, cast: Cast, link: DeskLink) -> None:
        earlier = ExpectationEdition.objects.get()
        make_expectations(cast.assessor)
        assert isinstance(say(link, earlier, FIRST, "accepts"), Closed)

    def test_one_that_still_holds_takes_a_word_whatever_is_to_come(self, cast: Cast, link: DeskLink) -> None:
        earlier = ExpectationEdition.objects.get()
        make_expectations(cast.assessor, since=timezone.localdate() + timedelta(days=9))
        for edition in (earlier, ExpectationEdition.objects.get(number=2)):
            assert isinstance(say(link, edition, FIRST, "accepts"), Saved)


def of_expectations(link: DeskLink) -> list[Matter]:
    """Of what lies on the desk, the one thing that is open to whoever judges."""
    return [one for one in matters_of(link, today=timezone.localdate()) if one.is_open]


class TestAcknowledging:
    def test_each_rule_needs_a_word_or_the_rest_is_accepted(self, link: DeskLink, edition: ExpectationEdition) -> None:
        say(link, edition, FIRST, "discusses", "We need a day.")
        with pytest.raises(NotAcknowledged, match="for each rule"):
            acknowledging.acknowledge(link, edition, now=NOW)
        row = acknowledging.acknowledge(link, edition, accept_rest=True, now=NOW)
        assert row.replies[FIRST] == {"stance": "discusses", "comment": "We need a day."}
        assert [row.replies[rule]["stance"] for rule in RULE_KEYS[1:]] == ["accepts"] * 6
        assert (row.by, row.link, row.recorded_by, row.accepts_all) == ("Kim", link, None, False)
        entry = AuditEntry.objects.get(verb="acknowledgement.given")
        assert entry.after["to_discuss"] == 1
        assert "We need a day." not in str(entry.after)

    def test_the_same_is_not_acknowledged_twice_but_what_is_new_is(
        self, link: DeskLink, edition: ExpectationEdition
    ) -> None:
        acknowledging.acknowledge(link, edition, accept_rest=True, now=NOW)
        with pytest.raises(NotAcknowledged, match="nothing is new"):
            acknowledging.acknowledge(link, edition, now=NOW)
        say(link, edition, FIRST, "discusses", version=1)
        acknowledging.acknowledge(link, edition, now=NOW + timedelta(minutes=1))
        assert [row.accepts_all for row in Acknowledgement.objects.order_by("at")] == [True, False]

    def test_the_database_refuses_to_change_what_was_said(self, link: DeskLink, edition: ExpectationEdition) -> None:
        acknowledging.acknowledge(link, edition, accept_rest=True, now=NOW)
        for change in (lambda: Acknowledgement.objects.update(by="Lee"), Acknowledgement.objects.all().delete):
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                change()

    def test_a_later_edition_asks_again(self, cast: Cast, link: DeskLink, edition: ExpectationEdition) -> None:
        acknowledging.acknowledge(link, edition, accept_rest=True, now=NOW)
        assert [one.waits for one in of_expectations(link)] == [False]
        make_expectations(cast.assessor)
        assert [(one.waits, "edition 2" in one.title) for one in of_expectations(link)] == [(True, True)]


class TestNoting:
    def note(self, edition: ExpectationEdition, **fields: Any) -> Note:
        replies = {rule: {"stance": "accepts", "comment": ""} for rule in RULE_KEYS}
        return Note(**{"on": timezone.localdate(), "by": "Lee", "note": "In a meeting", "replies": replies} | fields)

    def test_a_member_notes_what_was_said_in_a_meeting(
        self, cast: Cast, link: DeskLink, edition: ExpectationEdition
    ) -> None:
        row = acknowledging.note_acknowledgement(cast.admin, link.vendor, edition, self.note(edition), now=NOW)
        assert (row.by, row.link, row.recorded_by, row.accepts_all) == ("Lee", None, cast.admin.user, True)
        assert AuditEntry.objects.filter(verb="acknowledgement.noted").count() == 1

    def test_not_of_a_day_to_come_before_it_was_published_or_with_a_rule_left_out(
        self, cast: Cast, link: DeskLink, edition: ExpectationEdition
    ) -> None:
        today = timezone.localdate()
        refused = [
            (TooEarly, {"on": today + timedelta(days=1)}),
            (TooEarly, {"on": today - timedelta(days=1)}),
            (NotAcknowledged, {"replies": {FIRST: {"stance": "accepts", "comment": ""}}}),
        ]
        for kind, fields in refused:
            with pytest.raises(kind):
                acknowledging.note_acknowledgement(
                    cast.admin, link.vendor, edition, self.note(edition, **fields), now=NOW
                )

    def test_not_by_a_reader_nor_of_another_organisation(
        self, cast: Cast, link: DeskLink, edition: ExpectationEdition
    ) -> None:
        for member in (cast.reader, cast.stranger):
            with pytest.raises(PermissionDenied):
                acknowledging.note_acknowledgement(member, link.vendor, edition, self.note(edition), now=NOW)


class TestPages:
    def test_the_vendor_reads_answers_and_acknowledges_without_a_script(
        self, visitor: Client, link: DeskLink, edition: ExpectationEdition
    ) -> None:
        home = body_of(visitor.get(reverse("desk_home", args=[link.pk])))
        assert url("desk_expectations", link, edition) in home
        page = body_of(visitor.get(url("desk_expectations", link, edition)))
        assert edition.expectations.all()[0].text_en in page
        said = {f"{FIRST}-version": 0, f"{FIRST}-stance": "discusses", f"{FIRST}-comment": "A day"}
        asked = visitor.post(url("desk_expectations", link, edition), said | {"then": "acknowledge"})
        assert asked["Location"] == url("desk_acknowledge", link, edition)
        confirm = body_of(visitor.get(asked["Location"]))
        assert "A day" in confirm
        assert "Accept these too, and acknowledge" in confirm
        assert not Acknowledgement.objects.exists()
        visitor.post(asked["Location"], {"accept": "rest"})
        assert Acknowledgement.objects.get().replies[FIRST]["comment"] == "A day"
        assert "Nothing waits for your word" in body_of(visitor.get(reverse("desk_home", args=[link.pk])))
        assert "Acknowledged on" in body_of(visitor.get(url("desk_expectations", link, edition)))

    def test_a_rule_saves_by_itself_and_says_what_somebody_else_wrote(
        self, visitor: Client, link: DeskLink, edition: ExpectationEdition
    ) -> None:
        target = url("desk_expectation_save", link, edition, FIRST)
        fields = {f"{FIRST}-version": 0, f"{FIRST}-stance": "accepts", f"{FIRST}-comment": "Mine"}
        saved = visitor.post(target, fields)
        assert (saved.status_code, saved.json()["state"], saved.json()["version"]) == (200, "saved", 1)
        late = visitor.post(target, fields | {f"{FIRST}-comment": "Other"})
        assert (late.status_code, late.json()["stored"]["comment"]) == (409, "Mine")
        assert "Keep mine" in late.json()["html"]
        page = visitor.post(url("desk_expectations", link, edition), fields | {f"{FIRST}-comment": "Other"})
        assert page.status_code == 409
        assert "Decide which one stays" in body_of(page)
        kept = {**fields, f"{FIRST}-comment": "Other", "keep": f"{FIRST}:1"}
        assert visitor.post(url("desk_expectations", link, edition), kept).status_code == 302
        assert ExpectationReply.objects.get().comment == "Other"
        assert visitor.post(url("desk_expectation_save", link, edition, "nothing"), fields).status_code == 404

    def test_an_edition_of_the_past_can_be_read_and_not_answered(
        self, cast: Cast, visitor: Client, link: DeskLink, edition: ExpectationEdition
    ) -> None:
        make_expectations(cast.assessor)
        page = body_of(visitor.get(url("desk_expectations", link, edition)))
        assert "A later edition holds by now" in page
        assert "<textarea" not in page
        assert visitor.get(reverse("desk_expectations", args=[link.pk, 3])).status_code == 404

    def test_the_page_takes_the_same_few_queries_whatever_is_said(
        self, visitor: Client, link: DeskLink, edition: ExpectationEdition, django_assert_num_queries: Any
    ) -> None:
        target = url("desk_expectations", link, edition)
        visitor.get(target)
        with django_assert_num_queries(11):
            visitor.get(target)
        for rule in RULE_KEYS:
            say(link, edition, rule, "discusses", "Long")
        with django_assert_num_queries(11):
            visitor.get(target)


def test_the_desk_says_from_when_an_edition_holds(cast: Cast, link: DeskLink) -> None:
    later: date = timezone.localdate() + timedelta(days=40)
    make_expectations(cast.assessor, since=later)
    found = of_expectations(link)
    assert [one.note.split(" ")[0] for one in found] == ["in", "comes"]
    assert all(one.waits and one.is_open for one in found)
