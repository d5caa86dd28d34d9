"""A scorecard in the chain of seals: its snapshot byte by byte, all other columns, and the rows of its rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Cast

from accounts.chain import kinds, seals
from accounts.chain.kinds import Content, Kind
from accounts.models import Seal
from groundwork.canonical import hash_of
from reports.models import Scorecard, ScorecardRule

KIND = "scorecard"
# The columns that each form spells out: a form never changes, a new column needs a new form.
_CARD = (
    "id",
    "organisation_id",
    "assessment_id",
    "number",
    "snapshot",
    "sha256",
    "engine_version",
    "verdict",
    "rules_met",
    "weakest_rule",
    "average",
    "confidence",
    "approved_by_id",
    "approved_at",
)
_RULES = ("id", "scorecard_id", "position", "key", "status", "percent", "coverage")
FORMS = {1: (_CARD, _RULES), 2: ((*_CARD, "uuid"), _RULES)}
NEWEST = max(FORMS)
Values = Mapping[str, Any]


def kind() -> Kind:
    return Kind(one="scorecard", many="scorecards", content=_content, unsealed=_unsealed)


def seal(scorecard: Scorecard, *, now: datetime) -> Seal:
    """Appended to the chain in the transaction that makes it, as the last thing of it."""
    content = _content(str(scorecard.pk), "", NEWEST)  # as the database gives it back
    if content is None:
        raise RuntimeError(f"{scorecard} is not saved: it cannot be sealed.")
    return seals.append(KIND, str(scorecard.pk), content, now=now)


def seal_of(scorecard: Scorecard) -> Seal | None:
    """Its place in the chain; None of one that is not saved."""
    return Seal.objects.filter(kind=KIND, key=str(scorecard.pk)).first() if scorecard.pk else None


def holds(scorecard: Scorecard) -> bool:
    """Whether its row and those of its rules are what was sealed, and the seal is what it was: not whether the chain is
    whole, which `verify_chain` looks at. Four queries."""
    seal = seal_of(scorecard)
    if seal is None or seal.hash != seals.seal_hash({name: getattr(seal, name) for name in seals.HASHED}):
        return False
    content = _content(seal.key, "", seal.form) if seal.form in FORMS else None
    return content is not None and (content.sha256, content.size) == (seal.content, seal.size)


def content_of(card: Values, rules: Iterable[Values], *, slug: str, form: int) -> Content:
    """`card` and `rules`: the columns of that form, the rules in the order of their positions."""
    texts = [kinds.spelled_out(row) for row in (card, *rules)]
    label = f"{card['number']} of {slug}"
    return Content(label=label, form=form, size=len(texts), sha256=hash_of("\n".join(texts)))


def _content(key: str, before: str, form: int) -> Content | None:
    of_card, of_rule = FORMS[form]
    card = Scorecard.objects.filter(pk=key).values(*of_card, "organisation__slug").first()
    if card is None:
        return None
    slug = card.pop("organisation__slug")
    rules = ScorecardRule.objects.filter(scorecard=card["id"]).order_by("position", "pk").values(*of_rule)
    return content_of(card, rules, slug=slug, form=form)


def _unsealed() -> Iterable[str]:
    key = Cast(OuterRef("pk"), models.CharField())
    cards = Scorecard.objects.filter(~Exists(Seal.objects.filter(kind=KIND, key=key))).order_by("pk")
    return cards.values_list("number", flat=True)[:1]
