"""What a person says that a file holds: whether it can be, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.trail import audit
from groundwork import words
from groundwork.refusals import Refusal
from vendors import facts_revision
from vendors.incident_import.holding.evidence import Evidence, Gathering
from vendors.incident_import.holding.proposal import Proposal, propose
from vendors.models import ImportState, Incident, IncidentImport, Selection, Vendor

HELD = ("selection", "holds_from", "holds_to", "known_until")
NOTHING_SAID: Mapping[str, Any] = {"selection": "", "holds_from": None, "holds_to": None, "known_until": None}
CAN_BE_SAID = (ImportState.CHECKED, ImportState.DONE)
AT_ONCE = 5_000  # incidents, where an import of earlier days is looked through


class HoldingRefused(Refusal):
    """It cannot be so; the message says why. `field`: the part of the answer that it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`first` and `last`: days, both included, of what `selection` selects by; neither where only open ones are held.
    `exported_on`: the day of the export."""

    selection: Selection
    exported_on: date
    first: date | None = None
    last: date | None = None


def proposed_answer(proposal: Proposal) -> Answer:
    """What a person says who agrees."""
    return Answer(
        selection=proposal.selection,
        exported_on=timezone.localdate(proposal.known_until),
        first=proposal.first,
        last=proposal.last,
    )


def evidence_of(upload: IncidentImport) -> Evidence:
    """As the check gathered it; of an import of earlier days, what its incidents still tell."""
    kept = upload.summary.get("holding")
    if kept:
        return Evidence.from_data(kept)
    of_import = Incident.objects.filter(Q(created_in=upload) | Q(changed_in=upload)).order_by("pk")
    moments = of_import.values_list("opened_at", "resolved_at", "is_closed", "restored_at", "first_response_at")
    gathering = Gathering()
    rows = list(moments.iterator(chunk_size=AT_ONCE))
    gathering.add(
        [row[0] for row in rows],
        [row[1] for row in rows],
        still_open=sum(row[1] is None and not row[2] for row in rows),
        others=[moment for row in rows for moment in row[3:] if moment],
    )
    return gathering.evidence()


def proposal_for(upload: IncidentImport, evidence: Evidence) -> Proposal | None:
    """What the file seems to hold; None where it tells no moment."""
    return propose(evidence, brought=upload.created_at, zone=timezone.get_current_timezone())


def refuse_what_cannot_be(answer: Answer, evidence: Evidence, *, brought: datetime) -> None:
    """HoldingRefused where the days contradict one another, or the file."""
    if answer.selection != Selection.OPEN:
        if answer.first is None:
            raise HoldingRefused(_("Say from which day on."), "first")
        if answer.last is None:
            raise HoldingRefused(_("Say up to which day."), "last")
        if answer.last < answer.first:
            raise HoldingRefused(_("This day lies before the first one."), "last")
    came_on = timezone.localdate(brought)
    if answer.exported_on > came_on:
        message = _("The file came here on %(day)s: it cannot have been exported later.")
        raise HoldingRefused(message % {"day": words.day(came_on)}, "exported_on")
    if evidence.latest is not None:
        latest = min(timezone.localdate(evidence.latest), came_on)
        if answer.exported_on < latest:
            message = _("The file tells of %(day)s: it cannot have been exported earlier.")
            raise HoldingRefused(message % {"day": words.day(latest)}, "exported_on")


def known_until(exported_on: date, evidence: Evidence, *, brought: datetime) -> datetime:
    """The end of that day, but not after the file came; on the day of the latest moment, that moment: an export is
    seldom made at midnight, and nobody knows what came after it."""
    latest = evidence.latest
    if latest is not None and timezone.localdate(latest) >= exported_on:
        return min(latest, brought)
    midnight = timezone.make_aware(datetime.combine(exported_on + timedelta(days=1), time.min))
    return min((midnight - timedelta(microseconds=1)).astimezone(UTC), brought)


def say(member: Membership, upload: IncidentImport, answer: Answer) -> IncidentImport:
    """Keep what a person says. HoldingRefused where it cannot be, or the import is neither checked nor imported. Once
    it is imported, the measures of the vendors of its source are made anew."""
    evidence = evidence_of(upload)
    refuse_what_cannot_be(answer, evidence, brought=upload.created_at)
    has_days = answer.selection != Selection.OPEN
    said: dict[str, Any] = {
        "selection": answer.selection.value,
        "holds_from": answer.first if has_days else None,
        "holds_to": answer.last if has_days else None,
        "known_until": known_until(answer.exported_on, evidence, brought=upload.created_at),
    }
    with transaction.atomic():
        # The vendors first, as everybody does who changes what measures rest on.
        if upload.state == ImportState.DONE:
            raise_revisions(upload)
        stored = IncidentImport.objects.select_for_update(no_key=True).get(pk=upload.pk)
        if stored.state not in CAN_BE_SAID:
            message = _("That cannot be done now: this import is “%(state)s”.")
            raise HoldingRefused(message % {"state": stored.get_state_display()})
        before = audit.snapshot(stored, HELD)
        IncidentImport.objects.filter(pk=upload.pk).update(**said)
        upload.refresh_from_db()
        after = audit.snapshot(upload, HELD)
        if after != before:
            audit.record(member.user, "incidentimport.told", upload, before=before, after=after)
    return upload


def agree(member: Membership, upload: IncidentImport) -> IncidentImport:
    """Say what is proposed. HoldingRefused as `say`, and where nothing can be proposed."""
    proposal = proposal_for(upload, evidence_of(upload))
    if proposal is None:
        raise HoldingRefused(_("No line of the file tells when an incident was opened."))
    return say(member, upload, proposed_answer(proposal))


def raise_revisions(upload: IncidentImport) -> None:
    """Up to when the facts of a source are known is said by its imports: all vendors with incidents of it are
    concerned, even where this file says nothing of them."""
    touched = Q(source=upload.source) | Q(created_in=upload) | Q(changed_in=upload)
    concerned = Incident.objects.filter(touched, vendor__organisation=upload.organisation_id)
    vendors = Vendor.objects.filter(pk__in=concerned.values("vendor"))
    facts_revision.raise_revision(*vendors.values_list("pk", flat=True))


def said_by(upload: IncidentImport) -> Mapping[str, Any]:
    """As JSON tells it; empty where nobody said anything."""
    if not upload.selection:
        return {}
    return {
        "selection": upload.selection,
        "from": upload.holds_from.isoformat() if upload.holds_from else None,
        "to": upload.holds_to.isoformat() if upload.holds_to else None,
        "known_until": upload.known_until.isoformat() if upload.known_until else None,
    }
