"""The expectations on a vendor's desk: the edition in force, one to come, and whether the vendor has said its word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from groundwork.words import apart, day
from vendors.desk.matters import Matter
from vendors.expectations.acknowledging import open_editions
from vendors.models import Acknowledgement, DeskLink, ExpectationEdition


def on_the_desk(link: DeskLink, today: date) -> Iterable[Matter]:
    """Three queries."""
    editions = open_editions(link.vendor, today)
    given = {
        row.edition_id: row  # the latest of each comes last
        for row in Acknowledgement.objects.filter(vendor=link.vendor_id, edition__in=editions).order_by("at", "pk")
    }
    for edition in editions:
        yield _matter(link, edition, given.get(edition.pk), today)


def _matter(link: DeskLink, edition: ExpectationEdition, given: Acknowledgement | None, today: date) -> Matter:
    about = {"organisation": link.vendor.organisation.name, "number": edition.number}
    return Matter(
        title=_("What %(organisation)s expects of those who support it (edition %(number)s)") % about,
        url=reverse("desk_expectations", args=[link.pk, edition.number]),
        waits=given is None,
        asked_at=edition.published_at,
        state=_state(given),
        note=apart(_facts(edition, given, today)),
        is_open=True,
    )


def _facts(edition: ExpectationEdition, given: Acknowledgement | None, today: date) -> Iterator[str]:
    if edition.in_force_from is not None:
        told = _("in force since %(day)s") if edition.in_force_from <= today else _("comes into force on %(day)s")
        yield told % {"day": day(edition.in_force_from)}
    if given is not None:
        yield _("acknowledged on %(day)s") % {"day": day(given.on)}


def _state(given: Acknowledgement | None) -> str:
    if given is None:
        return ""
    return _("Acknowledged") if given.accepts_all else _("To be talked about")
