"""Who had a say, in words: raters, departments, agreement, consensus, the vendor’s own view, its replies, approvals.

Each function reads one part of a snapshot, in the active language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.models import Decision, ResponseKind, Stance
from assessments.raters import departments as hearing
from assessments.score.agreement import Agreement, AgreementLevel, NoFigureReason
from assessments.score.arithmetic import QuestionState
from assessments.score.words import QUESTION_STATES, fact_words
from groundwork.words import day, number, points, size
from reports.scorecard.shapes import (
    AgreedView,
    AnswerView,
    ApprovalView,
    DepartmentView,
    EvidenceView,
    MeetingView,
    NoteView,
    RaterView,
    ReplyView,
)
from reports.scorecard.words import Words

STANCES: Mapping[str, Promise] = {
    Stance.AGREES: gettext_lazy("The vendor agrees"),
    Stance.CONTESTS: gettext_lazy("The vendor contests this"),
}


def of(snapshot: Mapping[str, Any], contested: Sequence[str], words: Words) -> dict[str, Any]:
    """The fields of a scorecard that tell who was heard and what came back. `contested`: the keys of the questions on
    which the raters differ by two grades or more, agreed on or not."""
    raters = [_rater(entry, words) for entry in snapshot["responses"] if entry["kind"] == ResponseKind.CUSTOMER]
    vendor = [_rater(entry, words) for entry in snapshot["responses"] if entry["kind"] == ResponseKind.VENDOR]
    return {
        "raters": tuple(raters),
        "outstanding": tuple(_rater(entry, words) for entry in snapshot["outstanding"]),
        "vendor_answered": vendor[0] if vendor else None,
        "departments": tuple(_department(entry) for entry in snapshot["heard"]),
        "heard": voices_words(snapshot),
        "vendor_silent": "" if vendor else vendor_silent(snapshot["vendor_asked"]),
        "independence": independence(snapshot),
        "meetings": meetings(snapshot, words),
        "agreement": agreement(snapshot["agreement"], agreed_on(snapshot, contested)),
        "has_gap": any(entry["vendor"] is not None for entry in snapshot["gap"]),
        "reply_asked": words.moment(snapshot["reply"]["asked_at"]) if snapshot["reply"] else "",
        "reply_note": reply_note(snapshot["reply"], words),
        "reply_outcome": reply_outcome(snapshot["reply"], words),
        "previous": previous(snapshot["previous"]),
    }


def _rater(stored: Mapping[str, Any], words: Words) -> RaterView:
    return RaterView(
        name=stored["name"] or "",
        department=stored["department"] or "",
        at=words.moment(stored.get("submitted_at")),
        note="" if stored.get("independent", True) else _("not independent: had read others’ answers"),
    )


def _department(stored: Mapping[str, Any]) -> DepartmentView:
    why = str(hearing.WHY_IN_WORDS[hearing.DepartmentReason(stored["why"])])
    return DepartmentView(name=stored["name"], why=why, heard=stored["heard"])


def voices_words(snapshot: Mapping[str, Any]) -> str:
    """“4 raters from 3 departments; not heard: Finance.”"""
    sentence, missing = raters_words(snapshot), ", ".join(not_heard(snapshot))
    if missing:
        return _("%(heard)s; not heard: %(missing)s.") % {"heard": sentence, "missing": missing}
    return f"{sentence}."


def not_heard(snapshot: Mapping[str, Any]) -> list[str]:
    """The departments that have a say and were not heard."""
    return [one["name"] for one in snapshot["heard"] if not one["heard"]]


def raters_words(snapshot: Mapping[str, Any]) -> str:
    """“4 raters from 3 departments, not independent: 1”"""
    raters = [response for response in snapshot["responses"] if response["kind"] == ResponseKind.CUSTOMER]
    departments = len({rater["department"] for rater in raters} - {None})
    sentence = ngettext("%(raters)s rater", "%(raters)s raters", len(raters)) % {"raters": len(raters)}
    if departments:
        sentence = ngettext(
            "%(by)s from %(departments)s department", "%(by)s from %(departments)s departments", departments
        ) % {"by": sentence, "departments": departments}
    if led := _not_independent(snapshot):
        sentence = _("%(heard)s, not independent: %(count)s") % {"heard": sentence, "count": led}
    return sentence


def vendor_silent(asked: bool | None) -> str:
    """Of a vendor whose own answers are not there; empty where it is not known whether it was asked."""
    if asked is None:
        return ""
    return _("The vendor was asked and did not hand in.") if asked else _("The vendor was not asked.")


def _not_independent(snapshot: Mapping[str, Any]) -> int:
    """How many raters had read others' answers; nobody on a scorecard of which that is not known."""
    return sum(not response.get("independent", True) for response in snapshot["responses"])


def independence(snapshot: Mapping[str, Any]) -> str:
    """What is said of raters who had read others' answers before rating; empty where there is none."""
    count = _not_independent(snapshot)
    if not count:
        return ""
    return ngettext(
        "%(count)s rater had read others’ answers and is not independent: these grades count in the mean, but neither "
        "in the confidence nor in the agreement of the raters.",
        "%(count)s raters had read others’ answers and are not independent: these grades count in the mean, but "
        "neither in the confidence nor in the agreement of the raters.",
        count,
    ) % {"count": count}


def meetings(snapshot: Mapping[str, Any], words: Words) -> tuple[MeetingView, ...]:
    """Each meeting with those who were there; none for a scorecard whose agreements say it themselves."""
    return tuple(_meeting(stored, snapshot["consensus"].values(), words) for stored in snapshot["meetings"] or ())


def _meeting(stored: Mapping[str, Any], agreed: Iterable[Mapping[str, Any]], words: Words) -> MeetingView:
    count = sum(one["held_on"] == stored["held_on"] for one in agreed)
    of_one = len(stored["present"]) == 1
    if of_one:
        said = ngettext("%(count)s question decided by one person", "%(count)s questions decided by one person", count)
    else:
        said = ngettext("%(count)s question agreed", "%(count)s questions agreed", count)
    return MeetingView(
        held_on=words.day(stored["held_on"]),
        present=", ".join(stored["present"]),
        settled=said % {"count": count},
        of_one=of_one,
    )


def agreed_on(snapshot: Mapping[str, Any], contested: Iterable[str]) -> list[date | None]:
    """For each contested question the day of the meeting that settled it; None where it is open."""
    agreed = (snapshot["consensus"].get(key) for key in contested)
    return [None if one is None else date.fromisoformat(one["held_on"]) for one in agreed]


def agreement(stored: Mapping[str, Any] | None, settled: Sequence[date | None] = ()) -> str:
    """How far the raters agree, with what that means after what was talked over; empty where one rater judged alone.
    `settled`: as `agreed_on` gives it."""
    if stored is None or stored["why"] == NoFigureReason.TOO_FEW_RATERS:
        return ""
    measured = _agreement(stored)
    if measured.alpha is None:
        return measured.meaning_after(settled)
    return _("%(label)s (alpha %(figure)s). %(meaning)s") % {
        "label": measured.label,
        "figure": measured.figure,
        "meaning": measured.meaning_after(settled),
    }


def agreement_brief(stored: Mapping[str, Any]) -> tuple[str, str]:
    """A label and “Fair agreement”, of one that `agreement` says something of: “Alpha 0.71”, or “Raters agree”."""
    measured = _agreement(stored)
    if measured.alpha is None:
        return _("Agreement"), measured.label
    return _("Alpha %(figure)s") % {"figure": measured.figure}, measured.label


def _agreement(stored: Mapping[str, Any]) -> Agreement:
    return Agreement(
        alpha=None if stored["alpha"] is None else float(stored["alpha"]),
        raters=stored["raters"],
        questions=stored["questions"],
        level=AgreementLevel(stored["level"]),
        why=NoFigureReason(stored["why"]),
    )


def gap(stored: Mapping[str, Any] | None, words: Words) -> str:
    """“higher by 31 percentage points”; empty where one of the two says nothing."""
    if stored is None or stored["difference"] is None:
        return ""
    difference = Fraction(stored["difference"])
    if not difference:
        return _("as we do")
    sentence = _("higher by %(gap)s") if difference > 0 else _("lower by %(gap)s")
    return sentence % {"gap": points(abs(difference), words.language)}


def gap_signed(stored: Mapping[str, Any] | None, words: Words) -> str:
    """“+31”, “−0.5”: the same in a narrow column; empty where one of the two says nothing."""
    if stored is None or stored["difference"] is None:
        return ""
    difference = Fraction(stored["difference"])
    sign = "+" if difference > 0 else "\N{MINUS SIGN}" if difference else "±"
    return sign + number(abs(difference), words.language, digits=1)


def gap_words(stored: Mapping[str, Any] | None, words: Words) -> str:
    """The vendor’s own view of a rule in a sentence that says that it does not count."""
    if stored is None or stored["vendor"] is None:
        return ""
    own = words.percent(Fraction(stored["vendor"]))
    if stored["difference"] is None:
        return _("The vendor says %(vendor)s of itself. It never counts.") % {"vendor": own}
    said = _("The vendor says %(vendor)s of itself, we say %(customer)s: a gap of %(gap)s. It never counts.")
    return said % {
        "vendor": own,
        "customer": words.percent(Fraction(stored["customer"])),
        "gap": points(abs(Fraction(stored["difference"])), words.language),
    }


def agreed_view(
    stored: Mapping[str, Any] | None, held: Iterable[Mapping[str, Any]] | None, words: Words
) -> AgreedView | None:
    """`held`: the meetings; None on a scorecard whose agreements say themselves who was there."""
    if stored is None:
        return None
    there = {one["held_on"]: one["present"] for one in held or ()}
    of_one = len(there.get(stored.get("held_on"), ())) == 1
    present = [*stored.get("present", ()), *filter(None, [stored.get("others", "")])]
    held_on = stored.get("held_on")
    return AgreedView(reason=stored["reason"], held_on=words.day(held_on), present=", ".join(present), of_one=of_one)


def reply(stored: Mapping[str, Any] | None, words: Words) -> ReplyView | None:
    if stored is None:
        return None
    return ReplyView(
        stance=stored["stance"],
        stance_label=str(STANCES[stored["stance"]]),
        text=stored["text"],
        by=stored["by"] or "",
        at=words.day(stored["at"]),
        note=_("It was shown an earlier result.") if stored["to_earlier_result"] else "",
    )


def reply_note(stored: Mapping[str, Any] | None, words: Words) -> str:
    """That the vendor was asked what it says of the result and stayed silent; empty otherwise."""
    if stored is None or stored["submitted_at"] is not None:
        return ""
    due_on = day(date.fromisoformat(stored["due_on"]), words.language)
    return _("The vendor was shown this result and did not reply; it had until %(day)s.") % {"day": due_on}


def reply_outcome(stored: Mapping[str, Any] | None, words: Words) -> str:
    """What came of the right of reply; empty where the vendor was not asked."""
    if stored is None or stored["submitted_at"] is None:
        return reply_note(stored, words)
    return _("The vendor replied on %(day)s.") % {"day": words.day(stored["submitted_at"])}


def previous(stored: Mapping[str, Any] | None) -> str:
    """The scorecard before by name, where nothing more is known of it."""
    if stored is None or stored["rules"]:
        return ""
    return _("The scorecard before this one, %(number)s; rules met: %(met)s of %(total)s.") % {
        "number": stored["number"],
        "met": stored["met"],
        "total": stored["of"],
    }


def approvals(snapshot: Mapping[str, Any], words: Words) -> tuple[ApprovalView, ...]:
    """The decisions in their order, each with its level where there are several or it has a name."""
    stored = snapshot["approvals"]
    several = any(one.get("level", 1) > 1 for one in stored)
    last = stored[-1].get("fingerprint", "") if stored else ""
    return tuple(_approval(one, words, last, several=several) for one in stored)


def _approval(stored: Mapping[str, Any], words: Words, last: str, *, several: bool) -> ApprovalView:
    level = stored.get("level_name", "")
    if not level and several:
        level = _("Level %(level)s") % {"level": stored["level"]}
    outdated = stored["decision"] == Decision.APPROVED and stored.get("fingerprint", "") != last
    return ApprovalView(
        decision=str(Decision(stored["decision"]).label),
        level=level,
        by=stored["by"],
        at=words.moment(stored["at"]),
        on=words.day(stored["at"]),
        is_counting=stored["decision"] == Decision.APPROVED and not outdated,
        reason=stored["reason"],
        note=_("An answer changed afterwards, so this level decided again.") if outdated else "",
    )


def answer_view(answer: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """What an answer says beside its grade."""
    recorded = answer["fact"]
    return {
        "blank": str(QUESTION_STATES[QuestionState(answer["blank"])]) if answer["blank"] else "",
        "reason": answer["reason"],
        "vendor_says": answer["vendor_says"],
        "carried_over": answer.get("carried_over", False),
        "comment": answer["comment"],
        "fact": fact_words(Fraction(recorded["value"]), recorded["unit"], words.language) if recorded else "",
        "evidence": tuple(
            EvidenceView(name=file["name"], size=size(file["size"], words.language), sha256=file["sha256"])
            for file in answer["evidence"]
        ),
    }


def note_view(stored: Mapping[str, Any] | None, own: AnswerView | None, words: Words) -> NoteView | None:
    """What was noted of what the vendor said; `own`: what it answered itself."""
    if stored is None:
        return None
    on = words.day(stored["at"]) if stored["at"] else ""
    return NoteView(text=stored["text"], by=stored["by"] or "", on=on, before=own is not None and own.is_answered)
