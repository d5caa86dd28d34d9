"""A rater's own questionnaire as its pages read it: whose it is, and every answer with its question."""

from __future__ import annotations

from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, prefetch_related_objects

from accounts.access import MemberRequest
from accounts.fetching import fetch
from assessments.models import Answer, AnswerQuerySet, Assessment, Delegation, Evidence, Response
from manifesto.models import Rule
from manifesto.printed import edition


class OwnQuestionnaire:
    """Of one rater, with what the vendor handed in. Each answer says by `has_files` whether files belong to it."""

    answers: list[Answer]  # in the order of the bank
    of_vendor: dict[int, Answer]  # question → what it handed in about it; how it grades itself is nobody's here to see

    def __init__(self, response: Response, of_vendor: Response | None) -> None:
        self.response, self._of_vendor = response, of_vendor
        self.read()

    def read(self) -> None:
        """As stored now; one query."""
        bank = edition(self.response.assessment.release)
        found = {}
        self.of_vendor = {}
        for answer in _answers(self.response, self._of_vendor):
            answer.question = bank.by_id[answer.question_id]
            if answer.response_id == self.response.pk:
                answer.response = self.response
                found[answer.question_id] = answer
            else:
                self.of_vendor[answer.question_id] = answer
        self.answers = [found[question.pk] for question in bank.questions if question.pk in found]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those that are asked, in order."""
        return tuple(dict.fromkeys(answer.question.rule for answer in self.answers))

    @cached_property
    def is_vendor_awaited(self) -> bool:
        """It is asked and has not handed in; one query, and none where it was never asked."""
        of_vendor = self._of_vendor
        if of_vendor is None or not of_vendor.is_outstanding:
            return False
        return Response.objects.awaited_of_vendor().filter(pk=of_vendor.pk).exists()

    def answers_of(self, rule: Rule) -> list[Answer]:
        """With their `open_delegations`, their files and those of the vendor; one query, and one where there are
        files."""
        answers = [answer for answer in self.answers if answer.question.rule_id == rule.pk]
        beside = [self.of_vendor[one.question_id] for one in answers if one.question_id in self.of_vendor]
        with_files = [one for one in (*answers, *beside) if one.has_files]  # type: ignore[attr-defined]
        prefetch_related_objects(with_files, "evidence")
        lent: dict[int, list[Delegation]] = {}
        for one in Delegation.objects.open().filter(answer__in=[a.pk for a in answers]).select_related("delegate"):
            lent.setdefault(one.answer_id, []).append(one)
        for answer in answers:
            answer.open_delegations = lent.get(answer.pk, [])  # type: ignore[attr-defined]
        return answers


def own_questionnaire(request: MemberRequest, pk: int) -> OwnQuestionnaire:
    """The questionnaire of whoever asks; nobody else's, whatever their role. A 404 for an assessment that is not theirs
    to see, a 403 where they are not asked. Two queries."""
    rows = Response.objects.of_rater_and_vendor(request.user).filter(assessment__pk=pk)
    rows = rows.filter(assessment__organisation=request.member.organisation_id)
    own, of_vendor = None, None
    for row in rows.select_related("assessment__vendor", "assessment__release"):
        own, of_vendor = (own, row) if row.is_of_vendor else (row, of_vendor)
    if own is None:
        fetch(request, Assessment.objects.all(), pk)
        raise PermissionDenied
    return OwnQuestionnaire(own, of_vendor)


def _answers(own: Response, of_vendor: Response | None) -> AnswerQuerySet:
    """The rater's, and the vendor's from when it has handed in."""
    read = [own.pk]
    if of_vendor is not None and of_vendor.submitted_at is not None:
        read.append(of_vendor.pk)
    rows = Answer.objects.filter(response__in=read)
    return rows.annotate(has_files=Exists(Evidence.objects.filter(answer=OuterRef("pk"))))
