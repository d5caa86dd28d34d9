"""What a snapshot holds: the rows of an assessment as plain data, with names and texts as they are today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import models

from accounts.models import User
from assessments.models import Answer, Approval, Assessment, Consensus, Meeting, Response, VendorNote
from assessments.raters import departments
from assessments.score import agreement, arithmetic
from assessments.vendor_side import reply
from groundwork.languages import LANGUAGE_CODES
from manifesto.models import Question, Release, Rule


def of_assessment(assessment: Assessment) -> dict[str, Any]:
    """Everything but the numbers. A list is always in an order that the content itself gives."""
    return {
        "engine": arithmetic.ENGINE_VERSION,
        "time_zone": settings.TIME_ZONE,
        "organisation": {"name": assessment.organisation.name, "slug": assessment.organisation.slug},
        "vendor": _vendor(assessment),
        "assessment": {
            "reference": assessment.reference,
            "period_start": assessment.period_start.isoformat(),
            "period_end": assessment.period_end.isoformat(),
            "owner": person(assessment.owner),
            "submitted_by": person(assessment.submitted_by),
            "submitted_at": moment(assessment.submitted_at),
        },
        "release": _release(assessment.release),
        "responses": [_response(rater, response) for rater, response in enumerate(handed_in(assessment), start=1)],
        "outstanding": [_outstanding(response) for response in _not_handed_in(assessment)],
        "vendor_asked": Response.objects.of_vendor().filter(assessment=assessment).exists(),
        "heard": heard_in(assessment),
        "agreement": agreement_of(assessment),
        "meetings": [_meeting(meeting) for meeting in assessment.meetings.prefetch_related("attendees")],
        "notes": {note.question.key: _note(note) for note in _notes(assessment)},
        "consensus": {agreed.question.key: _agreed(agreed) for agreed in _consensus(assessment)},
        "approvals": [
            _approval(approval)
            for approval in assessment.approvals.select_related("decided_by").order_by("decided_at", "pk")
        ],
        "reply": _reply_asked(assessment),
        "replies": [_reply(answer) for answer in reply.replies_of(assessment)],
    }


def _vendor(assessment: Assessment) -> dict[str, Any]:
    vendor = assessment.vendor
    return {
        "name": vendor.name,
        "reference": vendor.reference,
        "tier": vendor.tier,
        "services": [
            {
                "name": service.name,
                "mission_critical": service.mission_critical,
                "department": service.department.name if service.department else None,
            }
            for service in vendor.services.select_related("department").order_by("name", "pk")
        ],
    }


def _release(release: Release) -> dict[str, Any]:
    rules = release.rules.order_by("position").prefetch_related(
        models.Prefetch("questions", Question.objects.counting().order_by("position")), "questions__levels"
    )
    return {
        "edition": release.edition,
        "published_at": moment(release.published_at),
        "policy": {
            "met_threshold": release.met_threshold,
            "broken_threshold": release.broken_threshold,
            "minimum_coverage": release.minimum_coverage,
            "knockout_below": release.knockout_below,
        },
        **texts(release, ("title", "note")),
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "key": rule.key,
        "position": rule.position,
        **texts(rule, ("name", "promise", "guidance")),
        "questions": [_question(question) for question in rule.questions.all()],
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "key": question.key,
        "position": question.position,
        "weight": str(question.exact_weight),
        "knockout": question.knockout,
        **asked(question),
    }


def asked(question: Question) -> dict[str, Any]:
    """What a question asks: its fact, its revision, its texts and levels in every language."""
    return {
        "fact": question.fact,
        "revision": question.revision,
        **texts(question, ("text", "short", "why", "evidence")),
        "levels": levels(question),
    }


def levels(question: Question) -> list[dict[str, Any]]:
    """The anchored text of each grade, the lowest first."""
    return [
        {"grade": level.grade, **texts(level, ("text",))}
        for level in sorted(question.levels.all(), key=lambda level: level.grade)
    ]


def texts(row: models.Model, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """The named texts in every language of the bank: {"name": {"en": …, "fr": …, "nl": …}}."""
    return {name: {code: getattr(row, f"{name}_{code}") or "" for code in LANGUAGE_CODES} for name in names}


def handed_in(assessment: Assessment) -> models.QuerySet[Response]:
    """What counts: the submitted responses. A draft that its rater never handed in is nobody's answer."""
    return (
        assessment.responses.exclude(submitted_at=None)
        .select_related("rater", "department")
        .prefetch_related(models.Prefetch("answers", answers_in_order()))
        .order_by("pk")
    )


def answers_in_order() -> models.QuerySet[Answer]:
    answers = Answer.objects.select_related("question", "updated_by", "updated_through").prefetch_related("evidence")
    return answers.order_by("question__rule__position", "question__position")


def _response(rater: int, response: Response) -> dict[str, Any]:
    name = ", ".join(vendor_names(response)) if response.is_of_vendor else person(response.rater)
    alone = {} if response.is_of_vendor else {"independent": response.is_independent}
    return {
        **alone,
        "rater": str(rater),  # names may repeat
        "kind": response.kind,
        "name": name,
        "department": response.department.name if response.department else None,
        "submitted_at": moment(response.submitted_at),
        "answers": [
            {**answer_content(answer), "by": answered_for(response, answer)}
            for answer in response.answers.all()
            if not answer.question.supplementary  # they stand by themselves, so that nothing is computed of them
        ],
    }


def vendor_names(response: Response) -> list[str]:
    """Who answered for the vendor, in the order of the questions."""
    links = [answer.updated_through for answer in response.answers.all()]
    return list(dict.fromkeys(link.name for link in links if link is not None))


def answered_for(response: Response, answer: Answer) -> str | None:
    """Who answered in the rater’s place: a colleague whom they handed the question to."""
    if response.is_of_vendor or answer.updated_by_id in (None, response.rater_id):
        return None
    return person(answer.updated_by)


def answer_content(answer: Answer) -> dict[str, Any]:
    """One answer as its author wrote it."""
    fact = None
    if answer.fact_value is not None:
        fact = {"value": str(Fraction(answer.fact_value)), "unit": answer.fact_unit}
    return {
        "question": answer.question.key,
        "vendor_says": answer.vendor_says,
        "grade": answer.grade,
        "blank": answer.blank,
        "reason": answer.reason,
        "comment": answer.comment,
        "fact": fact,
        "carried_over": answer.carried_over,
        "evidence": [
            {"name": file.name, "sha256": file.sha256, "size": file.size}
            for file in sorted(answer.evidence.all(), key=lambda file: file.pk)
        ],
    }


def _not_handed_in(assessment: Assessment) -> models.QuerySet[Response]:
    rows = Response.objects.of_customer().outstanding().filter(assessment=assessment)
    return rows.select_related("rater", "invitation", "department").order_by("pk")


def _outstanding(response: Response) -> dict[str, Any]:
    """A rater who was asked and did not hand in: the name and nothing of what they may have written."""
    return {
        "name": person(response.rater) or (response.invitation.email if response.invitation else ""),
        "department": response.department.name if response.department else None,
    }


def heard_in(assessment: Assessment) -> list[dict[str, Any]]:
    """The departments that have a say, and whether somebody of theirs handed in."""
    return [
        {"name": one.name, "why": one.why.value, "heard": one.heard}
        for one in departments.department_voices(assessment).departments
    ]


def agreement_of(assessment: Assessment) -> dict[str, Any]:
    """Krippendorff’s alpha as text (None: too little to say; `why`), its level, and what it rests on."""
    measured = agreement.rater_agreement(assessment)
    return {
        "alpha": None if measured.alpha is None else f"{measured.alpha:.{agreement.DIGITS}f}",
        "level": measured.level.value,
        "why": measured.why.value,
        "raters": measured.raters,
        "questions": measured.questions,
    }


def _consensus(assessment: Assessment) -> models.QuerySet[Consensus]:
    return Consensus.objects.filter(assessment=assessment).select_related("question", "meeting")


def _notes(assessment: Assessment) -> models.QuerySet[VendorNote]:
    """What was noted of what the vendor said, also where it answered itself afterwards."""
    rows = VendorNote.objects.all().written().filter(assessment=assessment)
    return rows.select_related("question", "updated_by").order_by("question__rule__position", "question__position")


def _note(note: VendorNote) -> dict[str, Any]:
    return {"text": note.text, "by": person(note.updated_by), "at": moment(note.updated_at)}


def _meeting(meeting: Meeting) -> dict[str, Any]:
    """A day on which the raters talked, and who was there."""
    return {"held_on": meeting.held_on.isoformat(), "present": meeting.present}


def _agreed(agreed: Consensus) -> dict[str, Any]:
    """What the raters agreed on, why, and on which day: who was there stands with the meeting."""
    return {
        "grade": agreed.grade,
        "not_applicable": agreed.not_applicable,
        "reason": agreed.reason,
        "held_on": agreed.meeting.held_on.isoformat(),
    }


def _reply_asked(assessment: Assessment) -> dict[str, Any] | None:
    """Whether the vendor was asked what it says of the result, until when, and whether it answered."""
    request = assessment.reply_requests.filter(withdrawn_at=None).first()
    if request is None:
        return None
    return {
        "asked_at": moment(request.opened_at),
        "due_on": request.due_on.isoformat(),
        "submitted_at": moment(request.submitted_at),
    }


def _reply(answer: reply.RuleReply) -> dict[str, Any]:
    return {
        "rule": answer.rule,
        "stance": answer.stance,
        "text": answer.text,
        "by": answer.by,
        "at": moment(answer.at),
        "to_earlier_result": answer.to_earlier_result,
    }


def _approval(approval: Approval) -> dict[str, Any]:
    return {
        "decision": approval.decision,
        "level": approval.level,
        "level_name": approval.level_name,
        "fingerprint": approval.fingerprint,  # of the answers that were decided on
        "by": person(approval.decided_by),
        "at": moment(approval.decided_at),
        "reason": approval.reason,
    }


def person(user: User | None) -> str | None:
    return None if user is None else str(user)


def moment(at: datetime | None) -> str | None:
    """In UTC, so that one moment has one spelling."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
