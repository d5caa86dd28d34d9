"""Each step of a commitment on a small page that says what is at stake: agreed, progress, reported, returned, kept,
missed, withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.access import MemberRequest
from accounts.fetching import fetch
from assessments.commitments import transitions
from assessments.commitments.forms import AgreeForm, KeepForm, StepForm
from assessments.commitments.measured import Figures, Judgement, judgement_for
from assessments.commitments.rows import RELATED
from assessments.commitments.transitions import NOT_NOW, may_change
from assessments.models import COMMITMENT_BINDING, COMMITMENT_OPEN, Commitment, CommitmentState, KeptBy
from groundwork.pages import crumbs, edit_page
from groundwork.responses import form_view, or_beside, post_data


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What a person does on one of these pages: the commitment as they read it, what they said, and when; what its
    measure says, where it has one that they may see."""

    request: MemberRequest
    commitment: Commitment
    form: StepForm
    now: datetime
    judgement: Judgement | None

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def said(self) -> dict[str, Any]:
        """What every transition takes."""
        given = self.form.cleaned_data
        return {"text": given["text"], "version": given["version"], "now": self.now}

    @property
    def figures(self) -> Figures | None:
        return self.judgement.figures if self.judgement else None


@dataclass(frozen=True, kw_only=True)
class StepPage:
    """The words of one page. `states`: in which it is open; `needed`: what is said where nothing was typed, empty where
    nothing need be; `at_stake`: what happens then, a paragraph each; `danger`: it ends badly for somebody."""

    heading: Promise
    at_stake: tuple[Promise, ...]
    label: Promise
    submit: Promise
    done: Promise
    states: Collection[str]
    act: Callable[[Deed], object]
    needed: Promise | str = ""
    help_text: Promise | str = ""
    danger: bool = False
    asks_the_measure: bool = False

    def form(self, request: MemberRequest, commitment: Commitment, judgement: Judgement | None) -> StepForm:
        return StepForm(
            post_data(request),
            commitment=commitment,
            label=str(self.label),
            needed=str(self.needed),
            help_text=str(self.help_text),
        )


class AgreePage(StepPage):
    def form(self, request: MemberRequest, commitment: Commitment, judgement: Judgement | None) -> StepForm:
        return AgreeForm(post_data(request), commitment=commitment, today=timezone.localdate())


class KeepPage(StepPage):
    def form(self, request: MemberRequest, commitment: Commitment, judgement: Judgement | None) -> StepForm:
        return KeepForm(
            post_data(request),
            commitment=commitment,
            label=_("Which evidence you accept") if judgement and judgement.shows_kept else str(self.label),
            needed=str(self.needed),
            help_text=str(self.help_text),
            by_measure=judgement is not None and judgement.shows_kept,
        )


def _agree(deed: Deed) -> object:
    given = deed.form.cleaned_data
    return transitions.agree(
        deed.request.user, deed.commitment, agreed_by=given["agreed_by"], on=given["on"], **deed.said
    )


def _keep(deed: Deed) -> object:
    kept_by = deed.form.shown_by if isinstance(deed.form, KeepForm) else KeptBy.EVIDENCE
    return transitions.keep(
        deed.request.member, deed.commitment, kept_by=kept_by, on=deed.today, figures=deed.figures, **deed.said
    )


AGREE = AgreePage(
    heading=gettext_lazy("Record that the vendor agrees to %(number)s"),
    at_stake=(
        gettext_lazy("From then on it binds both sides: it counts as overdue after its day, and ends kept or missed."),
        gettext_lazy("Whoever changes its words, day or measure afterwards asks for this agreement again."),
    ),
    label=gettext_lazy("How they said so"),
    submit=gettext_lazy("Record the agreement"),
    done=gettext_lazy("%(number)s is agreed."),
    states={CommitmentState.PROPOSED},
    act=_agree,
)
PROGRESS = StepPage(
    heading=gettext_lazy("Note how far %(number)s is"),
    at_stake=(gettext_lazy("It stands in the history, for both sides to read. Nothing else changes."),),
    label=gettext_lazy("How far it is"),
    needed=gettext_lazy("Say how far it is."),
    submit=gettext_lazy("Note the progress"),
    done=gettext_lazy("The progress is noted."),
    states=COMMITMENT_BINDING,
    act=lambda deed: transitions.note_progress(deed.request.user, deed.commitment, **deed.said),
)
REPORT = StepPage(
    heading=gettext_lazy("Record that %(number)s is reported done"),
    at_stake=(
        gettext_lazy("The vendor says that it is done. It is then for you to accept it as kept, or to return it."),
    ),
    label=gettext_lazy("What the vendor says, and what shows it"),
    needed=gettext_lazy("Say what the vendor reports."),
    submit=gettext_lazy("Record the report"),
    done=gettext_lazy("%(number)s is reported done. Next: accept it or return it."),
    states={CommitmentState.AGREED},
    act=lambda deed: transitions.report_done(deed.request.user, deed.commitment, **deed.said),
)
RETURN = StepPage(
    heading=gettext_lazy("Return %(number)s"),
    at_stake=(gettext_lazy("It is agreed and open as before, with the same day. The vendor reads why."),),
    label=gettext_lazy("What is still missing"),
    needed=gettext_lazy("Say what is still missing."),
    submit=gettext_lazy("Return it"),
    done=gettext_lazy("%(number)s is returned."),
    states={CommitmentState.REPORTED},
    act=lambda deed: transitions.return_it(deed.request.member, deed.commitment, **deed.said),
)
KEEP = KeepPage(
    heading=gettext_lazy("Accept %(number)s as kept"),
    at_stake=(
        gettext_lazy("It ends today, and counts as kept in the share that the vendor kept."),
        gettext_lazy(
            "Where a measure was to move, it is watched for twelve months: should it fall back, it opens again."
        ),
    ),
    label=gettext_lazy("What shows that it was kept"),
    needed=gettext_lazy("Say what shows that it was kept."),
    help_text=gettext_lazy("Evidence that you have seen and accept. Attach files on the page of the commitment first."),
    submit=gettext_lazy("Accept it as kept"),
    done=gettext_lazy("%(number)s is kept."),
    states=COMMITMENT_BINDING,
    act=_keep,
    asks_the_measure=True,
)
MISS = StepPage(
    heading=gettext_lazy("Record %(number)s as missed"),
    at_stake=(
        gettext_lazy("It ends today, and counts as missed in the share that the vendor kept. This cannot be undone."),
        gettext_lazy("It is said on the vendor’s next scorecard. What is still wanted is asked for anew."),
    ),
    label=gettext_lazy("Why it was missed"),
    needed=gettext_lazy("Say why it was missed."),
    submit=gettext_lazy("Record it as missed"),
    done=gettext_lazy("%(number)s is missed."),
    states=COMMITMENT_BINDING,
    act=lambda deed: transitions.miss(
        deed.request.member, deed.commitment, on=deed.today, figures=deed.figures, **deed.said
    ),
    danger=True,
    asks_the_measure=True,
)
WITHDRAW = StepPage(
    heading=gettext_lazy("Withdraw %(number)s"),
    at_stake=(
        gettext_lazy("It is not asked for any more, and counts neither as kept nor as missed. This cannot be undone."),
    ),
    label=gettext_lazy("Why it is withdrawn"),
    needed=gettext_lazy("Say why it is withdrawn."),
    submit=gettext_lazy("Withdraw it"),
    done=gettext_lazy("%(number)s is withdrawn."),
    states=COMMITMENT_OPEN,
    act=lambda deed: transitions.withdraw(deed.request.member, deed.commitment, on=deed.today, **deed.said),
    danger=True,
)


@never_cache
@form_view
def commitment_agree(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, AGREE)


@never_cache
@form_view
def commitment_progress(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, PROGRESS)


@never_cache
@form_view
def commitment_report(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, REPORT)


@never_cache
@form_view
def commitment_return(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, RETURN)


@never_cache
@form_view
def commitment_keep(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, KEEP)


@never_cache
@form_view
def commitment_miss(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, MISS)


@never_cache
@form_view
def commitment_withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, WITHDRAW)


def _step(request: MemberRequest, pk: int, page: StepPage) -> HttpResponse:
    """What was typed stays where the change is refused. A page that is no longer open says why, on the commitment's."""
    commitment = fetch(request, Commitment.objects.select_related(*RELATED), pk)
    if not may_change(request.member, commitment):
        raise PermissionDenied
    if request.method != "POST" and commitment.state not in page.states:
        messages.info(request, str(NOT_NOW[commitment.state]))
        return redirect(commitment)
    now, number = timezone.now(), {"number": commitment.number}
    asked = judgement_for(request.member, commitment, timezone.localdate(now)) if page.asks_the_measure else None
    form = page.form(request, commitment, asked)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            page.act(Deed(request=request, commitment=commitment, form=form, now=now, judgement=asked))
            messages.success(request, page.done % number)
            return redirect(commitment)
        commitment = fetch(request, Commitment.objects.select_related(*RELATED), pk)
        form.take_version(commitment.version)
    return edit_page(
        request,
        form,
        heading=page.heading % number,
        section=commitment.vendor.name,
        crumbs=crumbs("commitment_list", _("Commitments"), commitment, str(page.submit)),
        submit=str(page.submit),
        back=commitment.get_absolute_url(),
        template="assessments/commitments/step.html",
        about={"commitment": commitment, "at_stake": page.at_stake, "danger": page.danger, "judgement": asked},
    )
