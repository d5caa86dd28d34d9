"""From what a commitment is made: read from the address, checked against the organisation, and what it says of why.

An address names a rule, a question, a finding, a meeting, an incident or a rehearsal; whatever is not of
this vendor is not there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import Membership
from assessments.findings.findings import Finding, measured_rules
from assessments.findings.panel import in_words
from assessments.independence import let_read
from assessments.models import Assessment, CommitmentSource, Consensus, Meeting
from assessments.score import words as score_words
from assessments.score.arithmetic import RuleScore
from assessments.score.reading import current_score, policy_of
from groundwork import whole_numbers
from groundwork.words import day, labelled, number
from manifesto.models import Question, Release, Rule
from manifesto.naming import numbered
from vendors.models import CauseProof, Incident, Rehearsal, RehearsalKind, Vendor
from vendors.proofs.reading import readable
from vendors.rehearsals.records import is_kept_from
from vendors.rehearsals.words import called
from vendors.withheld import is_withheld

REHEARSED, REVIEWED = "support", "speed"  # the rules that ask about rehearsals, and about reviews
PROVEN = "proof"  # the rule that asks for proof of the cause


@dataclass(frozen=True, kw_only=True)
class Origin:
    """`release`: the edition whose rules and questions are offered; None where none is published yet. `rule`,
    `question` and `finding` are keys, empty for none."""

    vendor: Vendor
    release: Release | None
    source: CommitmentSource
    rule: str = ""
    question: str = ""
    finding: str = ""
    assessment: Assessment | None = None
    meeting: Meeting | None = None
    incident: Incident | None = None
    rehearsal: Rehearsal | None = None
    proof: CauseProof | None = None
    asked_of: Question | None = field(default=None, compare=False)

    @property
    def what_it_is(self) -> dict[str, Any]:
        """The fields of a commitment that the person does not choose."""
        return {
            "vendor": self.vendor,
            "source": self.source,
            "finding": self.finding,
            "assessment": self.assessment,
            "meeting": self.meeting,
            "incident": self.incident,
            "rehearsal": self.rehearsal,
            "proof": self.proof,
        }


def origin_of(member: Membership, vendor: Vendor, asked: QueryDict) -> Origin:
    """What the address asks for. Http404 for what is not there, or not of this vendor."""
    meeting = _row(Meeting.objects.filter(assessment__organisation=member.organisation_id), vendor, asked, "meeting")
    incident = _row(Incident.objects.for_member(member), vendor, asked, "incident")
    rehearsal = _rehearsal(member, vendor, asked)
    proof = _row(readable(member).accepted().select_related("incident"), vendor, asked, "proof")
    assessment = _assessment(member, vendor, asked, meeting)
    release = assessment.release if assessment else _edition_of(vendor)
    question = _question(release, _key(asked, "question"))
    rule = question.rule.key if question else _rule(release, _key(asked, "rule"))
    if not rule:
        rule = _rule_of(release, rehearsal, proof)
    finding = _finding(asked.get("finding", ""))
    return Origin(
        vendor=vendor,
        release=release,
        source=_source(
            meeting=meeting, incident=incident, rehearsal=rehearsal, proof=proof, finding=finding, question=question
        ),
        rule=rule,
        question=question.key if question else "",
        finding=finding,
        assessment=assessment,
        meeting=meeting,
        incident=incident,
        rehearsal=rehearsal,
        proof=proof,
        asked_of=question,
    )


def _rehearsal(member: Membership, vendor: Vendor, asked: QueryDict) -> Rehearsal | None:
    rehearsal: Rehearsal | None = _row(Rehearsal.objects.for_member(member).held(), vendor, asked, "rehearsal")
    if rehearsal is not None and is_kept_from(member, rehearsal):
        raise Http404
    return rehearsal


def _assessment(member: Membership, vendor: Vendor, asked: QueryDict, meeting: Meeting | None) -> Assessment | None:
    """With its edition; that of the meeting where none is named. Http404 where the two do not belong together."""
    rows = Assessment.objects.for_member(member).select_related("release")
    assessment: Assessment | None = _row(rows, vendor, asked, "assessment")
    if meeting is not None and assessment is None:
        assessment = Assessment.objects.select_related("release").get(pk=meeting.assessment_id)
    if assessment is None:
        return None
    if meeting is not None and meeting.assessment_id != assessment.pk:
        raise Http404
    assessment.vendor = vendor
    return assessment


def _edition_of(vendor: Vendor) -> Release | None:
    """That of the vendor's latest approved assessment: the rules that it was told of; else the newest."""
    latest = vendor.assessments.approved().select_related("release").order_by("-closed_at", "-pk").first()
    return latest.release if latest else Release.objects.current()


def _row(rows: Any, vendor: Vendor, asked: QueryDict, name: str) -> Any:
    if name not in asked:
        return None
    own = {"assessment__vendor": vendor} if name == "meeting" else {"vendor": vendor}
    return get_object_or_404(rows.filter(**own), pk=whole_numbers.said(asked.get(name, "")))


def _key(asked: QueryDict, name: str) -> str:
    """Http404 for a NUL, which PostgreSQL refuses to look for."""
    key = asked.get(name, "")
    if "\x00" in key:
        raise Http404
    return key


def _question(release: Release | None, key: str) -> Question | None:
    if not key:
        return None
    return get_object_or_404(Question.objects.select_related("rule"), release=release, key=key)


def _rule(release: Release | None, key: str) -> str:
    if key and not Rule.objects.filter(release=release, key=key).exists():
        raise Http404
    return key


def _rule_of(release: Release | None, rehearsal: Rehearsal | None, proof: CauseProof | None) -> str:
    """Rehearsals are asked about with the first rule, reviews with the fifth, causes with the sixth; empty where the
    edition has it not, and for all else."""
    if rehearsal is not None:
        return _if_there(release, REHEARSED if rehearsal.kind == RehearsalKind.REHEARSAL else REVIEWED)
    return _if_there(release, PROVEN) if proof is not None else ""


def _if_there(release: Release | None, rule: str) -> str:
    return rule if Rule.objects.filter(release=release, key=rule).exists() else ""


def _finding(code: str) -> str:
    if code and code not in set(Finding):
        raise Http404
    return code


def _source(
    *,
    meeting: Meeting | None,
    incident: Incident | None,
    rehearsal: Rehearsal | None,
    proof: CauseProof | None,
    finding: str,
    question: Question | None,
) -> CommitmentSource:
    if proof is not None:
        return CommitmentSource.PROOF
    if rehearsal is not None:
        return CommitmentSource.REHEARSAL
    if incident is not None:
        return CommitmentSource.INCIDENT
    if meeting is not None:
        return CommitmentSource.MEETING
    if finding:
        return CommitmentSource.FINDING
    return CommitmentSource.QUESTION if question is not None else CommitmentSource.RULE


# Why --------------------------------------------------------------------------------------------------------------
def proposed_why(origin: Origin) -> str:
    """What it is about, to go on from. The vendor reads it: no grade, figure or finding, and none of our own words."""
    if origin.incident is not None:
        return _("Incident %(reference)s of %(day)s") % {
            "reference": origin.incident.reference,
            "day": day(origin.incident.opened_at),
        }
    if origin.rehearsal is not None:
        return called(origin.rehearsal)
    if origin.proof is not None:
        return _("Proof of cause %(number)s, of incident %(reference)s") % {
            "number": origin.proof.number,
            "reference": origin.proof.incident.reference,
        }
    if origin.asked_of is not None:
        return numbered(origin.asked_of)
    return str(Rule.objects.get(release=origin.release, key=origin.rule)) if origin.rule else ""


def known_of(member: Membership, origin: Origin, *, now: datetime) -> str:
    """What the source itself says, for the eyes of this member; empty where it says nothing to them: whoever still
    judges the vendor is given no grade and no figure of it."""
    if said := _of_what_happened(origin):
        return said
    assessment = origin.assessment
    if assessment is None or is_withheld(member, origin.vendor) or not let_read(assessment, member.user):
        return ""
    if origin.finding:
        return _of_finding(assessment, origin.rule, now=now)
    if origin.meeting is not None:
        return _of_meeting(origin)
    return _of_grades(assessment, origin)


def _of_what_happened(origin: Origin) -> str:
    if origin.incident is not None:
        return origin.incident.title
    if origin.rehearsal is not None:
        return origin.rehearsal.went_wrong
    return origin.proof.cause if origin.proof is not None else ""


def _of_finding(assessment: Assessment, rule: str, *, now: datetime) -> str:
    """The finding's sentence, as the page says it today."""
    found = measured_rules(assessment, now=now)
    notices = in_words(found, assessment).notices if found else ()
    names = dict(Rule.objects.filter(release=assessment.release_id).values_list("key", "position"))
    return next((notice.text for notice in notices if notice.number == names.get(rule)), "")


def _of_meeting(origin: Origin) -> str:
    agreed = Consensus.objects.filter(meeting=origin.meeting, question__key=origin.question).first()
    if agreed is None or origin.meeting is None or origin.asked_of is None:
        return ""
    said = _("%(question)s, agreed on %(day)s") % {
        "question": numbered(origin.asked_of),
        "day": day(origin.meeting.held_on),
    }
    return labelled(said, agreed.reason)


def _of_grades(assessment: Assessment, origin: Origin) -> str:
    """“3.1 Speed of help: graded 1 of 4”, “5 Speed: broken, 41.7%”."""
    scored = next((one for one in current_score(assessment).rules if one.rule == origin.rule), None)
    if scored is None:
        return ""
    if origin.asked_of is not None:
        return _of_question(origin.asked_of, scored)
    rule = Rule.objects.get(release=assessment.release_id, key=origin.rule)
    status = str(score_words.STATUSES[scored.status]).lower()
    if not scored.is_rated:
        return labelled(rule, status)
    return labelled(rule, f"{status}, {score_words.percent(scored.percent, policy_of(assessment.release))}")


def _of_question(question: Question, scored: RuleScore) -> str:
    grade = next((one.grade for one in scored.questions if one.key == question.key), None)
    if grade is None:
        return ""
    return labelled(numbered(question), _("graded %(grade)s of 4") % {"grade": number(grade)})
