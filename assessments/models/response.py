"""What people answer: responses of raters and the vendor, answers, evidence, and who was lent a question."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Invitation, Membership, OrganisationRows, User
from assessments.models.assessment import Assessment, AssessmentState
from groundwork.public_ids import PublicRow
from manifesto.models import Question


class ResponseKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    VENDOR = "vendor", _("Vendor")


class ResponseQuerySet(OrganisationRows, models.QuerySet["Response"]):
    of_organisation = "assessment__organisation"

    def for_outsider(self, member: Membership) -> Self:
        return self.filter(rater=member.user_id, kind=ResponseKind.CUSTOMER, withdrawn_at=None)

    def of_customer(self) -> ResponseQuerySet:
        """Those of raters who still take part."""
        return self.filter(kind=ResponseKind.CUSTOMER, withdrawn_at=None)

    def of_vendor(self) -> ResponseQuerySet:
        return self.filter(kind=ResponseKind.VENDOR)

    def handed_in(self) -> ResponseQuerySet:
        return self.exclude(submitted_at=None)

    def outstanding(self) -> ResponseQuerySet:
        """Asked for and not handed in."""
        return self.filter(submitted_at=None, withdrawn_at=None)

    def awaited_of_vendor(self) -> ResponseQuerySet:
        """The vendor is asked, by a link that was not withdrawn, and has not handed in."""
        return self.of_vendor().outstanding().filter(links__isnull=False, links__revoked_at=None)

    def of_rater(self, user: User) -> ResponseQuerySet:
        return self.of_customer().filter(rater=user)

    def of_rater_and_vendor(self, user: User) -> ResponseQuerySet:
        """What this person fills or has filled, and the vendor's own beside it."""
        own = Q(kind=ResponseKind.CUSTOMER, withdrawn_at=None, rater=user)
        return self.filter(own | Q(kind=ResponseKind.VENDOR))

    def waiting_for(self, user: User) -> ResponseQuerySet:
        """What this person has still to rate, over all assessments."""
        return self.of_rater(user).outstanding().filter(assessment__state=AssessmentState.COLLECTING)


class Response(PublicRow):
    """One rater's (or the vendor's own) filled questionnaire within an assessment."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="responses")
    kind = models.CharField(max_length=8, choices=ResponseKind, default=ResponseKind.CUSTOMER)
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # An address that was invited and is no member yet: `rater` follows when the invitation is accepted.
    invitation = models.ForeignKey(
        Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="responses"
    )
    department = models.ForeignKey(
        Department, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("department")
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(_("note to the rater"), blank=True)
    due_on = models.DateField(_("due date"), null=True, blank=True)  # empty: that of the assessment
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    # Taking it up again empties `submitted_at`, never this: only what was judged before it was judged alone.
    first_handed_in_at = models.DateTimeField(_("first handed in"), null=True, blank=True)
    # Since when it is known that the rater had read others' answers before judging. Nothing takes it away again.
    not_independent_since = models.DateTimeField(_("not independent since"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True)  # no longer asked
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)  # when the owner last asked again by mail
    failed_at = models.DateTimeField(_("not delivered"), null=True, blank=True)  # the mail server refused the last mail

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "rater", "kind"], name="response_once_per_rater"),
            models.UniqueConstraint(
                fields=["assessment", "invitation"],
                condition=Q(rater=None, kind="customer"),
                name="response_once_per_invitation",
            ),
            models.UniqueConstraint(fields=["assessment"], condition=Q(kind="vendor"), name="response_of_vendor_once"),
            models.CheckConstraint(
                condition=Q(kind="customer") | Q(rater=None, invitation=None), name="response_of_vendor_has_no_rater"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(submitted_at=None), name="response_withdrawn_is_not_handed_in"
            ),
            models.CheckConstraint(condition=Q(kind__in=ResponseKind.values), name="response_kind_known"),
            models.CheckConstraint(
                condition=Q(not_independent_since=None) | Q(kind="customer", rater__isnull=False),
                name="response_not_independent_has_rater",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.rater or self.invitation or self.kind}"

    @property
    def is_of_vendor(self) -> bool:
        return self.kind == ResponseKind.VENDOR

    @property
    def is_independent(self) -> bool:
        return self.not_independent_since is None

    @property
    def is_outstanding(self) -> bool:
        return self.submitted_at is None and self.withdrawn_at is None


class Blank(models.TextChoices):
    """The blanks that differ; only the first leaves the denominator. An empty one without grade: unanswered."""

    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    DONT_KNOW = "dont_know", _("Don’t know")


class FrequencyUnit(models.TextChoices):
    WEEK = "week", _("a week")
    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter")
    YEAR = "year", _("a year")


class AnswerQuerySet(OrganisationRows, models.QuerySet["Answer"]):
    of_organisation = "response__assessment__organisation"

    def for_outsider(self, member: Membership) -> Self:
        """Their own, and those that are in their hands at present."""
        own = Q(response__rater=member.user_id, response__kind=ResponseKind.CUSTOMER, response__withdrawn_at=None)
        handed = Delegation.objects.open().filter(delegate=member.user_id).values("answer")
        return self.filter(own | Q(pk__in=handed))

    def editable(self) -> AnswerQuerySet:
        return self.filter(
            response__assessment__state=AssessmentState.COLLECTING,
            response__submitted_at=None,
            response__withdrawn_at=None,
        )

    def answered(self) -> AnswerQuerySet:
        """Graded, or left blank on purpose."""
        return self.exclude(grade=None, blank="")

    def counting(self) -> AnswerQuerySet:
        """To the questions that the rules are judged by."""
        return self.filter(question__supplementary=False)

    def supplementary(self) -> AnswerQuerySet:
        return self.filter(question__supplementary=True)

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
    # Its texts come from the assessment before, and nobody has confirmed or changed them yet.
    carried_over = models.BooleanField(_("carried over"), default=False)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    updated_through = models.ForeignKey(
        "assessments.VendorLink", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
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


class EvidenceQuerySet(OrganisationRows, models.QuerySet["Evidence"]):
    of_organisation = "answer__response__assessment__organisation"

    def for_outsider(self, member: Membership) -> Self:
        """Of what they answer; and of what the vendor handed in about the questions that they are asked."""
        theirs = Answer.objects.for_member(member)
        about = {
            "question": OuterRef("answer__question"),
            "response__assessment": OuterRef("answer__response__assessment"),
        }
        of_vendor = Q(answer__response__kind=ResponseKind.VENDOR, answer__response__submitted_at__isnull=False)
        return self.filter(Q(answer__in=theirs) | of_vendor & Exists(theirs.filter(**about)))


class Evidence(models.Model):
    """A file that backs an answer; sent only as an attachment, through a view that checks rights."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="evidence")
    file = models.FileField(upload_to="evidence/%Y/%m")
    name = models.CharField(max_length=200)  # as uploaded; the stored name is ours
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_through = models.ForeignKey(
        "assessments.VendorLink", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return self.name


class DelegationQuerySet(OrganisationRows, models.QuerySet["Delegation"]):
    of_organisation = "answer__response__assessment__organisation"

    def for_outsider(self, member: Membership) -> Self:
        """What was handed to them."""
        return self.filter(delegate=member.user_id)

    def open(self) -> DelegationQuerySet:
        return self.filter(done_at=None, taken_back_at=None)

    def waiting_for(self, user: User) -> DelegationQuerySet:
        """What this person was handed and can still answer."""
        return self.open().filter(
            delegate=user,
            answer__response__submitted_at=None,
            answer__response__withdrawn_at=None,
            answer__response__assessment__state=AssessmentState.COLLECTING,
        )


class Delegation(models.Model):
    """A single question that a rater handed to a colleague, who may then write into that one answer."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="delegations")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    delegated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("note"), blank=True)
    delegated_at = models.DateTimeField()
    done_at = models.DateTimeField(_("handed back"), null=True, blank=True)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.UniqueConstraint(
                fields=["answer"],
                condition=Q(done_at=None, taken_back_at=None),
                name="delegation_open_once_per_answer",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(taken_back_at=None), name="delegation_ends_in_one_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} → {self.delegate}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.taken_back_at is None
