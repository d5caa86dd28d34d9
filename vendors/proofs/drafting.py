"""What a vendor writes into its proof by its link, saved part by part as it is typed, while it is the vendor's turn.

What a page has seen of a part comes back with it. So one person who writes in two places never meets themselves, and
two people who write in the same place always meet each other, whatever else was written meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from groundwork.saved import Closed, Conflict, Invalid, Outcome, Saved
from groundwork.whole_numbers import said
from vendors.models import CauseProof, DeskLink, OtherCause, ProofState
from vendors.proofs import saving
from vendors.proofs.complete import Considered
from vendors.proofs.parts import OTHER, TEXTS, Part, of_row, of_text

NEVER = -1  # a version that no proof has: what stands there is not what the page has seen
CLOSED: dict[str, Promise] = {
    ProofState.HANDED_IN: gettext_lazy(
        "This proof is handed in: your customer reads it. It can be changed again if it is returned."
    ),
    ProofState.ACCEPTED: gettext_lazy("This proof is accepted, and is not changed any more."),
    ProofState.WAIVED: gettext_lazy("Your customer does not ask for this proof any more."),
}


def save_part(
    link: DeskLink, proof: CauseProof, key: str, texts: Mapping[str, str], *, seen: str, now: datetime
) -> Outcome[Part]:
    """Write one part where its words are still those that the page has `seen`, or say why not.

    PermissionDenied for the link of another vendor; OtherCause.DoesNotExist for a part that the proof does not have.
    """
    row = CauseProof.objects.get(pk=proof.pk)
    if row.state in CLOSED:
        return Closed(reason=str(CLOSED[row.state]))
    stored = part_of(row, key)
    wanted = stored.saying(texts)
    is_as_seen = stored.seen == seen
    version = row.version if is_as_seen else NEVER
    if key in TEXTS:
        before = stored.texts["text"] if is_as_seen else None
        said_so = saving.save_text(link, row, key, wanted.texts["text"], version, now=now, seen=before)
        return _about_part(said_so, wanted, stored, "text", now)
    before_row = Considered(**stored.texts) if is_as_seen else None
    number, words = int(key.removeprefix(OTHER)), Considered(**wanted.texts)
    told = saving.save_other_cause(link, row, number, words, version, now=now, seen=before_row)
    return _about_part(told, wanted, stored, "cause", now)


def part_of(proof: CauseProof, key: str) -> Part:
    """Raises OtherCause.DoesNotExist for a part that the proof does not have."""
    if key in TEXTS:
        return of_text(proof, key)
    number = said(key.removeprefix(OTHER)) if key.startswith(OTHER) else None
    if number is None:
        raise OtherCause.DoesNotExist(key)
    return of_row(proof.other_causes.get(pk=number))


def _about_part(
    outcome: Outcome[str] | Outcome[Considered], wanted: Part, stored: Part, field: str, now: datetime
) -> Outcome[Part]:
    """The same outcome, told of the part; an error stands beside its first field."""
    match outcome:
        case Saved():
            return Saved(version=outcome.version, at=now, changed=outcome.changed)
        case Conflict():
            there = outcome.stored
            if isinstance(there, Considered):
                texts = {"cause": there.cause, "ruled_out_by": there.ruled_out_by}
            else:
                texts = {"text": there}
            return Conflict(stored=Part(key=stored.key, texts=texts))
        case Invalid():
            return Invalid(errors={field: " ".join(outcome.errors.values())})
        case _:
            return outcome
