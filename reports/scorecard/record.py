"""The full record of a scorecard: all that its snapshot holds, each thing once, in sections that its contents name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.score.arithmetic import GRADES, GradedQuestion, RuleScore
from groundwork.words import apart, isolated, number
from reports.scorecard.shapes import AnswerView, EvidenceView, QuestionView, RuleView, ScorecardView

BETWEEN = " · "  # the grades of raters
ROWS_ON_PAGE_ONE = 18  # of who was asked and who approved, that the page of the contents holds in every language
HEAD_ROWS = 3  # what a section takes beside its rows
SEVERAL = 3  # notes, before it is said once who noted them
LETTERS = 66  # of a line in four columns
LETTERS_ON_PAGE = 45 * LETTERS
TEMPLATES = "reports/scorecard/record/"


@dataclass(frozen=True, kw_only=True)
class Saying:
    """One text, however many said it. `is_vendor`: the vendor's own words, whoever noted them."""

    label: str
    text: str
    is_vendor: bool = False


@dataclass(frozen=True, kw_only=True)
class RecordedQuestion:
    """`voices` is “Procurement 4 · IT 4 · Wards 3”, empty where one rater judged alone; `result` what they come to;
    `vendor` “vendor 4”; `evidence` the numbers of its files in the register."""

    question: QuestionView
    voices: str
    result: str
    vendor: str
    sayings: tuple[Saying, ...]
    evidence: str

    @property
    def is_long(self) -> bool:
        """Longer than a page, so that it must be divided."""
        return sum(len(one.text) + LETTERS * (1 + one.text.count("\n")) for one in self.sayings) > LETTERS_ON_PAGE


@dataclass(frozen=True, kw_only=True)
class RecordedRule:
    rule: RuleView
    questions: tuple[RecordedQuestion, ...]


@dataclass(frozen=True, kw_only=True)
class RegisteredFile:
    """A file of evidence, once."""

    number: str
    file: EvidenceView
    shown: tuple[tuple[str, str], ...]  # (by whom, the numbers of the questions)


@dataclass(frozen=True, kw_only=True)
class SumLine:
    """A question in the arithmetic, its figures with two decimals each; `state` instead of them where it has none."""

    question: QuestionView
    weight: str
    grade: str
    percent: str
    product: str


@dataclass(frozen=True, kw_only=True)
class RuleSum:
    rule: RuleView
    lines: tuple[SumLine, ...]
    weight: str
    product: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """What the contents lead to. `parts`: the sections within it, as (anchor, title)."""

    anchor: str
    title: str
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def template(self) -> str:
        return f"{TEMPLATES}_{self.anchor}.html"


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """`noted`: by whom and when all was noted that the vendor says; empty where that is told at each answer."""

    sections: tuple[Section, ...]
    sums: tuple[RuleSum, ...]
    rules: tuple[RecordedRule, ...]
    supplementary: tuple[RecordedQuestion, ...]
    files: tuple[RegisteredFile, ...]
    noted: str
    has_measured_findings: bool


def of(card: ScorecardView) -> RecordView:
    """In the language of the card, which must be active."""
    register, noted = _Register(), _noted(card)
    rules = tuple(
        RecordedRule(
            rule=rule, questions=tuple(_question(one, register, is_noted_once=bool(noted)) for one in rule.questions)
        )
        for rule in card.rules
    )
    supplementary = tuple(_question(one, register, is_noted_once=bool(noted)) for one in card.also_answered)
    files = register.files()
    return RecordView(
        sections=tuple(_sections(card, has_files=bool(files))),
        sums=tuple(map(_sum, card.rules, card.score.rules)),
        rules=rules,
        supplementary=supplementary,
        files=files,
        noted=noted,
        has_measured_findings=_has_measured_findings(card),
    )


# The contents ----------------------------------------------------------------------------------------------------
def _sections(card: ScorecardView, *, has_files: bool) -> Iterator[Section]:
    """In their order; those of which there is nothing to say are left out. Who was asked, and who approved, fill the
    page of the contents where they fit there, because the arithmetic begins another."""
    people = Section(anchor="people", title=_("Who was asked"))
    release = Section(anchor="release", title=_("Approvals and edition of the questions"))
    rows = _rows_of_people(card)
    first = [people] if rows <= ROWS_ON_PAGE_ONE else []
    if first and rows + HEAD_ROWS + _rows_of_release(card) <= ROWS_ON_PAGE_ONE:
        first.append(release)
    yield from first
    yield Section(anchor="arithmetic", title=_("The arithmetic"))
    yield Section(
        anchor="answers",
        title=_("The answers"),
        parts=tuple((f"rule-{rule.number}", f"{rule.number}\N{EN SPACE}{rule.name}") for rule in card.rules),
    )
    found = bool(card.practice or card.proven or _has_measured_findings(card))
    optional = (
        ("supplementary", _("Also asked"), bool(card.supplementary)),
        ("facts", _("Facts and trends"), bool(card.facts or card.measured_note)),
        ("findings", _("Findings"), found),
        ("expected", _("Expected, claimed, rated, measured"), bool(card.expected)),
        ("asked", _("What we ask"), bool(card.asked)),
        ("moved", _("What moved, and why"), bool(card.explained)),
        ("register", _("Evidence"), has_files),
    )
    yield from (Section(anchor=anchor, title=title) for anchor, title, is_there in optional if is_there)
    yield from (one for one in (people, release) if one not in first)


def _has_measured_findings(card: ScorecardView) -> bool:
    return card.measured is not None and any(row.outcome for row in card.measured.rows)


def _rows_of_people(card: ScorecardView) -> int:
    """About how many lines that section takes."""
    asked = [*card.raters, *card.outstanding, *([card.vendor_answered] if card.vendor_answered else [])]
    rows = [max(2 * len(one.name + one.note), 3 * len(one.department)) for one in asked]
    texts = [
        sum(len(one.name + one.why) + 4 for one in card.departments),
        sum(len(one.name) + 20 for one in card.services),
        len(card.independence),
        len(card.since) // 2,  # stands above, and the longer it is, the less room is left
    ]
    return sum(ceil(letters / LETTERS) for letters in (*rows, *texts))


def _rows_of_release(card: ScorecardView) -> int:
    """About how many lines that section takes."""
    steps = [3 * len(f"{one.by}{one.reason}{one.note}") // 2 for one in card.approvals]
    steps += [LETTERS] * (bool(card.submitted_by) + bool(card.reply_asked))
    meetings = sum(len(one.present + one.settled) + 24 for one in card.meetings)
    seals = (2 + bool(card.seal)) * 2
    return seals + sum(ceil(letters / LETTERS) for letters in (*steps, meetings))


# The arithmetic --------------------------------------------------------------------------------------------------
def _sum(rule: RuleView, score: RuleScore) -> RuleSum:
    graded = [one for one in score.questions if one.percent is not None]
    products = [one.weight * one.percent for one in graded if one.percent is not None]
    return RuleSum(
        rule=rule,
        lines=tuple(map(_line, rule.questions, score.questions)),
        weight=_figure(sum((one.weight for one in graded), Fraction(0))),
        product=_figure(sum(products, Fraction(0))),
    )


def _line(question: QuestionView, graded: GradedQuestion) -> SumLine:
    percent = graded.percent
    return SumLine(
        question=question,
        weight=_figure(graded.weight),
        grade="" if graded.grade is None else _figure(graded.grade),
        percent="" if percent is None else _figure(percent),
        product="" if percent is None else _figure(graded.weight * percent),
    )


def _figure(value: Fraction) -> str:
    """Two decimals, always: so figures stand point below point."""
    return number(value, fixed=True)


# A question ------------------------------------------------------------------------------------------------------
def _noted(card: ScorecardView) -> str:
    """Said once, where one person noted all of it on one day."""
    questions = [*(one for rule in card.rules for one in rule.questions), *card.also_answered]
    notes = [(one.note.by, one.note.on) for one in questions if one.note]
    if len(notes) < SEVERAL or len(set(notes)) > 1 or not all(notes[0]):
        return ""
    name, day = notes[0]
    return _("What the vendor says was noted by %(name)s on %(day)s.") % {"name": isolated(name), "day": day}


def _question(question: QuestionView, register: _Register, *, is_noted_once: bool) -> RecordedQuestion:
    name_of = _voices(question.answers)
    return RecordedQuestion(
        question=question,
        voices=BETWEEN.join(_graded(answer, name_of(answer)) for answer in question.answers if answer.rater),
        result=_result(question),
        vendor=_own_grade(question.vendor),
        sayings=tuple(_sayings(question, name_of, is_noted_once=is_noted_once)),
        evidence=", ".join(register.numbers(question)),
    )


def _voices(answers: Sequence[AnswerView]) -> Callable[[AnswerView], str]:
    """By which name a rater is called at a question: the department, where nobody else speaks for it."""
    speaking = Counter(answer.department for answer in answers)

    def name_of(answer: AnswerView) -> str:
        if not answer.rater:
            return ""
        if answer.department and speaking[answer.department] == 1 and answer.is_independent:
            return isolated(answer.department)
        return isolated(answer.rater)

    return name_of


def _graded(answer: AnswerView, name: str) -> str:
    if answer.by:
        name = _("%(rater)s (answered by %(name)s)") % {"rater": name, "name": isolated(answer.by)}
    return f"{name} {answer.grade or answer.blank.lower() or '–'}"


def _result(question: QuestionView) -> str:
    """“3.67 of 4”, “2 of 4, agreed”; the state of one that is not graded."""
    if not question.grade:
        return question.state
    said = {"grade": question.grade, "highest": GRADES[-1]}
    if question.agreed and not question.agreed.of_one:
        return _("%(grade)s of %(highest)s, agreed") % said
    if question.agreed:
        return _("%(grade)s of %(highest)s, decided by one person") % said
    return _("%(grade)s of %(highest)s") % said


def _own_grade(own: AnswerView | None) -> str:
    if own is None or not (own.grade or own.blank):
        return ""
    return pgettext("grade of the vendor’s own", "vendor %(grade)s") % {"grade": own.grade or own.blank.lower()}


def _sayings(question: QuestionView, name_of: Callable[[AnswerView], str], *, is_noted_once: bool) -> Iterator[Saying]:
    yield from _agreed(question)
    yield from _of_vendor(question, name_of, is_noted_once=is_noted_once)
    for answer, name in ((answer, name_of(answer)) for answer in question.answers):
        if answer.reason:
            yield Saying(label=_by(_("Why it does not apply"), name), text=answer.reason)
    yield from _once(
        (name_of(answer) or _("Our comment"), answer.comment) for answer in question.answers if answer.comment
    )
    yield from _facts(question, name_of)


def _agreed(question: QuestionView) -> Iterator[Saying]:
    agreed = question.agreed
    if agreed is None:
        return
    label = _("Decided on %(date)s, nobody else was there") if agreed.of_one else _("Agreed on %(date)s")
    yield Saying(label=label % {"date": agreed.held_on}, text=agreed.reason)
    if agreed.present:
        yield Saying(label=_("Who was there"), text=agreed.present)


def _of_vendor(
    question: QuestionView, name_of: Callable[[AnswerView], str], *, is_noted_once: bool
) -> Iterator[Saying]:
    """What the vendor says: by itself, as raters wrote it down, and as it was noted; the same words once, with all who
    noted them."""
    own, note = question.vendor, question.note
    said: dict[str, _Said] = defaultdict(_Said)
    for answer in (*([own] if own else []), *question.answers):
        if answer.vendor_says:
            said[answer.vendor_says].add("" if answer is own else name_of(answer), is_carried=answer.carried_over)
    if note and note.text in said:
        said[note.text].add(isolated(note.by))
    yield from (Saying(label=one.label, text=text, is_vendor=True) for text, one in said.items())
    yield from _beside(question, is_said=bool(note and note.text in said), is_noted_once=is_noted_once)


def _beside(question: QuestionView, *, is_said: bool, is_noted_once: bool) -> Iterator[Saying]:
    """What was noted, unless it was said in the same words; and what the vendor wrote beside its answer."""
    own, note = question.vendor, question.note
    if note and not is_said:
        label = _("Noted before the vendor answered") if note.before else _("What the vendor says, as we noted it")
        by = "" if is_noted_once else ", ".join(filter(None, (isolated(note.by), note.on)))
        yield Saying(label=_by(label, by), text=note.text, is_vendor=True)
    if own and own.reason:
        yield Saying(label=_("Why it does not apply, says the vendor"), text=own.reason, is_vendor=True)
    if own and own.comment:
        yield Saying(label=_("The vendor comments"), text=own.comment, is_vendor=True)


@dataclass
class _Said:
    """Words of the vendor: who noted them, and whether they are those of the assessment before."""

    names: list[str] = field(default_factory=list)
    is_carried: bool = False

    def add(self, name: str, *, is_carried: bool = False) -> None:
        self.is_carried = self.is_carried or is_carried
        if name and name not in self.names:
            self.names.append(name)

    @property
    def label(self) -> str:
        noted = _("noted by %(names)s") % {"names": ", ".join(self.names)} if self.names else ""
        carried = _("carried over from the assessment before") if self.is_carried else ""
        return _by(_("The vendor answers"), apart((noted, carried)))


def _facts(question: QuestionView, name_of: Callable[[AnswerView], str]) -> Iterator[Saying]:
    """A figure once, with all who recorded it."""
    names: dict[str, list[str]] = defaultdict(list)
    for answer in question.answers:
        names[answer.fact].append(name_of(answer))
    if question.vendor:
        names[question.vendor.fact].append(_("the vendor"))
    for fact, who in names.items():
        if fact:
            label = _("Recorded by %(names)s") % {"names": ", ".join(who)} if any(who) else _("Recorded fact")
            yield Saying(label=label, text=fact)


def _once(said: Iterable[tuple[str, str]]) -> Iterator[Saying]:
    """Texts that are the same to the letter stand once, under all that they are called."""
    labels: dict[str, list[str]] = defaultdict(list)
    for label, text in said:
        if label not in labels[text]:
            labels[text].append(label)
    for text, called in labels.items():
        yield Saying(label=apart(called), text=text)


def _by(label: str, name: str) -> str:
    return f"{label} ({name})" if name else label


# The evidence ----------------------------------------------------------------------------------------------------
@dataclass
class _Register:
    """Numbers each file in the order in which it is met: the same bytes under the same name are one."""

    places: dict[tuple[str, str], int] = field(default_factory=dict)
    found: list[tuple[EvidenceView, dict[str, list[str]]]] = field(default_factory=list)

    def numbers(self, question: QuestionView) -> list[str]:
        said = [*question.answers, *([question.vendor] if question.vendor else [])]
        met = [self._place(file, question, answer) for answer in said for file in answer.evidence]
        return [_number(place) for place in sorted(set(met))]

    def _place(self, file: EvidenceView, question: QuestionView, answer: AnswerView) -> int:
        place = self.places.setdefault((file.sha256, file.name), len(self.found))
        if place == len(self.found):
            self.found.append((file, defaultdict(list)))
        by = ", ".join(filter(None, (answer.name, answer.department)))
        if answer is question.vendor:
            by = _by(_("the vendor"), answer.name)
        _file, shown = self.found[place]
        if question.number not in shown[by]:
            shown[by].append(question.number)
        return place

    def files(self) -> tuple[RegisteredFile, ...]:
        return tuple(
            RegisteredFile(
                number=_number(place),
                file=file,
                shown=tuple((by, ", ".join(questions)) for by, questions in shown.items()),
            )
            for place, (file, shown) in enumerate(self.found)
        )


def _number(place: int) -> str:
    """As it is called at the answers."""
    return pgettext("number of a piece of evidence", "E%(number)s") % {"number": place + 1}
