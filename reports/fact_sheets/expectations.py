"""“What we expect of those who support us”: an edition of the expectations on one page of paper, for whoever is asked
to keep to it. It concerns no vendor more than another, so that whoever still judges one may have it, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork import words
from groundwork.languages import LANGUAGE_CODES
from manifesto.models import RULE_KEYS, Release, Rule
from reports.fact_sheets.kinds import Content, Facts, SheetKind
from vendors.expectations.sheet import told_by
from vendors.models import Expectation, ExpectationEdition, ExpectationEditionQuerySet

# Characters of one page in the widest language: from how many on the type is set smaller.
CLOSE, CROWDED = 1700, 3000


# The facts ---------------------------------------------------------------------------------------------------------
def facts_for(member: Membership, about: int) -> Facts:
    """Raises Http404 for an edition that is not the member's, or is a draft."""
    return facts_among(ExpectationEdition.objects.for_member(member), pk=about)


def facts_among(editions: ExpectationEditionQuerySet, **which: int) -> Facts:
    """Of the published one of these. Four queries. Raises Http404 where there is none."""
    edition = editions.published().select_related("organisation").filter(**which).first()
    if edition is None or edition.published_at is None or edition.in_force_from is None:
        raise Http404
    content = {
        "organisation": edition.organisation.name,
        "edition": edition.number,
        "in_force_from": edition.in_force_from.isoformat(),
        "rules": list(_rules(edition)),
    }
    return Facts(about=edition.pk, vendor=None, as_of=edition.published_at, content=content)


def _rules(edition: ExpectationEdition) -> Iterator[dict[str, Any]]:
    release = Release.objects.current()
    called = {rule.key: rule for rule in release.rules.all()} if release else {}
    rows = list(edition.expectations.order_by("position", "pk"))
    for number, key in enumerate(RULE_KEYS, start=1):
        expected = [_plain(row) for row in rows if row.rule == key]
        yield {"rule": key, "number": number, "names": _names(called.get(key)), "expectations": expected}


def _names(rule: Rule | None) -> dict[str, str]:
    return {code: str(getattr(rule, f"name_{code}", "") or "") for code in LANGUAGE_CODES}


def _plain(row: Expectation) -> dict[str, Any]:
    target = None if row.target is None else f"{row.target.normalize():f}"
    texts = {code: row.text_in(code) for code in LANGUAGE_CODES}
    return {"texts": texts, "measure": row.measure, "target": target}


# As it is shown ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Line:
    """`told_by`: what tells whether it is kept; empty where nothing measures it."""

    text: str
    told_by: str


@dataclass(frozen=True, kw_only=True)
class RulePart:
    number: int
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class ExpectationsView:
    """Everything that the page says, in one language. `density`: how close the type is set: "", close or crowded."""

    organisation: str
    number: int
    since: str
    rules: tuple[RulePart, ...]
    density: str


def view(content: Content, language: str) -> ExpectationsView:
    """`language` is active."""
    parts = tuple(_part(rule, language) for rule in content["rules"] if rule["expectations"])
    return ExpectationsView(
        organisation=content["organisation"],
        number=content["edition"],
        since=words.day(date.fromisoformat(content["in_force_from"]), language),
        rules=parts,
        density=_density(parts),
    )


def _part(rule: dict[str, Any], language: str) -> RulePart:
    lines = tuple(Line(text=one["texts"][language], told_by=told_by(_unsaved(one))) for one in rule["expectations"])
    return RulePart(number=rule["number"], name=rule["names"][language], lines=lines)


def _unsaved(one: dict[str, Any]) -> Expectation:
    return Expectation(measure=one["measure"], target=None if one["target"] is None else Decimal(one["target"]))


def _density(parts: tuple[RulePart, ...]) -> str:
    length = sum(len(line.text) + len(line.told_by) for part in parts for line in part.lines)
    return "crowded" if length > CROWDED else "close" if length > CLOSE else ""


# The kind ----------------------------------------------------------------------------------------------------------
def title(content: Content, language: str) -> str:
    said = _("What we expect of those who support us · %(organisation)s, edition %(number)s")
    return said % {"organisation": content["organisation"], "number": content["edition"]}


def name(content: Content) -> str:
    """`expectations-harbour-hospital-2`: plain ASCII."""
    asker = slugify(content["organisation"])[:40].strip("-")
    return "-".join(filter(None, ("expectations", asker, str(content["edition"]))))


def page(about: int) -> str:
    return reverse("expectation_edition", args=[about])


KIND = SheetKind(
    facts=facts_for,
    view=view,
    template="reports/fact_sheets/expectations_pdf.html",
    title=title,
    name=name,
    page=page,
    is_attached=True,
)
