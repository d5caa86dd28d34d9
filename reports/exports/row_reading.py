"""Assessments in hand, read from their rows: each kind of row in one query, in the order of the assessments, so that
thousands are read in as many queries as one, and few are in memory at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from assessments.models import (
    Answer,
    Assessment,
    AssessmentQuerySet,
    AssessmentState,
    Consensus,
    Evidence,
    Meeting,
    Reply,
    Response,
    VendorLink,
    VendorNote,
)
from assessments.score.reading import policy_of
from manifesto.models import Question
from reports.exports.shapes import (
    CUSTOMER,
    Agreed,
    Answered,
    Asked,
    AskedRule,
    Dossier,
    Given,
    Head,
    KeptFile,
    Noted,
    Replied,
    Shown,
    scored,
)

AT_ONCE = 2_000  # rows that are in memory of each kind
Row = Mapping[str, Any]


class Stream:
    """Rows of one query, each with the key of its assessment (`of`), handed out assessment by assessment."""

    def __init__(self, rows: QuerySet[Any, Any], *, chunk: int = AT_ONCE) -> None:
        self._rows: Iterator[Row] = iter(rows.iterator(chunk_size=chunk))
        self._next: Row | None = next(self._rows, None)

    def take(self, assessment: int) -> list[Row]:
        """Those of this assessment; whoever asks goes upwards. What nobody asked for is passed over."""
        found = []
        while self._next is not None and self._next["of"] <= assessment:
            if self._next["of"] == assessment:
                found.append(self._next)
            last, self._next = self._next["of"], next(self._rows, None)
            if self._next is not None and self._next["of"] < last:
                raise RuntimeError("The rows do not come in the order of their assessments: some would be left out.")
        return found


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A release as far as an export tells of it, in one language."""

    rules: tuple[AskedRule, ...]
    questions: tuple[Asked, ...]
    keys: Mapping[int, str]  # of questions, by the numbers of their rows

    def asked(self, *, also: bool) -> list[Asked]:
        """`also`: the supplementary ones, too."""
        return [one for one in self.questions if also or not one.supplementary]

    def of_rules_in(self, answered: Collection[str]) -> Edition:
        """With the rules alone of which a question is among these."""
        rules = {question.rule for question in self.questions if question.key in answered}
        return Edition(
            rules=tuple(rule for rule in self.rules if rule.key in rules),
            questions=tuple(question for question in self.questions if question.rule in rules),
            keys=self.keys,
        )


def editions_of(assessments: AssessmentQuerySet) -> dict[int, Edition]:
    """By release; one query. In the active language."""
    rows = Question.objects.filter(release__in=assessments.order_by().values("release")).select_related("rule")
    by_release: dict[int, list[Question]] = defaultdict(list)
    for question in rows.order_by("release", "rule__position", "supplementary", "position"):
        by_release[question.release_id].append(question)
    return {release: _edition(questions) for release, questions in by_release.items()}


def _edition(questions: Iterable[Question]) -> Edition:
    asked = list(questions)
    rules = {one.rule.key: AskedRule(key=one.rule.key, position=one.rule.position, name=one.rule.name) for one in asked}
    return Edition(
        rules=tuple(rules.values()),
        questions=tuple(
            Asked(
                key=one.key,
                rule=one.rule.key,
                number=f"{one.rule.position}.{one.position}",
                text=one.text or one.short,
                weight=Fraction(0) if one.supplementary else one.exact_weight,
                knockout=one.knockout,
                supplementary=one.supplementary,
            )
            for one in asked
        ),
        keys={one.pk: one.key for one in asked},
    )


class RowReader:
    """Reads the dossiers of `assessments`, which are asked for in the order of their keys."""

    def __init__(self, assessments: AssessmentQuerySet, *, user: int) -> None:
        self.user = user
        self.editions = editions_of(assessments)
        chosen = assessments.order_by().values("pk")
        of = {"response__assessment__in": chosen}
        self.responses = Stream(_responses().filter(assessment__in=chosen))
        self.answers = Stream(_answers().filter(**of))
        self.files = Stream(_files().filter(answer__response__assessment__in=chosen))
        self.consensus = Stream(_consensus().filter(assessment__in=chosen))
        self.meetings = Stream(_meetings().filter(assessment__in=chosen))
        self.replies = Stream(_replies().filter(request__assessment__in=chosen))
        self.notes = Stream(_notes().filter(assessment__in=chosen))

    def dossier_of(self, assessment: Assessment, head: Head) -> Dossier:
        edition = self.editions.get(assessment.release_id) or _edition(())
        asked = self.responses.take(head.pk)
        given = {row["pk"]: self._given(row, head) for row in asked if self._is_readable(row, head)}
        answers = self._answers_of(head, edition, given)
        agreed, replies = self._agreed(head.pk), self._replied(head.pk)
        closed = head.shown == Shown.OWN
        if closed:
            agreed, replies, edition = {}, (), edition.of_rules_in(answers)
        questions = edition.asked(also=assessment.asks_supplementary)
        policy, keys = policy_of(assessment.release), {one.key for one in edition.questions}
        return Dossier(
            head=head,
            policy=policy,
            rules=edition.rules,
            questions=tuple(questions),
            responses=tuple(given.values()),
            answers=answers,
            agreed=agreed,
            notes={key: note for key, note in self._noted(head.pk).items() if key in keys},
            replies=replies,
            score=scored(edition.rules, questions, answers, agreed, policy) if edition.rules else None,
            tells_of_others=not closed and self._tells_of_others(asked, agreed),
        )

    def _tells_of_others(self, asked: Sequence[Row], agreed: Mapping[str, object]) -> bool:
        return bool(agreed) or any(map(self._is_anothers, asked))

    def _is_anothers(self, row: Row) -> bool:
        return row["kind"] == CUSTOMER and row["submitted_at"] is not None and row["rater"] != self.user

    def _is_readable(self, row: Row, head: Head) -> bool:
        """Whoever still judges reads their own questionnaire, and what the vendor says while answers are collected."""
        if head.shown == Shown.ALL or row["rater"] == self.user:
            return True
        return row["kind"] != CUSTOMER and head.state == AssessmentState.COLLECTING

    def _given(self, row: Row, head: Head) -> Given:
        is_of_vendor = row["kind"] != CUSTOMER
        return Given(
            key=f"{head.reference}/{row['pk']}",
            kind=row["kind"],
            name=row["rater__name"] or row["rater__email"] or row["invitation__email"] or "",
            department=row["department__name"] or "",
            handed_in_at=moment(row["submitted_at"]),
            independent=None if is_of_vendor else row["not_independent_since"] is None,
            shown=row["submitted_at"] is not None or (row["rater"] == self.user and not is_of_vendor),
        )

    def _answers_of(self, head: Head, edition: Edition, given: Mapping[int, Given]) -> dict[str, list[Answered]]:
        files: dict[int, list[KeptFile]] = defaultdict(list)
        for row in self.files.take(head.pk):
            files[row["answer"]].append(KeptFile(name=row["name"], size=row["size"], sha256=row["sha256"]))
        answers: dict[str, list[Answered]] = defaultdict(list)
        for row in self.answers.take(head.pk):
            by, key = given.get(row["response"]), edition.keys.get(row["question"])
            if by is None or key is None or not by.shown:  # what came to be between two of the queries waits
                continue
            hides = head.shown == Shown.OWN and by.kind != CUSTOMER
            answers[key].append(_answer(row, by, key, tuple(files.get(row["pk"], ())), hides_grade=hides))
        return dict(answers)

    def _agreed(self, assessment: int) -> dict[str, Agreed]:
        present: dict[int, list[str]] = defaultdict(list)
        for row in self.meetings.take(assessment):
            name = row["attendees__name"] or row["attendees__email"]
            present[row["pk"]] += [name] if name else []
            others = [one.strip() for one in row["others"].split(",") if one.strip()]
            present[row["pk"]] += [one for one in others if one not in present[row["pk"]]]
        return {
            row["question__key"]: Agreed(
                grade=row["grade"],
                not_applicable=row["not_applicable"],
                reason=row["reason"],
                held_on=row["meeting__held_on"].isoformat(),
                present=tuple(present[row["meeting"]]),
            )
            for row in self.consensus.take(assessment)
        }

    def _replied(self, assessment: int) -> tuple[Replied, ...]:
        """Of the last one that the vendor sent."""
        rows = self.replies.take(assessment)
        return tuple(
            Replied(
                rule=row["rule"],
                stance=row["stance"],
                text=row["text"],
                by=row["link_name"] or "",
                at=moment(row["request__submitted_at"]),
                to_earlier_result=row["request__fingerprint"] != row["request__assessment__fingerprint"],
            )
            for row in rows
            if row["request"] == rows[0]["request"]
        )

    def _noted(self, assessment: int) -> dict[str, Noted]:
        return {
            row["question__key"]: Noted(
                text=row["text"],
                by=row["updated_by__name"] or row["updated_by__email"] or "",
                at=moment(row["updated_at"]),
            )
            for row in self.notes.take(assessment)
        }


def moment(at: datetime | None) -> str | None:
    """In UTC, as the snapshot writes it."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _answer(row: Row, by: Given, key: str, files: tuple[KeptFile, ...], *, hides_grade: bool) -> Answered:
    """`hides_grade`: how a vendor grades itself is not for those who still judge."""
    is_in_place = by.kind == CUSTOMER and row["updated_by"] not in (None, row["response__rater"])
    return Answered(
        by=by,
        question=key,
        grade=None if hides_grade else row["grade"],
        blank="" if hides_grade else row["blank"],
        reason="" if hides_grade else row["reason"],
        comment=row["comment"],
        vendor_says=row["vendor_says"],
        fact_value=None if row["fact_value"] is None else Fraction(row["fact_value"]),
        fact_unit=row["fact_unit"],
        carried_over=row["carried_over"],
        in_place=(row["updated_by__name"] or row["updated_by__email"] or "") if is_in_place else "",
        files=files,
    )


# The queries ------------------------------------------------------------------------------------------------------
def _responses() -> QuerySet[Response, Any]:
    """Of all who were asked and still take part."""
    rows = Response.objects.filter(withdrawn_at=None).annotate(of=F("assessment"))
    return rows.order_by("of", "pk").values(
        *("of", "pk", "kind", "rater", "rater__name", "rater__email", "invitation__email", "department__name"),
        *("submitted_at", "not_independent_since"),
    )


def _answers() -> QuerySet[Answer, Any]:
    rows = Answer.objects.filter(response__withdrawn_at=None).annotate(of=F("response__assessment"))
    return rows.order_by("of", "response_id", "pk").values(
        *("of", "pk", "response", "response__rater", "question", "grade", "blank", "reason", "comment", "vendor_says"),
        *("fact_value", "fact_unit", "carried_over", "updated_by", "updated_by__name", "updated_by__email"),
    )


def _files() -> QuerySet[Evidence, Any]:
    rows = Evidence.objects.annotate(of=F("answer__response__assessment"))
    return rows.order_by("of", "pk").values("of", "answer", "name", "size", "sha256")


def _consensus() -> QuerySet[Consensus, Any]:
    rows = Consensus.objects.annotate(of=F("assessment"))
    return rows.order_by("of", "pk").values(
        *("of", "question__key", "grade", "not_applicable", "reason", "meeting", "meeting__held_on")
    )


def _meetings() -> QuerySet[Meeting, Any]:
    rows = Meeting.objects.annotate(of=F("assessment"))
    return rows.order_by("of", "pk", "attendees__name").values(
        *("of", "pk", "others", "attendees__name", "attendees__email")
    )


def _replies() -> QuerySet[Reply, Any]:
    """What the vendor sent, the last request first; nothing of what it has only written down."""
    links = VendorLink.objects.to_reply().filter(reply_request=OuterRef("request")).order_by("revoked_at", "-pk")
    rows = Reply.objects.filter(request__submitted_at__isnull=False).exclude(stance="")
    rows = rows.annotate(of=F("request__assessment"), link_name=Subquery(links.values("name")[:1]))
    return rows.order_by("of", "-request__submitted_at", "request_id", "pk").values(
        *("of", "request", "rule", "stance", "text", "link_name"),
        *("request__submitted_at", "request__fingerprint", "request__assessment__fingerprint"),
    )


def _notes() -> QuerySet[VendorNote, Any]:
    rows = VendorNote.objects.all().written().annotate(of=F("assessment"))
    return rows.order_by("of", "pk").values(
        *("of", "question__key", "text", "updated_at", "updated_by__name", "updated_by__email")
    )
