"""The steps of a commitment, each with what it asks and what it then does: agreed, progress, reported, returned, kept,
missed, withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from assessments.commitments import transitions
from assessments.commitments.forms import AgreeForm, KeepForm, StepForm
from assessments.commitments.measured import Figures, Judgement
from assessments.models import COMMITMENT_BINDING, COMMITMENT_OPEN, Commitment, CommitmentState, KeptBy


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What a person does: the commitment as they read it, what they said, and when; what its measure says, where it has
    one that they may see."""

    member: Membership
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
    """A step, and the words of its page. `states`: in which it is open; `needed`: what is said where nothing was typed,
    empty where nothing need be; `at_stake`: what happens then, a paragraph each; `danger`: it ends badly for
    somebody."""

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

    def form(self, data: Any, commitment: Commitment, judgement: Judgement | None) -> StepForm:
        return StepForm(
            data,
            commitment=commitment,
            label=str(self.label),
            needed=str(self.needed),
            help_text=str(self.help_text),
        )


class AgreePage(StepPage):
    def form(self, data: Any, commitment: Commitment, judgement: Judgement | None) -> StepForm:
        return AgreeForm(data, commitment=commitment, today=timezone.localdate())


class KeepPage(StepPage):
    def form(self, data: Any, commitment: Commitment, judgement: Judgement | None) -> StepForm:
        return KeepForm(
            data,
            commitment=commitment,
            label=_("Which evidence you accept") if judgement and judgement.shows_kept else str(self.label),
            needed=str(self.needed),
            help_text=str(self.help_text),
            by_measure=judgement is not None and judgement.shows_kept,
        )


def _agree(deed: Deed) -> object:
    given = deed.form.cleaned_data
    return transitions.agree(
        deed.member.user, deed.commitment, agreed_by=given["agreed_by"], on=given["on"], **deed.said
    )


def _keep(deed: Deed) -> object:
    kept_by = deed.form.shown_by if isinstance(deed.form, KeepForm) else KeptBy.EVIDENCE
    return transitions.keep(
        deed.member, deed.commitment, kept_by=kept_by, on=deed.today, figures=deed.figures, **deed.said
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
    act=lambda deed: transitions.note_progress(deed.member.user, deed.commitment, **deed.said),
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
    act=lambda deed: transitions.report_done(deed.member.user, deed.commitment, **deed.said),
)
RETURN = StepPage(
    heading=gettext_lazy("Return %(number)s"),
    at_stake=(gettext_lazy("It is agreed and open as before, with the same day. The vendor reads why."),),
    label=gettext_lazy("What is still missing"),
    needed=gettext_lazy("Say what is still missing."),
    submit=gettext_lazy("Return it"),
    done=gettext_lazy("%(number)s is returned."),
    states={CommitmentState.REPORTED},
    act=lambda deed: transitions.return_it(deed.member, deed.commitment, **deed.said),
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
    act=lambda deed: transitions.miss(deed.member, deed.commitment, on=deed.today, figures=deed.figures, **deed.said),
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
    act=lambda deed: transitions.withdraw(deed.member, deed.commitment, on=deed.today, **deed.said),
    danger=True,
)
