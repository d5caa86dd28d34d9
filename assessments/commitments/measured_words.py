"""What the measure of a commitment says, in words of the active language, made of plain data (`measured`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from groundwork.words import day, days
from vendors.measures.catalogue import BY_KEY
from vendors.measures.metrics import PeriodLength
from vendors.measures.movement import FEWEST_AFTER, FEWEST_INCIDENTS, Outcome, Standing, Why
from vendors.measures.words import LABELS, figure

Figures = Mapping[str, Any]
OUTCOMES: Mapping[str, Promise] = {
    Outcome.MOVED: pgettext_lazy("measure of a commitment", "moved"),
    Outcome.REACHED: pgettext_lazy("measure of a commitment", "reached"),
    Outcome.NOT_MOVED: pgettext_lazy("measure of a commitment", "did not move"),
    Outcome.CANNOT_TELL: pgettext_lazy("measure of a commitment", "cannot tell yet"),
}
STANDINGS: Mapping[str, Promise] = {
    Standing.HOLDS: pgettext_lazy("measure of a commitment", "holds"),
    Standing.NOT_SHOWN: pgettext_lazy("measure of a commitment", "not clear"),
    Standing.SLIPPING: pgettext_lazy("measure of a commitment", "may be falling back"),
    Standing.FELL_BACK: pgettext_lazy("measure of a commitment", "fell back"),
    Standing.CANNOT_TELL: pgettext_lazy("measure of a commitment", "cannot tell yet"),
}


def label(outcome: str, standing: str | None = None) -> str:
    """In a word or two; of one that was kept, whether it holds."""
    return str(STANDINGS[standing] if standing else OUTCOMES[outcome])


def measure_name(measure: str) -> str:
    return str(LABELS.get(measure, measure))


def agreed(figures: Figures) -> str:
    """“agreed: at most 12 hours”; empty where no figure was agreed."""
    if figures.get("target") is None:
        return ""
    measure = BY_KEY[figures["measure"]]
    value = figure(float(figures["target"]), measure.unit)
    if measure.lower_is_better is False:
        return _("agreed: at least %(value)s") % {"value": value}
    return _("agreed: at most %(value)s") % {"value": value}


def sentences(figures: Figures) -> str:
    """All that it says, each sentence with its full stop."""
    if figures.get("standing"):
        return _standing(figures)
    said = [_said(figures)]
    if fell_back := figures.get("fell_back"):
        said.insert(0, _standing(fell_back))
        if figures.get("fall_back_is_gone"):
            said.insert(
                1,
                _(
                    "Facts have changed since: by those of today it did not fall back then. It stays open until "
                    "somebody decides."
                ),
            )
    return " ".join(said)


def brief(figures: Figures) -> str:
    """“18.4 hours before, 9.1 hours since”; empty where nothing is known of either."""
    before, after = _value(figures, "before"), _value(figures, "after")
    if before and after:
        return _("%(before)s before, %(after)s since") % {"before": before, "after": after}
    if after:
        return _("%(after)s since") % {"after": after}
    return ""


# Whether it moved -------------------------------------------------------------------------------------------------
def _said(figures: Figures) -> str:
    is_early = figures["why"] in (Why.NOT_DUE, Why.NOT_KNOWN, Why.NOT_FOLLOWED)
    if is_early and figures.get("reopened_on") == figures["due_on"]:
        return _("It was opened again on %(day)s: what the measure says of the time since is told later.") % {
            "day": day(date.fromisoformat(figures["due_on"]))
        }
    return WHY[figures["why"]](figures)


def _values(figures: Figures) -> dict[str, str]:
    return {
        "before": _value(figures, "before"),
        "after": _value(figures, "after"),
        "agreed": agreed(figures),
    }


def _value(figures: Figures, name: str) -> str:
    found = figures.get(name)
    return figure(float(found["value"]), BY_KEY[figures["measure"]].unit) if found else ""


def _shown(figures: Figures) -> str:
    if agreed(figures):
        return _("Moved from %(before)s to %(after)s; %(agreed)s.") % _values(figures)
    return _("Moved from %(before)s to %(after)s.") % _values(figures)


def _was_there(figures: Figures) -> str:
    return _("What was agreed held already before: %(before)s before, %(after)s since; %(agreed)s.") % _values(figures)


def _no_baseline(figures: Figures) -> str:
    said = _("Reached: %(after)s; %(agreed)s. Of the time before too little is known to say whether it moved.")
    return said % _values(figures)


def _better(figures: Figures) -> str:
    said = _("Better, from %(before)s to %(after)s, but not what was agreed (%(agreed)s).")
    return said % _values(figures)


def _worse(figures: Figures) -> str:
    if agreed(figures):
        return _("Worse, from %(before)s to %(after)s; %(agreed)s.") % _values(figures)
    return _("Worse, from %(before)s to %(after)s.") % _values(figures)


def _no_change(figures: Figures) -> str:
    values = _values(figures)
    if not values["before"]:
        return _("Not reached: %(after)s; %(agreed)s.") % values
    if agreed(figures):
        return _("Did not move beyond chance: %(before)s before, %(after)s since; %(agreed)s.") % values
    return _("Did not move beyond chance: %(before)s before, %(after)s since.") % values


# What cannot be told yet ------------------------------------------------------------------------------------------
def _not_due(figures: Figures) -> str:
    due = {"day": day(date.fromisoformat(figures["due_on"]))}
    if said := brief(figures):
        return _("So far: %(said)s. It is due on %(day)s.") % {**due, "said": said}
    return _("It is due on %(day)s; what the measure says is told after that.") % due


def _not_known(figures: Figures) -> str:
    known = {"day": day(date.fromisoformat(figures["known_until"])), "due": day(date.fromisoformat(figures["due_on"]))}
    return _("Cannot tell yet: the facts are known until %(day)s, and it was due on %(due)s.") % known


def _not_followed(figures: Figures) -> str:
    return _(
        "Cannot tell yet: the period of the due date is not over, or its incidents were not followed for long enough."
    )


def _too_few(figures: Figures) -> str:
    return _("Cannot tell yet: too few periods or incidents lie before or after.")


def _chance(figures: Figures) -> str:
    said = _("Cannot tell yet: what was agreed is reached (%(before)s before, %(after)s since), which may be chance.")
    return said % _values(figures)


def _so_soon(figures: Figures) -> str:
    said = _("Cannot tell yet: it begins to move (%(said)s). Three periods after the due date will tell.")
    return said % {"said": brief(figures)}


def _not_read(figures: Figures) -> str:
    return _("Cannot tell yet: the measure will be read within a day.")


WHY: Mapping[str, Callable[[Figures], str]] = {
    Why.SHOWN: _shown,
    Why.WAS_THERE: _was_there,
    Why.NO_BASELINE: _no_baseline,
    Why.BETTER: _better,
    Why.WORSE: _worse,
    Why.NO_CHANGE: _no_change,
    Why.NOT_DUE: _not_due,
    Why.NOT_KNOWN: _not_known,
    Why.NOT_FOLLOWED: _not_followed,
    Why.TOO_FEW: _too_few,
    Why.CHANCE: _chance,
    Why.SO_SOON: _so_soon,
    "not_read": _not_read,
}


# Of one that was kept ---------------------------------------------------------------------------------------------
def _standing(figures: Figures) -> str:
    kept, since = _value(figures, "kept"), _value(figures, "since")
    values = {"kept": kept, "since": since, "agreed": agreed(figures), "when": _when(figures.get("since"))}
    return " ".join(filter(None, [STANDS[figures["standing"]](figures) % values, _missed(figures)]))


def _fell_back(figures: Figures) -> str:
    if agreed(figures):
        return _("Fell back from %(kept)s to %(since)s (%(when)s); %(agreed)s.")
    return _("Fell back from %(kept)s to %(since)s (%(when)s).")


def _slipping(figures: Figures) -> str:
    return _("May be falling back, from %(kept)s to %(since)s (%(when)s); %(agreed)s.")


def _not_shown(figures: Figures) -> str:
    if agreed(figures):
        return _(
            "That it fell back is not shown beyond chance: %(since)s (%(when)s), %(kept)s when it was kept; %(agreed)s."
        )
    return _("That it fell back is not shown beyond chance: %(since)s (%(when)s), %(kept)s when it was kept.")


def _holds(figures: Figures) -> str:
    if agreed(figures):
        return _("It holds: %(since)s (%(when)s), %(kept)s when it was kept; %(agreed)s.")
    return _("It holds: %(since)s (%(when)s), %(kept)s when it was kept.")


def _cannot_tell(figures: Figures) -> str:
    if _is_enough(figures.get("since")) and not _is_enough(figures.get("kept")):
        return _("Whether it holds cannot be told: too little is known of the time in which it was kept.")
    return _("Whether it holds cannot be told yet: too little is known since it was kept.")


STANDS: Mapping[str, Callable[[Figures], str]] = {
    Standing.FELL_BACK: _fell_back,
    Standing.SLIPPING: _slipping,
    Standing.NOT_SHOWN: _not_shown,
    Standing.HOLDS: _holds,
    Standing.CANNOT_TELL: _cannot_tell,
}


def _is_enough(side: Figures | None) -> bool:
    if side is None or side["periods"] < FEWEST_AFTER:
        return False
    return side["incidents"] is None or int(side["incidents"]) >= FEWEST_INCIDENTS


def _missed(figures: Figures) -> str:
    """In how many of the newest periods; empty where another reason was given."""
    missed = figures.get("missed")
    if missed is None:
        return ""
    counted = figures["since"]["periods"]
    text = _missed_text(figures.get("step"), counted, is_each=missed == counted)
    return text % {"missed": missed, "count": counted}


def _missed_text(step: str | None, count: int, *, is_each: bool) -> str:
    if step == PeriodLength.WEEK:
        if is_each:
            return ngettext(
                "What was agreed was missed by a tenth or more in each of the last %(count)s week of which "
                "enough is known.",
                "What was agreed was missed by a tenth or more in each of the last %(count)s weeks of which "
                "enough is known.",
                count,
            )
        return ngettext(
            "What was agreed was missed by a tenth or more in %(missed)s of the last %(count)s week of which "
            "enough is known.",
            "What was agreed was missed by a tenth or more in %(missed)s of the last %(count)s weeks of which "
            "enough is known.",
            count,
        )
    if is_each:
        return ngettext(
            "What was agreed was missed by a tenth or more in each of the last %(count)s month of which "
            "enough is known.",
            "What was agreed was missed by a tenth or more in each of the last %(count)s months of which "
            "enough is known.",
            count,
        )
    return ngettext(
        "What was agreed was missed by a tenth or more in %(missed)s of the last %(count)s month of which "
        "enough is known.",
        "What was agreed was missed by a tenth or more in %(missed)s of the last %(count)s months of which "
        "enough is known.",
        count,
    )


def _when(found: Figures | None) -> str:
    if not found:
        return ""
    return days(date.fromisoformat(found["since"]), date.fromisoformat(found["until"]))
