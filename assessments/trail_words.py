"""How the audit trail and the history of an assessment tell what happens to it and to all that belongs to it."""

from __future__ import annotations

from operator import attrgetter

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from accounts.vocabulary import Signposts, TrailSubject, Verb, Vocabulary
from assessments.independence import note_entries_read
from assessments.models import (
    Answer,
    Approval,
    ApprovalLevel,
    Assessment,
    Commitment,
    CommitmentFile,
    CommitmentLink,
    Consensus,
    Delegation,
    Evidence,
    Meeting,
    Reply,
    ReplyRequest,
    Response,
    VendorLink,
    VendorNote,
)
from assessments.secrecy import readable_entries
from groundwork.words import short_day
from manifesto.models import Question


def _whose_answers(response: Response) -> str:
    return str(response.assessment.vendor if response.is_of_vendor else response.rater or response.invitation or "")


def _of_assessment(row: Assessment) -> Signposts:
    return Signposts(vendor_ref=row.vendor_id, vendor_name=row.vendor.name, release_ref=row.release_id)


def _of_question(question: Question) -> Signposts:
    return Signposts(question_key=question.key, release_ref=question.release_id)


def _of_commitment(row: Commitment) -> Signposts:
    return Signposts(
        vendor_ref=row.vendor_id, vendor_name=row.vendor.name, rule_key=row.rule, question_key=row.question
    )


def _beside_its_question(entry: AuditEntry) -> str:
    return "" if entry.question_key else entry.object_label


def _beside_its_rule(entry: AuditEntry) -> str:
    return "" if entry.rule_key else entry.object_label


def _file_name(entry: AuditEntry) -> str:
    """Entries of earlier versions are labelled with the question, too, as it was called in one language."""
    return (entry.after or entry.before).get("name") or entry.object_label


def _day_of_meeting(entry: AuditEntry) -> str:
    day = parse_date(entry.object_label)
    return short_day(day) if day else entry.object_label


VOCABULARY = Vocabulary(
    verbs={
        "assessment.created": Verb(title=_("Assessment created"), told=_("created the assessment")),
        "assessment.repeated": Verb(
            title=_("Assessment repeated"),
            told=_("opened the assessment, which repeats an earlier one"),
        ),
        "assessment.repeat_changed": Verb(
            title=_("Repetition of the assessment changed"),
            told=_("changed how often the assessment repeats"),
        ),
        "assessment.changed": Verb(title=_("Period or due date changed"), told=_("changed the period or the due date")),
        "assessment.opened": Verb(title=_("Questionnaire opened"), told=_("opened the questionnaire")),
        "assessment.submitted": Verb(title=_("Assessment submitted"), told=_("submitted the assessment")),
        "assessment.taken_back": Verb(title=_("Submission taken back"), told=_("took the submission back")),
        "assessment.sent_back": Verb(title=_("Assessment sent back"), told=_("sent the assessment back")),
        "assessment.approved": Verb(title=_("Assessment approved"), told=_("approved the assessment")),
        "approval.given": Verb(title=_("Level of approval passed"), told=_("approved a level")),
        "approval.taken_back": Verb(title=_("Approval taken back"), told=_("took an approval back")),
        "approval.lapsed": Verb(
            title=_("Approval lapsed: answers changed"),
            told=_("changed answers after a level had approved them: it starts again"),
        ),
        "approval_level.added": Verb(title=_("Level of approval added"), told=_("added a level of approval")),
        "approval_level.changed": Verb(title=_("Level of approval changed"), told=_("changed a level of approval")),
        "approval_level.moved": Verb(title=_("Level of approval moved"), told=_("moved a level of approval")),
        "approval_level.deleted": Verb(title=_("Level of approval removed"), told=_("removed a level of approval")),
        "assessment.cancelled": Verb(title=_("Assessment cancelled"), told=_("cancelled the assessment")),
        "rater.invited": Verb(title=_("Rater asked"), told=_("asked somebody to rate")),
        "rater.joined": Verb(title=_("Rater joined"), told=_("joined as a rater")),
        "rater.changed": Verb(title=_("Rater’s due date changed"), told=_("changed a rater’s due date")),
        "rater.reminded": Verb(title=_("Rater reminded"), told=_("reminded a rater")),
        "rater.withdrawn": Verb(title=_("Rater withdrawn"), told=_("no longer asks this rater")),
        "rater.asked_again": Verb(title=_("Rater asked again"), told=_("asks this rater again")),
        "delegation.made": Verb(title=_("Question handed to a colleague"), told=_("handed a question to a colleague")),
        "delegation.done": Verb(title=_("Question handed back"), told=_("handed a question back")),
        "delegation.taken_back": Verb(title=_("Question taken back"), told=_("took a question back")),
        "answer.carried_over": Verb(
            title=_("Texts of the last assessment carried over"),
            told=_("carried over what was written the last time"),
        ),
        "answer.changed": Verb(title=_("Answer changed"), told=_("changed an answer"), in_stretches=True),
        "answer.from_workbook": Verb(
            title=_("Answer taken over from a workbook"),
            told=_("took an answer over from a workbook"),
            in_stretches=True,
        ),
        "workbook.downloaded": Verb(
            title=_("Questionnaire downloaded as a workbook"), told=_("downloaded the questionnaire as a workbook")
        ),
        "workbook.uploaded": Verb(title=_("Filled workbook uploaded"), told=_("uploaded a filled workbook")),
        "workbook.taken": Verb(title=_("Filled workbook taken over"), told=_("took a filled workbook over")),
        "workbook.discarded": Verb(title=_("Filled workbook thrown away"), told=_("threw a filled workbook away")),
        "vendor_note.changed": Verb(
            title=_("Note of what the vendor said changed"),
            told=_("noted what the vendor said"),
            in_stretches=True,
        ),
        "vendor_note.carried_over": Verb(
            title=_("Note of what the vendor said carried over"),
            told=_("carried over what was noted of the vendor the last time"),
        ),
        "evidence.added": Verb(title=_("Evidence added"), told=_("added evidence")),
        "evidence.deleted": Verb(title=_("Evidence removed"), told=_("removed evidence")),
        "consensus.agreed": Verb(title=_("Agreed in the consensus meeting"), told=_("recorded what was agreed")),
        "consensus.changed": Verb(title=_("Agreement changed"), told=_("changed what was agreed")),
        "consensus.undone": Verb(title=_("Agreement taken back"), told=_("took back what was agreed")),
        "meeting.held": Verb(title=_("Consensus meeting recorded"), told=_("recorded a consensus meeting")),
        "meeting.changed": Verb(
            title=_("Consensus meeting changed"),
            told=_("changed who was at the consensus meeting"),
        ),
        "link.created": Verb(title=_("Link for the vendor made"), told=_("made a link for the vendor")),
        "link.sent": Verb(title=_("Link for the vendor mailed"), told=_("mailed the link for the vendor")),
        "link.not_delivered": Verb(
            title=_("Link for the vendor not delivered"),
            told=_("could not mail the link for the vendor"),
        ),
        "link.renewed": Verb(title=_("Link for the vendor made anew"), told=_("made the link for the vendor anew")),
        "link.extended": Verb(title=_("Link for the vendor extended"), told=_("extended the link for the vendor")),
        "link.revoked": Verb(title=_("Link for the vendor withdrawn"), told=_("withdrew the link for the vendor")),
        "link.opened": Verb(title=_("Link opened by the vendor"), told=_("opened the link")),
        "response.handed_in": Verb(title=_("Answers handed in"), told=_("handed in their answers")),
        "response.not_independent": Verb(
            title=_("Rating marked as not independent"),
            told=_("rated after having read others’ answers: the rating is marked as not independent"),
        ),
        "response.reopened": Verb(title=_("Answers opened again"), told=_("opened answers again")),
        "vendor_response.reopened": Verb(
            title=_("Vendor’s answers opened again"),
            told=_("let the vendor answer again"),
        ),
        "vendor_response.handed_in": Verb(
            title=_("Vendor’s answers handed in"),
            told=_("handed in the vendor’s answers"),
        ),
        "vendor_response.taken_back": Verb(
            title=_("Vendor’s answers taken back"),
            told=_("took the vendor’s answers back"),
        ),
        "reply.asked": Verb(title=_("Vendor asked for a reply"), told=_("asked the vendor for a reply")),
        "reply.extended": Verb(title=_("Time to reply extended"), told=_("gave the vendor more time to reply")),
        "reply.withdrawn": Verb(title=_("Request for a reply withdrawn"), told=_("withdrew the request for a reply")),
        "reply.changed": Verb(title=_("Reply written"), told=_("wrote their reply"), in_stretches=True),
        "reply.given": Verb(title=_("Reply to a rule"), told=_("replied to the result of a rule")),
        "commitment.proposed": Verb(title=_("Commitment proposed"), told=_("proposed a commitment")),
        "commitment.changed": Verb(title=_("Commitment changed"), told=_("changed a commitment")),
        "commitment.agreed": Verb(title=_("Commitment agreed"), told=_("agreed to a commitment")),
        "commitment.declined": Verb(title=_("Commitment not agreed"), told=_("did not agree to a commitment")),
        "commitment.progress": Verb(title=_("Progress of a commitment"), told=_("said how far a commitment is")),
        "commitment.reported": Verb(title=_("Commitment reported done"), told=_("reported a commitment done")),
        "commitment.returned": Verb(
            title=_("Commitment not accepted yet"), told=_("did not accept yet that a commitment is done")
        ),
        "commitment.kept": Verb(title=_("Commitment kept"), told=_("found a commitment kept")),
        "commitment.missed": Verb(title=_("Commitment missed"), told=_("found a commitment missed")),
        "commitment.reopened": Verb(
            title=_("Commitment opened again by its measure"), told=_("opened a commitment again")
        ),
        "commitment.withdrawn": Verb(title=_("Commitment withdrawn"), told=_("withdrew a commitment")),
        "commitment.file_added": Verb(
            title=_("Evidence added to a commitment"), told=_("added evidence to a commitment")
        ),
        "commitment.file_deleted": Verb(
            title=_("Evidence of a commitment removed"), told=_("removed evidence of a commitment")
        ),
        "commitment_link.created": Verb(
            title=_("Link to the commitments made"), told=_("made a link to the commitments")
        ),
        "commitment_link.sent": Verb(
            title=_("Link to the commitments mailed"), told=_("mailed the link to the commitments")
        ),
        "commitment_link.not_delivered": Verb(
            title=_("Link to the commitments not delivered"), told=_("could not mail the link to the commitments")
        ),
        "commitment_link.renewed": Verb(
            title=_("Link to the commitments made anew"), told=_("made the link to the commitments anew")
        ),
        "commitment_link.extended": Verb(
            title=_("Link to the commitments extended"), told=_("extended the link to the commitments")
        ),
        "commitment_link.revoked": Verb(
            title=_("Link to the commitments withdrawn"), told=_("withdrew the link to the commitments")
        ),
        "commitment_link.opened": Verb(
            title=_("Link to the commitments opened by the vendor"), told=_("opened the link to the commitments")
        ),
        "reply.sent": Verb(title=_("Reply sent"), told=_("sent the reply")),
    },
    former={
        "answer_changed": "answer.changed",
        "evidence_added": "evidence.added",
        "evidence_deleted": "evidence.deleted",
    },
    kinds={
        Assessment: TrailSubject(
            part_of=lambda row: row,
            label=attrgetter("reference"),
            signposts=_of_assessment,
            route="assessment_detail",
        ),
        Response: TrailSubject(part_of=attrgetter("assessment"), label=_whose_answers),
        Answer: TrailSubject(
            part_of=attrgetter("response.assessment"),
            label=lambda row: str(row.question),
            signposts=lambda row: _of_question(row.question),
            told=_beside_its_question,
        ),
        VendorNote: TrailSubject(
            part_of=attrgetter("assessment"),
            label=lambda row: str(row.question),
            signposts=lambda row: _of_question(row.question),
            told=_beside_its_question,
        ),
        Evidence: TrailSubject(
            part_of=attrgetter("answer.response.assessment"),
            signposts=lambda row: _of_question(row.answer.question),
            told=_file_name,
            unsaid=frozenset({"answer"}),
        ),
        Commitment: TrailSubject(part_of=attrgetter("vendor"), signposts=_of_commitment, route="commitment_detail"),
        CommitmentFile: TrailSubject(
            part_of=attrgetter("commitment.vendor"),
            signposts=lambda row: _of_commitment(row.commitment),
            unsaid=frozenset({"sha256"}),
        ),
        CommitmentLink: TrailSubject(part_of=attrgetter("vendor")),
        Consensus: TrailSubject(
            part_of=attrgetter("assessment"),
            label=lambda row: str(row.question),
            signposts=lambda row: _of_question(row.question),
            told=_beside_its_question,
        ),
        Meeting: TrailSubject(
            part_of=attrgetter("assessment"), label=lambda row: row.held_on.isoformat(), told=_day_of_meeting
        ),
        Approval: TrailSubject(part_of=attrgetter("assessment"), label=attrgetter("level_name")),
        ApprovalLevel: TrailSubject(route="approval_level_edit"),
        Delegation: TrailSubject(
            part_of=attrgetter("answer.response.assessment"),
            label=lambda row: str(row.answer.question),
            signposts=lambda row: _of_question(row.answer.question),
            told=_beside_its_question,
        ),
        VendorLink: TrailSubject(part_of=attrgetter("assessment")),
        ReplyRequest: TrailSubject(part_of=attrgetter("assessment"), label=attrgetter("assessment.reference")),
        Reply: TrailSubject(
            part_of=attrgetter("request.assessment"),
            label=attrgetter("rule"),
            signposts=lambda row: Signposts(rule_key=row.rule),
            told=_beside_its_rule,
        ),
    },
    names={
        "reason": _("reason"),
        "blank": _("instead of a grade"),
        "fact_unit": _("how often"),
        "rules": _("rules to rate"),
        "delegate": _("colleague"),
        "without": _("begun without"),
        "answers": _("answers"),
    },
    untold=frozenset(
        {
            "state",
            "reference",
            "vendor",
            "vendor_id",
            "release",
            "release_id",
            "version",
            "content_type",
            "answer",
            "sha256",
        }
    ),
    conceal=readable_entries,
    shown=note_entries_read,
)
