"""The right of reply: what the customer opens, extends and withdraws, and the page on which the vendor replies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from assessments.fetching import assessment_of
from assessments.independence import let_read
from assessments.models import Assessment, LinkPurpose, Reply, ReplyRequest
from assessments.vendor_side import reply
from assessments.vendor_side.guard import LinkRequest, by_link, with_asker
from assessments.vendor_side.reply import ShownResult, ShownRule
from assessments.vendor_side.reply_copy import copy_of, file_name, mail_copy
from assessments.vendor_side.reply_forms import DayForm, ReplyForm, RequestForm
from assessments.vendor_side.reply_questions import AskedQuestion, questions_of
from assessments.vendor_side.reply_saving import as_json
from groundwork.pages import confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_say_why, post_data
from groundwork.saved import Closed, Conflict, Invalid, Outcome, Saved, saved_at, status_of
from groundwork.words import day
from vendors.withheld import is_withheld


@dataclass(frozen=True, kw_only=True)
class RuleCard:
    """One rule on the vendor's page: its result, and what the vendor says to it."""

    rule: ShownRule
    form: ReplyForm
    questions: tuple[AskedQuestion, ...]

    @property
    def has_own(self) -> bool:
        return any(question.own for question in self.questions)

    @property
    def saved(self) -> str:
        return saved_at(self.form.reply.updated_at)


# The vendor's side ---------------------------------------------------------------------------------------------------


@by_link(LinkPurpose.REPLY)
@form_view
def vendor_reply(request: LinkRequest, link: int) -> HttpResponse:
    """The result rule by rule as it was frozen, and the vendor's reply to each; saved or sent as one form."""
    asked = reply.request_of(request.link)
    if request.method != "POST":
        return _page(request, asked, {})
    forms = _posted(request, asked)
    outcomes = {key: _save(request, form) for key, form in forms.items()}
    if all(isinstance(outcome, Saved) for outcome in outcomes.values()):
        # Everything is kept; “send” then asks once more, because it ends the writing.
        if request.POST.get("then") == "send":
            return redirect("vendor_reply_send", request.link.pk)
        messages.success(request, _("Saved. Your customer reads it once you send it."))
        return redirect("vendor_reply", request.link.pk)
    open_forms = {key: form for key, form in forms.items() if not isinstance(outcomes[key], Saved)}
    refused = next((outcome.reason for outcome in outcomes.values() if isinstance(outcome, Closed)), "")
    status = status_of(outcomes.values())
    return _page(request, reply.request_of(request.link), open_forms, refused=refused, status=status)


@by_link(LinkPurpose.REPLY)
@form_view
def vendor_reply_send(request: LinkRequest, link: int) -> HttpResponse:
    """Asks first, with the rules that nothing is said to; from the POST on nothing changes any more."""
    if request.method == "POST":
        with or_say_why(request):
            sent = reply.submit_replies(request.link)
            messages.success(request, _("Sent. Thank you: your reply now stands beside the result."))
            if mail_copy(sent, request.link):
                messages.info(request, _("A copy went to %(email)s.") % {"email": request.link.email})
        return redirect("vendor_reply", link)
    asked = reply.request_of(request.link)
    if closed := reply.closed_for(asked, timezone.now()):
        messages.info(request, closed)
        return redirect("vendor_reply", link)
    said = reply.replies_to_write(asked)
    rules = reply.shown_in_words(asked).rules
    silent = [rule for rule in rules if not said[rule.key].stance]
    context = with_asker(request.link) | {"silent": silent, "is_empty": len(silent) == len(rules)}
    return render(request, "assessments/vendor_side/vendor_reply_send.html", context)


@by_link(LinkPurpose.REPLY)
@require_POST
def vendor_reply_save(request: LinkRequest, link: int, rule: str) -> HttpResponse:
    """Save the reply to one rule, for autosave.js."""
    stored = reply.replies_to_write(reply.request_of(request.link)).get(rule)
    if stored is None:
        raise Http404
    return as_json(rule, _save(request, ReplyForm(request.POST, reply=stored)))


@by_link(LinkPurpose.REPLY)
@require_GET
def vendor_reply_copy(request: LinkRequest, link: int) -> HttpResponse:
    """The reply as it was sent, to keep."""
    asked = reply.request_of(request.link)
    if asked.submitted_at is None:
        messages.info(request, _("Send your reply first: then you can keep a copy of it."))
        return redirect("vendor_reply", request.link.pk)
    response = HttpResponse(copy_of(asked, request.link), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(asked)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _posted(request: HttpRequest, asked: ReplyRequest) -> dict[str, ReplyForm]:
    """The rules that the page sent, but the one whose other version was taken."""
    taken, data = request.POST.get("take", ""), request.POST.copy()
    rule, _sign, version = request.POST.get("keep", "").rpartition(":")
    if version.isdecimal():
        data[f"{rule}-version"] = version  # the person has seen this version and wants to replace it
    return {
        key: ReplyForm(data, reply=one)
        for key, one in reply.replies_to_write(asked).items()
        if f"{key}-version" in data and key != taken
    }


def _save(request: LinkRequest, form: ReplyForm) -> Outcome[Reply]:
    if not form.is_valid():
        closed = reply.closed_for(reply.request_of(request.link), timezone.now())
        return Closed(reason=closed) if closed else Invalid(errors=form.messages)
    said = form.cleaned_data
    outcome = reply.save_reply(request.link, form.reply.rule, said["stance"], said["text"], said["version"])
    if isinstance(outcome, Conflict):
        form.stored = outcome.stored
    return outcome


def _page(
    request: LinkRequest,
    asked: ReplyRequest,
    typed: Mapping[str, ReplyForm],
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = reply.shown_in_words(asked)
    stored: dict[str, Reply] = reply.replies_to_write(asked)
    questions = questions_of(asked)
    parts = [
        RuleCard(
            rule=rule,
            form=typed.get(rule.key) or ReplyForm(reply=stored[rule.key]),
            questions=questions.get(rule.key, ()),
        )
        for rule in shown.rules
    ]
    context = with_asker(request.link) | {
        "asked": asked,
        "shown": shown,
        "parts": parts,
        "refused": refused,
        "closed": reply.closed_for(asked, timezone.now()),
        "problems": [(part, field, text) for part in parts for field, text in part.form.messages.items()],
        "conflicts": [part for part in parts if part.form.stored],
        "was_sending": request.POST.get("then") == "send",
    }
    return render(request, "assessments/vendor_side/vendor_reply.html", context, status=status)


# The customer's side -------------------------------------------------------------------------------------------------


@form_view
def vendor_reply_open(request: MemberRequest, pk: int) -> HttpResponse:
    """Choose whom to ask and until when; the POST freezes the result and mails the link."""
    assessment = _for_asking(request, pk)
    panel = reply.owner_panel(assessment, request.member)
    if not panel.may_ask:
        return _not_now(request, assessment)
    form = RequestForm(post_data(request), assessment=assessment, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with or_say_why(request):
            reply.open_request(request.member, assessment, **form.cleaned_data)
            _say_how_it_went(request, assessment)
        return _back(assessment)
    let_read(assessment, request.user)  # the result stands on this page
    context = {
        "assessment": assessment,
        "form": form,
        "has_contacts": assessment.vendor.contacts.exists(),
        "shown": _as_shown_today(request, assessment),
    }
    return render(request, "assessments/vendor_side/vendor_reply_open.html", context)


def _as_shown_today(request: MemberRequest, assessment: Assessment) -> ShownResult:
    """What the vendor would be shown; without what is measured for a member who still rates this vendor elsewhere."""
    shown = reply.shown_of(assessment, now=timezone.now())
    if is_withheld(request.member, assessment.vendor):
        shown["rules"] = [{**rule, "measured": {}} for rule in shown["rules"]]
    return reply.shown_in_words(ReplyRequest(assessment=assessment, shown=shown))


@form_view
def vendor_reply_extend(request: MemberRequest, pk: int) -> HttpResponse:
    """Another last day."""
    assessment = _for_asking(request, pk)
    panel = reply.owner_panel(assessment, request.member)
    if not panel.may_change:
        return _not_now(request, assessment)
    today = timezone.localdate()
    later = reply.usual_day(max(today, panel.request.due_on if panel.request else today))
    form = DayForm(post_data(request), today=today, initial={"due_on": later})
    if request.method == "POST" and form.is_valid():
        with or_say_why(request):
            reply.extend(request.member, assessment, due_on=form.cleaned_data["due_on"])
            messages.success(request, _("The vendor has more time now. Its link stays the same."))
        return _back(assessment)
    until = panel.request and day(panel.request.due_on)
    return edit_page(
        request,
        form,
        heading=_("Give the vendor more time"),
        title=_("More time to reply"),
        section=assessment.vendor.name,
        crumbs=crumbs("assessment_list", _("Assessments"), assessment, _("Right of reply")),
        lead=_("The vendor may reply until %(day)s. Its link stays the same.") % {"day": until},
        submit=_("Save the new day"),
        back=reverse("assessment_review", args=[assessment.pk]),
    )


@form_view
def vendor_reply_withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks first; the vendor's link is closed from then on."""
    assessment = _for_asking(request, pk)
    panel = reply.owner_panel(assessment, request.member)
    if not panel.may_change:
        return _not_now(request, assessment)
    if request.method == "POST":
        with or_say_why(request):
            reply.withdraw_request(request.member, assessment)
            messages.success(request, _("Withdrawn. The vendor is no longer asked for a reply."))
        return _back(assessment)
    return confirm_page(
        request,
        heading=_("Withdraw the request for a reply"),
        title=_("Withdraw the request"),
        section=assessment.vendor.name,
        crumbs=crumbs("assessment_list", _("Assessments"), assessment, _("Right of reply")),
        at_stake=[
            _(
                "The vendor’s link closes, and what it has written but not sent is never read. The approval need not "
                "wait any more."
            )
        ],
        submit=_("Withdraw the request"),
        back=reverse("assessment_review", args=[assessment.pk]),
    )


def _for_asking(request: MemberRequest, pk: int) -> Assessment:
    """The assessment, for whoever assesses or decides on it."""
    assessment = assessment_of(request, pk)
    if not reply.may_ask(request.member, assessment):
        raise PermissionDenied
    return assessment


def _not_now(request: MemberRequest, assessment: Assessment) -> HttpResponse:
    messages.error(request, reply.why_not(assessment))
    return _back(assessment)


def _back(assessment: Assessment) -> HttpResponse:
    return redirect("assessment_review", assessment.pk)


def _say_how_it_went(request: MemberRequest, assessment: Assessment) -> None:
    """The mail went out when the request was certain: by now it is known whether the server took it."""
    link = reply.owner_panel(assessment).link
    if link is not None and link.sent_at is not None:
        messages.success(request, _("Asked. The link went to %(email)s.") % {"email": link.email})
    else:
        messages.warning(
            request, _("The vendor is asked, but the link could not be mailed: copy it yourself and hand it over.")
        )
