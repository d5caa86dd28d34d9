"""Letters in the demo data: on whose paper they are, and some that went out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import Membership
from assessments.models import Assessment
from config.demo.clock import Event
from reports.letters import letterheads, matters, writing
from reports.letters.letterheads import Paper
from reports.letters.matters import Matter
from reports.letters.writing import Wish
from reports.models import LetterKind
from vendors.models import CauseProof, Vendor

TEAL, PAPER = "#0b5561", "#fbfaf6"


@dataclass(frozen=True, kw_only=True)
class DemoLetters:
    """`letterhead` and `letters` of an organisation in demo.yaml. Each letter is about the latest of its vendor that it
    makes sense for, and is written on the present day, when all else has happened."""

    author: Membership
    vendors: Mapping[str, Vendor]
    data: Mapping[str, Any]
    today: date

    def events(self) -> list[Event]:
        return [(self.today, self._load)] if "letterhead" in self.data else []

    def _load(self) -> None:
        paper = Paper(**self.data["letterhead"], logo=_logo())
        letterheads.keep(self.author, paper, version=0)
        for entry in self.data.get("letters", ()):
            self._write(LetterKind(entry["letter"]), self.vendors[entry["vendor"]], entry)

    def _write(self, kind: LetterKind, vendor: Vendor, entry: Mapping[str, Any]) -> None:
        matter = self._matter(kind, vendor)
        limit = matter.deadline(kind)
        wish = Wish(
            kind=kind,
            contact=vendor.contacts.all()[0],
            address=entry.get("address", ""),
            own=entry.get("own", ""),
            sender=entry.get("sender", ""),
            deadline=limit.day if limit else None,
        )
        writing.make(self.author, matter, wish, now=timezone.now())

    def _matter(self, kind: LetterKind, vendor: Vendor) -> Matter:
        if kind == LetterKind.PROOF:
            proofs = CauseProof.objects.at_vendor().filter(vendor=vendor)
            return matters.of_proof(proofs.select_related("incident__service__department")[0], today=self.today)
        rows = Assessment.objects.filter(vendor=vendor).select_related("vendor", "release")
        found = (matters.of_assessment(row, today=self.today) for row in rows)
        return next(matter for matter in found if not matter.why_not(kind))


def _logo() -> bytes:
    """Seven discs: nobody's."""
    picture = Image.new("RGB", (560, 100), PAPER)
    draw = ImageDraw.Draw(picture)
    for place in range(7):
        draw.ellipse((place * 80 + 10, 20, place * 80 + 70, 80), outline=TEAL, width=8, fill=PAPER if place else TEAL)
    written = BytesIO()
    picture.save(written, format="PNG")
    return letterheads.drawn(written, size=written.tell())
