"""One way through a workbook for whoever answers, a rater or the vendor: download, upload, look, take over.

Whom the questionnaire belongs to is decided before: what comes here is theirs to fill."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from allauth.core import ratelimit
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.trail import audit
from assessments.models import Response, WorkbookUpload
from assessments.questionnaire.rows import AnsweringAs
from assessments.questionnaire.saving import Author, closed_reason, in_the_trail
from assessments.workbooks import taking
from assessments.workbooks.book import Book, book_of
from assessments.workbooks.forms import WorkbookForm
from assessments.workbooks.plan import Plan, plan_of
from assessments.workbooks.reading import filled_in
from assessments.workbooks.taking import Decision
from assessments.workbooks.writing import file_name, xlsx_of
from groundwork import whole_numbers, words
from groundwork.responses import or_beside, or_say_why, post_data
from groundwork.tables.cells import ImportRefused
from groundwork.tables.writing import KINDS, TableFile

WORKBOOK = "workbook"  # whose answer holds, as the form says it; anything else is the site’s


@dataclass(frozen=True, kw_only=True)
class WorkbookPages(ABC):
    """Somebody before the workbook of their questionnaire, and what they asked for."""

    request: HttpRequest
    author: Author
    response: Response  # with its assessment, vendor, organisation and release
    answering_as: AnsweringAs
    page_template: ClassVar[str]
    upload_template: ClassVar[str]

    @abstractmethod
    def url(self) -> str:
        """The page where it is downloaded and uploaded."""

    @abstractmethod
    def upload_url(self, upload: WorkbookUpload) -> str:
        """The look at what was sent."""

    @abstractmethod
    def answers_url(self) -> str:
        """The questionnaire itself."""

    @abstractmethod
    def context(self) -> dict[str, Any]:
        """What the pages show beside it."""

    @property
    def closed(self) -> str:
        """Why nothing is taken any more, in the words for whoever answers; empty while it is open."""
        return closed_reason(self.response.assessment, self.response)

    @property
    def who(self) -> str:
        return f"{type(self.author).__name__}-{self.author.pk}"

    @cached_property
    def book(self) -> Book:
        return book_of(self.response, self.answering_as)

    # The page of it --------------------------------------------------------------------------------------------
    def show(self) -> HttpResponse:
        return self._page(WorkbookForm())

    def upload(self) -> HttpResponse:
        """Keep what was sent, if it can be read and is of this questionnaire; else say why beside the field."""
        if held_up := ratelimit.consume_or_429(self.request, action="workbook", key=self.who):
            return held_up
        form = WorkbookForm(post_data(self.request), self.request.FILES)
        if self.closed:
            form.add_error("file", self.closed)
        elif form.is_valid():
            file = form.cleaned_data["file"]
            content = file.read()
            with or_beside(form, "file"):
                filled_in(content, self.book)
                now = timezone.now()
                kept = taking.keep(content, file.name or "", response=self.response, author=self.author, now=now)
                return redirect(self.upload_url(kept))
        return self._page(form)

    def _page(self, form: WorkbookForm) -> HttpResponse:
        waiting = taking.uploads_of(self.response, self.author).waiting().first()
        context = {
            "form": form,
            "pages": self,
            "closed": self.closed,
            "waiting": waiting,
            "waiting_url": self.upload_url(waiting) if waiting else "",
        }
        return render(self.request, self.page_template, self.context() | context, status=422 if form.errors else 200)

    def download(self) -> HttpResponse:
        if closed := self.closed:
            messages.info(self.request, closed)
            return redirect(self.url())
        content = xlsx_of(self.book)
        with transaction.atomic():
            audit.record(in_the_trail(self.author), "workbook.downloaded", self.response)
        answer = HttpResponse(content, content_type=KINDS[TableFile.XLSX].content_type)
        answer["Content-Disposition"] = f'attachment; filename="{file_name(self.book)}"'
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer

    # The look at what was sent -----------------------------------------------------------------------------------
    def look(self, upload: WorkbookUpload) -> HttpResponse:
        """What it would change, or what became of it."""
        plan = refused = None
        if self._is_undecided(upload):
            if held_up := self._held_up():
                return held_up
            try:
                plan = self._plan(upload)
            except ImportRefused as error:
                refused = str(error)
        context = {"upload": upload, "pages": self, "plan": plan, "refused": refused, "closed": self.closed}
        return render(self.request, self.upload_template, self.context() | context)

    def take(self, upload: WorkbookUpload) -> HttpResponse:
        """Take over what was chosen, all of it or nothing."""
        if self._is_undecided(upload) and (held_up := self._held_up()):
            return held_up
        with or_say_why(self.request):
            if self.closed:
                raise taking.NotTaken(self.closed)
            if upload.taken_at or upload.discarded_at:
                raise taking.NotTaken(taking.decided_already())
            plan = self._plan(upload)
            count = taking.take(upload, plan, self._decisions(plan), author=self.author, now=timezone.now())
            self._tell(plan, count)
            return redirect(self.answers_url())
        return redirect(self.upload_url(upload))

    def discard(self, upload: WorkbookUpload) -> HttpResponse:
        with or_say_why(self.request):
            taking.discard(upload, author=self.author, now=timezone.now())
            messages.success(self.request, _("The workbook was thrown away: nothing was taken over from it."))
        return redirect(self.url())

    def _is_undecided(self, upload: WorkbookUpload) -> bool:
        return not (self.closed or upload.taken_at or upload.discarded_at)

    def _held_up(self) -> HttpResponse | None:
        """The file is read anew each time, by a program that a hostile one can keep busy for twenty seconds."""
        refused: HttpResponse | None = ratelimit.consume_or_429(
            self.request, action="workbook_look", key=self.who, limit_get=True
        )
        return refused

    def _plan(self, upload: WorkbookUpload) -> Plan:
        try:
            with upload.file.open("rb") as file:
                content = file.read()
        except FileNotFoundError:
            raise ImportRefused(_("The file is gone from the server: upload it again.")) from None
        return plan_of(filled_in(content, self.book), self.book)

    def _decisions(self, plan: Plan) -> Mapping[int, Decision]:
        """By answer, as the form says it. What it does not name is not taken over; of a conflict the site's answer
        holds unless somebody chose the other."""
        posted = self.request.POST
        decisions = {}
        for one in plan.takeable:
            pk = one.answer.pk
            seen = whole_numbers.said(posted.get(f"seen-{pk}", ""))
            if seen is not None:
                decisions[pk] = Decision(takes=posted.get(f"take-{pk}") == WORKBOOK, version=seen)
        return decisions

    def _tell(self, plan: Plan, count: int) -> None:
        said = ngettext(
            "%(count)s answer was taken over from the workbook. Nothing is handed in yet.",
            "%(count)s answers were taken over from the workbook. Nothing is handed in yet.",
            count,
        )
        messages.success(self.request, said % {"count": count})
        if left := [one.asked.number for one in plan.refused]:
            said = _("Not taken over, because a cell could not be read: %(numbers)s.")
            messages.warning(self.request, said % {"numbers": words.joined(left)})
