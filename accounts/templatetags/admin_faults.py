"""What is wrong in the forms of an admin page, inlines and languages included, each with the field that mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.forms import BaseForm
from django.forms.formsets import BaseFormSet

register = template.Library()


@dataclass(frozen=True, kw_only=True)
class FormFault:
    message: str
    label: str = ""  # "" for what concerns no single field
    target: str = ""  # the id of the control; "" where none is shown


@register.simple_tag
def form_faults(*sources: Any) -> list[FormFault]:
    """`{% form_faults adminform inline_admin_formsets as faults %}`: of forms, the admin's wrappings of them, and lists
    of either, in their order; what is None has none."""
    return [fault for source in sources for fault in _faults(source)]


def _faults(source: Any) -> Iterator[FormFault]:
    if source is None:
        return
    if isinstance(source, (list, tuple)):
        for one in source:
            yield from _faults(one)
    elif isinstance(source, BaseForm):
        yield from _of_form(source)
    elif hasattr(source, "formset"):  # an InlineAdminFormSet
        yield from _of_formset(source.formset, source.opts)
    elif hasattr(source, "form"):  # an AdminForm
        yield from _of_form(source.form)


def _of_formset(formset: BaseFormSet, opts: Any) -> Iterator[FormFault]:
    for message in formset.non_form_errors():
        yield FormFault(message=str(message), label=str(opts.verbose_name_plural))
    for number, form in enumerate(formset.forms, start=1):
        name = getattr(opts, "row_name", None)  # what an inline calls its row, where a number does not say it
        row = name(form.instance) if name else f"{opts.verbose_name} {number}"
        yield from _of_form(form, row)


def _of_form(form: BaseForm, row: str = "") -> Iterator[FormFault]:
    if not form.is_bound:
        return
    for message in form.non_field_errors():
        yield FormFault(message=str(message), label=row)
    for field in form:
        label = ", ".join(filter(None, (row, _label(field))))
        target = "" if field.is_hidden else _target(field)
        for message in field.errors:
            yield FormFault(message=str(message), label=label, target=target)


def _label(field: BoundField) -> str:
    """With its heading where the label alone is a language; a colon follows, so that no other sign ends it."""
    return str(field.field.widget.attrs.get("aria-label") or field.label).rstrip("?:! \u00a0\u202f")


def _target(field: BoundField) -> str:
    """A group of buttons has no control of its own: its first one is meant."""
    return field.id_for_label or next((button.id_for_label for button in field.subwidgets), "") or field.auto_id
