"""The right of reply: what the vendor is shown, what it says, until when, and that it changes no score."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import translation

from accounts.models import AuditEntry
from assessments.approval.fingerprint import fingerprint
from assessments.lifecycle import transitions
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Assessment, AssessmentState, Preferences, Reply, ReplyRequest, VendorLink
from assessments.score.reading import current_score
from assessments.secrecy import readable_entries
from assessments.vendor_side import reply
from groundwork.saved import Closed, Conflict, Invalid, Saved
from tests.assessments.findings.test_findings import slower
from tests.assessments.lifecycle.test_transitions import at_once
from tests.factories import NOW, Cast, make_assessment, make_cast, make_vendor
from vendors.models import Contact

DUE = date(2026, 3, 12)
AFTER = NOW + timedelta(days=11)


def in_review(cast: Cast, **fields: Any) -> Assessment:
    assessment = make_assessment(cast.assessor, grade=3, **fields)
    transitions.submit(cast.assessor, assessment, now=NOW)
    assessment.refresh_from_db()
    assessment.fingerprint = fingerprint(assessment)
    assessment.save()
    return assessment


def contact_of(assessment: Assessment, **fields: Any) -> Contact:
    fields = {"name": "Robin Example", "email": "robin@vendor.example", "language": "fr"} | fields
    return Contact.objects.create(vendor=assessment.vendor, **fields)


def asked(cast: Cast, assessment: Assessment | None = None, due_on: date = DUE) -> tuple[ReplyRequest, VendorLink]:
    assessment = assessment or in_review(cast)
    request = reply.open_request(cast.assessor, assessment, contact=contact_of(assessment), due_on=due_on, now=NOW)
    return request, VendorLink.objects.select_related("assessment__organisation").get(reply_request=request)


def say(link: VendorLink, rule: str = "support", stance: str = "agrees", text: str = "", version: int = 0) -> Any:
    return reply.save_reply(link, rule, stance, text, version, now=NOW)


def test_the_result_is_frozen_when_the_vendor_is_asked(cast: Cast) -> None:
    assessment = in_review(cast)

    request, _link = asked(cast, assessment)

    first = request.shown["rules"][0]
    assert first == {
        "key": "support",
        "position": 1,
        "name": {"en": "Support (en)", "fr": "Support (fr)", "nl": "Support (nl)"},
        "status": "met",
        "percent": "75",
        "measured": {},
    }
    assert (request.shown["met"], len(request.shown["rules"])) == (7, 7)
    assert request.fingerprint == assessment.fingerprint


def test_what_was_shown_is_told_in_the_language_of_the_reader(cast: Cast) -> None:
    request, _link = asked(cast)
    request.shown["rules"][0]["percent"] = "200/3"

    with translation.override("fr"):
        shown = reply.shown_in_words(request)

    assert (shown.rules[0].name, shown.rules[0].percent) == ("Support (fr)", "66,7\u00a0%")
    assert [status for status, _word, _text in shown.meanings] == ["met", "partly", "broken", "not_rated"]


def test_the_contact_gets_the_link_in_its_own_language_once_the_request_is_certain(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        _request, link = asked(cast)

    (message,) = [one for one in mail.outbox if one.to == ["robin@vendor.example"]]
    assert "/vendor-link/" in message.body
    assert link.language == "fr"


@pytest.mark.parametrize("days", [0, -1])
def test_the_vendor_has_until_tomorrow_at_least(cast: Cast, days: int) -> None:
    assessment = in_review(cast)

    with pytest.raises(IllegalTransition, match="until tomorrow"):
        asked(cast, assessment, NOW.date() + timedelta(days=days))

    assert not ReplyRequest.objects.exists()


def test_the_vendor_is_asked_only_while_the_result_is_in_review(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)

    with pytest.raises(IllegalTransition, match="collecting"):
        asked(cast, assessment)


def test_one_request_at_a_time(cast: Cast) -> None:
    request, _link = asked(cast)

    with pytest.raises(IllegalTransition, match="asked already"):
        asked(cast, request.assessment)


def test_a_reader_or_a_stranger_asks_nobody(cast: Cast) -> None:
    assessment = in_review(cast)
    contact = contact_of(assessment)

    with pytest.raises(PermissionDenied):
        reply.open_request(cast.reader, assessment, contact=contact, due_on=DUE, now=NOW)
    with pytest.raises(Assessment.DoesNotExist):
        reply.open_request(cast.stranger, assessment, contact=contact, due_on=DUE, now=NOW)


def test_whoever_decides_may_ask_too(cast: Cast) -> None:
    assessment = in_review(cast)

    reply.open_request(cast.approver, assessment, contact=contact_of(assessment), due_on=DUE, now=NOW)

    assert VendorLink.objects.to_reply().count() == 1


def test_a_contact_of_another_vendor_is_refused(cast: Cast) -> None:
    assessment = in_review(cast)
    other = Contact.objects.create(vendor=make_vendor(cast.organisation, "Other"), name="Other")

    with pytest.raises(PermissionDenied):
        reply.open_request(cast.assessor, assessment, contact=other, due_on=DUE, now=NOW)


def test_a_reply_is_kept_and_counts_versions(cast: Cast) -> None:
    _request, link = asked(cast)

    assert say(link, text="  True.  ") == Saved(version=1, at=NOW)
    assert say(link, stance="contests", text="Not so.", version=1) == Saved(version=2, at=NOW)

    stored = Reply.objects.get(rule="support")
    assert (stored.stance, stored.text, stored.version) == ("contests", "Not so.", 2)


def test_saving_the_same_again_is_no_conflict(cast: Cast) -> None:
    _request, link = asked(cast)
    say(link)

    assert say(link, version=0) == Saved(version=1, at=NOW)


def test_of_two_who_write_the_second_is_shown_the_first(cast: Cast) -> None:
    _request, link = asked(cast)
    say(link, text="First.")

    outcome = say(link, text="Second.", version=0)

    assert isinstance(outcome, Conflict)
    assert outcome.stored.text == "First."


@pytest.mark.parametrize(
    ("stance", "text", "field"), [("contests", " ", "text"), ("", "But why?", "stance"), ("shrugs", "", "stance")]
)
def test_what_is_missing_is_said_beside_its_field(cast: Cast, stance: str, text: str, field: str) -> None:
    _request, link = asked(cast)

    outcome = say(link, stance=stance, text=text)

    assert isinstance(outcome, Invalid)
    assert list(outcome.errors) == [field]


def test_nothing_can_be_changed_after_the_last_day(cast: Cast) -> None:
    _request, link = asked(cast)
    last_moment = NOW.replace(day=12, hour=22, minute=59)  # 23:59 in Brussels

    assert isinstance(reply.save_reply(link, "support", "agrees", "", 0, now=last_moment), Saved)
    late = reply.save_reply(link, "support", "contests", "Late.", 1, now=last_moment + timedelta(minutes=2))

    assert isinstance(late, Closed)
    assert "12\u00a0March 2026" in late.reason
    with pytest.raises(IllegalTransition, match="The time to reply ended"):
        reply.submit_replies(link, now=AFTER)


def test_nothing_can_be_changed_after_the_approval(cast: Cast) -> None:
    request, link = asked(cast)
    Assessment.objects.filter(pk=request.assessment_id).update(state=AssessmentState.APPROVED)

    outcome = say(link)

    assert isinstance(outcome, Closed)
    assert "approved" in outcome.reason


def test_nothing_can_be_changed_once_sent_or_withdrawn(cast: Cast) -> None:
    _request, link = asked(cast)
    say(link)
    reply.submit_replies(link, now=NOW)

    assert isinstance(say(link, stance="contests", text="After all.", version=1), Closed)

    other = in_review(cast)
    _request, link = asked(cast, other)
    reply.withdraw_request(cast.assessor, other, now=NOW)
    assert isinstance(say(link), Closed)


def test_an_empty_reply_is_not_sent(cast: Cast) -> None:
    _request, link = asked(cast)

    with pytest.raises(IllegalTransition, match="Nothing is said"):
        reply.submit_replies(link, now=NOW)


def test_what_was_not_sent_is_read_by_nobody(cast: Cast) -> None:
    request, link = asked(cast)
    say(link, text="A first thought.")

    assert reply.replies_of(request.assessment) == ()
    assert reply.owner_panel(request.assessment, cast.assessor, now=NOW).replies == ()
    (written,) = AuditEntry.objects.filter(after__text="A first thought.")
    for person in (cast.assessor.user, cast.approver.user, cast.admin.user, cast.editor):
        assert written not in readable_entries(AuditEntry.objects.all(), person)


def test_replies_come_in_the_order_of_the_rules(cast: Cast) -> None:
    request, link = asked(cast)
    say(link, rule="proof", stance="contests", text="We proved it twice.")
    say(link)
    reply.submit_replies(link, now=NOW)

    support, proof = reply.replies_of(request.assessment)

    assert (support.rule, support.stance, support.by, support.at) == ("support", "agrees", "Robin Example", NOW)
    assert (proof.rule, proof.text, proof.to_earlier_result) == ("proof", "We proved it twice.", False)


def test_a_reply_to_a_result_that_changed_since_says_so(cast: Cast) -> None:
    request, link = asked(cast)
    say(link)
    reply.submit_replies(link, now=NOW)
    assessment = request.assessment
    assessment.fingerprint = "changed"
    assessment.save()

    assert reply.replies_of(assessment)[0].to_earlier_result


def test_after_a_change_the_vendor_can_be_asked_again_and_the_earlier_reply_stays_until_it_answers(cast: Cast) -> None:
    request, link = asked(cast)
    say(link, text="To the first result.")
    reply.submit_replies(link, now=NOW)
    assessment = request.assessment
    with pytest.raises(IllegalTransition, match="replied to this result"):
        reply.open_request(cast.assessor, assessment, contact=link.contact, due_on=DUE, now=NOW)  # type: ignore[arg-type]
    Assessment.objects.filter(pk=assessment.pk).update(fingerprint="changed")
    assessment.refresh_from_db()

    again = reply.open_request(cast.assessor, assessment, contact=link.contact, due_on=DUE, now=NOW)  # type: ignore[arg-type]

    assert [one.text for one in reply.replies_of(assessment)] == ["To the first result."]
    second = VendorLink.objects.get(reply_request=again)
    say(second, text="To the second.")
    reply.submit_replies(second, now=AFTER - timedelta(days=5))
    (given,) = reply.replies_of(assessment)
    assert (given.text, given.to_earlier_result) == ("To the second.", False)


def test_a_reply_changes_no_score(cast: Cast) -> None:
    request, link = asked(cast)
    before = current_score(request.assessment)
    for rule in request.shown["rules"]:
        say(link, rule=rule["key"], stance="contests", text="We see it otherwise.")
    reply.submit_replies(link, now=NOW)

    assert current_score(request.assessment) == before
    assert fingerprint(request.assessment) == request.fingerprint


def test_it_is_pending_until_replied_withdrawn_or_late(cast: Cast) -> None:
    request, link = asked(cast)

    assert ReplyRequest.objects.pending(DUE).get() == request
    assert not ReplyRequest.objects.pending(DUE + timedelta(days=1)).exists()
    say(link)
    reply.submit_replies(link, now=NOW)
    assert not ReplyRequest.objects.pending(DUE).exists()

    other = in_review(cast)
    asked(cast, other)
    reply.withdraw_request(cast.assessor, other, now=NOW)
    assert not ReplyRequest.objects.pending(DUE).exists()


def test_more_time_opens_a_request_that_was_late_again(cast: Cast) -> None:
    request, link = asked(cast)
    assert isinstance(reply.save_reply(link, "support", "agrees", "", 0, now=AFTER), Closed)

    reply.extend(cast.assessor, request.assessment, due_on=DUE + timedelta(days=20), now=AFTER)

    link.refresh_from_db()
    assert isinstance(reply.save_reply(link, "support", "agrees", "", 0, now=AFTER), Saved)
    assert link.expires_at.date() >= DUE + timedelta(days=20)


def test_a_reply_that_was_sent_is_not_withdrawn(cast: Cast) -> None:
    request, link = asked(cast)
    say(link)
    reply.submit_replies(link, now=NOW)

    with pytest.raises(IllegalTransition, match="replied already"):
        reply.withdraw_request(cast.assessor, request.assessment, now=NOW)


def test_each_save_of_a_reply_is_on_the_trail_and_read_by_nobody_before_it_is_sent(cast: Cast) -> None:
    _request, link = asked(cast)
    say(link, text="First.")
    say(link, text="Second.", version=1)
    say(link, text="Never seen.", version=0)  # another window: nothing is written

    written = AuditEntry.objects.of_verb("reply.changed").order_by("pk")
    assert [(entry.before["text"], entry.after["text"]) for entry in written] == [("", "First."), ("First.", "Second.")]
    for person in (cast.assessor, cast.approver, cast.admin):
        assert not readable_entries(written, person.user).exists()

    reply.submit_replies(link, now=NOW)
    assert readable_entries(written, cast.approver.user).count() == 2


def test_the_trail_names_the_contact_and_each_rule(cast: Cast) -> None:
    request, link = asked(cast)
    say(link, stance="contests", text="No.")
    reply.submit_replies(link, now=NOW)

    given = AuditEntry.objects.get(verb="reply.given")
    assert (given.actor, given.actor_label) == (None, "Robin Example <robin@vendor.example>")
    assert given.after == {"stance": "contests", "text": "No."}
    assert given.subject_id == str(request.assessment_id)
    assert {"reply.asked", "reply.sent"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_the_owner_is_told_in_their_language_unless_they_want_no_mail(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    cast.assessor.user.language = "nl"
    cast.assessor.user.save()
    _request, link = asked(cast)
    say(link)
    with django_capture_on_commit_callbacks(execute=True):
        reply.submit_replies(link, now=NOW)
    (message,) = [one for one in mail.outbox if one.to == [cast.assessor.user.email]]
    assert '<html lang="nl">' in message.alternatives[0][0]  # type: ignore[attr-defined]

    mail.outbox.clear()
    Preferences.objects.create(user=cast.assessor.user, at_once=False)
    other = in_review(cast)
    _request, link = asked(cast, other)
    say(link)
    with django_capture_on_commit_callbacks(execute=True):
        reply.submit_replies(link, now=NOW)
    assert [one for one in mail.outbox if one.to == [cast.assessor.user.email]] == []


def test_reading_replies_takes_the_same_few_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    request, link = asked(cast)
    for rule in request.shown["rules"]:
        say(link, rule=rule["key"])
    reply.submit_replies(link, now=NOW)

    with django_assert_max_num_queries(3):
        assert len(reply.replies_of(request.assessment)) == 7


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs rows that can be locked")
@pytest.mark.django_db(transaction=True)
def test_saving_and_sending_at_once_do_not_pass_through_each_other() -> None:
    request, link = asked(make_cast())
    say(link)

    saved, sent = at_once(
        lambda: say(link, stance="contests", text="No.", version=1), lambda: reply.submit_replies(link, now=NOW)
    )

    assert isinstance(sent, ReplyRequest)
    (given,) = reply.replies_of(request.assessment)
    assert given.stance == ("contests" if isinstance(saved, Saved) else "agrees")


def test_what_was_measured_against_the_result_is_frozen_with_it_in_every_language(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Slower Systems")
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=4)
    transitions.submit(cast.assessor, assessment, now=NOW)
    slower(vendor)
    request = ReplyRequest(shown=reply.shown_of(assessment, now=NOW + timedelta(days=40)))
    told = {}
    for code in LANGUAGES:
        with translation.override(code):
            measured = {rule.key: rule.measured for rule in reply.shown_in_words(request).rules}
        [told[code]] = measured.pop("speed")
        assert set(measured.values()) == {()}
    assert "INC-2026" in told["en"]  # with the incidents behind it
    assert len(set(told.values())) == len(LANGUAGES)
    assert not [name for name in ("Assessor", "Procurement") if name in "".join(told.values())]


def test_a_result_that_was_shown_before_says_nothing_of_measures(cast: Cast) -> None:
    shown = reply.shown_of(make_assessment(cast.assessor, grade=4), now=NOW)
    for rule in shown["rules"]:
        del rule["measured"]
    assert {rule.measured for rule in reply.shown_in_words(ReplyRequest(shown=shown)).rules} == {()}


LANGUAGES = ("en", "fr", "nl")
