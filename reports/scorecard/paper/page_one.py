"""Page one briefs an executive alone: each text in the lines that it has, one layout whatever the case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.findings.findings import Finding
from assessments.findings.proven import CAME_BACK
from assessments.score.arithmetic import Confidence, RuleScore, Score
from groundwork.languages import NO_BREAK
from groundwork.words import apart, isolated, joined, percent_sign
from reports.scorecard import people, since, snapshots
from reports.scorecard import words as wording
from reports.scorecard.paper.cutting import SERIF, SERIF_BOLD, Room, cut
from reports.scorecard.paper.headline import headline
from reports.scorecard.paper.sections import record
from reports.scorecard.paper.shapes import AskedBrief, FindingBrief, Flag, PageOne, PageRow, Said
from reports.scorecard.shapes import AskedView, ScorecardView
from reports.scorecard.snapshots import Snapshot
from reports.scorecard.words import Words

SMALL, TEXT = 8, 9.5  # points
THIRD, TWO_THIRDS, WHOLE = 54.8, 114.4, 174  # millimetres: two columns of the grid, four, six
VENDOR = Room(lines=2, width=WHOLE, type=23, face=SERIF_BOLD)
SENTENCE = Room(lines=2, width=WHOLE, type=15, face=SERIF)
LINE = Room(lines=1, width=WHOLE, type=TEXT)
VERDICT = Room(lines=3, width=THIRD, type=TEXT)
IN_BOX = Room(lines=2, width=49, type=SMALL)
REASON = Room(lines=1, width=75, type=SMALL)
FINDING = Room(lines=3, width=TWO_THIRDS, type=TEXT)
SINCE = Room(lines=2, width=TWO_THIRDS, type=TEXT)
REQUEST = Room(lines=1, width=76, type=TEXT)
OWNER = Room(lines=1, width=36, type=SMALL)
APPROVED = Room(lines=2, width=TWO_THIRDS, type=TEXT)
NOTE = Room(lines=1, width=WHOLE, type=SMALL)
MOST_FINDINGS = 2
MOST_ASKED = 3
MEASURED_OTHERWISE = (Finding.CONTRADICTED, Finding.BETTER_THAN_RATED)
# What speaks most clearly first; practice and causes have the same looks.
SEVERITY = (Finding.CONTRADICTED, Finding.NOT_BORNE_OUT, Finding.BETTER_THAN_RATED)


def of(snapshot: Snapshot, card: ScorecardView, words: Words) -> PageOne:
    """In the active language, which is that of `words`."""
    score = snapshots.score_of(snapshot)
    found = found_in(card)
    shown = rows(card, score, words)
    flags = {flag.kind: flag for row in shown for flag in row.flags}
    return PageOne(
        vendor=cut(card.vendor, VENDOR),
        sentence=cut(headline(score, words.rules, words.language), SENTENCE),
        assessed=cut(_assessed(card), LINE),
        services=cut(card.services_brief, LINE),
        verdict=tuple(cut(line, VERDICT) for line in _verdict(card)),
        basis_heading=confidence_heading(score.confidence),
        basis=tuple(_basis(snapshot, card)),
        rows=shown,
        has_claim=any(row.rule.mark.vendor_percent is not None for row in shown),
        flags=tuple(flags[kind] for kind in ("measured", "contested") if kind in flags),
        scale=cut(_scale(card, words), NOTE),
        findings=tuple(found[:MOST_FINDINGS]),
        findings_note=_findings_note(card, found),
        since=_since(snapshot, card, words),
        asked=tuple(_asked(one) for one in open_first(card.asked)[:MOST_ASKED]),
        asked_note=_asked_note(card),
        approved=cut(_approved(snapshot, card), APPROVED, rest=record()),
    )


def confidence_heading(level: Confidence) -> str:
    return {
        Confidence.HIGH: _("High confidence"),
        Confidence.MEDIUM: _("Medium confidence"),
        Confidence.LOW: _("Low confidence"),
    }[level]


def _assessed(card: ScorecardView) -> str:
    said = _("Assessed by %(organisation)s (period: %(period)s)")
    return said % {"organisation": isolated(card.organisation), "period": card.period}


def _verdict(card: ScorecardView) -> Iterable[str]:
    yield card.verdict_sentence
    yield card.weakest
    if card.average:
        yield _("Average of the rated rules, not deciding: %(average)s") % {"average": card.average}


# How far to rely on it --------------------------------------------------------------------------------------------
def _basis(snapshot: Snapshot, card: ScorecardView) -> Iterable[Said]:
    yield _boxed(_("Raters"), people.raters_words(snapshot))
    missing = people.not_heard(snapshot)
    if missing:
        yield _boxed(_("Not heard"), ", ".join(map(isolated, missing)))
    department = it_department(snapshot)
    if department:
        yield _boxed(_("IT"), department)
    yield _boxed(_("Evidence"), evidence(snapshot))
    yield _boxed(_("The vendor"), vendor_words(snapshot, card))
    if card.agreement:
        yield _boxed(*people.agreement_brief(snapshot["agreement"]))
    if card.measured and card.measured.basis and card.measured.basis.is_old:
        yield _boxed(_("Facts"), cut(card.measured.basis.age, replace(IN_BOX, lines=1).after(_("Facts"))))
    yield _boxed(
        _("Approved by"), joined([_approver(name, rated=rated) for name, rated in approvers_of(snapshot, card)])
    )


def _boxed(label: str, text: str) -> Said:
    """Both together in the lines of the box."""
    return Said(label=label, text=cut(text, IN_BOX.after(label)))


def it_department(snapshot: Snapshot) -> str:
    """Whether those who run the IT were heard; empty where no department is known to."""
    heard = [one["heard"] for one in snapshot["heard"] if one["why"] == "it"]
    if not heard:
        return ""
    return pgettext("a department", "heard") if any(heard) else pgettext("a department", "not heard")


def evidence(snapshot: Snapshot) -> str:
    """“8 of 22 grades”: how many of what customers graded has a file behind it."""
    graded = [
        answer
        for response in snapshot["responses"]
        if response["kind"] == "customer"
        for answer in response["answers"]
        if answer["grade"] is not None
    ]
    if not graded:
        return _("nothing is graded")
    proven = sum(bool(answer["evidence"]) for answer in graded)
    return _("grades with a file: %(proven)s of %(count)s") % {"proven": proven, "count": len(graded)}


def vendor_words(snapshot: Snapshot, card: ScorecardView) -> str:
    """Whether it answered, and whether it used its right of reply: “answered; replied to the result”."""
    if card.vendor_answered:
        said = [_("answered")]
    else:
        silent = {True: _("was asked, did not answer"), False: _("was not asked"), None: _("no answers of its own")}
        said = [silent[snapshot["vendor_asked"]]]
    if card.reply_asked:
        said.append(_("did not reply to the result") if card.reply_note else _("replied to the result"))
    return apart(said)


def approvers_of(snapshot: Snapshot, card: ScorecardView) -> list[tuple[str, bool]]:
    """Whoever’s approval counts, in the order of the levels, and whether they also rated: by name, for a snapshot has
    no other mark of a person."""
    raters = {one["name"] for one in snapshot["responses"] if one["kind"] == "customer"}
    names = [one.by for one in card.approvals if one.is_counting]
    return [(name, name in raters) for name in dict.fromkeys(names)]


def _approver(name: str, *, rated: bool) -> str:
    return _("%(name)s (also rated)") % {"name": isolated(name)} if rated else isolated(name)


def _approved(snapshot: Snapshot, card: ScorecardView) -> str:
    """“Eve Example (Procurement lead), 3 March 2026. Eve Example also rated.”"""
    decided = [one for one in card.approvals if one.is_counting]
    told = apart(
        ", ".join((f"{isolated(one.by)} ({one.level})" if one.level else isolated(one.by), one.on)) for one in decided
    )
    also = [isolated(name) for name, rated in approvers_of(snapshot, card) if rated]
    if not also:
        return f"{told}."
    said = ngettext("%(names)s also rated.", "%(names)s also rated.", len(also)) % {"names": joined(also)}
    return f"{told}. {said}"


# The seven rules --------------------------------------------------------------------------------------------------
def rows(card: ScorecardView, score: Score, words: Words) -> tuple[PageRow, ...]:
    figures = [figure(one.percent if one.is_rated else None, words) for one in score.rules]
    most = max((_behind_the_point(one) for one in figures if one), default=0)
    outcomes = {row.rule: row.outcome for row in card.measured.rows} if card.measured else {}
    return tuple(
        PageRow(
            rule=rule,
            figure=shown,
            padding=range(most - _behind_the_point(shown)) if shown else (),
            was=rule.before.was if rule.before else "",
            way=rule.before.way if rule.before else "",
            way_label=rule.before.way_label if rule.before else "",
            reason=cut(wording.brief_reason(one, words), REASON),
            flags=tuple(_flags(outcomes.get(rule.key, ""), contested=rule in card.contested)),
            bounds=bounds(one),
            drawn=_drawn(rule.percent, rule.vendor_percent),
        )
        for rule, one, shown in zip(card.rules, score.rules, figures, strict=True)
    )


def figure(percent: Fraction | None, words: Words) -> str:
    """“58.3”, “75.0”: a percent without its sign, one decimal at least; empty for None."""
    if percent is None:
        return ""
    shown = words.percent(percent).removesuffix(percent_sign(words.language))
    return shown if _behind_the_point(shown) else f"{shown}{words.point}0"


def _behind_the_point(shown: str) -> int:
    _whole, point, part = shown.partition("," if "," in shown else ".")
    return len(part) if point else 0


def bounds(rule: RuleScore) -> tuple[Fraction, Fraction] | None:
    if not rule.is_rated or rule.low is None or rule.high is None or rule.low == rule.high:
        return None
    return rule.low, rule.high


def _flags(outcome: str, *, contested: bool) -> Iterable[Flag]:
    if outcome in MEASURED_OTHERWISE:
        yield Flag(kind="measured", label=_("measured otherwise"))
    if contested:
        yield Flag(kind="contested", label=_("contested by the vendor"))


def _drawn(ours: str, claim: str) -> str:
    if not ours:
        return _("Not rated; the vendor claims %(claim)s.") % {"claim": claim} if claim else _("Not rated.")
    if not claim:
        return _("We rate %(percent)s; the vendor claims nothing.") % {"percent": ours}
    return _("We rate %(percent)s; the vendor claims %(claim)s.") % {"percent": ours, "claim": claim}


def _scale(card: ScorecardView, words: Words) -> str:
    """What the lines of the dumbbells mean."""
    policy = words.policy
    lines = {"broken": words.percent(policy.broken_threshold), "met": words.percent(policy.met_threshold)}
    said = _("Scores in %%; lines at %(broken)s (broken below) and %(met)s (met from).") % lines
    if not card.has_missing_grades:
        return said
    brackets = _("Brackets: where the rule may lie once all is graded.")
    return f"{said} {brackets}"


# What speaks against it -------------------------------------------------------------------------------------------
def found_in(card: ScorecardView) -> list[FindingBrief]:
    """What measures, rehearsals, reviews and causes that came back say against the grades, the clearest first."""
    found = [
        FindingBrief(label=notice.label, chip=notice.finding, text=_finding(notice.label, notice.plain))
        for notice in (card.measured.notices if card.measured else ())
    ]
    found += [
        FindingBrief(label=one.label, chip=one.chip, text=_finding(one.label, one.text))
        for one in card.practice
        if one.is_speaking
    ]
    found += [
        FindingBrief(label=str(CAME_BACK), chip=Finding.NOT_BORNE_OUT, text=_finding(str(CAME_BACK), one.text))
        for one in card.proven
        if one.came_back
    ]
    return sorted(found, key=lambda one: SEVERITY.index(Finding(one.chip)) if one.chip in SEVERITY else len(SEVERITY))


def _finding(label: str, text: str) -> str:
    """In what its label, in bold, leaves of the lines."""
    return cut(text, FINDING.after(label), rest=record())


def _findings_note(card: ScorecardView, found: Sequence[FindingBrief]) -> str:
    more = len(found) - MOST_FINDINGS
    if more > 0:
        return _more(more)
    if found:
        return ""
    return card.measured_note or _("Nothing that was measured speaks against the grades.")


# What moved, and what is asked ------------------------------------------------------------------------------------
def _since(snapshot: Snapshot, card: ScorecardView, words: Words) -> Said | None:
    label, text = since.brief(snapshot, words)
    if not label and card.previous:
        label, text = _("The time before"), card.previous
    if not label and snapshot["schema"] > 1:
        label, text = _("The time before"), _("This is the first scorecard of this vendor.")
    return Said(label=label, text=cut(text, SINCE, rest=record())) if label else None


def open_first(asked: Iterable[AskedView]) -> list[AskedView]:
    """What is open, what is late first."""
    return sorted((one for one in asked if one.is_open), key=lambda one: one.kind != "late")


def _asked(one: AskedView) -> AskedBrief:
    return AskedBrief(
        rule=str(one.rule_number or ""),
        what=cut(one.what, REQUEST),
        owner=cut(isolated(one.contact or one.owner), OWNER),
        due=one.due.replace(" ", NO_BREAK),
        state=one.state if one.kind in ("late", "attention") else "",
        kind=one.kind,
    )


def _asked_note(card: ScorecardView) -> str:
    """How many are open and late, and where the others stand."""
    if not card.asked_counted:
        return _("Nothing was asked of the vendor when this was approved.")
    more = sum(one.is_open for one in card.asked) - MOST_ASKED
    return " ".join(filter(None, (f"{card.asked_counted}.", _more(more) if more > 0 else "")))


def _more(count: int) -> str:
    said = ngettext("%(count)s more in the %(record)s.", "%(count)s more in the %(record)s.", count)
    return said % {"count": count, "record": record()}
