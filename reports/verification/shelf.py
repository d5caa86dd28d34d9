"""What this installation made and somebody may know of: where a file that is brought is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.db import models
from django.db.models import Q

from accounts.models import Membership
from reports.documents.job import Subject
from reports.models import Comparison, Document, FactSheet, Rendering, Scorecard, VendorCopy
from vendors.withheld import is_withheld

RELATED = (
    "rendering__scorecard__assessment__vendor",
    "rendering__comparison",
    "rendering__fact_sheet",
    "rendering__vendor_copy__response__assessment__vendor",
)


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """`member`: who asks, and sees their organisation’s alone; None: whoever runs the installation, who sees all."""

    member: Membership | None

    def rendering_of(self, content: bytes) -> Rendering | None:
        """The ready document with these very bytes: those that are kept are compared, not the hash that is noted."""
        documents = Document.objects.filter(rendering__sha256=digest_of(content), rendering__size=len(content))
        for document in documents.filter(self._of_rendering()).select_related(*RELATED).order_by("pk"):
            if bytes(document.content) == content:
                return document.rendering
        return None

    def subject_of(self, text_hash: str) -> Subject | None:
        """What has a frozen text of this hash. Four queries at most."""
        return (
            self.scorecards().filter(sha256=text_hash).first()
            or FactSheet.objects.filter(self._within("organisation"), sha256=text_hash).order_by("pk").first()
            or Comparison.objects.filter(self._within("organisation"), sha256=text_hash).order_by("pk").first()
            or VendorCopy.objects.filter(self._within("response__assessment__organisation"), sha256=text_hash)
            .select_related("response__assessment__vendor")
            .order_by("pk")
            .first()
        )

    def scorecards(self) -> models.QuerySet[Scorecard]:
        return Scorecard.objects.filter(self._within("organisation")).select_related("assessment__vendor")

    def keeps_back(self, card: Scorecard) -> bool:
        """Whether who asks still judges its vendor, so that none of its numbers is shown."""
        return self.member is not None and is_withheld(self.member, card.assessment.vendor)

    def _within(self, path: str) -> Q:
        return Q(**{path: self.member.organisation_id}) if self.member else Q()

    def _of_rendering(self) -> Q:
        if self.member is None:
            return Q()
        paths = ("scorecard", "comparison", "fact_sheet", "vendor_copy__response__assessment")
        found = Q()
        for path in paths:
            found |= self._within(f"rendering__{path}__organisation")
        return found
