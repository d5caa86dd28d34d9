"""The vendor's pages behind its desk's link: what is expected, rule by rule, and its word on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groundwork.responses import form_view, or_say_why
from groundwork.saved import STATUS_OF, Closed, Conflict, Invalid, Outcome, Saved, saved_at, status_of
from vendors.desk.guard import DeskRequest, about, by_desk_link
from vendors.expectations import acknowledging
from vendors.expectations.ack_forms import ReplyForm
from vendors.expectations.sheet import RuleSheet, sheet_of
from vendors.models import ExpectationEdition, ExpectationReply, Stance

SEND = "acknowledge"


@dataclass(frozen=True, kw_only=True)
class RuleCard:
    """One rule on the vendor's page: what is expected, and what the vendor says to it."""

    rule: RuleSheet
    form: ReplyForm

    @property
    def saved(self) -> str:
        return saved_at(self.form.reply.updated_at)


@by_desk_link
@form_view
def desk_expectations(request: DeskRequest, link: int, edition: int) -> HttpResponse:
    """An edition as it was published, and the vendor's word on each rule; saved as one form where nothing saves by
    itself."""
    row = _edition_of(request, edition)
    if request.method != "POST":
        return _page(request, row, {})
    forms = _posted(request, row)
    outcomes = {key: _save(request, row, form) for key, form in forms.items()}
    if all(isinstance(outcome, Saved) for outcome in outcomes.values()):
        # Everything is kept; to acknowledge asks once more, because the customer reads it from then on.
        if request.POST.get("then") == SEND:
            return redirect("desk_acknowledge", link, edition)
        messages.success(request, _("Saved. Your customer reads it once you acknowledge."))
        return redirect("desk_expectations", link, edition)
    unsaved = {key: form for key, form in forms.items() if not isinstance(outcomes[key], Saved)}
    refused = next((outcome.reason for outcome in outcomes.values() if isinstance(outcome, Closed)), "")
    return _page(request, row, unsaved, refused=refused, status=status_of(outcomes.values()))


@by_desk_link
@require_POST
def desk_expectation_save(request: DeskRequest, link: int, edition: int, rule: str) -> HttpResponse:
    """Save what is said to one rule, for autosave.js."""
    row = _edition_of(request, edition)
    stored = acknowledging.replies_of(request.link.vendor, row).get(rule)
    if stored is None:
        raise Http404
    outcome = _save(request, row, ReplyForm(request.POST, reply=stored))
    data = {"state": type(outcome).__name__.lower()} | _told(rule, outcome)
    return JsonResponse(data, status=STATUS_OF[type(outcome)])


@by_desk_link
@form_view
def desk_acknowledge(request: DeskRequest, link: int, edition: int) -> HttpResponse:
    """Asks first: what is accepted, what is to be talked about, and what nothing is said to, which is accepted with the
    rest."""
    row = _edition_of(request, edition)
    if request.method == "POST":
        with or_say_why(request):
            accept_rest = request.POST.get("accept") == "rest"
            acknowledging.acknowledge(request.link, row, accept_rest=accept_rest, now=timezone.now())
            messages.success(request, _("Acknowledged. Thank you: your customer reads it from now on."))
            return redirect("desk_home", link)
        return redirect("desk_expectations", link, edition)
    if closed := acknowledging.closed_for(request.link.vendor, row, timezone.now()):
        messages.info(request, closed)
        return redirect("desk_home", link)
    said = acknowledging.replies_of(request.link.vendor, row)
    asked = [rule for rule in sheet_of(row) if rule.key in said]
    context = about(request.link) | {
        "edition": row,
        "accepted": [rule for rule in asked if said[rule.key].stance == Stance.ACCEPTS],
        "talks": [(rule, said[rule.key].comment) for rule in asked if said[rule.key].stance == Stance.DISCUSSES],
        "silent": [rule for rule in asked if not said[rule.key].stance],
    }
    return render(request, "vendors/expectations/desk_acknowledge.html", context)


def _edition_of(request: DeskRequest, number: int) -> ExpectationEdition:
    """One that was published, of the customer whose link it is."""
    rows = ExpectationEdition.objects.published().filter(organisation=request.link.vendor.organisation_id)
    return get_object_or_404(rows, number=number)


def _posted(request: DeskRequest, edition: ExpectationEdition) -> dict[str, ReplyForm]:
    """The rules that the page sent, but the one whose other version was taken."""
    taken, data = request.POST.get("take", ""), request.POST.copy()
    rule, _sign, version = request.POST.get("keep", "").rpartition(":")
    if version.isdecimal():
        data[f"{rule}-version"] = version  # the person has seen this version and wants to replace it
    return {
        key: ReplyForm(data, reply=one)
        for key, one in acknowledging.replies_of(request.link.vendor, edition).items()
        if f"{key}-version" in data and key != taken
    }


def _save(request: DeskRequest, edition: ExpectationEdition, form: ReplyForm) -> Outcome[ExpectationReply]:
    now = timezone.now()
    if not form.is_valid():
        closed = acknowledging.closed_for(request.link.vendor, edition, now)
        return Closed(reason=closed) if closed else Invalid(errors=form.messages)
    outcome = acknowledging.save_reply(request.link, edition, form.reply.rule, **form.cleaned_data, now=now)
    if isinstance(outcome, Conflict):
        form.stored = outcome.stored
    return outcome


def _told(rule: str, outcome: Outcome[ExpectationReply]) -> dict[str, Any]:
    """What autosave.js is told, in the same words as of an answer."""
    match outcome:
        case Saved():
            return {"version": outcome.version, "message": saved_at(outcome.at), "scored": False}
        case Conflict():
            stored = outcome.stored
            said = stored.get_stance_display() if stored.stance else _("Nothing chosen")
            context = {"key": rule, "stored": stored, "said": said}
            return {
                "message": _("Not saved: somebody else changed this"),
                "stored": {"version": stored.version, "stance": stored.stance, "comment": stored.comment},
                "html": render_to_string("vendors/expectations/_reply_conflict.html", context),
            }
        case Invalid():
            return {"message": _("Not saved yet"), "errors": dict(outcome.errors)}
        case _:
            return {"message": outcome.reason}


def _page(
    request: DeskRequest,
    edition: ExpectationEdition,
    typed: Mapping[str, ReplyForm],
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    vendor = request.link.vendor
    replies = acknowledging.replies_of(vendor, edition)
    parts = [
        RuleCard(rule=rule, form=typed.get(rule.key) or ReplyForm(reply=replies[rule.key]))
        for rule in sheet_of(edition)
        if rule.key in replies
    ]
    given = acknowledging.latest(vendor, edition)
    context = about(request.link) | {
        "edition": edition,
        "parts": parts,
        "given": given,
        "is_news": given is None or given.replies != acknowledging.said_of(replies),
        "refused": refused,
        "closed": acknowledging.closed_for(vendor, edition, timezone.now()),
        "problems": [(part, name, text) for part in parts for name, text in part.form.messages.items()],
        "conflicts": [part for part in parts if part.form.stored],
        "was_sending": request.POST.get("then") == SEND,
        "today": timezone.localdate(),
    }
    return render(request, "vendors/expectations/desk_expectations.html", context, status=status)
