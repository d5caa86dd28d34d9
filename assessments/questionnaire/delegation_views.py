"""Delegation: a rater hands one question to a colleague; the colleague's page shows that question and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest
from accounts.fetching import fetch
from assessments.commitments.promises import promised_about
from assessments.models import Answer, Delegation, VendorNote
from assessments.questionnaire import delegation as lending
from assessments.questionnaire import delegation_mails
from assessments.questionnaire.delegation_forms import DelegationForm
from assessments.questionnaire.forms import AnswerForm
from assessments.questionnaire.known_standards import told_beside
from assessments.questionnaire.note_forms import NoteForm
from assessments.questionnaire.notes import note_beside
from assessments.questionnaire.posting import ShownAnswers, save_all
from assessments.questionnaire.rows import DELEGATE
from assessments.questionnaire.saving import closed_reason
from assessments.secrecy import vendor_answers
from groundwork.responses import form_view, or_beside, or_say_why
from manifesto.models import Question


@form_view
def delegation_add(request: MemberRequest, pk: int) -> HttpResponse:
    """To whom this question goes; where it is with somebody, who that is and how to take it back."""
    answer = _own_answer(request, pk)
    assessment = answer.response.assessment
    if closed := closed_reason(assessment, answer.response):
        messages.info(request, closed)
        return redirect("assessment_detail", assessment.pk)
    form = DelegationForm(request.POST or None, answer=answer, member=request.member)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            to, note = form.cleaned_data["to"], form.cleaned_data["note"].strip()
            return _handed(request, lending.delegate(request.member, answer, to, note=note))
    current = Delegation.objects.open().filter(answer=answer).select_related("delegate").first()
    context = {"assessment": assessment, "answer": answer, "form": form, "current": current}
    return render(request, "assessments/questionnaire/delegation_add.html", context)


@never_cache
@form_view
def delegation_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """The one question, for whom it was handed to. A POST saves it: that is the whole of it without JavaScript."""
    delegation = _delegation(request, pk)
    if delegation.delegate_id != request.user.pk:
        raise PermissionDenied
    if not delegation.is_open:
        messages.info(request, _("This question is back with the rater already."))
        return redirect("work")
    answer = _answer(delegation)
    closed = closed_reason(answer.response.assessment, answer.response)
    if closed and request.method != "POST":
        messages.info(request, closed)
        return redirect("work")
    # With what the vendor itself handed in about the question, which is the rater's no more than the colleague's.
    said = vendor_answers(answer.response.assessment).filter(question=answer.question_id).first()
    form_of = _forms_of(request, answer, said, note_beside(answer))
    if request.method == "POST":
        unsaved = save_all(
            request, [answer], author=request.user, reload=lambda: [_answer(delegation)], form_of=form_of
        )
        return _saved(request, delegation) if unsaved is None else _page(request, delegation, unsaved)
    return _page(request, delegation, ShownAnswers(forms=[form_of(answer=answer)]))


def _forms_of(
    request: MemberRequest, handed: Answer, said: Answer | None, note: VendorNote
) -> Callable[..., AnswerForm]:
    is_outside, today = request.member.is_outside, timezone.localdate()
    promised = promised_about([handed], today, with_pages=not is_outside)
    told = told_beside([handed], today, is_outside=is_outside)

    def form_of(data: Any = None, files: Any = None, *, answer: Answer) -> AnswerForm:
        beside = NoteForm(data, answer=answer, note=note, names_author=not is_outside)
        return AnswerForm(
            data,
            files,
            answer=answer,
            answering_as=DELEGATE,
            vendor_answer=said,
            note=beside,
            promises=promised.get(answer.pk, ()),
            told=told.get(answer.pk),
        )

    return form_of


@require_POST
def delegation_done(request: MemberRequest, pk: int) -> HttpResponse:
    delegation = _delegation(request, pk)
    if delegation.delegate_id != request.user.pk:
        raise PermissionDenied
    with or_say_why(request):
        lending.hand_back(request.member, delegation)
        messages.success(request, _("Handed back to %(name)s. Thank you.") % {"name": delegation.delegated_by})
    return redirect("work")


@require_POST
def delegation_take_back(request: MemberRequest, pk: int) -> HttpResponse:
    delegation = _delegation(request, pk)
    if delegation.answer.response.rater_id != request.user.pk:
        raise PermissionDenied
    with or_say_why(request):
        lending.take_back(request.member, delegation)
        messages.success(request, _("The question is yours again, with what stands in it."))
    return redirect("answer_edit", delegation.answer_id)


def _own_answer(request: MemberRequest, pk: int) -> Answer:
    rows = Answer.objects.with_question().select_related("response__assessment__vendor")
    answer = fetch(request, rows, pk)
    if answer.response.rater_id != request.user.pk:
        raise PermissionDenied
    return answer


def _delegation(request: MemberRequest, pk: int) -> Delegation:
    related = ("answer__response__assessment__vendor", "answer__question__rule", "delegate", "delegated_by")
    return fetch(request, Delegation.objects.select_related(*related), pk)


def _answer(delegation: Delegation) -> Answer:
    """The answer with all that its row shows; four queries."""
    questions = Question.objects.select_related("rule").prefetch_related("levels")
    rows = Answer.objects.select_related("updated_by", "response__assessment__vendor").prefetch_related(
        Prefetch("question", queryset=questions), "evidence"
    )
    return rows.get(pk=delegation.answer_id)


def _handed(request: MemberRequest, delegation: Delegation) -> HttpResponse:
    messages.success(request, _("Handed to %(name)s.") % {"name": delegation.delegate})
    if not delegation_mails.tell_delegate(delegation):
        said = _("The mail to %(name)s could not be sent: talk to each other. The question waits under “My work”.")
        messages.error(request, said % {"name": delegation.delegate})
    return redirect("answer_edit", delegation.answer_id)


def _saved(request: MemberRequest, delegation: Delegation) -> HttpResponse:
    """“Save and hand back” does both."""
    if request.POST.get("then") == "done":
        return delegation_done(request, delegation.pk)
    messages.success(request, _("Saved."))
    return redirect("delegation_detail", delegation.pk)


def _page(request: MemberRequest, delegation: Delegation, shown: ShownAnswers) -> HttpResponse:
    context = {"delegation": delegation, "assessment": delegation.answer.response.assessment, **shown.context()}
    return render(request, "assessments/questionnaire/delegation_detail.html", context, status=shown.status)
