"""What each operation of the API takes: its right and its scope are decided here, as `access` decides of pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accounts.access import Right


class Scope(StrEnum):
    """How far a token reaches, beside its holder’s role; `accounts.api.scopes` has the words."""

    VENDORS_READ = "vendors:read"  # vendors, services, contacts, contracts
    VENDORS_WRITE = "vendors:write"
    INCIDENTS_READ = "incidents:read"
    INCIDENTS_WRITE = "incidents:write"
    FEEDBACK_READ = "feedback:read"
    FEEDBACK_WRITE = "feedback:write"
    MEASURES_READ = "measures:read"
    ASSESSMENTS_READ = "assessments:read"  # with raters, answers as far as they may be read, findings
    ASSESSMENTS_WRITE = "assessments:write"
    ANSWERS_WRITE = "answers:write"  # one’s own; never of a service
    COMMITMENTS_READ = "commitments:read"
    COMMITMENTS_WRITE = "commitments:write"
    SCORECARDS_READ = "scorecards:read"  # with the portfolio, and documents that are ready
    DOCUMENTS_WRITE = "documents:write"  # ask for documents and exports
    BANK_READ = "bank:read"
    DIRECTORY = "directory"  # members and groups, for the directory of the organisation (SCIM)


@dataclass(frozen=True)
class Operation:
    """What an operation of the API takes: the right of a page that does the same, and the scope of the token. None:
    whoever has a token."""

    right: Right | None
    scope: Scope | None


# Every operation of the API, by its operation id; one without a row cannot be declared.
OPERATIONS: dict[str, Operation] = {
    "me": Operation(None, None),
    # bank
    "edition_list": Operation(Right.RATE, Scope.BANK_READ),
    "edition_detail": Operation(Right.RATE, Scope.BANK_READ),
    "glossary": Operation(Right.RATE, Scope.BANK_READ),
    "department_list": Operation(Right.READ, Scope.VENDORS_READ),
    "member_list": Operation(Right.READ, Scope.VENDORS_READ),
    # vendors
    # incidents
    "incident_list": Operation(Right.READ, Scope.INCIDENTS_READ),
    "incident_detail": Operation(Right.READ, Scope.INCIDENTS_READ),
    "incident_known_as": Operation(Right.READ, Scope.INCIDENTS_READ),
    "incident_delete": Operation(Right.EDIT_VENDORS, Scope.INCIDENTS_WRITE),
    "incident_push": Operation(Right.EDIT_VENDORS, Scope.INCIDENTS_WRITE),
    "incident_push_batch": Operation(Right.EDIT_VENDORS, Scope.INCIDENTS_WRITE),
    "incident_source_list": Operation(Right.READ, Scope.INCIDENTS_READ),
    "incident_source_detail": Operation(Right.READ, Scope.INCIDENTS_READ),
    "incident_source_put": Operation(Right.EDIT_VENDORS, Scope.INCIDENTS_WRITE),
    "incident_source_heartbeat": Operation(Right.EDIT_VENDORS, Scope.INCIDENTS_WRITE),
    # assessments; NAMED and ASKED pages: the function itself refuses whom the thing does not name
    "assessment_list": Operation(Right.READ, Scope.ASSESSMENTS_READ),
    "assessment_detail": Operation(Right.RATE, Scope.ASSESSMENTS_READ),
    "assessment_add": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "assessment_change": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "assessment_open": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "assessment_submit": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "assessment_take_back": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "assessment_approve": Operation(Right.READ, Scope.ASSESSMENTS_WRITE),
    "assessment_send_back": Operation(Right.READ, Scope.ASSESSMENTS_WRITE),
    "approval_take_back": Operation(Right.READ, Scope.ASSESSMENTS_WRITE),
    "assessment_cancel": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "rater_list": Operation(Right.READ, Scope.ASSESSMENTS_READ),
    "rater_ask": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "rater_change": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "rater_withdraw": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "rater_ask_again": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "rater_remind": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "rater_join": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "rater_leave": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "questionnaire": Operation(Right.RATE, Scope.ASSESSMENTS_READ),
    "questionnaire_hand_in": Operation(Right.RATE, Scope.ANSWERS_WRITE),
    "questionnaire_take_up": Operation(Right.RATE, Scope.ANSWERS_WRITE),
    "answer_detail": Operation(Right.RATE, Scope.ASSESSMENTS_READ),
    "answer_save": Operation(Right.RATE, Scope.ANSWERS_WRITE),
    "answer_list": Operation(Right.READ, Scope.ASSESSMENTS_READ),
    "vendor_answer_list": Operation(Right.RATE, Scope.ASSESSMENTS_READ),
    "evidence_download": Operation(Right.RATE, Scope.ASSESSMENTS_READ),
    "vendor_evidence_download": Operation(Right.RATE, Scope.ASSESSMENTS_READ),
    "consensus": Operation(Right.READ, Scope.ASSESSMENTS_READ),
    "consensus_meeting": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "consensus_agree": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "consensus_undo": Operation(Right.ASSESS, Scope.ASSESSMENTS_WRITE),
    "finding_list": Operation(Right.READ, Scope.ASSESSMENTS_READ),
    "commitment_list": Operation(Right.READ, Scope.COMMITMENTS_READ),
    "commitment_detail": Operation(Right.READ, Scope.COMMITMENTS_READ),
    "commitment_add": Operation(Right.ASSESS, Scope.COMMITMENTS_WRITE),
    "commitment_change": Operation(Right.READ, Scope.COMMITMENTS_WRITE),
    "commitment_agree": Operation(Right.READ, Scope.COMMITMENTS_WRITE),
    "commitment_progress": Operation(Right.READ, Scope.COMMITMENTS_WRITE),
    "commitment_report": Operation(Right.READ, Scope.COMMITMENTS_WRITE),
    "commitment_return": Operation(Right.READ, Scope.COMMITMENTS_WRITE),
    "commitment_keep": Operation(Right.READ, Scope.COMMITMENTS_WRITE),
    "commitment_miss": Operation(Right.READ, Scope.COMMITMENTS_WRITE),
    "commitment_withdraw": Operation(Right.READ, Scope.COMMITMENTS_WRITE),
    "commitment_file_download": Operation(Right.READ, Scope.COMMITMENTS_READ),
    "vendor_list": Operation(Right.READ, Scope.VENDORS_READ),
    "vendor_add": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "vendor_detail": Operation(Right.READ, Scope.VENDORS_READ),
    "vendor_change": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "vendor_archive": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "vendor_restore": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "service_list": Operation(Right.READ, Scope.VENDORS_READ),
    "service_add": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "service_detail": Operation(Right.READ, Scope.VENDORS_READ),
    "service_change": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "service_delete": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "contact_list": Operation(Right.READ, Scope.VENDORS_READ),
    "contact_add": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "contact_detail": Operation(Right.READ, Scope.VENDORS_READ),
    "contact_change": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "contact_delete": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "contact_erase": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "contract_list": Operation(Right.READ, Scope.VENDORS_READ),
    "contract_detail": Operation(Right.READ, Scope.VENDORS_READ),
    "paper_list": Operation(Right.READ, Scope.VENDORS_READ),
    "paper_detail": Operation(Right.READ, Scope.VENDORS_READ),
    "contract_add": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "contract_change": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "contract_decide": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "contract_end": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "contract_delete": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "paper_add": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "paper_change": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "paper_replace": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "paper_delete": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "feedback_list": Operation(Right.READ, Scope.FEEDBACK_READ),
    "feedback_detail": Operation(Right.READ, Scope.FEEDBACK_READ),
    "feedback_add": Operation(Right.SPEAK, Scope.FEEDBACK_WRITE),
    "feedback_change": Operation(Right.READ, Scope.FEEDBACK_WRITE),  # who wrote it, and who edits vendors
    "feedback_delete": Operation(Right.READ, Scope.FEEDBACK_WRITE),
    "measure_list": Operation(Right.READ, Scope.MEASURES_READ),
    "measure_series": Operation(Right.READ, Scope.MEASURES_READ),
    "target_list": Operation(Right.READ, Scope.MEASURES_READ),
    "target_detail": Operation(Right.READ, Scope.MEASURES_READ),
    "target_set": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    "target_delete": Operation(Right.EDIT_VENDORS, Scope.VENDORS_WRITE),
    # assessments
    # reports
    "scorecard_list": Operation(Right.READ, Scope.SCORECARDS_READ),
    "scorecard_detail": Operation(Right.READ, Scope.SCORECARDS_READ),
    "scorecard_snapshot": Operation(Right.READ, Scope.SCORECARDS_READ),
    "scorecard_verification": Operation(Right.READ, Scope.SCORECARDS_READ),
    "scorecard_benchmark": Operation(Right.READ, Scope.SCORECARDS_READ),
    "scorecard_change": Operation(Right.READ, Scope.SCORECARDS_READ),
    "scorecard_history": Operation(Right.READ, Scope.SCORECARDS_READ),
    "comparison": Operation(Right.READ, Scope.SCORECARDS_READ),
    "document_list": Operation(Right.READ, Scope.SCORECARDS_READ),
    "document_ask": Operation(Right.READ, Scope.DOCUMENTS_WRITE),
    "document_detail": Operation(Right.READ, Scope.SCORECARDS_READ),
    "document_file": Operation(Right.READ, Scope.SCORECARDS_READ),
    "portfolio": Operation(Right.READ, Scope.SCORECARDS_READ),
    "export_list": Operation(Right.READ, Scope.DOCUMENTS_WRITE),
    "export_ask": Operation(Right.READ, Scope.DOCUMENTS_WRITE),
    "export_detail": Operation(Right.READ, Scope.DOCUMENTS_WRITE),
    "export_cancel": Operation(Right.READ, Scope.DOCUMENTS_WRITE),
    "export_file": Operation(Right.READ, Scope.DOCUMENTS_WRITE),
}
