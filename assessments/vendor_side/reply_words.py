"""What the vendor says to the result of a rule, in the words that it chose by: wherever the vendor itself reads it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from assessments.models import Stance

STANCES = (
    (Stance.AGREES.value, gettext_lazy("We agree")),
    (Stance.CONTESTS.value, gettext_lazy("We see it differently")),
    ("", gettext_lazy("No reply to this rule")),
)
_LABELS = dict(STANCES)


def own_words(stance: str) -> str:
    """The label of the choice. Raises KeyError for what is none."""
    return str(_LABELS[stance])
