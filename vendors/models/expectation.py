"""What the organisation expects of those who support it: editions of its expectations, and what vendors say to them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, Subquery
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationRows
from vendors.models.desk_link import DeskLink
from vendors.models.vendor import Vendor


class ExpectationState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("edition of expectations", "Draft")
    PUBLISHED = "published", pgettext_lazy("edition of expectations", "Published")


class ExpectationEditionQuerySet(OrganisationRows, models.QuerySet["ExpectationEdition"]):
    def published(self) -> ExpectationEditionQuerySet:
        return self.filter(state=ExpectationState.PUBLISHED)

    def drafts(self) -> ExpectationEditionQuerySet:
        return self.filter(state=ExpectationState.DRAFT)

    def in_force(self, today: date) -> ExpectationEditionQuerySet:
        """Those that are or were in force by then, the one that holds today first: `.first()` is it."""
        return self.published().filter(in_force_from__lte=today).order_by("-in_force_from", "-number")


class ExpectationEdition(models.Model):
    """All that an organisation expects, rule by rule, from a day on. Only a draft changes; the database refuses the
    rest. The one in force is the published one with the latest `in_force_from` that is not to come."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="expectation_editions")
    number = models.PositiveSmallIntegerField(_("edition"))  # 1, 2, … within the organisation
    state = models.CharField(
        _("state"), max_length=9, choices=ExpectationState, default=ExpectationState.DRAFT, editable=False
    )
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    note = models.TextField(_("what changed, and why"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ExpectationEditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition of the expectations")
        verbose_name_plural = _("editions of the expectations")
        ordering = ("organisation", "-number")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="expectation_edition_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=ExpectationState.values), name="expectation_edition_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None)
                | Q(state="published", published_at__isnull=False, in_force_from__isnull=False),
                name="expectation_edition_published_has_days",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    def get_absolute_url(self) -> str:
        return reverse("expectation_edition", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == ExpectationState.DRAFT


class ExpectationQuerySet(OrganisationRows, models.QuerySet["Expectation"]):
    of_organisation = "edition__organisation"

    def in_force(self, organisation: int | None, today: date) -> ExpectationQuerySet:
        """Those of the edition that holds in an organisation (its key) on that day; none where none is in force."""
        editions = ExpectationEdition.objects.filter(organisation=organisation).in_force(today)
        return self.filter(edition=Subquery(editions.values("pk")[:1]))

    def telling(self) -> ExpectationQuerySet:
        """Those that a measure tells about, with the target that it is held to."""
        return self.exclude(measure="").exclude(target=None)


class Expectation(models.Model):
    """One standard that the customer sets for one of the seven rules, in three languages.

    `key` stays through all editions, so that what refers to it finds its next wording. `measure` is a key of the
    catalogue of measures and `target` in its unit: what tells whether it is kept; both empty where nothing measures it.
    """

    edition = models.ForeignKey(ExpectationEdition, on_delete=models.CASCADE, related_name="expectations")
    key = models.SlugField(_("key"), max_length=60)
    rule = models.SlugField(_("rule"))  # the key of one of the seven
    position = models.PositiveSmallIntegerField(_("position"))  # within its rule, from 1
    text_en = models.CharField(_("in English"), max_length=300, blank=True)
    text_fr = models.CharField(_("in French"), max_length=300, blank=True)
    text_nl = models.CharField(_("in Dutch"), max_length=300, blank=True)
    measure = models.CharField(_("measure that tells"), max_length=30, blank=True)
    target = models.DecimalField(_("target"), max_digits=9, decimal_places=2, null=True, blank=True)

    objects = ExpectationQuerySet.as_manager()

    class Meta:
        verbose_name = _("expectation")
        verbose_name_plural = _("expectations")
        ordering = ("edition", "rule", "position", "pk")
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="expectation_key_once_per_edition"),
            models.CheckConstraint(condition=~Q(key="") & ~Q(rule=""), name="expectation_has_key_and_rule"),
            models.CheckConstraint(condition=Q(target=None) | ~Q(measure=""), name="expectation_target_of_a_measure"),
            models.CheckConstraint(condition=Q(target=None) | Q(target__gte=0), name="expectation_target_not_negative"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """In the language of whoever reads; in English, or whatever there is, where a draft lacks that one."""
        return self.text_in(get_language() or settings.LANGUAGE_CODE)

    def text_in(self, language: str) -> str:
        wanted = str(getattr(self, f"text_{language[:2]}", ""))
        return wanted or self.text_en or self.text_fr or self.text_nl


class Stance(models.TextChoices):
    """What a vendor says to what is expected of it under one rule."""

    ACCEPTS = "accepts", pgettext_lazy("vendor to an expectation", "We accept this")
    DISCUSSES = "discusses", pgettext_lazy("vendor to an expectation", "We want to talk about this")


class ExpectationReplyQuerySet(OrganisationRows, models.QuerySet["ExpectationReply"]):
    of_organisation = "vendor__organisation"


class ExpectationReply(models.Model):
    """What a vendor says to one rule of an edition, saved as it is written; nobody at the customer sees it before it
    is acknowledged."""

    edition = models.ForeignKey(ExpectationEdition, on_delete=models.PROTECT, related_name="replies")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="expectation_replies")
    rule = models.SlugField()
    stance = models.CharField(max_length=9, choices=Stance, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    version = models.PositiveIntegerField(default=1)
    link = models.ForeignKey(DeskLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()

    objects = ExpectationReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply to the expectations")
        verbose_name_plural = _("replies to the expectations")
        ordering = ("edition", "vendor", "pk")
        constraints = [
            models.UniqueConstraint(fields=["edition", "vendor", "rule"], name="expectation_reply_once_per_rule"),
            models.CheckConstraint(
                condition=Q(stance="") | Q(stance__in=Stance.values), name="expectation_reply_stance_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor_id} {self.rule}"


class AcknowledgementQuerySet(OrganisationRows, models.QuerySet["Acknowledgement"]):
    of_organisation = "vendor__organisation"

    def whether_it_talks(self, vendor: Any, edition: Any) -> Subquery:
        """Of the last word of a vendor on an edition, each by its key or by a reference in an outer query: whether
        something is left to talk about; NULL where it said nothing. In the words of the JSON, which both databases
        write with the same spaces; what somebody wrote into it has its quotation marks escaped."""
        rows = self.filter(vendor=vendor, edition=edition).order_by("-at", "-pk")
        told = rows.annotate(written=Cast("replies", models.TextField()))
        wanted = f'"stance": "{Stance.DISCUSSES}"'
        return Subquery(told.annotate(has_talks=Q(written__contains=wanted)).values("has_talks")[:1])


class Acknowledgement(models.Model):
    """That a vendor has read an edition, and what it said to each rule: written once, each time it says so; the latest
    of an edition counts. By its link, or noted by a member who was told (`recorded_by`, with `note` how).

    `replies`: rule → {"stance": …, "comment": …}, as it was said (plain data).
    """

    edition = models.ForeignKey(ExpectationEdition, on_delete=models.PROTECT, related_name="acknowledgements")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="acknowledgements")
    on = models.DateField(_("on"))
    by = models.CharField(_("by, at the vendor"), max_length=300)
    replies = models.JSONField(default=dict)
    note = models.TextField(_("how you were told"), blank=True)
    link = models.ForeignKey(DeskLink, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        ordering = ("vendor", "-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(link=None, recorded_by__isnull=False) | Q(link__isnull=False, recorded_by=None),
                name="acknowledgement_by_link_or_member",
            ),
            models.CheckConstraint(condition=~Q(by=""), name="acknowledgement_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.vendor_id} {self.edition_id}"

    @property
    def accepts_all(self) -> bool:
        """Nothing is left to talk about."""
        return all(said.get("stance") == Stance.ACCEPTS for said in self.replies.values())
