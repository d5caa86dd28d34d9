"""What the vendor's page calls each part of a proof, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: Mapping[str, Promise] = {
    "cause": _("The cause"),
    "how_known": _("How you know that this is it"),
    "assumptions": _("What that rests on: your assumptions"),
    "why_no_other": _("No other cause? Then why not"),
    "prevention": _("What keeps it from coming back"),
    "reach": _("Which other systems need the same"),
}
HINTS: Mapping[str, Promise] = {
    "cause": _("Which part did what, at which moment: so that somebody who was not there can follow it."),
    "how_known": _("The measurement, the log or the trial that shows it. Best of all: you made it happen again."),
    "assumptions": _("What you took for true without looking, and what follows if it is not. None? Say so."),
    "why_no_other": _("Only where you considered none: what made the cause plain from the start."),
    "prevention": _("What is changed, since when, and how you saw that it works. What is only planned, with its day."),
    "reach": _("What else runs the same way at this customer, and by when it is mended. None? Say where you looked."),
}
OTHER_LABELS: Mapping[str, Promise] = {
    "cause": _("Another cause that you considered"),
    "ruled_out_by": _("The fact that ruled it out"),
}
