"""Facts frozen when somebody asked for them on paper."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationRows
from vendors.models import Vendor


class FactSheetKind(models.TextChoices):
    EXPECTATIONS = "expectations", _("What we expect of those who support us")
    EMERGENCY = "emergency", _("When it breaks")
    INCIDENT = "incident", _("What happened in an incident")
    PROOF = "proof", _("Proof of cause")
    BOARD = "board", _("Board report")
    LETTER = "letter", _("Letter")
    PACK = "pack", _("Question pack")
    BLANK = "blank", _("Questionnaire to fill in by hand")


class FactSheetQuerySet(OrganisationRows, models.QuerySet["FactSheet"]):
    def of_kind(self, kind: FactSheetKind) -> FactSheetQuerySet:
        return self.filter(kind=kind)

    def of_content(self, sha256: str) -> FactSheetQuerySet:
        return self.filter(sha256=sha256)


class FactSheet(models.Model):
    """Facts frozen when somebody asked for them on paper: what its documents are printed from.

    `content` is canonical JSON in all three languages and `sha256` its hash: the same facts are the same row. `about`
    is the id of the edition, service (0 for all of them), incident or proof; `vendor` whom it concerns, None where none
    or several are. The database refuses any change.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="fact_sheets")
    kind = models.CharField(max_length=12, choices=FactSheetKind)
    about = models.PositiveBigIntegerField(default=0)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    as_of = models.DateTimeField()  # of the facts, not of the wish: the same facts give the same bytes
    made_at = models.DateTimeField()

    objects = FactSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sheet of facts")
        verbose_name_plural = _("sheets of facts")
        ordering = ("-made_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "sha256"], name="fact_sheet_once"),
            models.CheckConstraint(condition=Q(kind__in=FactSheetKind.values), name="fact_sheet_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
