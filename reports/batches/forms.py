"""What somebody asks for many scorecards at once."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from groundwork.fields import field
from groundwork.words import number
from reports.batches.choice import Chosen, Which
from reports.batches.job import MOST, MOST_BOUND, Wish
from reports.models import Binding, DocumentKind


class BatchForm(forms.Form):
    which = forms.ChoiceField(label=_("Scorecards"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("Document"), choices=DocumentKind.choices, widget=forms.RadioSelect)
    binding = forms.ChoiceField(label=_("As"), choices=Binding.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, data: QueryDict | None, *, chosen: Chosen, language: str) -> None:
        first = next((which for which in Which if chosen.counts[which.value]), Which.LATEST)
        super().__init__(
            data, initial={"which": first, "kind": DocumentKind.SCORECARD, "binding": Binding.ZIP, "language": language}
        )
        self.chosen = chosen
        field(self, "binding", forms.ChoiceField).help_text = _(
            "A bound PDF holds at most %(briefs)s briefs, %(scorecards)s scorecards or %(records)s full records; "
            "a ZIP holds %(most)s documents."
        ) % {
            "briefs": MOST_BOUND[DocumentKind.BRIEF],
            "scorecards": MOST_BOUND[DocumentKind.SCORECARD],
            "records": MOST_BOUND[DocumentKind.RECORD],
            "most": number(MOST),
        }
        field(self, "which", forms.ChoiceField).choices = [
            (which.value, f"{which.label} ({number(chosen.counts[which.value])})") for which in Which
        ]

    @property
    def which_said(self) -> Which:
        return Which(self.cleaned_data["which"])

    @property
    def wish(self) -> Wish:
        said = self.cleaned_data
        return Wish(
            title=self.chosen.title(self.which_said),
            kind=DocumentKind(said["kind"]),
            binding=Binding(said["binding"]),
            language=said["language"],
            filter=self.chosen.query,
        )
