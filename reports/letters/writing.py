"""A letter made: all that it says is frozen, in the language of whom it goes to, so that every copy says the same."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, Organisation
from accounts.trail import audit
from assessments.models import Assessment, Commitment
from groundwork import words
from groundwork.clean_text import without_controls
from manifesto.models import Question
from reports.documents.job import request_rendering
from reports.fact_sheets import keeping
from reports.fact_sheets.kinds import Facts
from reports.letters import letterheads
from reports.letters.matters import MOST_REQUESTS, AssessmentMatter, Matter, ProofMatter
from reports.letters.wording import Section, said
from reports.models import FactSheet, FactSheetKind, Letterhead, LetterKind
from reports.scorecard import view
from reports.scorecard.shapes import ScorecardView
from vendors.models import Contact

LONGEST_REQUEST = 160  # characters: the letter has one page, and the whole stands in the list of commitments


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the writer of a letter decides. `own`: a paragraph of theirs, kept as it was written."""

    kind: LetterKind
    contact: Contact
    address: str
    own: str
    sender: str
    deadline: date | None


def make(member: Membership, matter: Matter, wish: Wish, *, now: datetime) -> FactSheet:
    """Keep the letter, ask for its PDF and write it into the trail. The caller has asked `matter.why_not`."""
    facts = facts_of(member, matter, wish, now=now)
    with transaction.atomic():
        sheet = keeping.keep(member.organisation, FactSheetKind.LETTER, facts, now=now)
        request_rendering(sheet, language=wish.contact.language, requested_by=member.user)
        told = {"letter": wish.kind.value, "contact": wish.contact.name, "number": facts.content["reference"]}
        audit.record(member.user, "letter.made", sheet, label=str(wish.kind.label), after=told)
    return sheet


def facts_of(member: Membership, matter: Matter, wish: Wish, *, now: datetime) -> Facts:
    """Raises SnapshotDamaged where the scorecard that it tells of cannot be read."""
    head = letterheads.of(member.organisation)
    day = timezone.localdate(now)
    content = _Letter(member.organisation, head, matter, wish, day).content()
    content["written_by"] = member.user_id
    return Facts(about=matter.about, vendor=matter.vendor, as_of=now, content=_plain(content))


def _plain(content: Any) -> Any:
    """Without the characters that no document can hold."""
    if isinstance(content, str):
        return without_controls(content)
    if isinstance(content, Mapping):
        return {name: _plain(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    return content


class _Letter:
    def __init__(
        self, organisation: Organisation, head: Letterhead | None, matter: Matter, wish: Wish, day: date
    ) -> None:
        self.organisation, self.head, self.matter, self.wish, self.day = organisation, head, matter, wish, day
        self.language = wish.contact.language
        self.card = self._card()
        self.section = Section(wish.kind, self.language, self._values())

    def content(self) -> dict[str, Any]:
        wish, section, language = self.wish, self.section, self.language
        contact = wish.contact
        return {
            "letter": wish.kind.value,
            "about": "proof" if isinstance(self.matter, ProofMatter) else "assessment",
            "language": language,
            "organisation": self.organisation.name,
            "letterhead": self._letterhead(),
            "contact_key": contact.pk,
            "addressee": {
                "vendor": self.matter.vendor.name,
                "name": contact.name,
                "job": contact.job,
                "address": [line.strip() for line in wish.address.splitlines() if line.strip()],
            },
            "day": self.day.isoformat(),
            "place_and_day": self._place_and_day(),
            "reference": self._reference(),
            "subject": section.one("subject"),
            "salutation": said(language, "salutation_to", contact=contact.name),
            "paragraphs": list(self._paragraphs()),
            "result": self._result(),
            "rules": list(self._rules()),
            "requests": list(self._requests()),
            "own": wish.own.strip(),
            "reply": section.one("reply"),
            "deadline": wish.deadline.isoformat() if wish.deadline else None,
            "deadline_said": self._said(wish.deadline),
            "period": self._period(),
            "incident": self.matter.incident.reference if isinstance(self.matter, ProofMatter) else "",
            "closing": said(language, "closing"),
            "sender": wish.sender.strip(),
        }

    # What stands around it ---------------------------------------------------------------------------------------
    def _letterhead(self) -> dict[str, Any]:
        head = self.head
        logo = letterheads.logo_of(head)
        return {
            "address": head.address.splitlines() if head else [],
            "place": head.place if head else "",
            "foot": head.foot if head else "",
            "logo": base64.b64encode(logo).decode() if logo else "",
            "logo_sha256": head.logo_sha256 if head and logo else "",
        }

    def _place_and_day(self) -> str:
        day = self._said(self.day)
        if self.head and self.head.place:
            return said(self.language, "place_and_day", place=self.head.place, day=day)
        return said(self.language, "day_alone", day=day)

    def _reference(self) -> str:
        matter = self.matter
        if isinstance(matter, ProofMatter):
            return matter.proof.number
        numbers = [matter.assessment.reference]
        if matter.card and self.wish.kind in (LetterKind.RESULT, LetterKind.CLOSING):
            numbers.append(matter.card.number)
        return " / ".join(numbers)

    def _values(self) -> dict[str, object]:
        """What the sentences of this letter name; nothing that its kind has no word for."""
        matter = self.matter
        values: dict[str, object] = {
            "vendor": matter.vendor.name,
            "period": self._period(),
            "reference": self._reference(),
            "deadline": self._said(self.wish.deadline),
        }
        if isinstance(matter, ProofMatter):
            incident, service = matter.incident, matter.incident.service
            told = Section(LetterKind.PROOF, self.language, {"service": service}).one("service") if service else ""
            opened = timezone.localdate(incident.opened_at)
            values |= {"incident": incident.reference, "opened": self._said(opened), "service": told}
            values |= {"due": self._said(matter.proof.due_on)}
        elif self.wish.kind == LetterKind.INVITATION:
            values |= {"questions": _questions(matter.assessment)}
        elif self.card is not None:
            values |= {"approved": self.card.approved_on}
        return values

    def _period(self) -> str:
        if isinstance(self.matter, ProofMatter):
            return ""
        assessment = self.matter.assessment
        return words.days(assessment.period_start, assessment.period_end, self.language)

    def _said(self, day: date | None) -> str:
        return words.day(day, self.language) if day else ""

    # What it says ------------------------------------------------------------------------------------------------
    def _card(self) -> ScorecardView | None:
        """Of an approved assessment, and in the letters that tell its result alone."""
        tells = self.wish.kind in (LetterKind.RESULT, LetterKind.CLOSING)
        card = self.matter.card if isinstance(self.matter, AssessmentMatter) else None
        return view.view_of(card, language=self.language) if tells and card else None

    def _paragraphs(self) -> Iterable[str]:
        yield from self.section.several("paragraphs")
        matter = self.matter
        if isinstance(matter, ProofMatter):
            if matter.proof.reason and matter.proof.state == "returned":
                yield self.section.one("returned")
            if matter.proof.is_late(self.day):
                yield self.section.one("late")
        elif self.card is not None:
            if matter.reply and matter.reply.submitted_at:
                replied = self._said(timezone.localdate(matter.reply.submitted_at))
                yield self.section.one("replied", replied=replied)
            if not matter.open:
                yield self.section.one("no_requests")

    def _result(self) -> str:
        if self.card is None:
            return ""
        told = [said(self.language, "result", headline=self.card.headline)]
        weakest = self.card.weakest_rule
        if weakest is not None and weakest.status != "met":
            told.append(said(self.language, "weakest", rule=f"{weakest.number}, {weakest.name}"))
        return " ".join(told)

    def _rules(self) -> Iterable[dict[str, Any]]:
        for rule in self.card.rules if self.card else ():
            yield {"number": rule.number, "name": rule.name, "status": rule.status, "label": rule.status_label}

    def _requests(self) -> Iterable[dict[str, str]]:
        """At most three, each with its day."""
        matter, kind = self.matter, self.wish.kind
        if isinstance(matter, ProofMatter) or kind == LetterKind.INVITATION:
            asked = [(what, self.wish.deadline) for what in self.section.several("requests")]
        elif kind == LetterKind.REMINDER:
            asked = [*self._awaited(matter), *((_short(one), one.due_on) for one in matter.overdue)]
        else:
            asked = [(_short(one), one.due_on) for one in matter.open]
        for what, due in asked[:MOST_REQUESTS]:
            yield {"what": what, "due": self._due(due)}

    def _due(self, day: date | None) -> str:
        told = self._said(day)
        return said(self.language, "overdue", day=told) if day is not None and day < self.day else told

    def _awaited(self, matter: AssessmentMatter) -> Iterable[tuple[str, date | None]]:
        if matter.awaits_answers and matter.asked:
            yield self.section.one("answers"), matter.asked.due_on or matter.assessment.due_on or self.wish.deadline
        if matter.awaits_reply and matter.reply:
            yield self.section.one("reply_to_result"), matter.reply.due_on


def _short(commitment: Commitment) -> str:
    what = " ".join(commitment.what.split())
    cut = what if len(what) <= LONGEST_REQUEST else f"{what[: LONGEST_REQUEST - 1].rstrip()}…"
    return f"{cut} ({commitment.number})"


def _questions(assessment: Assessment) -> int:
    """How many the vendor finds in its questionnaire. One query."""
    questions = Question.objects.filter(release=assessment.release_id)
    return (questions if assessment.asks_supplementary else questions.counting()).count()
