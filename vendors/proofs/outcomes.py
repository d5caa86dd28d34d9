"""What became of accepted causes, read from the incidents: a fixed number of queries, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max

from accounts.models import Membership
from groundwork.together import Lookup
from vendors.models import (
    BY_HAND,
    CauseProof,
    ImportState,
    Incident,
    IncidentImport,
    IncidentSource,
    ProofState,
    Vendor,
)
from vendors.proofs.returning import AcceptedCause, Fate, Occurrence, Outcome, outcome_of
from vendors.proofs.words import outcome_words

Known = dict[tuple[int, str], datetime]  # vendor and source → until when the source is known


def outcomes_of(proofs: Iterable[CauseProof], *, now: datetime) -> dict[int, Outcome]:
    """By the row number of each accepted proof; four queries at most. Proofs come with their incident."""
    accepted = [(proof, proof.decided_at) for proof in proofs if proof.state == ProofState.ACCEPTED]
    moments = [moment for _proof, moment in accepted if moment is not None]
    if not moments:
        return {}
    vendors = {proof.vendor_id for proof, _moment in accepted}
    occurrences = _occurrences(vendors, since=min(moments), until=now)
    known = known_until_of(vendors, now=now)
    return {
        proof.pk: outcome_of(
            AcceptedCause(
                vendor=proof.vendor_id,
                incident=proof.incident_id,
                problem=proof.incident.problem,
                accepted=moment,
            ),
            occurrences[proof.vendor_id],
            known[proof.vendor_id],
        )
        for proof, moment in accepted
        if moment is not None
    }


def outcome_of_proof(proof: CauseProof, *, now: datetime) -> Outcome | None:
    """None for one that is not accepted."""
    return outcomes_of([proof], now=now).get(proof.pk)


@dataclass(frozen=True, kw_only=True)
class SettledCause:
    """One that was accepted, and came back or stayed away for twelve months."""

    proof: CauseProof
    outcome: Outcome

    @property
    def came_back(self) -> bool:
        return self.outcome.fate == Fate.CAME_BACK

    @property
    def words(self) -> str:
        """What happened since, in the active language."""
        return outcome_words(self.outcome)


def settled_in(vendor: Vendor, *, now: datetime) -> Lookup[list[SettledCause]]:
    """Of this vendor, as it was known then: those that came back first, the latest at the top. To be read with what
    else a page shows; what became of them is asked then, four queries where there are any."""
    rows = CauseProof.objects.accepted().filter(vendor=vendor, decided_at__lte=now).select_related("incident")
    accepted = rows.order_by()
    return Lookup(reads=(accepted,), told=lambda: _settled(accepted, now))


def _settled(accepted: Iterable[CauseProof], now: datetime) -> list[SettledCause]:
    proofs = sorted(accepted, key=lambda proof: (proof.decided_at, proof.pk), reverse=True)
    outcomes = outcomes_of(proofs, now=now)
    found = [
        SettledCause(proof=proof, outcome=outcomes[proof.pk])
        for proof in proofs
        if outcomes[proof.pk].fate in (Fate.CAME_BACK, Fate.STAYED_AWAY)
    ]
    return sorted(found, key=lambda one: not one.came_back)


def came_back(member: Membership, *, now: datetime) -> dict[int, Outcome]:
    """The accepted proofs of the organisation whose cause came back, by row number."""
    accepted = CauseProof.objects.for_member(member).accepted().select_related("incident")
    return {pk: found for pk, found in outcomes_of(accepted, now=now).items() if found.fate == Fate.CAME_BACK}


def _occurrences(vendors: Collection[int], *, since: datetime, until: datetime) -> dict[int, list[Occurrence]]:
    critical = Incident.objects.mission_critical().filter(vendor__in=vendors)
    rows = critical.filter(opened_at__gt=since, opened_at__lte=until).exclude(problem="")
    found: dict[int, list[Occurrence]] = defaultdict(list)
    for pk, vendor, reference, problem, opened in rows.order_by().values_list(
        "pk", "vendor_id", "reference", "problem", "opened_at"
    ):
        found[vendor].append(Occurrence(pk=pk, vendor=vendor, reference=reference, problem=problem, opened=opened))
    return found


# Until when something is known ------------------------------------------------------------------------------------
def known_until_of(vendors: Collection[int], *, now: datetime) -> dict[int, datetime]:
    """By vendor: up to when all its sources that are still used are known; `now` where people write down here alone.
    Where all have ended, the end of the last. Three queries."""
    latest = _latest_of_incidents(vendors)
    sources = {source for _vendor, source in latest}
    if not sources:
        return dict.fromkeys(vendors, now)
    told = _told(vendors, sources)
    ended = _ended(vendors, sources)
    found = {}
    for vendor in vendors:
        own = {source: told.get((vendor, source), moment) for (of, source), moment in latest.items() if of == vendor}
        used = [moment for source, moment in own.items() if (vendor, source) not in ended]
        over = [ended[vendor, source] for source in own if (vendor, source) in ended]
        known = min(used) if used else max(over) if over else now
        found[vendor] = min(known, now)
    return found


def _latest_of_incidents(vendors: Collection[int]) -> Known:
    rows = Incident.objects.filter(vendor__in=vendors).exclude(source=BY_HAND).order_by().values("vendor_id", "source")
    named = rows.annotate(opened=Max("opened_at"), resolved=Max("resolved_at"))
    return {
        (row["vendor_id"], row["source"]): max(moment for moment in (row["opened"], row["resolved"]) if moment)
        for row in named
    }


def _told(vendors: Collection[int], sources: Collection[str]) -> Known:
    """As people said at imports: a file of one vendor says nothing of the others."""
    done = IncidentImport.objects.filter(
        organisation__vendors__in=vendors, source__in=sources, state=ImportState.DONE, known_until__isnull=False
    )
    found: Known = {}
    rows = done.order_by("pk").values_list("organisation__vendors", "source", "options__vendor", "known_until")
    for vendor, source, only, known_until in rows:
        if known_until is not None and only in (None, vendor):
            found[vendor, source] = max(known_until, found.get((vendor, source), known_until))
    return found


def _ended(vendors: Collection[int], sources: Collection[str]) -> Known:
    zone = ZoneInfo(settings.TIME_ZONE)
    rows = IncidentSource.objects.filter(organisation__vendors__in=vendors, key__in=sources, ended_on__isnull=False)
    return {
        (vendor, source): datetime.combine(ended_on + timedelta(days=1), time.min, tzinfo=zone)
        for vendor, source, ended_on in rows.values_list("organisation__vendors", "key", "ended_on")
        if ended_on is not None
    }
