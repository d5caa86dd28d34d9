"""One way through a questionnaire for whoever answers it, a rater or the vendor: a page of answers, one answer by
autosave, its files. What they may reach is decided before: every answer that comes here is theirs to write."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from assessments.models import Answer, Evidence
from assessments.questionnaire.evidence import delete_evidence
from assessments.questionnaire.forms import AnswerForm, row_of
from assessments.questionnaire.posting import ShownAnswers, as_json, keep_files, save, save_all, wants_json
from assessments.questionnaire.rows import RATER, AnsweringAs
from assessments.questionnaire.saving import Author
from groundwork.saved import Closed
from manifesto.models import Rule


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Somebody who answers, and what they asked for."""

    request: HttpRequest
    author: Author
    answering_as: AnsweringAs = RATER

    def form_of(self, data: Any = None, files: Any = None, *, answer: Answer) -> AnswerForm:
        return AnswerForm(data, files, answer=answer, answering_as=self.answering_as)

    def why(self, reason: str) -> str:
        """Why nothing is taken any more, in the words for whoever answers."""
        return reason

    def autosave(self, answer: Answer) -> JsonResponse:
        form = self.form_of(self.request.POST, answer=answer)
        outcome = save(form, author=self.author)
        return as_json(form, Closed(reason=self.why(outcome.reason)) if isinstance(outcome, Closed) else outcome)

    def add_files(self, answer: Answer) -> HttpResponse:
        """Keep the files sent with an answer."""
        form = self.form_of(answer=answer)
        files = self.request.FILES.getlist(f"{form.prefix}-evidence")
        return self._files(form, keep_files(form, files, author=self.author))

    def delete_file(self, evidence: Evidence) -> HttpResponse:
        return self._files(self.form_of(answer=evidence.answer), delete_evidence(evidence, author=self.author))

    def _files(self, form: AnswerForm, closed: Closed | None) -> HttpResponse:
        """The list of files alone for autosave.js, else back to the question."""
        if closed:
            form.file_errors.append(self.why(closed.reason))
        if not wants_json(self.request):
            for message in form.file_errors:
                messages.error(self.request, message)
            return redirect(self.answering_as.url(self.answering_as.save_route, form.answer.pk))
        html = render_to_string("assessments/questionnaire/_answer_evidence.html", {"row": row_of(form)})
        return JsonResponse({"html": html}, status=422 if form.file_errors else 200)


@dataclass(frozen=True, kw_only=True)
class QuestionnairePosition(Answering, ABC):
    """At one rule of a questionnaire, with its questions."""

    rules: Sequence[Rule]
    rule: Rule
    template: ClassVar[str]

    @abstractmethod
    def url(self, rule: Rule | None = None) -> str:
        """The page of a rule; without one, of this."""

    @abstractmethod
    def answers(self) -> list[Answer]:
        """The answers of this rule in order, with all that a row shows."""

    def stored(self) -> list[Answer]:
        """The same, read once more: some of them may have been saved."""
        return self.answers()

    @abstractmethod
    def ways_out(self) -> Mapping[str, str]:
        """Button → the address behind it, where it leads out of the questionnaire."""

    @abstractmethod
    def context(self) -> dict[str, Any]:
        """What the page shows beside the answers."""

    @property
    def previous(self) -> Rule | None:
        index = self.rules.index(self.rule)
        return self.rules[index - 1] if index else None

    @property
    def next(self) -> Rule | None:
        index = self.rules.index(self.rule) + 1
        return self.rules[index] if index < len(self.rules) else None

    def show(self) -> HttpResponse:
        return self._page(ShownAnswers(forms=[self.form_of(answer=answer) for answer in self.answers()]))

    def show_question(self, answer: Answer) -> HttpResponseRedirect:
        return redirect(f"{self.url()}#question-{answer.question.key}")

    def save(self, *, only: int | None = None) -> HttpResponse:
        """Save what can be saved; show the rest again as it was typed, with what is to be decided or put right."""
        answers = [answer for answer in self.answers() if only in (None, answer.pk)]
        unsaved = save_all(self.request, answers, author=self.author, reload=self.stored, form_of=self.form_of)
        return self._onward() if unsaved is None else self._page(unsaved)

    def _onward(self) -> HttpResponseRedirect:
        """Where the button that was pressed leads to."""
        then = self.request.POST.get("then", "stay")
        beside = {"next": self.next, "previous": self.previous}.get(then)
        if beside is not None:
            return redirect(self.url(beside))
        if then in self.ways_out():
            return redirect(self.ways_out()[then])
        messages.success(self.request, _("Saved."))
        return redirect(self.url())

    def _page(self, shown: ShownAnswers) -> HttpResponse:
        closed = shown.closed and self.why(shown.closed)
        context = {**self.context(), **shown.context(), "position": self, "closed": closed}
        return render(self.request, self.template, context, status=shown.status)


def rule_at(rules: Iterable[Rule], key: str | None) -> Rule:
    """The rule of that key, or the first; a 404 for one that is not asked."""
    for rule in rules:
        if key in (None, rule.key):
            return rule
    raise Http404


class HowFar(Protocol):
    """Of a rule's questions, how many are answered."""

    @property
    def key(self) -> str: ...
    @property
    def total(self) -> int: ...
    @property
    def answered(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class RuleStep:
    """A rule as its mark in the stepper."""

    progress: HowFar
    url: str
    is_current: bool

    @property
    def eighths(self) -> int:
        """The answered part, for drawing; both a first answer and a last one that is missing show."""
        answered, total = self.progress.answered, self.progress.total
        if not answered or answered == total:
            return 8 if answered else 0
        return min(7, max(1, answered * 8 // total))
