"""Every page that there is, from the routes themselves: its address, and a person who may open it.

A new route joins the walk by itself; one that shows no page has to say so in `NO_PAGE`, and a test holds it to that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import Page, Response

from accounts.access import RIGHTS, Gate, Right, required
from accounts.models import AuditEntry
from manifesto.models import Question
from tests.browser.premises import ANYBODY, VENDOR, Premises
from tests.config.routes import Route, arguments, routes

MEMBERS = ("assessor", "approver", "admin", "reader")

# What a GET of the route gives instead of a page.
FILE, PART, ACTION = "a file or data", "a part of a page", "a change, by POST alone"
ELSEWHERE, NOBODY = "another page", "what nobody may do"
NO_PAGE: dict[str, str] = {
    "healthz": FILE,
    "readyz": FILE,
    "metrics": FILE,
    "favicon": FILE,
    "choice_matches": FILE,
    "vendor_import_errors": FILE,
    "vendor_import_template": FILE,
    "incident_export": FILE,
    "feedback_export": FILE,
    "portfolio_export": FILE,
    "feedback_file_download": FILE,
    "feedback_file_delete": ACTION,
    "contract_calendar": FILE,
    "emergency_calendar": FILE,
    "contract_file_download": FILE,
    "contract_file_delete": ACTION,
    "rehearsal_calendar": FILE,
    "rehearsal_invite": ACTION,
    "evidence_download": FILE,
    "rendering_download": FILE,
    "mfa_download_recovery_codes": FILE,
    "mfa_login_webauthn": FILE,
    "admin:autocomplete": FILE,
    "admin:jsi18n": FILE,
    "admin:manifesto_release_export": FILE,
    "vendor_evidence_download": FILE,
    "vendor_copy_download": FILE,
    "calendar_feed": FILE,
    "vendor_evidence_add": ACTION,
    "vendor_evidence_delete": ACTION,
    "vendor_answer_edit": ELSEWHERE,
    "vendor_reply_save": ACTION,
    "assessment_score": PART,
    "approval_level_move": ACTION,
    "vendor_reopen": ACTION,
    "vendor_take_back": ACTION,
    "rater_join": ACTION,
    "rater_leave": ACTION,
    "rater_ask_again": ACTION,
    "rater_remind": ACTION,
    "delegation_done": ACTION,
    "delegation_take_back": ACTION,
    **dict.fromkeys(("own_sign_in_try", "own_sign_in_change", "own_sign_in_way"), ACTION),
    **dict.fromkeys(("own_sign_in_domain_add", "own_sign_in_domain_remove", "directory_group"), ACTION),
    **dict.fromkeys(("webhook_pause", "webhook_resume", "webhook_test", "webhook_again"), ACTION),
    "webhook_delivery_again": ACTION,
    "sign_in_callback": ELSEWHERE,  # to a browser that did not ask: see `_views_of_doors`
    "sign_in_saml": ACTION,
    "sign_in_saml_finish": ELSEWHERE,
    "sign_in_metadata": FILE,
    "sign_in_sign_out": ELSEWHERE,
    "signed_out": ELSEWHERE,
    "preferences_calendar": ACTION,  # its page stands at the address of the POST: see `_other_views`
    "preferences_calendar_close": ACTION,
    "link_add": ELSEWHERE,
    "commitment_file_add": ACTION,
    "commitment_calendar": FILE,
    "commitment_file_download": FILE,
    "commitment_file_delete": ACTION,
    "commitment_link_add": ELSEWHERE,
    "commitment_link_tell": ACTION,
    "desk_link_add": ELSEWHERE,
    "desk_link_tell": ACTION,
    "expectation_draft_add": ACTION,
    "expectation_move": ACTION,
    "desk_expectation_save": ACTION,
    "desk_expectations_download": FILE,
    "vendor_proof_save": ACTION,
    "proof_file": FILE,
    "incident_hour_resolved": ACTION,
    "notice_confirm": ACTION,
    "proof_calendar": FILE,
    "incident_hour_json": FILE,
    "vendor_proof_file": FILE,
    "vendor_proof_file_add": ACTION,
    "vendor_proof_file_delete": ACTION,
    "vendor_proof_download": FILE,
    "vendor_commitment_agree": ELSEWHERE,
    "vendor_commitment_decline": ELSEWHERE,
    "vendor_commitment_say": ELSEWHERE,
    "vendor_commitment_file": FILE,
    "vendor_commitment_file_delete": ACTION,
    "rater_invite": ELSEWHERE,
    "consensus_agree": ELSEWHERE,
    "consensus_undo": ELSEWHERE,
    "consensus_meeting": ELSEWHERE,
    "set_language": ACTION,
    "start": ELSEWHERE,  # only while nobody is there: tests/browser/test_first_day.py
    "first_steps_put_away": ACTION,
    "role_put_away": ACTION,
    "theme_set": ACTION,
    "organisation_switch": ACTION,
    "invitation_revoke": ACTION,
    "invitation_resend": ACTION,
    "vendor_import_apply": ACTION,
    "incident_import_errors": FILE,
    "incident_import_state": ELSEWHERE,
    "incident_import_apply": ACTION,
    "incident_import_cancel": ACTION,
    "import_mapping_add": ACTION,
    "assessment_open": ACTION,
    "assessment_hand_in": ACTION,
    "assessment_take_up": ACTION,
    "answer_note": ACTION,
    "evidence_add": ACTION,
    "evidence_delete": ACTION,
    "benchmark_join": ACTION,
    "rendering_request": ACTION,
    "comparison_document_request": ACTION,
    "comparison_document_download": FILE,
    "person_download": FILE,
    "organisation_archive_add": ACTION,
    "organisation_archive_cancel": ACTION,
    "organisation_archive_download": FILE,
    "export_add": ACTION,
    "workbook_download": FILE,
    "workbook_discard": ACTION,
    "vendor_workbook_download": FILE,
    "vendor_workbook_discard": ACTION,
    "export_state": ELSEWHERE,
    "export_cancel": ACTION,
    "export_download": FILE,
    "batch_state": ELSEWHERE,
    "batch_cancel": ACTION,
    "batch_download": FILE,
    "fact_sheet_request": ACTION,
    "fact_sheet_download": FILE,
    "letter_docx": FILE,
    "letter_template_starter": FILE,
    "letter_template_file": FILE,
    "letter_template_preview": FILE,
    "letter_template_use": ACTION,
    "letter_template_remove": ACTION,
    "pack_docx": FILE,
    "pack_blank_docx": FILE,
    "admin:logout": ACTION,
    "admin:manifesto_release_move": ACTION,
    "answer_edit": ELSEWHERE,
    "assessment_send_back": ELSEWHERE,
    "answer_grid": ELSEWHERE,
    "answer_grid_question": ELSEWHERE,  # by its key alone; with two questionnaires see `_other_views`
    "account_confirm_login_code": ELSEWHERE,
    "admin:login": ELSEWHERE,
    "admin:view_on_site": ELSEWHERE,
    "admin:accounts_user_delete": NOBODY,
    "admin:accounts_organisation_delete": NOBODY,
    "admin:accounts_auditentry_add": NOBODY,
    "admin:accounts_auditentry_delete": NOBODY,
    "admin:manifesto_rule_add": NOBODY,
    "admin:manifesto_rule_delete": NOBODY,
}
# Who opens a page, where that is not plain from its gate.
WHO: dict[str, str] = {
    "assessment_approve": "approver",
    "approval_take_back": "approver",
    "work": "assessor",
    "profile": "assessor",
    "account_logout": "assessor",
    "account_set_password": "assessor",  # of the cast, none has a password
    "token_revoke": "reader",  # whose it is
    "mfa_authenticate": "halfway",
    "mfa_activate_totp": "careful",
}


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A page of the walk. `press`: a button that leads from there to the page that is meant."""

    name: str
    path: str
    who: str
    press: str = ""
    status: int = 200

    @property
    def is_stock(self) -> bool:
        """A page of the admin in which nothing but the colours is ours."""
        return self.name.startswith("admin:") and not self.name.startswith(("admin:index", "admin:manifesto_"))

    def show(self, page: Page) -> bool:
        """Go there; whether it is a page, and not something else that came instead."""
        reply: Response | None = page.goto(self.path)
        if self.press:
            with page.expect_navigation() as moved:
                page.get_by_role("main").locator(self.press).click()
            reply = moved.value
        return reply is not None and reply.status == self.status and page.locator("h1").count() > 0


def all_routes() -> tuple[Route, ...]:
    """Every route that somebody may open with a browser, once."""
    opened = {route.name: route for route in routes() if route.name and required(route.name) not in (None, Gate.API)}
    return tuple(opened.values())


BY_GATE: dict[Gate, str] = {
    Gate.PUBLIC: ANYBODY,
    Gate.STAFF: "editor",
    Gate.LINK: VENDOR,
    Gate.ASKED: "assessor",
    Gate.NAMED: "assessor",
}


def person_for(route: str) -> str:
    gate = required(route)
    if route in WHO:
        return WHO[route]
    if isinstance(gate, Right):
        return next(name for name in MEMBERS if gate in RIGHTS[name])
    return BY_GATE.get(gate, "secured") if gate else "secured"


def address(route: Route, premises: Premises) -> str:
    if route.name.startswith("admin:"):
        values = _admin_values(route, premises)
    elif route.name.endswith("_webauthn") and route.arguments:
        values = {"pk": premises.passkey.pk}
    elif route.name == "account_reset_password_from_key":
        user = premises.forgetful
        values = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    else:
        values = arguments(route, premises)
    return reverse(route.name, kwargs=values) + QUERIES.get(route.name, lambda premises: "")(premises)


def _add_question(premises: Premises) -> str:
    return f"?rule={premises.new_edition.rules.first().pk}"


QUERIES = {"admin:manifesto_question_add": _add_question}


def _admin_values(route: Route, premises: Premises) -> dict[str, Any]:
    things = {
        "auth_group": lambda: Group.objects.get_or_create(name="Bank editors")[0],
        "auth_user": lambda: premises.cast.reader.user,
        "accounts_user": lambda: premises.cast.reader.user,
        "accounts_organisation": lambda: premises.cast.organisation,
        "accounts_auditentry": lambda: AuditEntry.objects.latest("pk"),
        "accounts_maildomain": lambda: premises.mail_domain,
        "mfa_authenticator": lambda: premises.passkey,
        "manifesto_release": lambda: premises.new_edition,
        "manifesto_rule": premises.new_edition.rules.first,
        "manifesto_question": premises.new_edition.questions.first,
    }
    model = "_".join(route.name.removeprefix("admin:").split("_")[:2])
    others = {"app_label": "accounts", "form": "yaml", "content_type_id": 1}
    values = {}
    for name in route.arguments:
        if name == "question":
            values[name] = things["manifesto_question"]().pk
        elif name in others:
            values[name] = others[name]
        elif route.name == "admin:view_on_site":
            values[name] = 1
        elif route.name.endswith("_retire"):
            values[name] = premises.release.pk
        else:
            values[name] = things[model]().pk
    return values


def walk(premises: Premises) -> Iterator[Stop]:
    """Every route that shows a page, then pages again in other states, or as others see them."""
    premises.populate()
    for route in all_routes():
        if route.name not in NO_PAGE:
            yield Stop(name=route.name, path=address(route, premises), who=person_for(route.name))
    yield from _other_views(premises)


def _other_views(premises: Premises) -> Iterator[Stop]:
    question = Question.objects.filter(
        answers__response__assessment__in=[premises.collecting, premises.second_collecting]
    )[0]
    grid = reverse("answer_grid_question", args=[question.key])
    yield Stop(name="answer_grid_question", path=grid, who="assessor")
    for state in ("draft", "in_review", "approved", "cancelled"):
        path = reverse("assessment_detail", args=[getattr(premises, state).pk])
        yield Stop(name=f"assessment_detail, {state}", path=path, who="assessor")
    review = "assessment_review"
    yield Stop(name=f"{review}, to submit", path=reverse(review, args=[premises.collecting.pk]), who="assessor")
    yield Stop(name=f"{review}, to decide", path=reverse(review, args=[premises.in_review.pk]), who="approver")
    side_by_side = "&".join(f"vendor={card.assessment.vendor_id}" for card in premises.compared)
    yield Stop(name="comparison, of two", path=f"{reverse('comparison')}?{side_by_side}", who="reader")
    failed = reverse("rendering_status", args=[premises.failed_rendering.pk])
    yield Stop(name="rendering_status, failed", path=failed, who="reader")
    yield from _views_of_voices(premises)
    yield from _views_of_measures(premises)
    yield from _views_of_incidents(premises)
    yield from _views_of_imports(premises)
    yield from _views_of_links(premises)
    yield from _views_of_pulses(premises)
    yield from _views_of_doors(premises)
    yield Stop(name="approval_chain, empty", path=reverse("approval_chain"), who="away_admin")
    calendar = f"form[action='{reverse('preferences_calendar')}'] button"
    yield Stop(name="preferences_calendar", path=reverse("preferences"), who="secured", press=calendar)
    yield Stop(name="work, first steps", path=reverse("work"), who="away_admin")
    for topic in ("assessing", "roles", "vendors"):
        yield Stop(name=f"help_topic, {topic}", path=reverse("help_topic", args=[topic]), who=ANYBODY)
    yield Stop(name="help_search, found", path=f"{reverse('help_search')}?q=proof", who="reader")
    yield Stop(name="help_guide, vendors", path=reverse("help_guide", args=["vendors"]), who=ANYBODY)
    yield Stop(name="rule_guide, outside rater", path=reverse("rule_guide", args=["proof"]), who="outsider")
    for route in ("work", "vendor_list", "portfolio", "power_map", "assessment_list", "assessment_add"):
        yield Stop(name=f"{route}, empty", path=reverse(route), who="stranger")
    final = reverse("admin:manifesto_release_change", args=[premises.release.pk])
    yield Stop(name="release_change, published", path=final, who="editor")
    listed = f"{reverse('admin:manifesto_question_changelist')}?release__id__exact={premises.release.pk}"
    for state, narrowed in (("filtered", "&rule__key=support&knockout__exact=0"), ("nothing found", "&q=xyzzy")):
        yield Stop(name=f"question_changelist, {state}", path=listed + narrowed, who="editor")
    question = Question.objects.filter(release=premises.release)[0]
    final = reverse("admin:manifesto_question_change", args=[question.pk])
    yield Stop(name="question_change, published", path=final, who="editor")


def _views_of_voices(premises: Premises) -> Iterator[Stop]:
    """Several raters in all that can become of them, and what comes of it."""

    def at(route: str, thing: Any, who: str, state: str, **more: Any) -> Stop:
        return Stop(name=f"{route}, {state}", path=reverse(route, args=[thing.pk]), who=who, **more)

    for route in ("assessment_detail", "assessment_raters", "assessment_review", "assessment_vendor"):
        yield at(route, premises.crowd, "assessor", "raters outstanding")
    yield at("assessment_consensus", premises.crowd, "assessor", "still rating", status=403)
    beside = reverse("questionnaire", args=[premises.crowd.pk, "support"])
    yield Stop(name="questionnaire, a question lent, the vendor beside", path=beside, who="assessor")
    yield at("assessment_consensus", premises.meeting, "assessor", "something to discuss")
    yield at("assessment_review", premises.asked_to_reply, "approver", "waiting for the vendor")
    yield at("assessment_detail", premises.replied, "assessor", "at the second level")
    yield at("assessment_review", premises.replied, "admin", "at the second level, with a reply")
    yield at("scorecard_detail", premises.many_voices, "reader", "many voices")
    yield at("scorecard_change", premises.moved, "reader", "answers and raters that moved")
    yield at("scorecard_detail", premises.moved, "reader", "with one before it")
    yield at("vendor_trends", premises.moved.assessment.vendor, "reader", "several scorecards")
    yield from _views_from_outside(premises)


def _views_from_outside(premises: Premises) -> Iterator[Stop]:
    """What an outside rater sees of the same pages: once while they answer, once they have handed in."""
    for state, assessment in (("asked", premises.asked_from_outside), ("handed in", premises.answered_from_outside)):
        for route in ("assessment_detail", "assessment_review"):
            path = reverse(route, args=[assessment.pk])
            yield Stop(name=f"{route}, outside rater, {state}", path=path, who="outsider")
    beside = reverse("questionnaire", args=[premises.asked_from_outside.pk, "support"])
    yield Stop(name="questionnaire, outside rater", path=beside, who="outsider")
    yield Stop(name="work, outside rater", path=reverse("work"), who="outsider")
    yield Stop(name="invitation_accept, outside rater", path=premises.way_in_from_outside, who=ANYBODY)


def _views_of_links(premises: Premises) -> Iterator[Stop]:
    closed = reverse("vendor_link", args=[premises.revoked_token])
    yield Stop(name="vendor_link, closed", path=closed, who=ANYBODY, status=410)
    for route in ("vendor_desk", "vendor_copy"):
        path = reverse(route, args=[premises.handed_in_link.pk])
        yield Stop(name=f"{route}, handed in", path=path, who=VENDOR)
    yield from _views_of_commitments(premises)
    yield Stop(name="vendor_reply, sent", path=reverse("vendor_reply", args=[premises.replied_link.pk]), who=VENDOR)
    renew = reverse("link_renew", args=[premises.handed_in_link.pk])  # last: it ends the link that came before
    yield Stop(name="link_issued", path=renew, who="assessor", press="button[value=copy]")


def _views_of_commitments(premises: Premises) -> Iterator[Stop]:
    """As the vendor sees them, and the page that shows its link."""
    link = premises.commitments_link.pk
    for state in ("agreed", "reported"):
        path = reverse("vendor_commitment", args=[link, getattr(premises, f"{state}_commitment").pk])
        yield Stop(name=f"vendor_commitment, {state}", path=path, who=VENDOR)
    asked = reverse("vendor_commitment", args=[link, premises.commitment.pk])
    refused = "form[action$='/decline/'] button"
    yield Stop(name="vendor_commitment, refused", path=asked, who=VENDOR, press=refused)
    closed = reverse("vendor_commitments_link", args=[premises.revoked_commitments_token])
    yield Stop(name="vendor_commitments_link, closed", path=closed, who=ANYBODY, status=410)
    shown = reverse("commitment_links", args=[premises.archived_vendor.pk])
    yield Stop(name="commitment_links, nothing to show", path=shown, who="assessor")
    renew = reverse("commitment_link_renew", args=[premises.spare_commitments_link.pk])
    yield Stop(name="commitment_link_issued", path=renew, who="assessor", press="button[value=copy]")


def _views_of_measures(premises: Premises) -> Iterator[Stop]:
    measured, rated = premises.measured_vendor.pk, premises.crowd.vendor_id
    for route in ("vendor_measures", "vendor_quadrant", "vendor_detail"):
        yield Stop(name=f"{route}, measured", path=reverse(route, args=[measured]), who="admin")
        yield Stop(name=f"{route}, still rating", path=reverse(route, args=[rated]), who="assessor")
    refused = reverse("target_edit", args=[measured, "sla"])
    yield Stop(name="target_edit, refused", path=refused, who="admin", press=".form-actions .btn-primary")
    yield Stop(name="quadrant, empty", path=reverse("quadrant"), who="stranger")


def _views_of_doors(premises: Premises) -> Iterator[Stop]:
    """For other systems, and for people who come from elsewhere: before anything is set, made once, and refused."""
    for route in ("own_sign_in", "directory", "api_access", "webhook_list"):
        yield Stop(name=f"{route}, empty", path=reverse(route), who="away_admin")
    yield Stop(name="own_sign_in_edit, SAML", path=f"{reverse('own_sign_in_edit')}?protocol=saml", who="away_admin")
    nobody_asked = reverse("sign_in_callback", args=[premises.identity_provider.uuid])
    yield Stop(name="sign_in_callback, not let in", path=nobody_asked, who=ANYBODY, status=400)
    yield Stop(name="token_list, empty", path=reverse("token_list"), who="stranger")
    yield Stop(name="token_add, refused", path=reverse("token_add"), who="reader", press=".form-actions .btn-primary")
    another = reverse("webhook_secret", args=[premises.webhook.pk])
    yield Stop(name="webhook_secret, shown", path=another, who="admin", press=".form-actions .btn-primary")
    for guide in ("api", "sign-in", "webhooks"):
        yield Stop(name=f"help_guide, {guide}", path=reverse("help_guide", args=[guide]), who=ANYBODY)


def _views_of_pulses(premises: Premises) -> Iterator[Stop]:
    thanks = f"{reverse('feedback_detail', args=[premises.feedback.pk])}?thanks=1"
    yield Stop(name="feedback_detail, thanks", path=thanks, who="reader")
    of_incident = f"{reverse('feedback_add')}?incident={premises.incident.pk}"
    yield Stop(name="feedback_add, of an incident", path=of_incident, who="reader")
    yield Stop(name="feedback_add, refused", path=of_incident, who="reader", press=".voice .btn-primary")
    yield Stop(name="feedback_list, empty", path=reverse("feedback_list"), who="stranger")
    unknown = reverse("pulse_answer", args=["x" * 43])
    yield Stop(name="pulse_answer, unknown", path=unknown, who=ANYBODY, status=404)
    answer = reverse("pulse_answer", args=[premises.pulse_token])
    yield Stop(name="pulse_answer, refused", path=answer, who=ANYBODY, press=".voice .btn-primary")
    answered = reverse("pulse_answer", args=[premises.answered_token])
    yield Stop(name="pulse_answer, answered", path=answered, who=ANYBODY)
    renew = reverse("pulse_renew", args=[premises.pulse.pk])  # last: it ends the link that came before
    yield Stop(name="pulse_issued", path=renew, who="assessor", press="button[value=copy]")


def _views_of_incidents(premises: Premises) -> Iterator[Stop]:
    incidents = reverse("incident_list")
    yield Stop(name="incident_list, empty", path=incidents, who="stranger")
    yield Stop(name="incident_list, nothing fits", path=f"{incidents}?q=nowhere&sla=met&since=today", who="reader")
    point = f"{incidents}?ids={premises.imported_incident.pk}&sort=-duration"
    yield Stop(name="incident_list, one point", path=point, who="assessor")
    for route in ("incident_detail", "incident_edit", "incident_delete"):
        path = reverse(route, args=[premises.imported_incident.pk])
        yield Stop(name=f"{route}, imported", path=path, who="assessor")
    archived = reverse("incident_add", args=[premises.archived_vendor.pk])
    yield Stop(name="incident_add, archived", path=archived, who="assessor")
    add = reverse("incident_add", args=[premises.measured_vendor.pk])
    yield Stop(name="incident_add, refused", path=add, who="assessor", press=".form-actions .btn-primary")
    yield Stop(name="incident_vendor, no vendor", path=reverse("incident_vendor"), who="stranger")


def _views_of_imports(premises: Premises) -> Iterator[Stop]:
    yield Stop(name="incident_import_list, empty", path=reverse("incident_import_list"), who="stranger")
    for name in ("to_map", "checking", "unmatched", "done", "failed"):
        path = getattr(premises, f"import_{name}").get_absolute_url()
        yield Stop(name=f"incident_import_detail, {name}", path=path, who="assessor")
    columns = reverse("incident_import_mapping", args=[premises.import_failed.pk])
    yield Stop(name="incident_import_mapping, day and month unsure", path=columns, who="assessor")
    vendors = reverse("incident_import_vendors", args=[premises.import_unmatched.pk])
    yield Stop(name="incident_import_vendors, refused", path=vendors, who="assessor", press="button.btn-primary")
