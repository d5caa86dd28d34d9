"""One question for all of a rater's vendors side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest
from accounts.models import Membership
from assessments.commitments.promises import promised_about
from assessments.independence import known_among
from assessments.models import Answer
from assessments.questionnaire.forms import AnswerForm
from assessments.questionnaire.grid import Grid, first_open, grid_of, questions_of
from assessments.questionnaire.known_standards import told_beside
from assessments.questionnaire.note_forms import NoteForm
from assessments.questionnaire.notes import notes_side_by_side, said_side_by_side
from assessments.questionnaire.posting import ShownAnswers, save_all
from groundwork.responses import form_view
from groundwork.words import joined

VERSION = re.compile(r"a(\d{1,18})-version")


@never_cache
@require_GET
def answer_grid(request: MemberRequest) -> HttpResponse:
    """To the first question that still wants an answer somewhere."""
    question = first_open(questions_of(request.member))
    if question is None:
        messages.info(request, _("Side by side needs two vendors to rate at the same time."))
        return redirect("work")
    return redirect("answer_grid_question", question.key)


@never_cache  # a page brought back by the browser would hold versions that are long gone
@form_view
def answer_grid_question(request: MemberRequest, question: str) -> HttpResponse:
    """A row a vendor. A POST saves them all: that is the whole of it without JavaScript."""
    # The answers that were on the page when it was sent: one that was closed meanwhile is shown again, and says so.
    posted = {int(found[1]) for name in request.POST if (found := VERSION.fullmatch(name))}
    grid = grid_of(request.member, question, also=posted)
    if grid is None:
        return redirect("answer_grid")
    form_of = _forms_of(request, grid.answers)
    if request.method != "POST":
        return _page(request, grid, ShownAnswers(forms=[form_of(answer=answer) for answer in grid.answers]))
    shown = [answer for answer in grid.answers if answer.pk in posted]
    unsaved = save_all(
        request,
        shown,
        author=request.user,
        reload=lambda: _stored(request.member, question, also=posted),
        form_of=form_of,
    )
    return _onward(request, grid) if unsaved is None else _page(request, grid, unsaved)


def _forms_of(request: MemberRequest, answers: Sequence[Answer]) -> Callable[..., AnswerForm]:
    """With what each vendor said of itself, what was noted of it and what it promised; four queries. Where it is asked
    whether they know what is expected, five at most for what they were sent and said."""
    notes, said = notes_side_by_side(answers), said_side_by_side(answers)
    is_outside, today = request.member.is_outside, timezone.localdate()
    promised = promised_about(answers, today, with_pages=not is_outside)
    told = told_beside(answers, today, is_outside=is_outside)

    def form_of(data: Any = None, files: Any = None, *, answer: Answer) -> AnswerForm:
        return AnswerForm(
            data,
            files,
            answer=answer,
            vendor_answer=said.get(answer.pk),
            note=NoteForm(data, answer=answer, note=notes[answer.pk], names_author=not is_outside),
            promises=promised.get(answer.pk, ()),
            told=told.get(answer.pk),
        )

    return form_of


def _stored(member: Membership, question: str, *, also: set[int]) -> Sequence[Answer]:
    grid = grid_of(member, question, also=also)
    return grid.answers if grid else ()


def _onward(request: MemberRequest, grid: Grid) -> HttpResponse:
    """Where the button that was pressed leads to."""
    then = request.POST.get("then", "stay")
    if then == "next" and grid.next is None:
        return redirect("work")
    target = {"next": grid.next, "previous": grid.previous}.get(then)
    if target is None:
        messages.success(request, _("Saved."))
    return redirect("answer_grid_question", (target or grid.current).key)


def _page(request: MemberRequest, grid: Grid, shown: ShownAnswers) -> HttpResponse:
    known = known_among(request.user, [answer.response.assessment_id for answer in grid.answers])
    vendors = [str(one.response.assessment.vendor) for one in grid.answers if one.response.assessment_id in known]
    context = {"grid": grid, "known": joined(vendors), **shown.context()}
    return render(request, "assessments/questionnaire/answer_grid.html", context, status=shown.status)
