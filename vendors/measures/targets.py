"""What was agreed with a vendor about a measure: each change in one transaction with its entry in the audit trail; and
the form that says what may be agreed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.trail import audit
from groundwork.fields import DayInput
from vendors import facts_revision
from vendors.measures.catalogue import BY_KEY, Measure
from vendors.measures.words import impossible
from vendors.models import MeasureTarget, Vendor

FIELDS = ("measure", "value", "agreed_on", "note")


@transaction.atomic
def set_target(
    member: Membership,
    vendor: Vendor,
    measure: str,
    value: Decimal,
    *,
    agreed_on: date | None = None,
    note: str = "",
) -> MeasureTarget:
    """Agree on `value`, in the unit of the measure, in place of what was agreed before; the same again changes nothing.

    Raises ValueError for an unknown measure and for a value that it cannot have.
    """
    _check(measure, value)
    Vendor.objects.select_for_update().get(pk=vendor.pk)  # of two at once, the second finds the target of the first
    target = MeasureTarget.objects.filter(vendor=vendor, measure=measure).first()
    before = audit.snapshot(target, FIELDS) if target else {}
    target = target or MeasureTarget(vendor=vendor, measure=measure)
    target.value, target.agreed_on, target.note = value.quantize(Decimal("0.01")), agreed_on, note
    after = audit.snapshot(target, FIELDS)
    if before == after:
        return target
    target.set_by = member.user
    target.save()
    facts_revision.raise_revision(vendor.pk)
    verb = "target.changed" if before else "target.agreed"
    audit.record(member.user, verb, target, before=before, after=after)
    return target


@transaction.atomic
def delete_target(member: Membership, vendor: Vendor, measure: str) -> None:
    """Nothing is agreed any more. Where nothing was, nothing happens."""
    Vendor.objects.select_for_update().get(pk=vendor.pk)
    target = MeasureTarget.objects.filter(vendor=vendor, measure=measure).first()
    if target is None:
        return
    facts_revision.raise_revision(vendor.pk)
    audit.record(member.user, "target.deleted", target, before=audit.snapshot(target, FIELDS))
    target.delete()


def _check(measure: str, value: Decimal) -> None:
    if measure not in BY_KEY:
        raise ValueError(f"There is no measure “{measure}”.")
    if value < 0 or impossible(BY_KEY[measure].unit, value):
        raise ValueError(f"{value} cannot be reached by “{measure}”.")


# What may be agreed -----------------------------------------------------------------------------------------------
def _help(measure: Measure) -> str:
    if measure.lower_is_better is False:
        return gettext("In %(unit)s. More is better: this is the least that you agreed on.")
    return gettext("In %(unit)s. Less is better: this is the most that you agreed on.")


class TargetForm(forms.ModelForm[MeasureTarget]):
    value = forms.DecimalField(
        label=_("Agreed target"),
        min_value=Decimal(0),
        max_digits=9,
        decimal_places=2,
        localize=True,
        error_messages={
            "required": _("Say what was agreed."),
            "invalid": _("Write a number."),
            "min_value": _("A target is 0 or more."),
        },
    )

    class Meta:
        model = MeasureTarget
        fields = ("value", "agreed_on", "note")
        widgets = {"agreed_on": DayInput}
        help_texts = {"note": _("A contract, minutes of a meeting, a letter.")}

    def __init__(self, *args: Any, measure: Measure, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        value = self.fields["value"]
        value.help_text = _help(measure) % {"unit": unit}
        value.widget.attrs["inputmode"] = "decimal"
        self.unit = measure.unit

    def clean_value(self) -> Decimal:
        value: Decimal = self.cleaned_data["value"]
        if problem := impossible(self.unit, value):
            raise ValidationError(problem)
        return value
