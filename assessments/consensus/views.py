"""The consensus meeting: what needs talk, who was there, what was agreed and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, Right, may
from assessments.consensus import attendance
from assessments.consensus import meeting as consensus
from assessments.consensus.forms import AgreeForm, DiscussionCard, MeetingForm
from assessments.consensus.meeting import Discussion
from assessments.fetching import assessment_of
from assessments.findings import panel as findings_panel
from assessments.findings.panel import Section
from assessments.independence import let_read
from assessments.lifecycle import transitions
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Assessment, AssessmentState, Consensus, Meeting, Response
from assessments.raters.table import outsiders, outsiders_of
from assessments.score.agreement import Agreement, agreement_in
from assessments.secrecy import counted_responses, is_rating, readable_responses
from groundwork import whole_numbers
from groundwork.responses import form_view, or_say_why
from groundwork.saved import Conflict, Saved
from groundwork.together import Lookup, look_up
from manifesto.models import Question
from manifesto.printed import edition


@dataclass(frozen=True, kw_only=True)
class MeetingPage:
    """The meeting as one person sees it: the assessment, the day, and what may be done."""

    request: MemberRequest
    assessment: Assessment
    day: date

    @cached_property
    def _held(self) -> Lookup[list[Meeting]]:
        return consensus.meetings_in(self.assessment)

    @cached_property
    def meetings(self) -> list[Meeting]:
        return self._held.told()

    @property
    def meeting(self) -> Meeting | None:
        return next((one for one in self.meetings if one.held_on == self.day), None)

    @cached_property
    def outstanding(self) -> list[str]:
        return attendance.outstanding(self.assessment)

    @property
    def may_record(self) -> bool:
        return self.assessment.state in attendance.RECORDED_IN and may(self.request.member, Right.ASSESS)

    @property
    def may_submit(self) -> bool:
        return self.may_record and self.assessment.state == AssessmentState.COLLECTING

    @property
    def must_start(self) -> bool:
        """Raters are missing, and nobody has said yet that the meeting begins without them."""
        return self.may_record and bool(self.outstanding) and not self.meetings

    @property
    def must_begin(self) -> bool:
        """Nobody has said yet who is present on this day: nothing is recorded before."""
        return self.may_record and self.meeting is None

    @property
    def url(self) -> str:
        address = reverse("assessment_consensus", args=[self.assessment.pk])
        return address if self.day == timezone.localdate() else f"{address}?day={self.day:%Y-%m-%d}"

    def meeting_form(self, data: Any = None) -> MeetingForm:
        return MeetingForm(
            data, assessment=self.assessment, member=self.request.member, day=self.day, meeting=self.meeting
        )

    @cached_property
    def is_apart(self) -> bool:
        """Whoever looks is not asked, and raters are outstanding: nothing of the answers is shown yet. Once it is, that
        they read it is on record."""
        return not let_read(self.assessment, self.request.user)

    @property
    def is_closed(self) -> bool:
        """To all who are kept apart, but for those who may begin without the raters that are missing."""
        return self.is_apart and not self.must_start

    @property
    def nobody_is_in(self) -> bool:
        return bool(self.outstanding) and not counted_responses(self.assessment).exists()

    def cards(self) -> list[DiscussionCard]:
        """Two queries more where there is anything to discuss."""
        if self.is_apart:
            return []
        discussed = consensus.to_discuss_in(self.assessment)
        look_up(discussed, self._held)
        return [self.card(one) for one in discussed.told()]

    def card(
        self,
        discussion: Discussion,
        form: AgreeForm | None = None,
        conflict: Conflict[Consensus | None] | None = None,
        refused: str = "",
    ) -> DiscussionCard:
        """Where nothing may be recorded now, without a form, unless something was typed into one already."""
        if form is None and self.may_record and not self.must_begin:
            form = AgreeForm(discussion=discussion, day=self.day)
        return DiscussionCard(discussion=discussion, form=form, conflict=conflict, refused=refused)


@never_cache  # a page brought back by the browser would hold versions that are long gone
@require_GET
def assessment_consensus(request: MemberRequest, pk: int) -> HttpResponse:
    """The page for the meeting room. Whoever still rates is kept out: it shows what the others answered."""
    assessment = assessment_of(request, pk)
    if is_rating(assessment, request.user):
        return _kept_out(request, assessment)
    if assessment.state == AssessmentState.DRAFT:
        messages.info(request, str(transitions.NOT_NOW[AssessmentState.DRAFT]))
        return redirect("assessment_detail", pk)
    table = MeetingPage(request=request, assessment=assessment, day=_day(request.GET.get("day", "")))
    if table.is_closed:
        return _kept_out(request, assessment)
    return _page(table, table.cards(), only_apart="apart" in request.GET)


@form_view
def consensus_meeting(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep the day and who was there; also what begins a meeting without those who have not handed in."""
    assessment = assessment_of(request, pk)
    if is_rating(assessment, request.user):
        return _kept_out(request, assessment)
    table = MeetingPage(request=request, assessment=assessment, day=_day(request.POST.get("held_on", "")))
    if request.method != "POST":
        return redirect(table.url)
    form = table.meeting_form(request.POST)
    if not form.is_valid():
        return _page(table, table.cards(), meeting_form=form, status=422)
    is_first = table.meeting is None
    with or_say_why(request):
        attendance.hold(
            request.member,
            assessment,
            held_on=form.cleaned_data["held_on"],
            attendees=form.cleaned_data["attendees"],
            others=form.cleaned_data["others"].strip(),
            without_outstanding=request.POST.get("without_outstanding") == "yes",
        )
        said = _("Saved who is there. You can change it at any time.") if is_first else _("Saved who was there.")
        messages.success(request, said)
    return redirect(table.url)


@form_view
def consensus_agree(request: MemberRequest, pk: int, question: str) -> HttpResponse:
    """Record what was agreed about one question. With htmx its card comes back, else the page, at the same place."""
    table, discussion = _at(request, pk, question)
    if discussion is None:
        return _kept_out(request, table.assessment)
    if request.method != "POST":
        return redirect(f"{table.url}#{discussion.anchor}")
    form = AgreeForm(request.POST, discussion=discussion, day=table.day)
    if not form.is_valid():
        return _reply(table, discussion, status=422, form=form)
    try:
        outcome = _recorded(table, discussion, form)
    except IllegalTransition as refused:
        return _reply(table, discussion, status=409, form=form, refused=str(refused))
    if isinstance(outcome, Conflict):
        return _reply(table, discussion, status=409, form=form, conflict=outcome)
    return _reply(table, discussion)


def _recorded(table: MeetingPage, discussion: Discussion, form: AgreeForm) -> Saved | Conflict[Consensus | None]:
    """Agreed, in the meeting of the day, which has begun with those who are present."""
    member, assessment = table.request.member, table.assessment
    with transaction.atomic():
        meeting = attendance.begun(member, assessment, form.cleaned_data["day"])
        return consensus.agree(member, assessment, discussion.question, meeting=meeting, **form.agreement())


@form_view
def consensus_undo(request: MemberRequest, pk: int, question: str) -> HttpResponse:
    """Take back what was agreed about one question."""
    table, discussion = _at(request, pk, question)
    if discussion is None:
        return _kept_out(request, table.assessment)
    if request.method != "POST":
        return redirect(f"{table.url}#{discussion.anchor}")
    version = whole_numbers.said(request.POST.get("version", "")) or 0
    try:
        outcome = consensus.undo(request.member, table.assessment, discussion.question, version=version)
    except IllegalTransition as refused:
        return _reply(table, discussion, status=409, refused=str(refused))
    return _reply(table, discussion, status=409, conflict=outcome) if outcome else _reply(table, discussion)


def _at(request: MemberRequest, pk: int, key: str) -> tuple[MeetingPage, Discussion | None]:
    """The meeting and one of its questions (404 where there is none); None for whoever still rates."""
    assessment = assessment_of(request, pk)
    table = MeetingPage(request=request, assessment=assessment, day=_day(request.POST.get("day", "")))
    if table.is_apart:
        return table, None
    return table, _discussion(assessment, key)


def _discussion(assessment: Assessment, key: str) -> Discussion:
    """With what was said about it; bare where it needs no talk (any more)."""
    discussion = next((one for one in consensus.to_discuss(assessment) if one.question.key == key), None)
    if discussion is not None:
        return discussion
    asked = Question.objects.filter(release=assessment.release_id, key=key).counting()
    question = asked.select_related("rule").first()
    if question is None:
        raise Http404
    return consensus.bare(question)


def _reply(table: MeetingPage, discussion: Discussion, *, status: int = 200, **more: Any) -> HttpResponse:
    """The card as it stands now, or the whole page where the browser asks for one; done: back to the same place."""
    if not table.request.htmx and status == 200:
        return redirect(f"{table.url}#{discussion.anchor}")
    discussions = consensus.to_discuss(table.assessment)
    if all(one.question_id != discussion.question_id for one in discussions):
        discussions = (*discussions, consensus.bare(discussion.question))
    cards = [table.card(one, **(more if one.question_id == discussion.question_id else {})) for one in discussions]
    if not table.request.htmx:
        return _page(table, cards, status=status)
    card = next(one for one in cards if one.discussion.question_id == discussion.question_id)
    context = {
        "assessment": table.assessment,
        "card": card,
        "is_fresh": True,
        "may_submit": table.may_submit,
        "begin_first": table.must_begin,
        "outsiders": outsiders(table.assessment),
        "meaning": _agreement(table).now().meaning_after(_agreed_on(table).now()),
        **_counted(discussions),
    }
    return render(table.request, "assessments/consensus/_card.html", context, status=status)


def _page(
    table: MeetingPage,
    cards: Sequence[DiscussionCard],
    *,
    meeting_form: MeetingForm | None = None,
    status: int = 200,
    only_apart: bool = False,
) -> HttpResponse:
    """`only_apart`: of the cards those that my work counts."""
    assessment = table.assessment
    raters = Response.objects.of_customer().filter(assessment=assessment)
    raters = raters.select_related("rater", "invitation", "department").order_by()
    vendor = Response.objects.of_vendor().filter(assessment=assessment).order_by("pk")[:1]
    people = Lookup[None](reads=(raters, vendor), told=lambda: None)
    measured, agreed_on, beyond = _agreement(table), _agreed_on(table), outsiders_of(assessment)
    section = _section(table)
    look_up(people, measured, agreed_on, beyond, section)
    agreement = measured.told()
    context = {
        "assessment": assessment,
        "table": table,
        "cards": [card for card in cards if card.discussion.is_left_apart] if only_apart else cards,
        "only_apart": only_apart,
        "may_submit": table.may_submit,
        "begin_first": table.must_begin,
        "outsiders": beyond.told(),
        "unsaved": [card for card in cards if card.is_unsaved],
        "agreement": agreement,
        "meaning": agreement.meaning_after(agreed_on.told()),
        "raters": sorted(raters, key=lambda one: one.pk),
        "vendor_response": next(iter(vendor), None),
        "meeting_form": (meeting_form or table.meeting_form()) if table.may_record else None,
        "meeting_open": meeting_form is not None,
        "measured": section.told(),
        "without_talk": len(edition(assessment.release).counting) - len(cards),
        **_counted([card.discussion for card in cards]),
    }
    return render(table.request, "assessments/consensus/assessment_consensus.html", context, status=status)


def _agreement(table: MeetingPage) -> Lookup[Agreement]:
    assessment, member = table.assessment, table.request.member
    return agreement_in(assessment, readable_responses(assessment, member, is_apart=table.is_apart))


def _agreed_on(table: MeetingPage) -> Lookup[list[date | None]]:
    """When what was contested was agreed on, by which the agreement is said to mean this or that; to whoever is kept
    apart, without it."""
    if table.is_apart:
        return Lookup(reads=(), told=list)
    contested = consensus.contested_in(table.assessment, table.request.user)
    return Lookup(reads=contested.reads, told=lambda: [one.agreed_on for one in contested.told()])


def _section(table: MeetingPage) -> Lookup[Section | None]:
    if table.is_apart:
        return Lookup(reads=(), told=lambda: None)
    return findings_panel.section_in(table.assessment, table.request.member, reads=True)


def _counted(discussions: Sequence[Discussion]) -> dict[str, int]:
    settled = sum(one.settled is not None for one in discussions)
    return {"settled": settled, "open": len(discussions) - settled, "total": len(discussions)}


def _kept_out(request: MemberRequest, assessment: Assessment) -> HttpResponse:
    context = {"assessment": assessment, "is_rating": is_rating(assessment, request.user)}
    return render(request, "assessments/consensus/consensus_closed.html", context, status=403)


def _day(text: str) -> date:
    """The day of the meeting that is looked at: today, unless another one is named."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    today = timezone.localdate()
    return day if day and day <= today else today
