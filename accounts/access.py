"""Who may do what: the one place where rights are decided.

Every route has a row in `ROUTES`; a route without one is refused, so that forgetting is safe.
"""

from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import ResolverMatch
from django_htmx.middleware import HtmxDetails

from accounts.models import Membership, Role, User


class Right(StrEnum):
    RATE = "rate"  # what one is asked oneself: a questionnaire of one's own, a question that was handed over
    READ = "read"  # see vendors, assessments and scorecards; download
    EDIT_VENDORS = "edit_vendors"  # the register, and what is measured: incidents, imports, targets
    SPEAK = "speak"  # the voice of the customer: say how it went
    ASSESS = "assess"  # create, answer, submit, cancel
    APPROVE = "approve"
    ADMINISTER = "administer"  # members, departments, settings, the audit trail


class Gate(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"  # no membership needed
    ASKED = "asked"  # whom the thing itself asks, from outside too: a rater, a delegate; the view refuses others
    NAMED = "named"  # who reads everything, and whom the thing itself names: who wrote it, who decides; as above
    LINK = "link"  # a vendor's contact, by the cookie that its link was exchanged for
    STAFF = "staff"  # bank editors, in the Django admin
    API = "api"  # other systems: its own door asks for a token, and `OPERATIONS` says what each operation takes


WITHIN = frozenset({Right.RATE, Right.READ, Right.SPEAK})
RIGHTS: dict[str, frozenset[Right]] = {
    Role.ASSESSOR: WITHIN | {Right.EDIT_VENDORS, Right.ASSESS},
    Role.APPROVER: WITHIN | {Right.APPROVE},
    Role.READER: WITHIN,
    Role.ADMIN: WITHIN | {Right.EDIT_VENDORS, Right.ADMINISTER},
    # With a page that this right opens, the rows decide: `for_member` gives an outside rater what they are asked about.
    Role.RATER: frozenset({Right.RATE}),
}

ROUTES: dict[str, Right | Gate] = {
    # frame
    "home": Gate.PUBLIC,
    "work": Right.RATE,
    "first_steps": Right.ADMINISTER,
    "first_steps_put_away": Right.ADMINISTER,
    "choice_matches": Right.RATE,  # what may be chosen decides: its rows are those of the member
    "help_index": Gate.PUBLIC,
    "help_topic": Gate.PUBLIC,
    "document_verify": Gate.PUBLIC,  # whoever was sent a document is who doubts it
    "help_glossary": Gate.PUBLIC,
    "help_guide": Gate.PUBLIC,
    "help_api": Gate.PUBLIC,  # what can be asked is no secret; what is answered is
    "help_api_group": Gate.PUBLIC,
    "help_api_problems": Gate.PUBLIC,
    "help_search": Gate.PUBLIC,  # of the pages of rules it finds what the reader may read
    "healthz": Gate.PUBLIC,
    "readyz": Gate.PUBLIC,
    "metrics": Gate.PUBLIC,  # by the token of whoever runs the installation: no sign-in opens it
    "favicon": Gate.PUBLIC,
    "set_language": Gate.PUBLIC,
    "theme_set": Gate.PUBLIC,
    # accounts
    "start": Gate.PUBLIC,  # by the first token, while nobody is there
    "invitation_accept": Gate.PUBLIC,
    "profile": Gate.SIGNED_IN,
    "person_stored": Gate.SIGNED_IN,
    "person_download": Gate.SIGNED_IN,
    "person_erase": Gate.SIGNED_IN,
    "role_put_away": Right.RATE,
    # keys to the API: one's own, and those of the organisation
    "token_list": Right.READ,
    "token_add": Right.READ,
    "token_revoke": Gate.NAMED,  # its holder
    **dict.fromkeys(("api_access", "api_access_revoke", "connected_add", "connected_token"), Right.ADMINISTER),
    **dict.fromkeys(("connected_take_over", "connected_end"), Right.ADMINISTER),
    "preferences": Gate.SIGNED_IN,
    "preferences_calendar": Gate.SIGNED_IN,
    "preferences_calendar_close": Gate.SIGNED_IN,
    "calendar_feed": Gate.PUBLIC,  # by its secret address: a calendar program cannot sign in
    "organisation_switch": Gate.SIGNED_IN,
    "organisation_edit": Right.ADMINISTER,
    "organisation_archive": Right.ADMINISTER,
    "organisation_archive_add": Right.ADMINISTER,
    "organisation_archive_cancel": Right.ADMINISTER,
    "organisation_archive_download": Right.ADMINISTER,
    "member_list": Right.ADMINISTER,
    "member_edit": Right.ADMINISTER,
    "member_invite": Right.ADMINISTER,
    "invitation_revoke": Right.ADMINISTER,
    "invitation_resend": Right.ADMINISTER,
    "department_add": Right.ADMINISTER,
    "department_edit": Right.ADMINISTER,
    "department_delete": Right.ADMINISTER,
    "directory": Right.ADMINISTER,
    "directory_group": Right.ADMINISTER,
    "audit_list": Right.ADMINISTER,
    # the sign-in of the organisation
    "own_sign_in": Right.ADMINISTER,
    "own_sign_in_edit": Right.ADMINISTER,
    "own_sign_in_try": Right.ADMINISTER,
    "own_sign_in_change": Right.ADMINISTER,
    "own_sign_in_force": Right.ADMINISTER,
    "own_sign_in_way": Right.ADMINISTER,
    "own_sign_in_domain_add": Right.ADMINISTER,
    "own_sign_in_domain_remove": Right.ADMINISTER,
    "sign_in_organisation": Gate.PUBLIC,
    "sign_in_at": Gate.PUBLIC,
    "sign_in_callback": Gate.PUBLIC,  # what the provider answered is the key, as below
    "sign_in_saml": Gate.PUBLIC,
    "sign_in_saml_finish": Gate.PUBLIC,
    "sign_in_metadata": Gate.PUBLIC,
    "sign_in_sign_out": Gate.PUBLIC,
    "signed_out": Gate.PUBLIC,
    "webhook_list": Right.ADMINISTER,
    "webhook_add": Right.ADMINISTER,
    "webhook_detail": Right.ADMINISTER,
    "webhook_edit": Right.ADMINISTER,
    "webhook_pause": Right.ADMINISTER,
    "webhook_resume": Right.ADMINISTER,
    "webhook_test": Right.ADMINISTER,
    "webhook_secret": Right.ADMINISTER,
    "webhook_delete": Right.ADMINISTER,
    "webhook_again": Right.ADMINISTER,
    "webhook_delivery": Right.ADMINISTER,
    "webhook_delivery_again": Right.ADMINISTER,
    # manifesto
    "rules": Right.RATE,
    "rule_guide": Right.RATE,  # an outside rater reads of it what a vendor reads
    # vendors
    "vendor_list": Right.READ,
    "vendor_detail": Right.READ,
    "vendor_add": Right.EDIT_VENDORS,
    "vendor_edit": Right.EDIT_VENDORS,
    "vendor_archive": Right.EDIT_VENDORS,
    "vendor_restore": Right.EDIT_VENDORS,
    "vendor_import": Right.EDIT_VENDORS,
    "vendor_import_preview": Right.EDIT_VENDORS,
    "vendor_import_apply": Right.EDIT_VENDORS,
    "vendor_import_errors": Right.EDIT_VENDORS,
    "vendor_import_template": Right.EDIT_VENDORS,
    "help_measures": Gate.PUBLIC,  # vendors find it in what they are sent
    "vendor_measures": Right.READ,
    "vendor_measure": Right.READ,
    "vendor_quadrant": Right.READ,
    "quadrant": Right.READ,
    "target_edit": Right.EDIT_VENDORS,
    "target_delete": Right.EDIT_VENDORS,
    "service_add": Right.EDIT_VENDORS,
    "service_edit": Right.EDIT_VENDORS,
    "service_delete": Right.EDIT_VENDORS,
    "service_hours": Right.EDIT_VENDORS,
    "contact_add": Right.EDIT_VENDORS,
    "contact_edit": Right.EDIT_VENDORS,
    "contact_delete": Right.EDIT_VENDORS,
    "contact_erase": Right.EDIT_VENDORS,
    # what a vendor can open by its own link
    "desk_links": Right.READ,
    "desk_link_add": Right.EDIT_VENDORS,
    "desk_link_renew": Right.EDIT_VENDORS,
    "desk_link_extend": Right.EDIT_VENDORS,
    "desk_link_revoke": Right.EDIT_VENDORS,
    "desk_link_tell": Right.EDIT_VENDORS,
    "desk_link": Gate.PUBLIC,  # the token is the key
    "desk_home": Gate.LINK,
    "desk_expectations": Gate.LINK,
    "desk_expectation_save": Gate.LINK,
    "desk_acknowledge": Gate.LINK,
    "desk_expectations_document": Gate.LINK,
    "desk_expectations_download": Gate.LINK,
    "desk_notices": Gate.LINK,
    "desk_notice_add": Gate.LINK,
    "desk_notice_edit": Gate.LINK,
    "desk_notice_withdraw": Gate.LINK,
    "desk_notice_outcome": Gate.LINK,
    "vendor_proof": Gate.LINK,
    "vendor_proof_save": Gate.LINK,
    "vendor_proof_hand_in": Gate.LINK,
    "vendor_proof_file_add": Gate.LINK,
    "vendor_proof_file": Gate.LINK,
    "vendor_proof_file_delete": Gate.LINK,
    "vendor_proof_document": Gate.LINK,
    "vendor_proof_download": Gate.LINK,
    "contract_list": Right.READ,
    "contract_detail": Right.READ,
    "contract_calendar": Right.READ,
    "contract_add": Right.EDIT_VENDORS,
    "contract_edit": Right.EDIT_VENDORS,
    "contract_decide": Right.EDIT_VENDORS,
    "contract_end": Right.EDIT_VENDORS,
    "contract_delete": Right.EDIT_VENDORS,
    "contract_file_download": Right.READ,
    "contract_file_delete": Right.EDIT_VENDORS,
    "proof_list": Right.READ,
    "proof_detail": Right.READ,
    "proof_file": Right.READ,
    "proof_calendar": Right.READ,
    "proof_ask": Right.EDIT_VENDORS,
    # whoever keeps the facts, and whoever follows it up
    "proof_assign": Gate.NAMED,
    "proof_extend": Gate.NAMED,
    "proof_hand_in": Gate.NAMED,
    "proof_accept": Gate.NAMED,
    "proof_return": Gate.NAMED,
    "proof_waive": Gate.NAMED,
    "paper_add": Right.EDIT_VENDORS,
    "paper_edit": Right.EDIT_VENDORS,
    "paper_replace": Right.EDIT_VENDORS,
    "paper_delete": Right.EDIT_VENDORS,
    # what was practised with vendors
    "notice_list": Right.READ,
    "change_notice": Right.READ,
    "notice_confirm": Right.READ,  # of a department that it affects
    "notice_add": Right.EDIT_VENDORS,
    "notice_edit": Right.EDIT_VENDORS,
    "notice_withdraw": Right.EDIT_VENDORS,
    "notice_outcome": Right.EDIT_VENDORS,
    **dict.fromkeys(("training_add", "training_edit", "training_delete"), Right.EDIT_VENDORS),
    **dict.fromkeys(("support_person_add", "support_person_edit", "support_person_delete"), Right.EDIT_VENDORS),
    "rehearsal_list": Right.READ,
    "rehearsal_detail": Right.READ,
    "rehearsal_calendar": Right.READ,
    "rehearsal_add": Right.EDIT_VENDORS,
    "rehearsal_note": Right.EDIT_VENDORS,
    "rehearsal_since": Right.EDIT_VENDORS,
    "rehearsal_edit": Gate.NAMED,  # whoever edits vendors, and whoever leads it
    "rehearsal_invite": Gate.NAMED,
    "rehearsal_hold": Gate.NAMED,
    "rehearsal_call_off": Gate.NAMED,
    # what is expected of vendors: read by all within, also by those who still judge one
    "expectations": Right.READ,
    "expectation_edition": Right.READ,
    "expectation_draft_add": Right.EDIT_VENDORS,
    "expectation_draft_delete": Right.EDIT_VENDORS,
    "expectation_edition_publish": Right.EDIT_VENDORS,
    "expectation_edition_send": Right.EDIT_VENDORS,
    "expectation_note": Right.EDIT_VENDORS,
    "expectation_add": Right.EDIT_VENDORS,
    "expectation_edit": Right.EDIT_VENDORS,
    "expectation_move": Right.EDIT_VENDORS,
    "expectation_remove": Right.EDIT_VENDORS,
    "incident_list": Right.READ,
    "incident_detail": Right.READ,
    "incident_export": Right.READ,
    "incident_vendor": Right.EDIT_VENDORS,
    "incident_add": Right.EDIT_VENDORS,
    "incident_edit": Right.EDIT_VENDORS,
    "incident_delete": Right.EDIT_VENDORS,
    # when it breaks
    "emergency_list": Right.READ,
    "emergency_plan": Right.READ,
    "emergency_calendar": Right.READ,
    "emergency_paper": Right.READ,
    "emergency_folder": Right.READ,
    "emergency_edit": Right.EDIT_VENDORS,
    "emergency_check": Gate.NAMED,  # whoever edits vendors, and whoever keeps it true
    # the hour of an incident
    "incident_hour_start": Right.EDIT_VENDORS,
    "incident_hour": Right.READ,
    "incident_hour_now": Right.READ,
    "incident_hour_json": Right.READ,
    "incident_hour_add": Right.EDIT_VENDORS,
    "incident_hour_resolved": Right.EDIT_VENDORS,
    "timeline_entry_correct": Right.EDIT_VENDORS,
    # the voice of the customer
    "feedback_list": Right.READ,
    "feedback_export": Right.READ,
    "feedback_detail": Right.READ,
    "feedback_add": Right.SPEAK,
    "feedback_edit": Gate.NAMED,  # whoever wrote it, and whoever edits vendors
    "feedback_delete": Gate.NAMED,
    "feedback_file_download": Right.READ,
    "feedback_file_delete": Gate.NAMED,
    "pulse_ask": Right.EDIT_VENDORS,
    "pulse_revoke": Right.EDIT_VENDORS,
    "pulse_renew": Right.EDIT_VENDORS,
    "pulse_answer": Gate.PUBLIC,  # the token is the key
    # imports of incidents
    "incident_import_list": Right.EDIT_VENDORS,
    "incident_import": Right.EDIT_VENDORS,
    "incident_import_mapping": Right.EDIT_VENDORS,
    "incident_import_vendors": Right.EDIT_VENDORS,
    "incident_import_detail": Right.EDIT_VENDORS,
    "incident_import_state": Right.EDIT_VENDORS,
    "incident_import_holds": Right.EDIT_VENDORS,
    "incident_import_apply": Right.EDIT_VENDORS,
    "incident_import_cancel": Right.EDIT_VENDORS,
    "incident_import_undo": Right.EDIT_VENDORS,
    "incident_import_errors": Right.EDIT_VENDORS,
    "import_mapping_add": Right.EDIT_VENDORS,
    "import_mapping_delete": Right.EDIT_VENDORS,
    "incident_source_edit": Right.EDIT_VENDORS,
    # assessments
    "assessment_list": Right.READ,
    "assessment_detail": Right.RATE,
    "assessment_add": Right.ASSESS,
    "assessment_edit": Right.ASSESS,
    "assessment_open": Right.ASSESS,
    "assessment_cancel": Right.ASSESS,
    "assessment_history": Right.READ,
    "assessment_raters": Right.READ,
    "rater_invite": Right.ASSESS,
    "rater_join": Right.ASSESS,
    "rater_leave": Right.ASSESS,
    "rater_edit": Right.ASSESS,
    "rater_withdraw": Right.ASSESS,
    "rater_ask_again": Right.ASSESS,
    "rater_remind": Right.ASSESS,
    "delegation_add": Gate.NAMED,
    "delegation_detail": Gate.ASKED,
    "delegation_done": Gate.ASKED,
    "delegation_take_back": Gate.NAMED,
    "questionnaire": Gate.ASKED,
    "answer_edit": Gate.ASKED,
    "answer_note": Gate.ASKED,
    "evidence_add": Gate.ASKED,
    "evidence_delete": Gate.ASKED,
    "evidence_download": Right.RATE,
    "assessment_score": Gate.ASKED,
    "workbook": Gate.ASKED,
    "workbook_download": Gate.ASKED,
    "workbook_upload": Gate.ASKED,
    "workbook_discard": Gate.ASKED,
    "answer_grid": Right.RATE,
    "answer_grid_question": Right.RATE,
    "assessment_review": Right.RATE,
    "assessment_hand_in": Gate.ASKED,
    "assessment_take_up": Gate.ASKED,
    "assessment_submit": Right.ASSESS,
    "assessment_take_back": Right.ASSESS,
    "assessment_consensus": Right.READ,
    "consensus_meeting": Right.ASSESS,
    "consensus_agree": Right.ASSESS,
    "consensus_undo": Right.ASSESS,
    "assessment_approve": Gate.NAMED,
    "assessment_send_back": Gate.NAMED,
    "approval_take_back": Gate.NAMED,  # whoever gave the approval
    "approval_chain": Right.ADMINISTER,
    "approval_level_add": Right.ADMINISTER,
    "approval_level_edit": Right.ADMINISTER,
    "approval_level_delete": Right.ADMINISTER,
    "approval_level_move": Right.ADMINISTER,
    # what vendors promised
    "commitment_list": Right.READ,
    "commitment_detail": Right.READ,
    "commitment_calendar": Right.READ,
    "commitment_add": Right.ASSESS,
    "commitment_edit": Gate.NAMED,  # whoever assesses, and whoever follows this one up
    "commitment_agree": Gate.NAMED,
    "commitment_progress": Gate.NAMED,
    "commitment_report": Gate.NAMED,
    "commitment_return": Gate.NAMED,
    "commitment_keep": Gate.NAMED,
    "commitment_miss": Gate.NAMED,
    "commitment_withdraw": Gate.NAMED,
    "commitment_file_add": Gate.NAMED,
    "commitment_file_download": Right.READ,
    "commitment_file_delete": Gate.NAMED,
    # links for the vendor
    "assessment_vendor": Right.READ,
    "link_add": Right.ASSESS,
    "link_renew": Gate.NAMED,  # of a link to reply also by whoever decides
    "link_extend": Right.ASSESS,
    "link_revoke": Right.ASSESS,
    "vendor_reopen": Right.ASSESS,
    "vendor_link": Gate.PUBLIC,  # the token is the key
    "vendor_desk": Gate.LINK,
    "vendor_questionnaire": Gate.LINK,
    "vendor_rule_guide": Gate.LINK,
    "vendor_answer_edit": Gate.LINK,
    "vendor_evidence_add": Gate.LINK,
    "vendor_evidence_delete": Gate.LINK,
    "vendor_evidence_download": Gate.LINK,
    "vendor_workbook": Gate.LINK,
    "vendor_workbook_download": Gate.LINK,
    "vendor_workbook_upload": Gate.LINK,
    "vendor_workbook_discard": Gate.LINK,
    "vendor_hand_in": Gate.LINK,
    "vendor_take_back": Gate.LINK,
    "vendor_reply": Gate.LINK,
    "vendor_reply_send": Gate.LINK,
    "vendor_reply_save": Gate.LINK,
    "vendor_reply_copy": Gate.LINK,
    "vendor_reply_open": Gate.NAMED,
    "vendor_reply_extend": Gate.NAMED,
    "vendor_reply_withdraw": Gate.NAMED,
    # links to the commitments
    "commitment_links": Right.READ,
    "commitment_link_add": Right.ASSESS,
    "commitment_link_renew": Right.ASSESS,
    "commitment_link_extend": Right.ASSESS,
    "commitment_link_revoke": Right.ASSESS,
    "commitment_link_tell": Right.ASSESS,
    "vendor_commitments_link": Gate.PUBLIC,  # the token is the key
    "vendor_commitments": Gate.LINK,
    "vendor_commitments_print": Gate.LINK,
    "vendor_commitments_agree": Gate.LINK,
    "vendor_commitment": Gate.LINK,
    "vendor_commitment_agree": Gate.LINK,
    "vendor_commitment_decline": Gate.LINK,
    "vendor_commitment_say": Gate.LINK,
    "vendor_commitment_file": Gate.LINK,
    "vendor_commitment_file_delete": Gate.LINK,
    # reports
    "vendor_trends": Right.READ,
    "portfolio": Right.READ,
    "portfolio_export": Right.READ,
    "board_report": Right.READ,
    "board_detail": Right.READ,
    "export_list": Right.READ,
    "export_add": Right.READ,
    "export_state": Gate.NAMED,  # who asked for it, as all below
    "export_cancel": Gate.NAMED,
    "export_download": Gate.NAMED,
    "batch_list": Right.READ,
    "batch_add": Right.READ,
    "batch_detail": Gate.NAMED,  # who asked for it, as all below
    "batch_state": Gate.NAMED,
    "batch_cancel": Gate.NAMED,
    "batch_download": Gate.NAMED,
    "power_map": Right.READ,
    "benchmark": Right.READ,
    "benchmark_join": Right.ADMINISTER,
    "benchmark_leave": Right.ADMINISTER,
    "scorecard_detail": Right.READ,
    "scorecard_rule": Right.READ,
    "scorecard_trends": Right.READ,
    "scorecard_change": Right.READ,
    "rendering_request": Right.READ,
    "rendering_status": Right.READ,
    "rendering_download": Right.READ,
    "vendor_copy": Gate.LINK,
    "vendor_copy_download": Gate.LINK,
    "fact_sheet_request": Right.READ,
    "fact_sheet_status": Right.READ,
    "fact_sheet_download": Right.READ,
    # letters to vendors
    "vendor_letters": Right.READ,
    "assessment_letter": Right.EDIT_VENDORS,
    "proof_letter": Right.EDIT_VENDORS,
    "letter_detail": Right.READ,
    "letter_docx": Right.READ,
    "letterhead_edit": Right.ADMINISTER,
    "letter_templates": Right.ADMINISTER,
    "letter_template": Right.ADMINISTER,
    "letter_template_starter": Right.ADMINISTER,
    "letter_template_file": Right.ADMINISTER,
    "letter_template_preview": Right.ADMINISTER,
    "letter_template_use": Right.ADMINISTER,
    "letter_template_remove": Right.ADMINISTER,
    "pack": Right.READ,
    "pack_blank": Right.READ,
    "pack_docx": Right.READ,
    "pack_blank_docx": Right.READ,
    "comparison": Right.READ,
    "comparison_document_request": Right.READ,
    "comparison_document_status": Right.READ,
    "comparison_document_download": Right.READ,
}
API_PREFIXES = ("api-", "scim:")
PUBLIC_PREFIXES = (
    "account_login",
    "account_logout",  # whoever has given the password but not the second factor must be able to go back
    "account_reset_password",
    "account_inactive",
    "mfa_login",
    "mfa_authenticate",
)
SIGNED_IN_PREFIXES = ("account_", "mfa_")
# Nobody signs up; an address is proven by the invitation that it got, and changed by a superuser. An organisation's own
# sign-in has pages of ours, which check more: those of the library (socialaccount_) stay closed.
CLOSED_PREFIXES = (
    "account_signup",
    "account_email",
    "account_confirm_email",
    "mfa_signup",
    "socialaccount_",
    "admin:account_emailaddress",
    "admin:socialaccount_",
)

# Of routes that libraries bring; the first that fits decides.
BY_PREFIX: tuple[tuple[tuple[str, ...], Gate | None], ...] = (
    (CLOSED_PREFIXES, None),
    (("admin:",), Gate.STAFF),
    (API_PREFIXES, Gate.API),
    (PUBLIC_PREFIXES, Gate.PUBLIC),
    (SIGNED_IN_PREFIXES, Gate.SIGNED_IN),
)


class HtmxRequest(HttpRequest):
    """A request that says whether htmx asks, for a part of the page alone."""

    htmx: HtmxDetails


class OurRequest(HtmxRequest):
    """Any request as the middleware hands it on: whoever asks, a member or not."""

    resolver_match: ResolverMatch
    memberships: list[Membership]
    member: Membership | None
    signed_in_as: User  # set at a sign-in only


class MemberRequest(OurRequest):
    """A request that passed the gate of a Right: it has a member."""

    member: Membership
    user: User


def user_of(request: HttpRequest) -> User:
    """Whoever asks, where the middleware or the admin has let in nobody but the signed-in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def right_for(gate: Right | Gate | None) -> Right | None:
    """The right without which nobody passes the gate, whoever they are; None: no right is asked."""
    if gate is Gate.ASKED:
        return Right.RATE
    if gate is Gate.NAMED:
        return Right.READ
    return gate if isinstance(gate, Right) else None


def required(route: str) -> Right | Gate | None:
    """What a route asks for; None: nobody decided, so nobody passes."""
    if route in ROUTES:
        return ROUTES[route]
    return next((gate for starts, gate in BY_PREFIX if route.startswith(starts)), None)


def rights_of(member: Membership) -> frozenset[Right]:
    """The rights of a member's role. Where self-approval is allowed, whoever assesses may also approve. A service never
    does: a decision is a person's."""
    rights = RIGHTS[member.role]
    if member.is_service:
        return rights - {Right.APPROVE}
    if member.organisation.allow_self_approval and Right.ASSESS in rights:
        return rights | {Right.APPROVE}
    return rights


def may(member: Membership | None, right: Right) -> bool:
    return member is not None and right in rights_of(member)


def roles_with(right: Right) -> list[str]:
    return [role for role, rights in RIGHTS.items() if right in rights]


def holders(member: Membership, right: Right) -> QuerySet[Membership]:
    """The active members of the same organisation whose role has this right, by name; each with its user."""
    people = Membership.objects.for_member(member).active().filter(user__is_active=True, role__in=roles_with(right))
    return people.select_related("user").order_by("user__name", "user__email")
