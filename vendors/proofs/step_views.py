"""Each step of a proof of cause on a small page that says what is at stake: more time, what came by mail, accepted,
returned, not asked for any more."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.access import MemberRequest
from groundwork.pages import crumbs, edit_page
from groundwork.responses import form_view, or_beside, post_data
from vendors.models import PROOF_AT_VENDOR, PROOF_OPEN, CauseProof, ProofState, ProofStepKind
from vendors.proofs import due, handing_in, transitions
from vendors.proofs.forms import AcceptForm, DueForm, ReceivedForm, StepForm
from vendors.proofs.reading import handed_in
from vendors.proofs.telling import tell_vendor
from vendors.proofs.transitions import NOT_NOW
from vendors.proofs.views import decidable, is_begun, proof_of


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What a person does on one of these pages: the proof as they read it, what they said, and when."""

    request: MemberRequest
    proof: CauseProof
    said: dict[str, Any]
    now: datetime


@dataclass(frozen=True, kw_only=True)
class StepPage:
    """The words of one page. `states`: in which it is open; `needed`: what is said where nothing was typed, empty where
    nothing need be; `at_stake`: what happens then, a paragraph each; `danger`: it ends badly for somebody; `again`: the
    working days that are proposed for another day, 0 where the form asks for none."""

    heading: Promise
    at_stake: tuple[Promise, ...]
    label: Promise
    submit: Promise
    done: Promise
    states: Collection[str]
    act: Callable[[Deed], object]
    told: ProofStepKind | None = None  # what the vendor is mailed of
    form: type[StepForm] = StepForm
    needed: Promise | str = ""
    danger: bool = False
    again: int = field(default=0)


EXTEND = StepPage(
    heading=gettext_lazy("Give more time for %(number)s"),
    at_stake=(gettext_lazy("Whether it comes in time is held against the new day. The vendor reads why."),),
    label=gettext_lazy("Why they get more time"),
    needed=gettext_lazy("Say why the vendor gets more time."),
    submit=gettext_lazy("Give more time"),
    done=gettext_lazy("%(number)s has more time."),
    states=PROOF_AT_VENDOR,
    form=DueForm,
    again=due.AGAIN_DAYS,
    act=lambda deed: transitions.extend(deed.request.member, deed.proof, now=deed.now, **deed.said),
)
RETURN = StepPage(
    heading=gettext_lazy("Return %(number)s"),
    at_stake=(
        gettext_lazy("It does not prove the cause. The vendor reads why, changes it and hands it in again."),
        gettext_lazy("Whether it came in time stays as it was: its first day decides."),
    ),
    label=gettext_lazy("What is missing"),
    needed=gettext_lazy("Say what is missing, so that the vendor can mend it."),
    submit=gettext_lazy("Return it"),
    done=gettext_lazy("%(number)s is returned."),
    states={ProofState.HANDED_IN},
    form=DueForm,
    again=due.AGAIN_DAYS,
    act=lambda deed: transitions.return_it(deed.request.member, deed.proof, now=deed.now, **deed.said),
    told=ProofStepKind.RETURNED,
)


def _accept(deed: Deed) -> object:
    given = {**deed.said, "text": deed.said["reason"]}
    del given["reason"]
    return transitions.accept(deed.request.member, deed.proof, now=deed.now, **given)


ACCEPT = StepPage(
    heading=gettext_lazy("Accept %(number)s"),
    at_stake=(
        gettext_lazy("The cause is proven, and so the incident says too. This cannot be undone."),
        gettext_lazy(
            "From then on it is watched whether the same comes back: it is said on this page, on the incident and on "
            "the vendor’s page."
        ),
    ),
    label=gettext_lazy("What you want to say about it"),
    submit=gettext_lazy("Accept it"),
    done=gettext_lazy("%(number)s is accepted."),
    states={ProofState.HANDED_IN},
    form=AcceptForm,
    act=_accept,
    told=ProofStepKind.ACCEPTED,
)
WAIVE = StepPage(
    heading=gettext_lazy("Do not ask for %(number)s any more"),
    at_stake=(
        gettext_lazy("It is in no measure of what comes in time. It can be asked for again on the incident’s page."),
    ),
    label=gettext_lazy("Why it is not asked for any more"),
    needed=gettext_lazy("Say why it is not asked for any more."),
    submit=gettext_lazy("Do not ask any more"),
    done=gettext_lazy("%(number)s is not asked for any more."),
    states=PROOF_OPEN,
    danger=True,
    act=lambda deed: transitions.waive(deed.request.member, deed.proof, now=deed.now, **deed.said),
)


@never_cache
@form_view
def proof_extend(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, EXTEND)


@never_cache
@form_view
def proof_return(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, RETURN)


@never_cache
@form_view
def proof_accept(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, ACCEPT)


@never_cache
@form_view
def proof_waive(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, WAIVE)


def _step(request: MemberRequest, pk: int, page: StepPage) -> HttpResponse:
    """What was typed stays where the change is refused. A page that is no longer open says why, on the proof's."""
    proof, now = decidable(request, pk), timezone.now()
    if request.method != "POST" and proof.state not in page.states:
        return _not_now(request, proof)
    today, number = timezone.localdate(now), {"number": proof.number}
    form = page.form(post_data(request), proof=proof, label=str(page.label), needed=str(page.needed), today=today)
    if page.again:
        form.initial["due_on"] = _again(proof, today, page.again)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            page.act(Deed(request=request, proof=proof, said=form.cleaned_data, now=now))
            if page.told:
                tell_vendor(request.member, proof_of(request, pk), page.told, now=now)
            messages.success(request, page.done % number)
            return redirect(proof)
        proof = proof_of(request, pk)
        form.take_version(proof.version)
    return edit_page(
        request,
        form,
        heading=page.heading % number,
        section=proof.vendor.name,
        crumbs=crumbs("proof_list", _("Proofs of cause"), proof, str(page.submit)),
        submit=str(page.submit),
        back=proof.get_absolute_url(),
        template="vendors/proofs/step.html",
        about={"proof": proof, "at_stake": page.at_stake, "danger": page.danger},
    )


def _not_now(request: MemberRequest, proof: CauseProof) -> HttpResponse:
    messages.info(request, str(NOT_NOW[proof.state]))
    return redirect(proof)


def _again(proof: CauseProof, today: date, working_days: int) -> date:
    """So many working days from today, or from its day where that is later."""
    return due.place_of(proof.incident).after(max(today, proof.due_on) if proof.is_at_vendor else today, working_days)


@never_cache
@form_view
def proof_hand_in(request: MemberRequest, pk: int) -> HttpResponse:
    """Record what the vendor sent by mail: typed, or as a file with the cause in words."""
    proof, now = decidable(request, pk), timezone.now()
    if request.method != "POST" and not proof.is_at_vendor:
        return _not_now(request, proof)
    before = next(reversed(handed_in(proof)), None)
    form = ReceivedForm(post_data(request), request.FILES or None, proof=proof, before=before)
    form.initial.setdefault("received_on", timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            handing_in.hand_in(
                request.member,
                proof,
                texts=form.texts,
                others=form.others,
                files=form.cleaned_data["evidence"],
                received_on=form.cleaned_data["received_on"],
                version=form.cleaned_data["version"],
                now=now,
            )
            messages.success(request, _("%(number)s is handed in. Next: read it.") % {"number": proof.number})
            return redirect(proof)
        form.take_version(proof_of(request, pk).version)
    return edit_page(
        request,
        form,
        heading=_("Record what came by mail for %(number)s") % {"number": proof.number},
        section=proof.vendor.name,
        crumbs=crumbs("proof_list", _("Proofs of cause"), proof, _("What came by mail")),
        submit=_("Hand it in for the vendor"),
        back=proof.get_absolute_url(),
        template="vendors/proofs/proof_hand_in.html",
        about={"proof": proof, "is_begun": is_begun(proof, before)},
    )
