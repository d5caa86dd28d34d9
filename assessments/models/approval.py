"""Approval: the organisation's chain, the steps of one assessment, and what was decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import INSIDE_ROLES, Membership, Organisation, OrganisationRows
from assessments.models.assessment import Assessment
from vendors.models import Tier

DECIDING = [(role.value, role.label) for role in INSIDE_ROLES]  # who reads all answers; an outside rater does not


class ApprovalLevelQuerySet(OrganisationRows, models.QuerySet["ApprovalLevel"]):
    of_organisation = "organisation"


class ApprovalLevel(models.Model):
    """One level of the organisation's chain for a tier of vendors; without a tier: for all that have no chain of
    their own. Decided by whoever has the role, or by one named member."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="approval_levels")
    tier = models.CharField(_("tier"), max_length=10, choices=Tier, blank=True)
    position = models.PositiveSmallIntegerField(_("level"))
    name = models.CharField(_("name"), max_length=80)  # “IT director”
    role = models.CharField(_("role"), max_length=10, choices=DECIDING, blank=True)
    person = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )

    objects = ApprovalLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("level of approval")
        verbose_name_plural = _("levels of approval")
        ordering = ("organisation", "tier", "position")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "tier", "position"], name="approval_level_once_per_place"),
            models.CheckConstraint(condition=Q(tier="") | Q(tier__in=Tier.values), name="approval_level_tier_known"),
            models.CheckConstraint(
                condition=Q(role__in=INSIDE_ROLES, person=None) | Q(role="", person__isnull=False),
                name="approval_level_role_or_person",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="approval_level_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ApprovalStep(models.Model):
    """A level as it stood when the assessment was submitted: a later change of the chain does not move the goal."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("level"))
    name = models.CharField(_("name"), max_length=80, blank=True)  # empty: the one level of a plain chain
    role = models.CharField(_("role"), max_length=10, choices=DECIDING, blank=True)
    person = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("step of approval")
        verbose_name_plural = _("steps of approval")
        ordering = ("assessment", "position")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "position"], name="approval_step_once_per_place"),
            models.CheckConstraint(
                condition=Q(role__in=INSIDE_ROLES, person=None) | Q(role="", person__isnull=False),
                name="approval_step_role_or_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Decision(models.TextChoices):
    APPROVED = "approved", _("Approved")
    SENT_BACK = "sent_back", _("Sent back")


class Approval(models.Model):
    """One decision of one level, on exactly what had been submitted: `fingerprint`."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="approvals")
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    level_name = models.CharField(_("level"), max_length=80, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
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
