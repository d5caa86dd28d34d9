"""What a scorecard says: made from the snapshot and a language alone, for the page and for the PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from fractions import Fraction
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.models import Decision, ResponseKind
from assessments.score import arithmetic
from assessments.score import words as of_score
from assessments.score.arithmetic import GRADES, GradedQuestion, QuestionState, RuleScore, Score
from assessments.score.words import CONFIDENCES, QUESTION_STATES, STATUSES
from groundwork.words import days, isolated, labelled, named
from reports.charts.marks import Mark
from reports.documents.layout import Attached, Layout
from reports.models import DocumentKind, Scorecard
from reports.scorecard import (
    asked,
    expected,
    people,
    practised,
    proven,
    record,
    sealing,
    since,
    snapshots,
    supplementary,
)
from reports.scorecard import findings as frozen_findings
from reports.scorecard import words as wording
from reports.scorecard.shapes import AnswerView, QuestionView, RuleView, ScorecardView, ServiceView
from reports.scorecard.snapshots import Snapshot

TEMPLATES = {
    DocumentKind.BRIEF: "reports/scorecard/brief_pdf.html",
    DocumentKind.SCORECARD: "reports/scorecard/scorecard_pdf.html",
    DocumentKind.RECORD: "reports/scorecard/record_pdf.html",
}
SERVICES_LINE = 70  # characters of their names that one line of page one holds, beside what is said around them


def layout(scorecard: Scorecard, *, language: str, kind: DocumentKind = DocumentKind.SCORECARD) -> Layout:
    """What the PDF of one of the three documents is made from. Raises SnapshotDamaged."""
    content, card = snapshots.load(scorecard), view_of(scorecard, language=language)
    context = {"card": card, **_on_paper(content, card, kind)}
    with translation.override(language):
        recorded = {"record": record.of(card)} if kind == DocumentKind.RECORD else {}
        html = render_to_string(TEMPLATES[kind], {**context, **recorded})
        attached = Attached(
            name=f"snapshot-{scorecard.number}.json",
            description=_("The snapshot of scorecard %(number)s, which this document was made from")
            % {"number": scorecard.number},
            content=scorecard.snapshot,
        )
    created = scorecard.approved_at.astimezone(UTC).isoformat()
    return Layout(html=html, title=f"{scorecard.number} · {card.vendor}", created=created, attached=attached)


def _on_paper(content: Snapshot, card: ScorecardView, kind: DocumentKind) -> dict[str, Any]:
    """What has its lines counted, beside the view itself; nothing for the record, which has room for all."""
    if kind == DocumentKind.RECORD:
        return {}
    from reports.scorecard.paper import pages  # it measures with the fonts, which no page needs

    one = {"one": pages.brief(content, card)}
    return one if kind == DocumentKind.BRIEF else {**one, "pages": pages.scorecard(content, card)}


def scorecard_html(scorecard: Scorecard, *, language: str, kind: DocumentKind = DocumentKind.RECORD) -> str:
    """What the PDF of a document is made from; of the full record unless another is named. Raises SnapshotDamaged."""
    return layout(scorecard, language=language, kind=kind).html


def view_of(scorecard: Scorecard, *, language: str) -> ScorecardView:
    """The scorecard in one language, once its hash is verified. Raises SnapshotDamaged."""
    content, seal = snapshots.load(scorecard), sealing.seal_of(scorecard)
    return build(content, sha256=scorecard.sha256, seal=seal.hash if seal else "", language=language)


def build(snapshot: Snapshot, *, sha256: str, seal: str = "", language: str) -> ScorecardView:
    with translation.override(language):
        return _Builder(snapshot, sha256, seal, language).card()


class _Builder:
    """Reads one snapshot in one language, which must be active."""

    def __init__(self, snapshot: Snapshot, sha256: str, seal: str, language: str) -> None:
        self.snapshot = snapshot
        self.sha256 = sha256
        self.seal = seal
        self.language = language
        self.score: Score = snapshots.score_of(snapshot)
        self.rules: Sequence[Mapping[str, Any]] = snapshot["release"]["rules"]
        self.customers = [r for r in snapshot["responses"] if r["kind"] == ResponseKind.CUSTOMER]
        self.words = wording.words_of(snapshot, language)
        self.gap = {stored["rule"]: stored for stored in snapshot["gap"]}
        self.before = since.before_of(snapshot, self.words)
        self.asked = asked.of(snapshot, self.words)
        self.replies = {stored["rule"]: stored for stored in snapshot["replies"]}

    def card(self) -> ScorecardView:
        snapshot, score, words = self.snapshot, self.score, self.words
        assessment, release = snapshot["assessment"], snapshot["release"]
        rules = tuple(self._rule(*pair) for pair in zip(self.rules, score.rules, strict=True))
        questions = {question.key: question for rule in rules for question in rule.questions}
        approval = next(a for a in reversed(snapshot["approvals"]) if a["decision"] == Decision.APPROVED)
        return ScorecardView(
            language=self.language,
            number=snapshot["number"],
            reference=assessment["reference"],
            organisation=snapshot["organisation"]["name"],
            vendor=snapshot["vendor"]["name"],
            services=self._services(),
            services_brief=self._services_brief(),
            period=self._period(),
            met=score.met,
            total=len(score.rules),
            headline=of_score.headline(score),
            verdict=score.verdict.value,
            verdict_label=str(of_score.VERDICTS[score.verdict]),
            verdict_heading=str(of_score.VERDICT_HEADINGS[score.verdict]),
            verdict_sentence=wording.verdict(score),
            weakest=wording.weakest(score, words),
            weakest_rule=next((rule for rule in rules if rule.key == score.weakest), None),
            average="" if score.average is None else words.percent(score.average),
            confidence=score.confidence.value,
            confidence_label=str(CONFIDENCES[score.confidence]),
            confidence_sentence=self._confidence(),
            score=score,
            rules=rules,
            supplementary=tuple(map(self._supplementary, snapshot["supplementary"])),
            disagreements=tuple(questions[key] for key in score.disagreements if key not in snapshot["consensus"]),
            thresholds=(words.policy.broken_threshold, words.policy.met_threshold),
            computed=tuple(wording.arithmetic_words(words, tells_independence=snapshot["meetings"] is not None)),
            edition=release["edition"],
            edition_title=release["title"][self.language],
            published=words.moment(release["published_at"]),
            engine=snapshot["engine"],
            **people.of(snapshot, score.disagreements, words),
            since=since.sentence(snapshot, words),
            **frozen_findings.of(snapshot, words),
            expected=expected.of(snapshot, words),
            practice=practised.of(snapshot, words),
            proven=proven.of(snapshot, words),
            asked=self.asked,
            asked_brief=asked.brief(self.asked),
            asked_counted=asked.counted(self.asked),
            submitted_by=assessment["submitted_by"] or "",
            submitted_at=words.moment(assessment["submitted_at"]),
            approvals=people.approvals(snapshot, words),
            approved_by=approval["by"],
            approved_at=words.moment(approval["at"]),
            approved_on=words.day(approval["at"]),
            created=approval["at"],
            sha256=self.sha256,
            seal=self.seal,
        )

    def _rule(self, stored: Mapping[str, Any], rule: RuleScore) -> RuleView:
        words = self.words
        number = stored["position"]
        name = words.rules[rule.rule]
        percent = words.percent(rule.percent) if rule.is_rated and rule.percent is not None else ""
        label = str(STATUSES[rule.status])
        questions = zip(stored["questions"], rule.questions, strict=True)
        gap = self.gap.get(rule.rule)
        own = Fraction(gap["vendor"]) if gap and gap["vendor"] is not None else None
        return RuleView(
            key=rule.rule,
            number=number,
            name=name,
            promise=stored["promise"][self.language],
            status=rule.status.value,
            status_label=label,
            status_label_low=label.lower(),
            percent=percent,
            coverage=words.coverage(rule.coverage),
            is_covered=rule.coverage == arithmetic.FULL,
            bounds=of_score.bounds(rule, words.policy, self.language),
            reason=wording.reason(rule, words),
            sum=of_score.weighted_sum(rule, words.policy, self.language),
            quotient=of_score.quotient(rule, self.language),
            result=of_score.result(rule, words.policy, self.language),
            weight_graded=words.number(rule.weight_graded),
            weight_applicable=words.number(rule.weight_applicable),
            weighted_sum=words.number(rule.weighted_sum),
            vendor_percent="" if own is None else words.percent(own),
            gap=people.gap(gap, words),
            gap_signed=people.gap_signed(gap, words),
            gap_words=people.gap_words(gap, words),
            reply=people.reply(self.replies.get(rule.rule), words),
            mark=Mark(
                number=number,
                name=name,
                status=rule.status.value,
                status_label=label,
                percent=rule.percent if rule.is_rated else None,
                low=rule.low,
                high=rule.high,
                percent_label=percent,
                vendor_percent=own,
            ),
            before=self.before.get(rule.rule),
            questions=tuple(
                self._question(f"{number}.{position}", one, graded, rule)
                for position, (one, graded) in enumerate(questions, start=1)
            ),
            asked=tuple(one for one in self.asked if one.rule == rule.rule),
        )

    def _question(
        self, number: str, stored: Mapping[str, Any], graded: GradedQuestion, rule: RuleScore
    ) -> QuestionView:
        words = self.words
        percent = graded.percent
        own = next(iter(self._answers(stored, ResponseKind.VENDOR)), None)
        return QuestionView(
            key=graded.key,
            number=number,
            short=stored["short"][self.language],
            text=stored["text"][self.language],
            weight=words.number(graded.weight),
            knockout=graded.knockout,
            knocked_out=graded.key in rule.knockouts,
            grade="" if graded.grade is None else words.number(graded.grade),
            percent="" if percent is None else words.number(percent),
            product="" if percent is None else words.number(graded.weight * percent),
            state="" if graded.state == QuestionState.GRADED else str(QUESTION_STATES[graded.state]),
            level=self._level(stored, graded.grade),
            disagreement=graded.disagreement,
            agreed=people.agreed_view(self.snapshot["consensus"].get(graded.key), self.snapshot["meetings"], words),
            answers=tuple(self._answers(stored, ResponseKind.CUSTOMER)),
            vendor=own,
            note=people.note_view(self.snapshot["notes"].get(graded.key), own, words),
        )

    def _supplementary(self, stored: Mapping[str, Any]) -> QuestionView:
        """Without a line in any sum: neither weight nor percent."""
        grade = None if stored["grade"] is None else Fraction(stored["grade"])
        said = {
            kind: tuple(
                self._answer(stored, response, answer)
                for response, answer in supplementary.answers_by_kind(self.snapshot, stored, kind)
            )
            for kind in (ResponseKind.CUSTOMER, ResponseKind.VENDOR)
        }
        own = next(iter(said[ResponseKind.VENDOR]), None)
        return QuestionView(
            key=stored["key"],
            number=stored["number"],
            short=stored["short"][self.language],
            text=stored["text"][self.language],
            weight="",
            knockout=False,
            knocked_out=False,
            grade="" if grade is None else self.words.number(grade),
            percent="",
            product="",
            state="" if grade is not None else str(QUESTION_STATES[QuestionState(stored["state"])]),
            level=self._level(stored, grade),
            disagreement=False,
            agreed=None,
            answers=said[ResponseKind.CUSTOMER],
            vendor=own,
            note=people.note_view(self.snapshot["notes"].get(stored["key"]), own, self.words),
        )

    def _level(self, question: Mapping[str, Any], grade: Fraction | None) -> str:
        """The anchored text of a whole grade; a mean between two levels has none of its own."""
        if grade is None or grade not in GRADES:
            return ""
        return next((level["text"][self.language] for level in question["levels"] if level["grade"] == grade), "")

    def _answers(self, question: Mapping[str, Any], kind: str) -> list[AnswerView]:
        return [
            self._answer(question, response, answer)
            for response in self.snapshot["responses"]
            for answer in response["answers"]
            if response["kind"] == kind and answer["question"] == question["key"]
        ]

    def _answer(
        self, question: Mapping[str, Any], response: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> AnswerView:
        is_vendor = response["kind"] == ResponseKind.VENDOR
        several = len(self.customers) > 1
        who = ", ".join(part for part in (response["name"], response["department"]) if part)
        if not response.get("independent", True):
            who = _("%(who)s (not independent)") % {"who": who}
        return AnswerView(
            rater=who if is_vendor or several else "",
            name=response["name"] or "",
            department=response["department"] or "",
            is_independent=response.get("independent", True),
            by=answer.get("by") or "",
            grade="" if answer["grade"] is None else str(answer["grade"]),
            level=self._level(question, answer["grade"]) if is_vendor else "",
            **people.answer_view(answer, self.words),
        )

    def _confidence(self) -> str:
        answers = [a for response in self.customers for a in response["answers"] if a["grade"] is not None]
        evidenced = sum(bool(answer["evidence"]) for answer in answers)
        return wording.confidence(self.score, graded=len(answers), evidenced=evidenced)

    def _services(self) -> tuple[ServiceView, ...]:
        return tuple(
            ServiceView(
                name=service["name"],
                department=service["department"] or "",
                mission_critical=service["mission_critical"],
            )
            for service in self.snapshot["vendor"]["services"]
        )

    def _services_brief(self) -> str:
        """One line of them, the mission-critical first: “Mission-critical services: A, B and 3 more”."""
        services = sorted(self.snapshot["vendor"]["services"], key=lambda service: not service["mission_critical"])
        if not services:
            return ""
        names: list[str] = []
        for service in services:
            if names and sum(map(len, names)) + len(service["name"]) > SERVICES_LINE:
                break
            names.append(isolated(service["name"]))
        critical = sum(service["mission_critical"] for service in services)
        label = _("Mission-critical services") if 0 < len(names) <= critical else _("Services")
        return labelled(label, named(names, len(services) - len(names)))

    def _period(self) -> str:
        assessment = self.snapshot["assessment"]
        start, end = (date.fromisoformat(assessment[name]) for name in ("period_start", "period_end"))
        return days(start, end, self.language)
