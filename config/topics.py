"""The topics of the help: what each is called, in which order they are listed, and what its page needs."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import RIGHTS
from accounts.members.roles import said_of
from accounts.models import Role
from manifesto.models import Release
from vendors.measures.words import reading_aid

# In the order in which they are listed. What the measures mean has a page of its own: `help_measures`.
TOPICS: dict[str, tuple[Promise, Promise]] = {
    "assessing": (_("How an assessment goes"), _("From the first vendor to the scorecard, step by step.")),
    "words": (_("What the words mean"), _("k of 7, the weakest rule, bounds, confidence, p, edition and the rest.")),
    "roles": (_("Who may do what"), _("The roles in an organisation, and what each may do.")),
    "secrecy": (_("Who sees what"), _("What stays closed until when, what is kept, and who reads it.")),
    "bank": (_("The question bank"), _("For bank editors: from a draft to an edition in force.")),
    "vendors": (_("For vendors and others who got a link"), _("Answering without an account.")),
}


def _roles() -> dict[str, object]:
    return {"roles": [(role.label, said_of(RIGHTS[role])) for role in Role]}


def _thresholds() -> dict[str, object]:
    """Of the edition that new assessments take; before there is one, those that an edition begins with."""
    return {"edition": Release.objects.current() or Release()}


MORE: dict[str, Callable[[], dict[str, object]]] = {"roles": _roles, "words": _thresholds, "measures": reading_aid}
MEASURES = (
    _("How to read the measures"),
    _("Rising, falling and flat; when a rating is contradicted; what is left out."),
)


def told(topic: str) -> dict[str, object]:
    """What its page says beside its own words."""
    return MORE.get(topic, dict)()
