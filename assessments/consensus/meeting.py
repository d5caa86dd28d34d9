"""The consensus meeting: what needs talk, and what the raters agree on. The arithmetic uses it from then on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from operator import attrgetter

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max, Min, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, User
from accounts.trail import audit
from assessments.approval import chain
from assessments.consensus.attendance import lock_recordable, told
from assessments.independence import let_read
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Answer, Assessment, AssessmentState, Consensus, Meeting, Response, VendorNote
from assessments.score import words as wording
from assessments.score.agreement import Agreement, agreement_in
from assessments.score.arithmetic import AgreedGrade, QuestionInput, QuestionState, RaterAnswer, grade_question
from assessments.score.reading import inputs_of
from assessments.score.self_view import WIDE, vendor_answers_in
from assessments.secrecy import counted_responses, rated_by
from groundwork.rounding import rounded
from groundwork.saved import Conflict, Saved
from groundwork.together import Lookup, attach
from groundwork.words import number, plural
from manifesto.models import GRADE_NAMES, Question
from manifesto.printed import edition

UNKNOWN = {QuestionState.UNANSWERED, QuestionState.DONT_KNOW}


class Cause(StrEnum):
    """Why a question needs talk."""

    SPREAD = "spread"  # the raters' grades span two levels or more
    GAP = "gap"  # the vendor's own grade and the raters' mean lie two levels or more apart
    UNANSWERED = "unanswered"  # nobody said anything
    DONT_KNOW = "dont_know"  # nobody could grade it, though it may apply


@dataclass(frozen=True, kw_only=True)
class AnchoredLevel:
    grade: int
    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Voice:
    """What one rater, or the vendor about itself, answered; `level` is the anchored text of the grade."""

    answer: Answer
    level: AnchoredLevel | None

    @property
    def who(self) -> str:
        response = self.answer.response
        return str(response.rater or response.invitation or "")

    @property
    def blank(self) -> str:
        """Instead of a grade: “Don’t know”."""
        return self.answer.get_blank_display() or str(wording.QUESTION_STATES[QuestionState.UNANSWERED])


@dataclass(frozen=True, kw_only=True)
class Discussion:
    """A question to talk about, with everything that was said about it, and what was agreed, if anything."""

    question: Question
    causes: tuple[Cause, ...]
    levels: tuple[AnchoredLevel, ...]
    voices: tuple[Voice, ...] = ()
    vendor: Voice | None = None
    note: VendorNote | None = None  # what was noted of what the vendor said
    settled: Consensus | None = None

    @property
    def number(self) -> str:
        return f"{self.question.rule.position}.{self.question.position}"

    @property
    def question_id(self) -> int:
        return self.question.pk

    @property
    def anchor(self) -> str:
        return f"question-{self.question.key}"

    @property
    def is_left_apart(self) -> bool:
        """Raters lie two levels apart, and nothing is agreed yet: what my work counts."""
        return Cause.SPREAD in self.causes and self.settled is None

    @cached_property
    def grades(self) -> list[int]:
        return [voice.answer.grade for voice in self.voices if voice.answer.grade is not None]

    @property
    def reasons(self) -> list[str]:
        """Why it is here, in words."""
        return [self._in_words(cause) for cause in self.causes]

    @property
    def agreed_level(self) -> AnchoredLevel | None:
        """None where nothing is agreed, and where it was agreed that the question does not apply."""
        grade = self.settled.grade if self.settled else None
        return None if grade is None else self.levels[grade]

    def _in_words(self, cause: Cause) -> str:
        if cause == Cause.SPREAD:
            return _("Grades lie %(levels)s levels apart") % {"levels": max(self.grades) - min(self.grades)}
        if cause == Cause.GAP and self.vendor and self.vendor.answer.grade is not None:
            gap = self.vendor.answer.grade - Fraction(sum(self.grades), len(self.grades))
            levels = rounded(abs(gap), 1)
            if gap > 0:
                said = ngettext(
                    "The vendor sees itself higher, by %(levels)s level",
                    "The vendor sees itself higher, by %(levels)s levels",
                    plural(levels),
                )
            else:
                said = ngettext(
                    "The vendor sees itself lower, by %(levels)s level",
                    "The vendor sees itself lower, by %(levels)s levels",
                    plural(levels),
                )
            return said % {"levels": number(levels)}
        return _("Nobody answered") if cause == Cause.UNANSWERED else _("Nobody could grade it")


@dataclass(frozen=True, kw_only=True)
class Contested:
    """A question whose grades span two levels or more. `agreed_on`: the day of the meeting that settled it; `own`: what
    the reader handed in, None where they did not grade it."""

    question: Question
    low: int
    high: int
    own: int | None
    agreed_on: date | None

    @property
    def number(self) -> str:
        return f"{self.question.rule.position}.{self.question.position}"

    @property
    def anchor(self) -> str:
        return f"question-{self.question.key}"


@dataclass(frozen=True, kw_only=True)
class MeetingPanel:
    """The meeting at a glance. While the reader still rates, only that: everything else would tell of the others."""

    is_rating: bool
    open: int = 0
    settled: int = 0
    handed_in: int = 0
    contested: tuple[Contested, ...] = ()
    agreement: Agreement | None = None
    meaning: str = ""  # of the agreement, after what was talked over

    @property
    def contested_open(self) -> tuple[Contested, ...]:
        return tuple(one for one in self.contested if one.agreed_on is None)


def causes(assessment: Assessment) -> dict[str, tuple[Cause, ...]]:
    """Question key → why it needs talk, whatever was agreed; only those that do. Nothing before somebody handed in."""
    return causes_in(assessment).now()


def causes_in(assessment: Assessment) -> Lookup[dict[str, tuple[Cause, ...]]]:
    """The same, to be read with what else a page shows."""
    counted = counted_responses(assessment).order_by().values_list("pk", flat=True)[:1]
    inputs = inputs_of(assessment, counted_responses(assessment), with_consensus=False)
    claims = vendor_answers_in(assessment)
    return Lookup(
        reads=(counted, *claims.reads, *inputs.reads),
        told=lambda: _why(inputs.told(), claims.told()) if counted else {},
    )


def _why(inputs: Iterable[QuestionInput], claims: Mapping[str, RaterAnswer]) -> dict[str, tuple[Cause, ...]]:
    why_of = {}
    for question in inputs:
        graded = grade_question(question)
        vendor = claims[question.key].grade if question.key in claims else None
        why = []
        if graded.disagreement:
            why.append(Cause.SPREAD)
        if vendor is not None and graded.grade is not None and abs(vendor - graded.grade) >= WIDE:
            why.append(Cause.GAP)
        if graded.state in UNKNOWN:
            why.append(Cause(graded.state.value))
        if why:
            why_of[question.key] = tuple(why)
    return why_of


def to_discuss(assessment: Assessment) -> tuple[Discussion, ...]:
    """What needs talk and what was agreed, in the order of the questionnaire; three queries."""
    return to_discuss_in(assessment).now()


def to_discuss_in(assessment: Assessment) -> Lookup[tuple[Discussion, ...]]:
    """The same, to be read with what else a page shows; what was said is asked then, where anything is discussed."""
    why, settled = causes_in(assessment), settled_in(assessment)
    notes = VendorNote.objects.of_assessment(assessment).order_by()
    return Lookup(
        reads=(*why.reads, *settled.reads, notes),
        told=lambda: _discussions(assessment, why.told(), settled.told(), {note.question_id: note for note in notes}),
    )


def _discussions(
    assessment: Assessment,
    why: Mapping[str, tuple[Cause, ...]],
    settled: Mapping[str, Consensus],
    notes: Mapping[int, VendorNote],
) -> tuple[Discussion, ...]:
    keys = why.keys() | settled.keys()
    voices = _voices(assessment, keys) if keys else {}
    discussions = []
    for question in edition(assessment.release).questions:
        if question.key not in keys:
            continue
        levels = _levels(question)
        heard = [
            Voice(answer=answer, level=None if answer.grade is None else levels[answer.grade])
            for answer in voices.get(question.pk, ())
        ]
        discussions.append(
            Discussion(
                question=question,
                causes=why.get(question.key, ()),
                levels=levels,
                voices=tuple(voice for voice in heard if not voice.answer.response.is_of_vendor),
                vendor=next((voice for voice in heard if voice.answer.response.is_of_vendor), None),
                note=notes.get(question.pk),
                settled=settled.get(question.key),
            )
        )
    return tuple(discussions)


def contested(assessment: Assessment, user: User) -> tuple[Contested, ...]:
    """What raters judge two levels apart or more, agreed on or not, in the order of the questionnaire. For those alone
    who may read the answers of others; one query."""
    return contested_in(assessment, user).now()


def contested_in(assessment: Assessment, user: User) -> Lookup[tuple[Contested, ...]]:
    """The same, to be read with what else a page shows."""
    agreed = Consensus.objects.filter(assessment=assessment).order_by().values_list("question", "meeting__held_on")
    handed_in = counted_responses(assessment)
    graded = Answer.objects.filter(response__in=handed_in, grade__isnull=False).counting().order_by()
    own = Max("grade", filter=Q(response__rater=user))
    grades = graded.values("question").annotate(low=Min("grade"), high=Max("grade"), own=own)
    apart = grades.filter(high__gte=F("low") + WIDE).values_list("question", "low", "high", "own")

    def told() -> tuple[Contested, ...]:
        held_on, found = dict(agreed), {question: row for question, *row in apart}
        return tuple(
            Contested(question=question, low=low, high=high, own=own, agreed_on=held_on.get(question.pk))
            for question in edition(assessment.release).counting
            if question.pk in found
            for low, high, own in [found[question.pk]]
        )

    return Lookup(reads=(agreed, apart), told=told)


def bare(question: Question) -> Discussion:
    """A question that needs no talk (any more)."""
    return Discussion(question=question, causes=(), levels=_levels(question))


def settled_in(assessment: Assessment) -> Lookup[dict[str, Consensus]]:
    """Question key → what was agreed about it; to be read with what else a page shows."""
    rows, meetings = Consensus.objects.filter(assessment=assessment).order_by(), meetings_in(assessment)
    agreed = rows.select_related("decided_by")

    def told() -> dict[str, Consensus]:
        asked, held = edition(assessment.release).by_id, {meeting.pk: meeting for meeting in meetings.told()}
        for row in agreed:
            row.question, row.meeting = asked[row.question_id], held[row.meeting_id]
        return {row.question.key: row for row in agreed}

    return Lookup(reads=(agreed, *meetings.reads), told=told)


def meetings_in(assessment: Assessment) -> Lookup[list[Meeting]]:
    """In the order of their days, each with who was there; to be read with what else a page shows."""
    rows = Meeting.objects.filter(assessment=assessment).order_by()
    attended = Meeting.attendees.through.objects.filter(meeting__assessment=assessment).select_related("user")

    def told() -> list[Meeting]:
        meetings = sorted(rows, key=attrgetter("held_on"))
        attach(meetings, "attendees", ((one.meeting_id, one.user) for one in attended))
        return meetings

    return Lookup(reads=(rows, attended), told=told)


def panel(assessment: Assessment, member: Membership) -> MeetingPanel | None:
    """For the page of the assessment; None where there is nobody who could agree with anybody."""
    return panel_in(assessment, member, reads=let_read(assessment, member.user)).now()


def panel_in(assessment: Assessment, member: Membership, *, reads: bool) -> Lookup[MeetingPanel | None]:
    """The same, to be read with what else a page shows. `reads`: what `let_read` said; whoever does has not to rate."""
    if assessment.state == AssessmentState.DRAFT:
        return Lookup(reads=(), told=lambda: None)
    if reads:
        return _of_reader(assessment, member)
    rated = rated_by(assessment, member.user)
    asked = Response.objects.of_customer().filter(assessment=assessment).order_by().values_list("pk", flat=True)
    return Lookup(reads=(rated, asked), told=lambda: MeetingPanel(is_rating=True) if rated and len(asked) > 1 else None)


def _of_reader(assessment: Assessment, member: Membership) -> Lookup[MeetingPanel | None]:
    counted = counted_responses(assessment).order_by().values_list("pk", flat=True)
    agreed = Consensus.objects.filter(assessment=assessment).order_by().values_list("question__key", flat=True)
    why, measures, apart = causes_in(assessment), agreement_in(assessment), contested_in(assessment, member.user)

    def told() -> MeetingPanel | None:
        causes, settled, measured, differ = why.told(), {*agreed}, measures.told(), apart.told()
        if len(counted) < 2 and not settled and Cause.GAP not in {cause for each in causes.values() for cause in each}:
            return None
        return MeetingPanel(
            is_rating=False,
            open=len(causes.keys() - settled),
            settled=len(settled),
            handed_in=len(counted),
            contested=differ,
            agreement=measured,
            meaning=measured.meaning_after([one.agreed_on for one in differ]),
        )

    return Lookup(reads=(counted, agreed, *why.reads, *measures.reads, *apart.reads), told=told)


def agree(
    member: Membership,
    assessment: Assessment,
    question: Question,
    *,
    grade: int | None = None,
    not_applicable: bool = False,
    reason: str,
    meeting: Meeting,
    version: int,
    now: datetime | None = None,
) -> Saved | Conflict[Consensus | None]:
    """Record what was agreed where still `version` stands (0: nothing), or say what stands there instead.

    Raises ValueError unless exactly one of grade and not_applicable is given, IllegalTransition where it is refused.
    """
    AgreedGrade(grade=grade, not_applicable=not_applicable)
    now = now or timezone.now()
    with transaction.atomic():
        row = lock_recordable(member, assessment)
        if question.release_id != row.release_id or meeting.assessment_id != row.pk:
            raise PermissionDenied
        stored = _stored(row, question)
        wanted = {"grade": grade, "not_applicable": not_applicable, "reason": _reason(reason)}
        if stored is not None and _of_consensus(stored) == wanted:
            # Also a second click, or a retry whose first reply was lost: no conflict with oneself.
            return Saved(version=stored.version, at=stored.decided_at)
        if stored is None and question.key not in causes(row):
            raise IllegalTransition(_("The raters do not differ about this question: there is nothing to agree on."))
        by = {"meeting": meeting, "decided_by": member.user, "decided_at": now}
        made = _written(row, question, stored, version, wanted | by)
        if made is None:
            return Conflict(stored=stored)
        changed = _record_agreed(member, made, before=_of_consensus(stored) if stored else {}, after=wanted)
        _after_change(member, row)
    return Saved(version=made.version, at=now, changed=changed)


def _record_agreed(
    member: Membership, row: Consensus, *, before: Mapping[str, object], after: Mapping[str, object]
) -> frozenset[str]:
    verb = "consensus.changed" if before else "consensus.agreed"
    audit.record(member.user, verb, row, before=told(before), after=told(after))
    return frozenset(name for name, value in after.items() if before.get(name) != value)


def undo(
    member: Membership, assessment: Assessment, question: Question, *, version: int
) -> Conflict[Consensus | None] | None:
    """Take back what was agreed, where still `version` stands: the mean of the raters counts again."""
    with transaction.atomic():
        row = lock_recordable(member, assessment)
        stored = _stored(row, question)
        if stored is None:
            return None
        if stored.version != version:
            return Conflict(stored=stored)
        audit.record(member.user, "consensus.undone", stored, before=told(_of_consensus(stored)))
        stored.delete()
        _after_change(member, row)
    return None


def _reason(text: str) -> str:
    if not text.strip():
        raise IllegalTransition(_("Say why: whoever was not there must understand it."))
    return text.strip()


def _stored(row: Assessment, question: Question) -> Consensus | None:
    rows = Consensus.objects.filter(assessment=row, question=question)
    return rows.select_related("question", "meeting", "decided_by").first()


def _written(
    row: Assessment, question: Question, stored: Consensus | None, version: int, values: Mapping[str, object]
) -> Consensus | None:
    """The row with these values; None where another version stands than the one that the person has seen."""
    if stored is None:
        if version:
            return None
        return Consensus.objects.create(assessment=row, question=question, **values)
    same = Consensus.objects.filter(pk=stored.pk, version=version)
    if not same.update(**values, version=F("version") + 1):
        return None
    return _stored(row, question)


def _after_change(member: Membership, row: Assessment) -> None:
    """What was approved already was approved for other grades: the chain begins again."""
    if row.state == AssessmentState.IN_REVIEW:
        chain.after_change(member, row)


def _of_consensus(row: Consensus) -> dict[str, object]:
    return {"grade": row.grade, "not_applicable": row.not_applicable, "reason": row.reason}


def _voices(assessment: Assessment, keys: Collection[str]) -> dict[int, list[Answer]]:
    """Question id → what was handed in about it, by raters and by the vendor."""
    of_vendor = Response.objects.of_vendor().handed_in().filter(assessment=assessment)
    heard = counted_responses(assessment) | of_vendor
    rows = Answer.objects.filter(response__in=heard, question__key__in=keys)
    rows = rows.select_related("response__rater", "response__invitation", "response__department")
    answers: dict[int, list[Answer]] = defaultdict(list)
    for row in rows.prefetch_related("evidence").order_by("response"):
        answers[row.question_id].append(row)
    return answers


def _levels(question: Question) -> tuple[AnchoredLevel, ...]:
    texts = {level.grade: level.text for level in question.levels.all()}
    return tuple(
        AnchoredLevel(grade=grade, name=str(name), text=texts.get(grade, "")) for grade, name in enumerate(GRADE_NAMES)
    )
