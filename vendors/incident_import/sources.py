"""Which source a file comes from: proposed from what is known, decided by a person, kept under its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Count
from django.utils.text import slugify

from accounts.models import Membership
from accounts.trail import audit
from groundwork.folding import folded
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import SOURCE, Options
from vendors.models import BY_HAND, ImportState, Incident, IncidentImport, IncidentSource

FIELDS = ("name", "ended_on")
NEW_SOURCE = "+new"  # no key is written so
MANY, SHARE = 3, 10  # known references that say something: so many, and one in so many of those looked at
ALIKE = 80  # percent of the headings that an earlier import used
EARLIER = 200  # imports that are looked back at


@dataclass(frozen=True, kw_only=True)
class SourceCandidate:
    """`shared`: how many of the references looked at are known under it; `alike`: percent of the headings that its
    last import used and that the file has."""

    key: str
    name: str
    shared: int = 0
    alike: int = 0


@dataclass(frozen=True, kw_only=True)
class SourceSigns:
    """`proposed`: a key that is known, or NEW_SOURCE; empty: a person has to say, because several could be meant.
    `sharing`: those that know many references of the file, the most first."""

    looked_at: int
    candidates: Sequence[SourceCandidate]
    sharing: Sequence[SourceCandidate] = field(default_factory=tuple)
    proposed: str = ""
    new_name: str = ""  # of a source that the tool would be


def signs_of_source(
    organisation_id: int, header: Sequence[str], references: Iterable[str], options: Options
) -> SourceSigns:
    """By the references first: what they are known under is their source. Then by the headings of earlier imports of
    the same tool, then by the tool."""
    looked_at = set(references)
    shared = _shared(organisation_id, looked_at)
    alike = _alike(organisation_id, header, options.preset)
    rows = IncidentSource.objects.filter(organisation=organisation_id).in_use()
    candidates = [
        SourceCandidate(key=row.key, name=row.name, shared=shared.get(row.key, 0), alike=alike.get(row.key, 0))
        for row in rows
    ]
    candidates.sort(key=lambda one: (-one.shared, -one.alike, one.name.casefold()))
    sharing = [one for one in candidates if one.shared >= max(MANY, len(looked_at) // SHARE)]
    tool = presets.preset(options.preset) if options.preset else presets.preset(presets.OTHER)
    tells_its_own = bool(options.columns.get("origin"))
    return SourceSigns(
        looked_at=len(looked_at),
        candidates=candidates,
        sharing=() if tells_its_own else sharing,
        proposed=options.source if tells_its_own else _proposed(candidates, sharing, tool),
        new_name="" if tool.key == presets.OTHER else tool.name,
    )


def _proposed(candidates: Sequence[SourceCandidate], sharing: Sequence[SourceCandidate], tool: presets.Preset) -> str:
    if sharing:
        return sharing[0].key if len(sharing) == 1 else ""
    best = max((one.alike for one in candidates), default=0)
    if best >= ALIKE:
        likely = [one.key for one in candidates if one.alike == best]
        return likely[0] if len(likely) == 1 else ""
    return tool.source if tool.source in {one.key for one in candidates} and tool.key != presets.OTHER else NEW_SOURCE


def _shared(organisation_id: int, references: set[str]) -> dict[str, int]:
    """Source → how many of the references it knows."""
    rows = Incident.objects.filter(organisation=organisation_id, reference__in=references).exclude(source=BY_HAND)
    return dict(rows.order_by().values_list("source").annotate(Count("pk")))


def _alike(organisation_id: int, header: Sequence[str], preset: str) -> dict[str, int]:
    """Source → percent of the headings of its last import that stand here, too. Not of another tool."""
    done = IncidentImport.objects.filter(organisation=organisation_id, state=ImportState.DONE).order_by("-pk")
    there, found = set(header), {}
    of_any = {"", presets.OTHER}
    for source, options in done.values_list("source", "options")[:EARLIER]:
        used = set(options.get("columns", {}).values())
        of_tool = options.get("preset", "")
        if used and source not in found and (of_tool == preset or of_any & {of_tool, preset}):
            found[source] = 100 * len(used & there) // len(used)
    return found


# The sources that an organisation has -----------------------------------------------------------------------------
def key_of(organisation_id: int, name: str) -> str:
    """What incidents of the source of this name carry: that of the source which is called so, else made of the name."""
    known = IncidentSource.objects.filter(organisation=organisation_id, name__iexact=name).first()
    if known is not None:
        return known.key
    tool = next((tool.key for tool in presets.all_presets() if folded(tool.name) == folded(name)), "")
    taken = set(IncidentSource.objects.filter(organisation=organisation_id).values_list("key", flat=True))
    keys = [tool, slugify(name)[:40].strip("-_"), *(f"source-{number}" for number in range(1, 2 + len(taken)))]
    return next(key for key in keys if SOURCE.match(key) and key not in {*taken, BY_HAND, presets.OWN})


def is_key(text: str) -> bool:
    """Whether a source may be known by it."""
    return SOURCE.match(text) is not None


def name_of(key: str) -> str:
    """The tool’s, where the key is that of one; else the key."""
    return next((tool.name for tool in presets.all_presets() if tool.key == key and key != presets.OTHER), key)


def make_known(upload: IncidentImport, keys: Iterable[str], options: Options) -> None:
    """Those that incidents of the import carry and nobody has met before. Within a transaction."""
    known = set(IncidentSource.objects.filter(organisation=upload.organisation_id).values_list("key", flat=True))
    for key in sorted(set(keys) - known - {BY_HAND}):
        name = (options.source_name if key == options.source else "") or name_of(key)
        source, is_new = IncidentSource.objects.get_or_create(
            organisation_id=upload.organisation_id, key=key, defaults={"name": name[:80]}
        )
        if is_new:  # and nobody has just declared it
            audit.record(upload.created_by, "incidentsource.added", source, after=audit.snapshot(source, FIELDS))


@transaction.atomic
def declare(member: Membership, source: IncidentSource) -> IncidentSource:
    """A source that is there before its first incident, because a system is about to push into it. One that somebody
    has declared meanwhile is changed."""
    said = {"name": source.name, "ended_on": source.ended_on}
    known, is_new = IncidentSource.objects.get_or_create(
        organisation=member.organisation, key=source.key, defaults=said
    )
    if not is_new:
        return change(member, known, name=source.name, ended_on=source.ended_on)
    audit.record(member.user, "incidentsource.added", known, after=audit.snapshot(known, FIELDS))
    return known


@transaction.atomic
def change(member: Membership, source: IncidentSource, *, name: str, ended_on: date | None) -> IncidentSource:
    """Call it otherwise, or say since when no export comes from it any more. Its incidents keep its key."""
    stored = IncidentSource.objects.for_member(member).select_for_update().get(pk=source.pk)
    before = audit.snapshot(stored, FIELDS)
    stored.name, stored.ended_on = name, ended_on
    if (after := audit.snapshot(stored, FIELDS)) != before:
        stored.save(update_fields=FIELDS)
        audit.record(member.user, "incidentsource.changed", stored, before=before, after=after)
    return stored
