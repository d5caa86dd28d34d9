"""Pages that differ only in their words: something to fill in, and something to be sure of before it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url


@dataclass(frozen=True, kw_only=True)
class Crumb:
    label: str
    url: str = ""  # none: the page itself


def crumbs(*steps: Model | str) -> list[Crumb]:
    """`crumbs("vendor_list", _("Vendors"), vendor, _("Edit"))`: what is above the page, then what it is called.

    A step is a thing with a page of its own, named as itself; or an address (or the name of a route) and its label.
    """
    *above, here = steps
    left = iter(above)
    linked = [Crumb(label=str(step if isinstance(step, Model) else next(left)), url=resolve_url(step)) for step in left]
    return [*linked, Crumb(label=str(here))]


def edit_page(
    request: HttpRequest,
    form: BaseForm,
    *,
    heading: str,
    back: str,
    crumbs: Sequence[Crumb],
    title: str = "",
    section: str = "",
    lead: str = "",
    submit: str = "",
    template: str = "edit.html",
    about: dict[str, object] | None = None,
) -> HttpResponse:
    """A form under its heading. `section` ends the window's title; without `submit` the button says “Save”. A template
    of its own says more, from what `about` gives it."""
    context = {
        **(about or {}),
        "form": form,
        "heading": heading,
        "back": resolve_url(back),
        "crumbs": crumbs,
        "title": title or heading,
        "section": section,
        "lead": lead,
        "submit": submit,
    }
    return render(request, template, context)


def confirm_page(
    request: HttpRequest,
    *,
    heading: str,
    submit: str,
    back: str,
    crumbs: Sequence[Crumb],
    at_stake: Sequence[str] = (),
    title: str = "",
    section: str = "",
    lead: str = "",
    danger: bool = True,
    template: str = "confirm.html",
    about: dict[str, object] | None = None,
) -> HttpResponse:
    """Asks before it is done. `at_stake`: what happens then, a paragraph each; `danger`: it destroys something."""
    context = {
        **(about or {}),
        "heading": heading,
        "submit": submit,
        "back": resolve_url(back),
        "crumbs": crumbs,
        "at_stake": at_stake,
        "title": title or heading,
        "section": section,
        "lead": lead,
        "danger": danger,
    }
    return render(request, template, context)


@dataclass(frozen=True, kw_only=True)
class SortLink:
    """A column's heading: what a click sorts by, and how the column stands now (for aria-sort)."""

    label: str
    target: str
    direction: str


def sort_links(
    labels: Iterable[tuple[str, object]], chosen: str, *, falling: Collection[str], plain: Collection[str] = ()
) -> dict[str, SortLink]:
    """Name of a column → its heading. A first click sorts up; of those that are `falling`, down: the newest first. By
    those that are `plain` nothing is sorted: they have no target."""

    def link(name: str, label: str) -> SortLink:
        if name in plain:
            return SortLink(label=label, target="", direction="")
        if chosen == name:
            return SortLink(label=label, target=f"-{name}", direction="ascending")
        if chosen == f"-{name}":
            return SortLink(label=label, target=name, direction="descending")
        return SortLink(label=label, target=f"-{name}" if name in falling else name, direction="")

    return {name: link(name, str(label)) for name, label in labels}
