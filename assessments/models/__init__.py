"""Judgement: assessments, what raters and vendors answer, what is agreed, approved and replied."""

from assessments.models.approval import Approval, ApprovalLevel, ApprovalLevelQuerySet, ApprovalStep, Decision
from assessments.models.assessment import (
    OPEN_STATES,
    Assessment,
    AssessmentQuerySet,
    AssessmentState,
    Repeat,
)
from assessments.models.consensus import Consensus, Meeting
from assessments.models.link import LinkPurpose, Reply, ReplyRequest, Stance, VendorLink, VendorLinkQuerySet
from assessments.models.note import VendorNote, VendorNoteQuerySet
from assessments.models.reading import Reading
from assessments.models.reminder import Digest, DigestQuerySet, DigestState, Preferences, Rhythm
from assessments.models.response import (
    Answer,
    AnswerQuerySet,
    Blank,
    Delegation,
    Evidence,
    EvidenceQuerySet,
    FrequencyUnit,
    Response,
    ResponseKind,
    ResponseQuerySet,
)

__all__ = [
    "OPEN_STATES",
    "Answer",
    "AnswerQuerySet",
    "Approval",
    "ApprovalLevel",
    "ApprovalLevelQuerySet",
    "ApprovalStep",
    "Assessment",
    "AssessmentQuerySet",
    "AssessmentState",
    "Blank",
    "Consensus",
    "Decision",
    "Delegation",
    "Digest",
    "DigestQuerySet",
    "DigestState",
    "Evidence",
    "EvidenceQuerySet",
    "FrequencyUnit",
    "LinkPurpose",
    "Meeting",
    "Preferences",
    "Reading",
    "Repeat",
    "Reply",
    "ReplyRequest",
    "Response",
    "ResponseKind",
    "ResponseQuerySet",
    "Rhythm",
    "Stance",
    "VendorLink",
    "VendorLinkQuerySet",
    "VendorNote",
    "VendorNoteQuerySet",
]
