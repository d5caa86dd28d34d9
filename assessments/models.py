"""Judgement: assessments, responses, answers with their evidence, approvals."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Membership, Organisation
from manifesto.models import Question, Release
from vendors.models import Vendor


class AssessmentState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    COLLECTING = "collecting", _("Collecting")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STATES = (AssessmentState.DRAFT, AssessmentState.COLLECTING, AssessmentState.IN_REVIEW)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def for_member(self, member: Membership) -> AssessmentQuerySet:
        return self.filter(organisation=member.organisation_id)

    def open(self) -> AssessmentQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def collecting(self) -> AssessmentQuerySet:
        return self.filter(state=AssessmentState.COLLECTING)

    def to_answer(self) -> AssessmentQuerySet:
        """What assessors have in hand: to open, or to answer."""
        return self.filter(state__in=(AssessmentState.DRAFT, AssessmentState.COLLECTING))

    def in_review(self) -> AssessmentQuerySet:
        return self.filter(state=AssessmentState.IN_REVIEW)

    def approved(self) -> AssessmentQuerySet:
        return self.filter(state=AssessmentState.APPROVED)

    def overlapping(self, vendor: Vendor, *, start: date, end: date) -> AssessmentQuerySet:
        """Those of this vendor that look at one of these days too; what was cancelled does not count."""
        rows = self.filter(vendor=vendor, period_start__lte=end, period_end__gte=start)
        return rows.exclude(state=AssessmentState.CANCELLED)

    def with_vendor(self) -> AssessmentQuerySet:
        return self.select_related("vendor", "release", "owner")

    def with_numbers(self) -> AssessmentQuerySet:
        """With the stored numbers of the scorecard, where there is one, but not its snapshot of some 100 kB.

        Named by strings: the layer above must not be imported here."""
        return self.select_related("scorecard").defer("scorecard__snapshot").prefetch_related("scorecard__rules")


class Assessment(models.Model):
    """One vendor, one period, one release."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="assessments")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="assessments")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="assessments")
    reference = models.CharField(_("reference"), max_length=20)  # A-2026-001: numbered by year and organisation
    period_start = models.DateField(_("period from"))
    period_end = models.DateField(_("period to"))
    due_on = models.DateField(_("due date"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=AssessmentState, default=AssessmentState.DRAFT)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # approved or cancelled
    cancel_reason = models.TextField(_("reason"), blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["organisation", "state"], name="assessment_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "reference"], name="assessment_reference_once_per_organisation"
            ),
            models.CheckConstraint(condition=Q(state__in=AssessmentState.values), name="assessment_state_known"),
            models.CheckConstraint(condition=Q(period_start__lte=F("period_end")), name="assessment_period_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.vendor}"


class ResponseKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    VENDOR = "vendor", _("Vendor")


class Response(models.Model):
    """One rater's (or the vendor's own) filled questionnaire within an assessment."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="responses")
    kind = models.CharField(max_length=8, choices=ResponseKind, default=ResponseKind.CUSTOMER)
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "rater", "kind"], name="response_once_per_rater"),
            models.CheckConstraint(condition=Q(kind__in=ResponseKind.values), name="response_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.rater}"


class Blank(models.TextChoices):
    """The blanks that differ; only the first leaves the denominator. An empty one without grade: unanswered."""

    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    DONT_KNOW = "dont_know", _("Don’t know")


class FrequencyUnit(models.TextChoices):
    WEEK = "week", _("a week")
    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter")
    YEAR = "year", _("a year")


class AnswerQuerySet(models.QuerySet["Answer"]):
    def for_member(self, member: Membership) -> AnswerQuerySet:
        return self.filter(response__assessment__organisation=member.organisation_id)

    def editable(self) -> AnswerQuerySet:
        return self.filter(response__assessment__state=AssessmentState.COLLECTING, response__submitted_at=None)

    def with_question(self) -> AnswerQuerySet:
        return self.select_related("question", "question__rule", "response__assessment")


class Answer(models.Model):
    """Response × question. Made empty when the questionnaire opens, so that saving is one conditional UPDATE
    (`WHERE version = …`) and two people never overwrite each other silently."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    vendor_says = models.TextField(_("what the vendor answers"), blank=True)
    grade = models.PositiveSmallIntegerField(_("grade"), null=True, blank=True)
    blank = models.CharField(max_length=14, choices=Blank, blank=True)
    reason = models.TextField(_("why it does not apply"), blank=True)
    comment = models.TextField(_("comment"), blank=True)
    fact_value = models.DecimalField(
        _("recorded fact"), max_digits=7, decimal_places=2, null=True, blank=True
    )  # percent, or times per `fact_unit`
    fact_unit = models.CharField(max_length=8, choices=FrequencyUnit, blank=True)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="answer_once_per_question"),
            models.CheckConstraint(condition=Q(grade=None) | Q(grade__range=(0, 4)), name="answer_grade_on_scale"),
            models.CheckConstraint(condition=Q(grade=None) | Q(blank=""), name="answer_grade_or_blank_not_both"),
            models.CheckConstraint(condition=Q(blank="") | Q(blank__in=Blank.values), name="answer_blank_known"),
            models.CheckConstraint(
                condition=~Q(blank="not_applicable") | ~Q(reason=""), name="answer_not_applicable_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(fact_value=None) | Q(fact_value__gte=0), name="answer_fact_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response_id}/{self.question_id}"

    @property
    def is_answered(self) -> bool:
        return self.grade is not None or bool(self.blank)


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def for_member(self, member: Membership) -> EvidenceQuerySet:
        return self.filter(answer__response__assessment__organisation=member.organisation_id)


class Evidence(models.Model):
    """A file that backs an answer; sent only as an attachment, through a view that checks rights."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="evidence")
    file = models.FileField(upload_to="evidence/%Y/%m")
    name = models.CharField(max_length=200)  # as uploaded; the stored name is ours
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return self.name


class Decision(models.TextChoices):
    APPROVED = "approved", _("Approved")
    SENT_BACK = "sent_back", _("Sent back")


class Approval(models.Model):
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="approvals")
    decision = models.CharField(max_length=10, choices=Decision)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ("decided_at",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision="sent_back") | ~Q(reason=""), name="approval_sent_back_has_reason"
            ),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="approval_decision_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.decision}"
