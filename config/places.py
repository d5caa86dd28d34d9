"""Where a page belongs: its section of the main menu, and the part of the help that explains it.

Data, not code: the name of a route begins with one of these words, and the longest that fits decides. So a new page
of a subject is at home without anybody saying so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from accounts.access import ROUTES, Gate


@dataclass(frozen=True, kw_only=True)
class Place:
    """`section`: of the main menu, empty for none; `help`: a topic or a “guide:”, with the part of it after a “#”."""

    section: str = ""
    help: str = ""


GUIDE = "guide:"
NOWHERE = Place()
BY_LINK = Place(help="vendors")
OUTSIDE = Place(help="vendors#rate")
WORK, VENDORS, PORTFOLIO, ASSESSMENTS, FACTS = "work", "vendors", "portfolio", "assessments", "facts"
RULES, ADMINISTRATION, BREAKS = "rules", "administration", "breaks"
PAGES_OF_LINKS = frozenset(
    {
        "vendor_desk",
        "vendor_questionnaire",
        "vendor_rule_guide",
        "vendor_hand_in",
        "vendor_workbook",
        "vendor_workbook_upload",
        "vendor_copy",
        "vendor_reply",
        "vendor_reply_send",
        "vendor_commitments",
        "vendor_commitments_print",
        "vendor_commitments_agree",
        "vendor_commitment",
        "desk_home",
        "desk_expectations",
        "desk_acknowledge",
        "desk_expectations_document",
        "desk_notices",
        "desk_notice_add",
        "desk_notice_edit",
        "desk_notice_withdraw",
        "desk_notice_outcome",
        "vendor_proof",
        "vendor_proof_hand_in",
        "vendor_proof_document",
    }
)
PLACES: dict[str, Place] = {
    # my work
    "work": Place(section=WORK, help="assessing"),
    "first_steps": Place(section=WORK, help="roles"),
    "answer_grid": Place(section=WORK, help="assessing#rate"),
    "delegation_": Place(section=WORK, help="assessing#rate"),
    # vendors
    "vendor_": Place(section=VENDORS, help="assessing#vendor"),
    "service_": Place(section=VENDORS, help="assessing#vendor"),
    "contact_": Place(section=VENDORS, help="assessing#vendor"),
    "desk_": Place(section=VENDORS, help="assessing#desk"),
    "contract_": Place(section=VENDORS, help="assessing#contracts"),
    "paper_": Place(section=VENDORS, help="assessing#contracts"),
    "rehearsal_": Place(section=VENDORS, help="assessing#rehearsals"),
    "notice_": Place(section=VENDORS, help="assessing#notices"),
    "training_": Place(section=VENDORS, help="assessing#care"),
    "support_person_": Place(section=VENDORS, help="assessing#care"),
    "change_notice": Place(section=VENDORS, help="assessing#notices"),
    "vendor_measure": Place(section=VENDORS, help="measures"),
    "vendor_quadrant": Place(section=VENDORS, help="measures"),
    "vendor_trends": Place(section=VENDORS, help="words#trends"),
    "target_": Place(section=VENDORS, help="measures"),
    # the portfolio
    "portfolio": Place(section=PORTFOLIO, help="words#portfolio"),
    "power_map": Place(section=PORTFOLIO, help="words#power"),
    "board_": Place(section=PORTFOLIO, help="words#board"),
    "export_": Place(section=PORTFOLIO, help="words#exports"),
    "batch_": Place(section=PORTFOLIO, help="words#batches"),
    "benchmark": Place(section=PORTFOLIO, help="words#benchmark"),
    # assessments
    "assessment_": Place(section=ASSESSMENTS, help="assessing"),
    "assessment_score": Place(section=ASSESSMENTS, help="words#verdict"),
    "assessment_raters": Place(section=ASSESSMENTS, help="assessing#ask"),
    "rater_": Place(section=ASSESSMENTS, help="assessing#ask"),
    "questionnaire": Place(section=ASSESSMENTS, help="assessing#rate"),
    "workbook": Place(section=ASSESSMENTS, help="assessing#workbook"),
    "answer_": Place(section=ASSESSMENTS, help="assessing#rate"),
    "evidence_": Place(section=ASSESSMENTS, help="assessing#rate"),
    "assessment_vendor": Place(section=ASSESSMENTS, help="assessing#vendor-side"),
    "link_": Place(section=ASSESSMENTS, help="assessing#vendor-side"),
    "vendor_reopen": Place(section=ASSESSMENTS, help="assessing#vendor-side"),
    "vendor_reply_open": Place(section=ASSESSMENTS, help="assessing#approve"),
    "vendor_reply_extend": Place(section=ASSESSMENTS, help="assessing#approve"),
    "vendor_reply_withdraw": Place(section=ASSESSMENTS, help="assessing#approve"),
    "assessment_consensus": Place(section=ASSESSMENTS, help="assessing#agree"),
    "consensus_": Place(section=ASSESSMENTS, help="assessing#agree"),
    "pack": Place(section=ASSESSMENTS, help="assessing#agree"),
    "assessment_review": Place(section=ASSESSMENTS, help="assessing#submit"),
    "assessment_submit": Place(section=ASSESSMENTS, help="assessing#submit"),
    "assessment_approve": Place(section=ASSESSMENTS, help="assessing#approve"),
    "assessment_send_back": Place(section=ASSESSMENTS, help="assessing#approve"),
    "assessment_history": Place(section=ASSESSMENTS, help="secrecy#kept"),
    "scorecard_": Place(section=ASSESSMENTS, help="words#verdict"),
    "scorecard_change": Place(section=ASSESSMENTS, help="words#moved"),
    "document_verify": Place(section=ASSESSMENTS, help="words#verify"),
    "rendering_": Place(section=ASSESSMENTS, help="words#verdict"),
    "comparison": Place(section=VENDORS, help="words#comparison"),
    "fact_sheet_": Place(section=VENDORS, help="words#three"),
    "vendor_letters": Place(section=VENDORS, help="assessing#letters"),
    "assessment_letter": Place(section=ASSESSMENTS, help="assessing#letters"),
    "proof_letter": Place(section=FACTS, help="assessing#letters"),
    "letter_": Place(section=VENDORS, help="assessing#letters"),
    "letter_template": Place(section=ADMINISTRATION, help="assessing#letters"),
    "letterhead_": Place(section=ADMINISTRATION, help="assessing#letters"),
    # what vendors promised
    "commitment_": Place(section=VENDORS, help="assessing#commitments"),
    # when it breaks
    "emergency_": Place(section=BREAKS, help="assessing#breaks"),
    # facts
    "incident_": Place(section=FACTS, help="guide:facts#incidents"),
    "incident_import": Place(section=FACTS, help="guide:facts#importing-incidents"),
    "incident_hour": Place(section=FACTS, help="assessing#hour"),
    "timeline_": Place(section=FACTS, help="assessing#hour"),
    "import_": Place(section=FACTS, help="guide:facts#importing-incidents"),
    "proof_": Place(section=FACTS, help="assessing#proofs"),
    "feedback_": Place(section=FACTS, help="guide:facts#voice-of-the-customer"),
    "pulse_": Place(section=FACTS, help="guide:facts#voice-of-the-customer"),
    "quadrant": Place(section=FACTS, help="guide:facts#service-level-and-feeling"),
    # the rules
    "rules": Place(section=RULES, help="words#verdict"),
    "rule_guide": Place(section=RULES, help="words#verdict"),
    "expectation_note": Place(section=VENDORS, help="assessing#desk"),
    "expectation": Place(section=RULES, help="assessing#expectations"),
    # administration
    "member_": Place(section=ADMINISTRATION, help="roles"),
    "invitation_": Place(section=ADMINISTRATION, help="roles"),
    "department_": Place(section=ADMINISTRATION, help="guide:administration#departments"),
    "organisation_edit": Place(section=ADMINISTRATION, help="guide:administration#name-and-language"),
    "organisation_archive": Place(section=ADMINISTRATION, help="roles"),
    "own_sign_in": Place(section=ADMINISTRATION, help="roles#sign-in"),
    "sign_in_": Place(help="roles#sign-in"),
    "signed_out": Place(help="roles#sign-in"),
    "directory": Place(section=ADMINISTRATION, help="roles"),
    "approval_": Place(section=ADMINISTRATION, help="assessing#approve"),
    "audit_": Place(section=ADMINISTRATION, help="secrecy#kept"),
    "webhook_": Place(section=ADMINISTRATION, help="roles#webhooks"),
    "api_access": Place(section=ADMINISTRATION, help="roles#api"),
    "connected_": Place(section=ADMINISTRATION, help="roles#api"),
    "token_": Place(help="roles#api"),
    # the person
    "profile": Place(help="roles"),
    "person_": Place(help="secrecy#kept"),
    "role_put_away": Place(help="roles"),
    "invitation_accept": Place(help="roles"),
    "organisation_switch": Place(help="roles"),
    "preferences": Place(help="assessing"),
    "start": Place(help="roles"),
    # whoever comes in by a link
    "vendor_commitment": Place(help="vendors#commitments"),
    "vendor_link": Place(help="vendors"),
    "desk_link": Place(help="vendors#desk"),
    "desk_link_": Place(section=VENDORS, help="assessing#desk"),
    "desk_home": Place(help="vendors#desk"),
    "desk_expectation": Place(help="vendors#desk"),
    "desk_acknowledge": Place(help="vendors#desk"),
    "desk_notice": Place(help="vendors#notices"),
    "vendor_proof": Place(help="vendors#proof"),
    "vendor_take_back": Place(help="vendors#hand-in"),
    "vendor_questionnaire": Place(help="vendors#answer"),
    "vendor_rule_guide": Place(help="vendors#answer"),
    "vendor_answer_": Place(help="vendors#answer"),
    "vendor_evidence_": Place(help="vendors#answer"),
    "vendor_workbook": Place(help="vendors#workbook"),
    "vendor_hand_in": Place(help="vendors#hand-in"),
    "vendor_copy": Place(help="vendors#hand-in"),
    "vendor_reply": Place(help="vendors#reply"),
    "pulse_answer": Place(help="vendors#pulse"),
}


@cache
def place_of(route: str) -> Place:
    """Of the route of this name; NOWHERE where no word fits. What the cookie of a link opens is never a member's."""
    fitting = [word for word in PLACES if route.startswith(word)]
    place = PLACES[max(fitting, key=len)] if fitting else NOWHERE
    return BY_LINK if ROUTES.get(route) is Gate.LINK and place.section else place


def help_address(route: str, *, is_outside: bool = False, back: str = "") -> str:
    """The part of the help that explains the page of this route; else where the help begins. `is_outside`: for an
    outside rater, whose part is one; `back`: the page of a link, to which the help then leads back."""
    place = OUTSIDE if is_outside else place_of(route)
    topic, mark, part = place.help.partition("#")
    if not topic:
        return reverse("help_index")
    page = _page_of(topic)
    # To look up an address takes longer than most of the frame: nobody does where the route says that it is none.
    asked = f"?{urlencode({'back': back})}" if route in PAGES_OF_LINKS and is_page_of_link(back) else ""
    return page + asked + mark + part


def _page_of(topic: str) -> str:
    """“guide:facts” is a guide; “measures” has a page of its own."""
    if topic.startswith(GUIDE):
        return reverse("help_guide", args=[topic.removeprefix(GUIDE)])
    return reverse("help_measures") if topic == "measures" else reverse("help_topic", args=[topic])


def is_page_of_link(path: str) -> bool:
    """Whether this is one of our own pages behind a link’s cookie: never another site, and never an address that
    itself lets somebody in."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return match.view_name in PAGES_OF_LINKS and path == reverse(match.view_name, kwargs=match.kwargs)
