"""What is asked for: of what, and in which format."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from assessments.models import Assessment
from groundwork.fields import field
from reports.exports.chosen import SCOPES
from reports.models import ExportFormat, ExportScope
from vendors.models import Vendor

FORMATS = (
    (ExportFormat.XLSX, _("Excel workbook (XLSX): the arithmetic is live; change a grade and the verdict moves")),
    (ExportFormat.CSV, _("Tables (CSV in a ZIP): for another program, with a page that explains each column")),
    (ExportFormat.JSON, _("Structured data (JSON): for a program, described by a schema")),
)


class ExportForm(forms.Form):
    """`about` is of the member's own organisation: what is not, is refused as if it were not there."""

    scope = forms.ChoiceField(choices=[(scope.value, scope.label) for scope in SCOPES], widget=forms.HiddenInput)
    about = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    filter = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    format = forms.ChoiceField(label=_("Format"), choices=FORMATS, widget=forms.RadioSelect)

    def __init__(self, *args: object, member: Membership, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they come
        self.member = member
        field(self, "format", forms.ChoiceField).initial = ExportFormat.XLSX

    def is_about_ours(self) -> bool:
        """Whether what is asked for is there, for this member."""
        scope, about = self.cleaned_data["scope"], self.cleaned_data["about"]
        if scope == ExportScope.ASSESSMENT:
            return Assessment.objects.for_member(self.member).filter(pk=about).exists()
        if scope == ExportScope.VENDOR:
            return Vendor.objects.for_member(self.member).filter(pk=about).exists()
        return True
