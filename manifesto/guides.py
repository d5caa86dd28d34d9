"""The page beside each rule: which edition's is shown, what of it to whom, and how editions get the shipped ones.

A guide judges nothing: no score is computed from it and no scorecard prints it. So an edition that was published before
there were guides may get them, once; then they stay as they are, as all of a published edition does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from accounts.trail import audit
from groundwork.languages import DEFAULT
from manifesto import bank as banks
from manifesto import yaml_files
from manifesto.bank import TEXT_FIELDS, GuideEntry, Sheet
from manifesto.editions import heading
from manifesto.models import Release, ReleaseState, Rule, RuleGuide

PARTS = TEXT_FIELDS[Sheet.GUIDES]
# What a vendor and an outside rater may read: what is expected and what will be asked for. How to ask, and which
# evasion is answered how, is for those who sit across the table.
OPEN_PARTS = ("good", "proof")
QUOTES = ("“", "«", "„", "‘")


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    text: str
    is_heard: bool = False  # a sentence that one hears; what to answer follows


@dataclass(frozen=True, kw_only=True)
class GuidePart:
    key: str  # "evasions": also its place on the page
    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, kw_only=True)
class ShownGuide:
    """In the active language."""

    rule: Rule
    edition: Release
    parts: tuple[GuidePart, ...]


def guide_of(key: str, release: Release, parts: tuple[str, ...] = PARTS) -> ShownGuide | None:
    """The guide to the rule of this key; None where no edition has one. Where this edition has none, that of the
    nearest later one in force, which says best what is meant today; else of the nearest earlier one. Two queries."""
    found = RuleGuide.objects.filter(rule__key=key).filter(
        ~Q(rule__release__state=ReleaseState.DRAFT) | Q(rule__release=release)
    )
    dated = list(found.values_list("rule__release_id", "rule__release__published_at", "pk"))
    if not dated:
        return None
    own = next((pk for edition, _at, pk in dated if edition == release.pk), None)
    row = RuleGuide.objects.select_related("rule__release").get(pk=own or _nearest(dated, release))
    return ShownGuide(rule=row.rule, edition=row.rule.release, parts=tuple(_parts(row, parts)))


def _nearest(dated: list, release: Release) -> int:
    in_order = sorted(((at, pk) for _edition, at, pk in dated), key=lambda one: one[0])
    later = [pk for at, pk in in_order if release.published_at and at > release.published_at]
    return later[0] if later else in_order[-1][1]


def _parts(row: RuleGuide, wanted: tuple[str, ...]) -> Iterator[GuidePart]:
    for name in wanted:
        lines = [line.strip() for line in (getattr(row, name) or "").splitlines() if line.strip()]
        if lines:
            paragraphs = tuple(
                Paragraph(text=line, is_heard=name == "evasions" and line.startswith(QUOTES)) for line in lines
            )
            yield GuidePart(key=name, title=heading(name), paragraphs=paragraphs)


@cache
def shipped() -> dict[str, GuideEntry]:
    """By the key of the rule, in all languages."""
    return yaml_files.read_guides(yaml_files.GUIDES)


@transaction.atomic
def add_shipped(release: Release) -> bool:
    """Give the shipped guides to an edition that has none at all; False where it has some."""
    release = Release.objects.select_for_update().get(pk=release.pk)
    if RuleGuide.objects.filter(rule__release=release).exists():
        return False
    rules = {rule.key: rule for rule in release.rules.all()}
    with translation.override(DEFAULT):  # modeltranslation keeps the bare column in the active language
        banks.store_guides({key: guide for key, guide in shipped().items() if key in rules}, release, rules)
    audit.record(None, "release.guided", release, after={"rules": len(rules)})
    return True
