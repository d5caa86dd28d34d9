"""A letter among the sheets of facts: what its PDF shows, and who may have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.trail import audit
from groundwork import words
from reports.fact_sheets import keeping
from reports.fact_sheets.kinds import Content, Facts, SheetKind
from reports.letters.matters import TELL_NOTHING
from reports.letters.wording import said
from reports.models import FactSheet, FactSheetKind, LetterKind
from vendors.withheld import withheld

LINE = 112  # characters of one line of text on paper
# Lines that one page holds as it is set: as usual, and close; more are crowded.
ROOMY, CLOSE = 49, 60


@dataclass(frozen=True, kw_only=True)
class LetterRule:
    number: int
    name: str
    status: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Request:
    what: str
    due: str


@dataclass(frozen=True, kw_only=True)
class LetterView:
    """Everything that a letter says, in its own language. `labels`: what stands over its tables and at its foot;
    `logo`: an address that holds the picture itself; `density`: how close it is set: "", close or crowded."""

    kind: str
    organisation: str
    address: tuple[str, ...]
    foot: str
    logo: str
    addressee: tuple[str, ...]
    place_and_day: str
    reference: str
    subject: str
    salutation: str
    paragraphs: tuple[str, ...]
    own: tuple[str, ...]
    result: str
    rules: tuple[LetterRule, ...]
    requests: tuple[Request, ...]
    reply: str
    closing: str
    sender: tuple[str, ...]
    labels: dict[str, str]
    density: str


def view(content: Content, language: str) -> LetterView:
    """`language`: of the page around it; a letter has its own."""
    head, addressee, own = content["letterhead"], content["addressee"], content["language"]
    lines = (addressee["vendor"], addressee["name"], addressee["job"], *addressee["address"])
    return LetterView(
        kind=content["letter"],
        organisation=content["organisation"],
        address=tuple(head["address"]),
        foot=head["foot"],
        logo=f"data:image/png;base64,{head['logo']}" if head["logo"] else "",
        addressee=tuple(line for line in lines if line),
        place_and_day=content["place_and_day"],
        reference=content["reference"],
        subject=content["subject"],
        salutation=content["salutation"],
        paragraphs=tuple(content["paragraphs"]),
        own=tuple(content["own"].split("\n")) if content["own"] else (),
        result=content["result"],
        rules=tuple(LetterRule(**one) for one in content["rules"]),
        requests=tuple(Request(**one) for one in content["requests"]),
        reply=content["reply"],
        closing=content["closing"],
        sender=tuple(content["sender"].split("\n")) if content["sender"] else (),
        labels=_labels(content, own),
        density=_density(content),
    )


def _labels(content: Content, language: str) -> dict[str, str]:
    names = ("reference", "rules_heading", "requests_heading", "column_rule", "column_status", "column_request")
    labels = {name: said(language, name) for name in (*names, "column_due", "page", "of")}
    told = words.labelled(labels["reference"], content["reference"], language)
    return labels | {"reference_told": told, "logo": said(language, "logo", organisation=content["organisation"])}


def _density(content: Content) -> str:
    count = sum(_lines(content))
    return "" if count <= ROOMY else "close" if count <= CLOSE else "crowded"


def _lines(content: Content) -> Sequence[float]:
    """How many lines each part takes, about: what stands between parts counts as half a line."""
    head, addressee = content["letterhead"], content["addressee"]
    texts = [*content["paragraphs"], content["result"], content["reply"], *content["own"].split("\n")]
    narrow = [addressee["vendor"], addressee["name"], addressee["job"], *addressee["address"]]
    return [
        max(5 if head["logo"] else 1, _held(content["organisation"], 50) + len(head["address"])),
        *(_held(line, 80) for line in narrow),
        *(_held(text, LINE) + 0.5 for text in texts if text),
        *(_held(one["what"], 80) + 0.3 for one in content["requests"]),
        len(content["rules"]) * 1.2 + (2 if content["rules"] else 0) + (3 if content["requests"] else 0),
        _held(content["subject"], 90) * 1.3 + 8,  # with place and day, reference, salutation, closing and name
        _held(content["organisation"], 80) + len(content["sender"].split("\n")),
    ]


def _held(text: str, width: int) -> int:
    return -(-len(text) // width)


# The kind ------------------------------------------------------------------------------------------------------------
def _facts(member: Membership, pk: int) -> Facts:
    """Of a letter that was made: what it says does not follow from what it is about alone. Raises Http404."""
    rows = FactSheet.objects.for_member(member).filter(kind=FactSheetKind.LETTER).select_related("vendor")
    sheet = get_object_or_404(rows, pk=pk)
    return Facts(about=sheet.about, vendor=sheet.vendor, as_of=sheet.as_of, content=keeping.content_of(sheet))


def title(content: Content, language: str) -> str:
    return f"{content['subject']} · {content['organisation']}"


def name(content: Content) -> str:
    """`letter-result-a-2026-001-s-2026-001`: plain ASCII."""
    return "-".join(filter(None, ("letter", content["letter"], slugify(content["reference"])[:60].strip("-"))))


def is_shut(member: Membership, sheet: FactSheet, content: Content) -> bool:
    """Whether it is kept from this member, who still judges the vendor. Open are invitations and reminders: but not
    with a paragraph that somebody else wrote, which may say anything."""
    return sheet.vendor_id in withheld(member) and not is_open(member, content)


def is_open(member: Membership, content: Content) -> bool:
    tells_nothing = content["letter"] in TELL_NOTHING
    return tells_nothing and (not content["own"] or content["written_by"] == member.user_id)


def _page(pk: int) -> str:
    return reverse("letter_detail", args=[pk])


def called(content: Content) -> str:
    """“Result · Robin Example”."""
    return _("%(letter)s to %(contact)s") % {
        "letter": LetterKind(content["letter"]).label,
        "contact": content["addressee"]["name"],
    }


def content_of(sheet: FactSheet) -> dict[str, Any]:
    """Raises SnapshotDamaged."""
    return keeping.content_of(sheet)


def fetched(user: User, sheet: FactSheet, file: str) -> None:
    audit.record(user, "letter.fetched", sheet, label=str(sheet.get_kind_display()), after={"file": file})


KIND = SheetKind(
    facts=_facts,
    view=view,
    template="reports/letters/letter_pdf.html",
    title=title,
    name=name,
    page=_page,
    reference=lambda sheet: sheet.pk,
    is_open=is_open,
    fetched=fetched,
)
