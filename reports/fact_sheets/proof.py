"""A proof of cause on paper, for those who were hit: what happened, what the vendor proved, what came of it.

Printed is what was handed in last, as it was frozen then: what the vendor changes since it was returned is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork import words
from reports.fact_sheets.kinds import Content, Facts, SheetKind
from vendors.models import CauseProof, CauseProofQuerySet, ProofState, ProofStep, ProofStepKind
from vendors.proofs.shared import SharedIncident, shared

RELATED = ("organisation", "vendor", "contact", "incident__service__department", "decided_by")
MOMENTS = ("opened_at", "restored_at", "resolved_at")


# The facts ---------------------------------------------------------------------------------------------------------
def facts_for(member: Membership, about: int) -> Facts:
    """Raises Http404 for a proof that is not the member's, that was never handed in, or is not asked for any more."""
    return facts_among(CauseProof.objects.for_member(member), about)


def facts_among(proofs: CauseProofQuerySet, pk: int) -> Facts:
    """As `facts_for`, of one of these. Four queries."""
    proof = proofs.exclude(state=ProofState.WAIVED).select_related(*RELATED).filter(pk=pk).first()
    steps = proof.steps.filter(kind=ProofStepKind.HANDED_IN).select_related("link", "user") if proof else None
    step = steps.order_by("-at", "-pk").first() if steps is not None else None
    if proof is None or step is None:
        raise Http404
    return facts_of(proof, step)


def facts_of(proof: CauseProof, step: ProofStep) -> Facts:
    """`step`: the last time that it was handed in."""
    is_decided = proof.decided_at is not None and proof.decided_at > step.at
    as_of = proof.decided_at if is_decided and proof.decided_at else step.at
    return Facts(about=proof.pk, vendor=proof.vendor, as_of=as_of, content=_content(proof, step))


def _content(proof: CauseProof, step: ProofStep) -> dict[str, Any]:
    """Written out field by field: nothing comes in that is not named here."""
    handed_in = step.content or {}
    incident = shared(proof.incident)
    return {
        "time_zone": settings.TIME_ZONE,
        "organisation": proof.organisation.name,
        "vendor": proof.vendor.name,
        "number": proof.number,
        "incident": _incident(incident),
        "language": _language(proof, step),
        "texts": dict(handed_in["texts"]),
        "other_causes": [dict(one) for one in handed_in["other_causes"]],
        "files": [{name: file[name] for name in ("name", "size", "sha256")} for file in handed_in["files"]],
        "due_on": (proof.first_due_on or proof.due_on).isoformat(),
        "in_time": bool(proof.came_in_time),
        "first_handed_in_at": _moment(proof.first_handed_in_at),
        "handed_in_at": _moment(proof.handed_in_at),
        "handed_in_by": step.link.name if step.link else str(step.user or ""),
        "by_the_vendor": step.link is not None,
        "state": proof.state,
        "decided_at": None if proof.state == ProofState.HANDED_IN else _moment(proof.decided_at),
        "accepted_by": str(proof.decided_by or "") if proof.state == ProofState.ACCEPTED else "",
    }


def _incident(incident: SharedIncident) -> dict[str, Any]:
    return {
        "reference": incident.reference,
        "title": incident.title,
        "service": incident.service,
        "configuration_item": incident.configuration_item,
        "departments": list(incident.departments),
        **{name: _moment(getattr(incident, name)) for name in MOMENTS},
    }


def _language(proof: CauseProof, step: ProofStep) -> str:
    """In which the vendor wrote, as far as anybody knows: that of whoever handed it in, else of whoever owes it."""
    if step.link is not None:
        return step.link.language
    return proof.contact.language if proof.contact else ""


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


# As it is shown ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Fact:
    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """One text of the vendor under its heading."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class PrintedFile:
    name: str
    size: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ProofView:
    """Everything that the document says, in one language. `words`: the language that the vendor wrote in, or empty."""

    organisation: str
    vendor: str
    number: str
    heading: str
    outcome: str
    accepted: bool
    course: tuple[str, ...]
    happened: tuple[Fact, ...]
    words: str
    before: tuple[Said, ...]
    others: tuple[tuple[str, str], ...]
    why_no_other: str
    after: tuple[Said, ...]
    files: tuple[PrintedFile, ...]


def view(content: Content, language: str) -> ProofView:
    told = _Told(content=content, language=language)
    texts = content["texts"]
    return ProofView(
        organisation=content["organisation"],
        vendor=content["vendor"],
        number=content["number"],
        heading=heading(content),
        outcome=told.outcome(),
        accepted=content["state"] == ProofState.ACCEPTED,
        course=told.course(),
        happened=told.happened(),
        words=content["language"],
        before=_said(texts, _before()),
        others=tuple((one["cause"], one["ruled_out_by"]) for one in content["other_causes"]),
        why_no_other=texts.get("why_no_other", ""),
        after=_said(texts, _after()),
        files=_files(content["files"], language),
    )


def _before() -> dict[str, str]:
    return {"cause": _("The cause"), "how_known": _("How it is known"), "assumptions": _("What that rests on")}


def _after() -> dict[str, str]:
    return {"prevention": _("What keeps it from coming back"), "reach": _("Which other systems need the same")}


def heading(content: Content) -> str:
    incident = content["incident"]
    return str(incident["title"] or incident["reference"])


def _said(texts: Mapping[str, str], titles: Mapping[str, str]) -> tuple[Said, ...]:
    return tuple(Said(title=title, text=texts[name]) for name, title in titles.items() if texts.get(name))


def _files(files: Sequence[Mapping[str, Any]], language: str) -> tuple[PrintedFile, ...]:
    return tuple(
        PrintedFile(name=file["name"], size=words.size(file["size"], language), sha256=file["sha256"]) for file in files
    )


@dataclass(frozen=True, kw_only=True)
class _Told:
    """The sentences about a proof; its language is active."""

    content: Content
    language: str

    def moment(self, stored: str) -> str:
        zone = ZoneInfo(self.content["time_zone"])
        return words.moment(datetime.fromisoformat(stored), self.language, zone=zone)

    def day(self, stored: str) -> str:
        """Of a moment, or of a plain day."""
        if "T" not in stored:
            return words.day(date.fromisoformat(stored), self.language)
        local = datetime.fromisoformat(stored).astimezone(ZoneInfo(self.content["time_zone"]))
        return words.day(local.date(), self.language)

    def outcome(self) -> str:
        """What came of it, in a sentence."""
        state, decided_at = self.content["state"], self.content["decided_at"]
        if state == ProofState.ACCEPTED and decided_at:
            said = {"name": words.isolated(self.content["accepted_by"]), "day": self.day(decided_at)}
            return _("Accepted by %(name)s on %(day)s.") % said
        if state == ProofState.RETURNED and decided_at:
            return _("Not accepted yet: returned on %(day)s, because more is needed.") % {"day": self.day(decided_at)}
        return _("Not accepted yet: it is being read.")

    def course(self) -> tuple[str, ...]:
        """Whether it came in time, and who handed in what is printed."""
        content = self.content
        said = {"day": self.day(content["first_handed_in_at"]), "due": self.day(content["due_on"])}
        when = _("First handed in on %(day)s, in time: it was due on %(due)s.")
        if not content["in_time"]:
            when = _("First handed in on %(day)s, late: it was due on %(due)s.")
        who = {"name": words.isolated(content["handed_in_by"]), "day": self.day(content["handed_in_at"])}
        whose = _("As %(name)s handed it in on %(day)s.")
        if not content["by_the_vendor"]:
            whose = _("As it came in on %(day)s; put in by %(name)s.")
        return (when % said, whose % who)

    def happened(self) -> tuple[Fact, ...]:
        incident = self.content["incident"]
        named = {
            _("Reference"): incident["reference"],
            _("Service"): incident["service"],
            _("Configuration item"): incident["configuration_item"],
            _("For whom"): words.joined([words.isolated(name) for name in incident["departments"]], self.language),
        }
        labels = {"opened_at": _("Opened"), "restored_at": _("Business restored"), "resolved_at": _("Resolved")}
        moments = {label: self.moment(incident[name]) for name, label in labels.items() if incident[name]}
        return tuple(Fact(label=label, text=text) for label, text in (named | moments).items() if text)


# The kind ------------------------------------------------------------------------------------------------------------
def title(content: Content, language: str) -> str:
    said = _("Proof of cause %(number)s · %(vendor)s")
    return said % {"number": content["number"], "vendor": content["vendor"]}


def name(content: Content) -> str:
    """`proof-of-cause-p-2026-001`: plain ASCII."""
    return f"proof-of-cause-{slugify(content['number'])}"


def page(about: int) -> str:
    return reverse("proof_detail", args=[about])


KIND = SheetKind(
    facts=facts_for,
    view=view,
    template="reports/fact_sheets/proof_pdf.html",
    title=title,
    name=name,
    page=page,
    is_attached=True,
)
