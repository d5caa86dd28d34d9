"""The right of reply: the vendor is shown the result per rule before the last approval, and agrees or contests.

What it was shown is frozen with the request; what it says is printed beside the rule and changes no score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import Right, may
from accounts.models import Membership
from accounts.trail import audit
from assessments import outward
from assessments.approval import chain
from assessments.independence import let_read
from assessments.lifecycle import transitions
from assessments.lifecycle.transitions import NOT_NOW, IllegalTransition
from assessments.models import Assessment, AssessmentState, Reply, ReplyRequest, Stance, VendorLink
from assessments.score import words as wording
from assessments.score.arithmetic import Policy
from assessments.score.reading import current_score, policy_of
from assessments.vendor_side import links
from assessments.vendor_side.answers import tell, tell_owner
from assessments.vendor_side.reply_measured import measured_against
from groundwork import words
from groundwork.languages import DEFAULT, LANGUAGE_CODES, active_language
from groundwork.saved import Closed, Conflict, Invalid, Outcome, Saved
from manifesto.models import Rule
from vendors.models import Contact

USUAL_DAYS = 10
LONGEST_TEXT = 10_000  # characters
OVER: dict[str, Promise] = {
    AssessmentState.DRAFT: gettext_lazy("There is no result to reply to yet."),
    AssessmentState.APPROVED: gettext_lazy("The result is approved by now: nothing is left for you to do."),
    AssessmentState.CANCELLED: gettext_lazy("The assessment was cancelled: no reply is needed any more."),
}


@dataclass(frozen=True, kw_only=True)
class RuleReply:
    """What the vendor replied to the result of one rule."""

    rule: str
    stance: str
    text: str
    by: str
    at: datetime
    to_earlier_result: bool  # the result has changed since the vendor was shown it


@dataclass(frozen=True, kw_only=True)
class ShownRule:
    """A rule as the vendor was shown it, in the active language; `percent` is empty where nothing was graded."""

    key: str
    position: int
    name: str
    status: str
    status_label: str
    percent: str
    measured: tuple[str, ...] = ()  # what was measured that speaks against it


@dataclass(frozen=True, kw_only=True)
class RepliedRules:
    """How far a reply is, in rules."""

    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class ShownResult:
    """The frozen result in the active language, with what each status means."""

    rules: tuple[ShownRule, ...]
    met: int
    weakest: ShownRule | None
    meanings: tuple[tuple[str, str, str], ...]  # status, its word, what it means

    @property
    def headline(self) -> str:
        """“5 of 7 rules met”; French and Dutch have a singular of it."""
        said = ngettext("%(met)s of %(total)s rules met", "%(met)s of %(total)s rules met", self.met)
        return said % {"met": self.met, "total": len(self.rules)}


@dataclass(frozen=True, kw_only=True)
class OwnerPanel:
    """What the customer sees of the right of reply: never a word that was not sent."""

    assessment: Assessment
    request: ReplyRequest | None
    link: VendorLink | None
    state: str  # none, waiting, late, replied
    replies: tuple[RuleReply, ...]
    names: Mapping[str, str]  # rule key → its name
    may_ask: bool  # a (new) request can be made by this member now
    may_change: bool  # the one that is open can be extended or withdrawn

    @property
    def named_replies(self) -> tuple[tuple[str, RuleReply], ...]:
        return tuple((self.names.get(reply.rule, reply.rule), reply) for reply in self.replies)

    @property
    def is_of_earlier_result(self) -> bool:
        return self.request is not None and self.request.fingerprint != self.assessment.fingerprint


# What the customer does. ---------------------------------------------------------------------------------------------


def may_ask(member: Membership, assessment: Assessment) -> bool:
    """Whoever assesses, and whoever decides."""
    if member.organisation_id != assessment.organisation_id:
        return False
    return may(member, Right.ASSESS) or transitions.may_decide_on(assessment, member)


def open_request(
    member: Membership, assessment: Assessment, *, contact: Contact, due_on: date, now: datetime | None = None
) -> ReplyRequest:
    """Show the result of today to one contact of the vendor, by a link of its own that is mailed once this is certain.

    One request an assessment; a new one only after the result has changed since the vendor replied to it.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = _lock_assessment(member, assessment)
        if contact.vendor_id != row.vendor_id:
            raise PermissionDenied
        _check_day(due_on, now)
        _replace_earlier(row, now)
        request = ReplyRequest.objects.create(
            assessment=row,
            shown=shown_of(row, now=now),
            fingerprint=row.fingerprint,
            due_on=due_on,
            opened_by=member.user,
            opened_at=now,
        )
        Reply.objects.bulk_create(Reply(request=request, rule=rule["key"]) for rule in request.shown["rules"])
        after = {"due_on": due_on, "name": str(contact)}
        audit.record(member.user, "reply.asked", request, after=after)
        link, token = links.create_for_reply(member, request, contact, expires_at=links.end_of_reply(due_on), now=now)
        transaction.on_commit(partial(links.send, link, token, member=member))
    return request


def withdraw_request(member: Membership, assessment: Assessment, *, now: datetime | None = None) -> ReplyRequest:
    """The vendor is no longer asked; a reply that was sent cannot be taken out again."""
    now = now or timezone.now()
    with transaction.atomic():
        row = _lock_assessment(member, assessment)
        request = _unanswered(row)
        request.withdrawn_at = now
        request.save(update_fields=["withdrawn_at"])
        before, after = {"withdrawn_at": None}, {"withdrawn_at": now}
        audit.record(member.user, "reply.withdrawn", request, before=before, after=after)
    return request


def extend(member: Membership, assessment: Assessment, *, due_on: date, now: datetime | None = None) -> ReplyRequest:
    """Another last day for the reply, also once the first one has passed; the link stays valid as long."""
    now = now or timezone.now()
    with transaction.atomic():
        row = _lock_assessment(member, assessment)
        request = _unanswered(row)
        _check_day(due_on, now)
        before, request.due_on = request.due_on, due_on
        request.save(update_fields=["due_on"])
        open_links = VendorLink.objects.to_reply().filter(reply_request=request, revoked_at=None)
        open_links.filter(expires_at__lt=links.end_of_reply(due_on)).update(expires_at=links.end_of_reply(due_on))
        audit.record(member.user, "reply.extended", request, before={"due_on": before}, after={"due_on": due_on})
    return request


def replies_of(assessment: Assessment) -> tuple[RuleReply, ...]:
    """What the vendor sent, rule by rule in order; nothing of what it has only written down. Three queries at most."""
    requests = ReplyRequest.objects.filter(assessment=assessment, submitted_at__isnull=False)
    request = requests.order_by("-submitted_at").first()
    if request is None or request.submitted_at is None:
        return ()
    places = {rule["key"]: rule["position"] for rule in request.shown["rules"]}
    link = _link_of(request)
    return tuple(
        RuleReply(
            rule=reply.rule,
            stance=reply.stance,
            text=reply.text,
            by=str(link or ""),
            at=request.submitted_at,
            to_earlier_result=request.fingerprint != assessment.fingerprint,
        )
        for reply in sorted(request.replies.exclude(stance=""), key=lambda reply: places.get(reply.rule, 0))
    )


def owner_panel(assessment: Assessment, member: Membership | None = None, *, now: datetime | None = None) -> OwnerPanel:
    """The context of `_reply_owner.html`. Without a member: for whoever the page itself has let in."""
    today = timezone.localdate(now or timezone.now())
    request = ReplyRequest.objects.standing().filter(assessment=assessment).first()
    trusted = member is None or may_ask(member, assessment)
    can_act = trusted and assessment.state == AssessmentState.IN_REVIEW
    replies = _replies_read_by(member, assessment)
    rules = Rule.objects.filter(release=assessment.release_id)
    return OwnerPanel(
        assessment=assessment,
        request=request,
        link=_link_of(request) if request else None,
        state=_state(request, today),
        replies=replies,
        names=dict(rules.values_list("key", "name")) if replies else {},
        may_ask=can_act and (request is None or _is_of_earlier_result(request, assessment)),
        may_change=can_act and request is not None and request.submitted_at is None,
    )


def _replies_read_by(member: Membership | None, assessment: Assessment) -> tuple[RuleReply, ...]:
    """What is said of a result tells of it: none for whoever is still to judge alone."""
    replies = replies_of(assessment)
    if replies and member is not None and not let_read(assessment, member.user):
        return ()
    return replies


def _is_of_earlier_result(request: ReplyRequest, assessment: Assessment) -> bool:
    return request.submitted_at is not None and request.fingerprint != assessment.fingerprint


def why_not(assessment: Assessment) -> str:
    """Why there is nothing to ask or to change now, in words for the customer."""
    if assessment.state != AssessmentState.IN_REVIEW:
        return str(NOT_NOW[assessment.state])
    request = ReplyRequest.objects.standing().filter(assessment=assessment).first()
    if request is None:
        return _("The vendor has not been asked for a reply.")
    if request.submitted_at is not None:
        return _("The vendor has replied already.")
    return _("The vendor is asked already: withdraw that request first, or give it more time.")


def _state(request: ReplyRequest | None, today: date) -> str:
    if request is None:
        return "none"
    if request.submitted_at is not None:
        return "replied"
    return "waiting" if request.due_on >= today else "late"


# What the vendor is shown, and does. ---------------------------------------------------------------------------------


def shown_of(assessment: Assessment, *, now: datetime) -> dict[str, Any]:
    """The result per rule as plain data: exact fractions as text, names and what is measured in every language; no
    question, no rater."""
    score, measured = current_score(assessment), measured_against(assessment, now=now)
    rules = {rule.key: rule for rule in Rule.objects.filter(release=assessment.release_id)}
    policy = policy_of(assessment.release)
    return {
        "rules": [
            {
                "key": result.rule,
                "position": rules[result.rule].position,
                "name": {code: getattr(rules[result.rule], f"name_{code}") or "" for code in LANGUAGE_CODES},
                "status": result.status.value,
                "percent": None if result.percent is None else str(result.percent),
                "measured": measured.get(result.rule, {}),
            }
            for result in score.rules
        ],
        "met": score.met,
        "weakest": score.weakest,
        "policy": {
            "met": str(policy.met_threshold),
            "broken": str(policy.broken_threshold),
            "coverage": str(policy.minimum_coverage),
            "knockout": policy.knockout_below,
        },
    }


def shown_in_words(request: ReplyRequest) -> ShownResult:
    """What was frozen, in the active language and its way of writing numbers."""
    policy = _policy(request.shown["policy"])
    rules = tuple(_shown_rule(rule, policy) for rule in request.shown["rules"])
    return ShownResult(
        rules=rules,
        met=request.shown["met"],
        weakest=next((rule for rule in rules if rule.key == request.shown["weakest"]), None),
        meanings=tuple((status, str(wording.STATUSES[status]), said) for status, said in _meanings(policy).items()),
    )


def request_of(link: VendorLink) -> ReplyRequest:
    """The request that this link is for, and no other."""
    return ReplyRequest.objects.select_related("assessment__organisation", "assessment__vendor").get(links=link)


def replies_to_write(request: ReplyRequest) -> dict[str, Reply]:
    """Rule key → the vendor's own reply, as it stands."""
    return {reply.rule: reply for reply in request.replies.all()}


def far_as(request: ReplyRequest) -> RepliedRules:
    """How many of the rules something is said to; one query."""
    return RepliedRules(**request.replies.aggregate(total=Count("pk"), done=Count("pk", filter=~Q(stance=""))))


def closed_for(request: ReplyRequest, now: datetime) -> str:
    """Why nothing can be changed now, in words for the vendor; empty while it may reply."""
    if request.submitted_at is not None:
        day = words.day(request.submitted_at)
        return _("Your reply was sent on %(day)s. It can no longer be changed.") % {"day": day}
    if request.withdrawn_at is not None:
        return _("Your customer no longer asks for a reply: nothing is left for you to do.")
    if request.assessment.state in OVER:
        return str(OVER[request.assessment.state])
    if timezone.localdate(now) > request.due_on:
        day = words.day(request.due_on)
        return _("The time to reply ended on %(day)s. Ask your customer for more time if you need it.") % {"day": day}
    return ""


def save_reply(
    link: VendorLink, rule: str, stance: str, text: str, version: int, *, now: datetime | None = None
) -> Outcome[Reply]:
    """Write the reply to one rule where it still has `version`, with its entry, or say why not.

    Nobody reads such entries before the reply is sent. Raises Reply.DoesNotExist.
    """
    now = now or timezone.now()
    text = text.strip()
    if errors := reply_problems(stance, text):
        return Invalid(errors=errors)
    with transaction.atomic():
        request = _lock_request(link)
        if reason := closed_for(request, now):
            return Closed(reason=reason)
        stored = request.replies.get(rule=rule)
        if (stored.stance, stored.text) == (stance, text):
            return Saved(version=stored.version, at=stored.updated_at)
        written = Reply.objects.filter(pk=stored.pk, version=version).update(
            stance=stance, text=text, version=F("version") + 1, updated_at=now
        )
        if not written:
            return Conflict(stored=stored)
        before, after = {"stance": stored.stance, "text": stored.text}, {"stance": stance, "text": text}
        audit.record(audit.Outsider(label=link.signature), "reply.changed", stored, before=before, after=after)
        return Saved(version=version + 1, at=now)


def reply_problems(stance: str, text: str) -> dict[str, str]:
    """What keeps a reply from being saved, by field."""
    if stance not in ("", *Stance.values):
        return {"stance": _("Choose whether you agree or see it differently.")}
    if stance == Stance.CONTESTS and not text:
        return {"text": _("Say what you see differently, and why: your customer can only weigh what it can read.")}
    if text and not stance:
        return {"stance": _("Choose whether you agree or see it differently: your text belongs to one of them.")}
    if len(text) > LONGEST_TEXT:
        return {"text": _("Keep it to at most %(count)s characters.") % {"count": LONGEST_TEXT}}
    return {}


def submit_replies(link: VendorLink, *, now: datetime | None = None) -> ReplyRequest:
    """The reply is sent: the customer reads it from now on, and the vendor cannot change it any more."""
    now = now or timezone.now()
    with transaction.atomic():
        request = _lock_request(link)
        if reason := closed_for(request, now):
            raise IllegalTransition(reason)
        given = list(request.replies.exclude(stance=""))
        if not given:
            raise IllegalTransition(_("Nothing is said yet: reply to at least one rule before you send."))
        request.submitted_at = now
        request.save(update_fields=["submitted_at"])
        _record_given(link, request, given)
        outward.vendor_answered(request.assessment, what="reply", now=now)
        tell_owner(link, "assessments/vendor_side/email/vendor_replied")
        _tell_deciders(link)
    return request


def _tell_deciders(link: VendorLink) -> None:
    """Whoever the assessment waits for may have waited for this."""
    assessment = Assessment.objects.select_related("owner", "vendor", "organisation").get(pk=link.assessment_id)
    people = chain.deciders(assessment, chain.current_step(assessment))
    users = [one.user for one in people if one.user_id != assessment.owner_id]
    tell(users, "assessments/vendor_side/email/vendor_replied_decide", link, assessment, page="assessment_review")


# ---------------------------------------------------------------------------------------------------------------------


def _lock_assessment(member: Membership, assessment: Assessment) -> Assessment:
    """The row, fresh and held, where this member may ask for a reply now."""
    rows = Assessment.objects.for_member(member).select_for_update(of=("self",), no_key=True)
    row = rows.select_related("organisation", "vendor", "release").get(pk=assessment.pk)
    if not may_ask(member, row):
        raise PermissionDenied
    if row.state != AssessmentState.IN_REVIEW:
        raise IllegalTransition(NOT_NOW[row.state])
    return row


def _lock_request(link: VendorLink) -> ReplyRequest:
    """The request of the link, while its assessment is held: saving, sending and approving cannot pass each other."""
    Assessment.objects.select_for_update(of=("self",), no_key=True).get(pk=link.assessment_id)
    return request_of(link)


def _unanswered(row: Assessment) -> ReplyRequest:
    request = ReplyRequest.objects.standing().filter(assessment=row).first()
    if request is None:
        raise IllegalTransition(_("The vendor has not been asked for a reply."))
    if request.submitted_at is not None:
        raise IllegalTransition(_("The vendor has replied already."))
    request.assessment = row
    return request


def _replace_earlier(row: Assessment, now: datetime) -> None:
    """A reply to a result that has changed since makes room for a new request; what was sent stays readable."""
    earlier = ReplyRequest.objects.standing().filter(assessment=row).first()
    if earlier is None:
        return
    if earlier.submitted_at is None:
        raise IllegalTransition(_("The vendor is asked already: withdraw that request first, or give it more time."))
    if earlier.fingerprint == row.fingerprint:
        raise IllegalTransition(_("The vendor has replied to this result already."))
    earlier.withdrawn_at = now
    earlier.save(update_fields=["withdrawn_at"])


def _check_day(due_on: date, now: datetime) -> None:
    if due_on <= timezone.localdate(now):
        raise IllegalTransition(_("Give the vendor until tomorrow at least."))


def _link_of(request: ReplyRequest) -> VendorLink | None:
    return VendorLink.objects.to_reply().filter(reply_request=request).order_by("revoked_at", "-pk").first()


def usual_day(today: date) -> date:
    return today + timedelta(days=USUAL_DAYS)


def _policy(data: Mapping[str, Any]) -> Policy:
    return Policy(
        met_threshold=Fraction(data["met"]),
        broken_threshold=Fraction(data["broken"]),
        minimum_coverage=Fraction(data["coverage"]),
        knockout_below=data["knockout"],
    )


def _shown_rule(data: Mapping[str, Any], policy: Policy) -> ShownRule:
    names = data["name"]
    return ShownRule(
        key=data["key"],
        position=data["position"],
        name=names.get(active_language()) or names[DEFAULT] or data["key"],
        status=data["status"],
        status_label=str(wording.STATUSES[data["status"]]),
        percent="" if data["percent"] is None else wording.percent(Fraction(data["percent"]), policy),
        measured=tuple(data.get("measured", {}).get(active_language(), ())),
    )


def _meanings(policy: Policy) -> dict[str, str]:
    values = {
        "met": wording.percent(policy.met_threshold, policy),
        "broken": wording.percent(policy.broken_threshold, policy),
        "coverage": wording.percent(policy.minimum_coverage, policy),
        "grade": policy.knockout_below,
    }
    return {
        "met": _("%(met)s or more, and no knock-out question is graded below %(grade)s.") % values,
        "partly": _("From %(broken)s to below %(met)s.") % values,
        "broken": _("Below %(broken)s, or a knock-out question is graded below %(grade)s.") % values,
        "not_rated": _("The customer graded less than %(coverage)s of what applies: too little to judge.") % values,
    }


def _record_given(link: VendorLink, request: ReplyRequest, given: list[Reply]) -> None:
    who = audit.Outsider(label=link.signature)
    after = {"submitted_at": request.submitted_at}
    audit.record(who, "reply.sent", request, before={"submitted_at": None}, after=after)
    for reply in given:
        audit.record(
            who,
            "reply.given",
            reply,
            after={"stance": reply.stance, "text": reply.text},
        )
