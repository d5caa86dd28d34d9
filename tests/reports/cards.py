"""Scorecards for tests: snapshots of the shipped bank made in memory, and real ones made by approving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from assessments.findings import findings
from assessments.lifecycle import transitions
from assessments.models import Answer, Assessment, AssessmentState
from assessments.score import arithmetic
from groundwork.languages import LANGUAGE_CODES
from manifesto import bank as banks
from manifesto import yaml_files
from reports.models import Scorecard
from reports.scorecard import findings as frozen
from reports.scorecard import snapshots
from tests.factories import NOW, Cast, make_assessment
from vendors.measures import cases as measures_cases
from vendors.measures import metrics
from vendors.measures.holdings import Held, Holding
from vendors.service_hours.hours import ServiceHours

SHA = "ab" * 32
SAYS = (
    "We follow our procedure for major incidents, version 7. The duty manager decides, and tells the customer before "
    "we step back; the criteria are in annex B."
)
OWN_WORDS = "We rehearse each quarter with every customer, and write down what we learned."
Answers = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def approve(cast: Cast, assessment: Assessment) -> Scorecard:
    """Submit and approve, as people do."""
    transitions.submit(cast.assessor, assessment, now=NOW)
    transitions.approve(cast.approver, assessment, now=NOW)
    return Scorecard.objects.get(assessment=assessment)


def approved(cast: Cast, *, grade: int | None = 3, **fields: Any) -> Scorecard:
    """The scorecard of an assessment in which every question has the same grade."""
    return approve(cast, make_assessment(cast.assessor, grade=grade, state=AssessmentState.COLLECTING, **fields))


def answer_of(assessment: Assessment, key: str) -> Answer:
    return Answer.objects.get(response__assessment=assessment, question__key=key)


@cache
def release() -> Mapping[str, Any]:
    """The first shipped edition, as a snapshot holds it."""
    bank = yaml_files.read_folder(yaml_files.SHIPPED / "2026.1")
    return {
        "edition": bank.edition,
        "published_at": "2026-01-05T09:00:00Z",
        "policy": {
            "met_threshold": bank.policy.met_threshold,
            "broken_threshold": bank.policy.broken_threshold,
            "minimum_coverage": bank.policy.minimum_coverage,
            "knockout_below": bank.policy.knockout_below,
        },
        "title": dict(bank.title),
        "note": dict(bank.note),
        "rules": [_rule(position, rule) for position, rule in enumerate(bank.rules, start=1)],
    }


def _rule(position: int, rule: banks.RuleEntry) -> dict[str, Any]:
    return {
        "key": rule.key,
        "position": position,
        "name": dict(rule.name),
        "promise": dict(rule.promise),
        "guidance": dict(rule.guidance),
        "questions": [_question(number, question) for number, question in enumerate(rule.questions, start=1)],
    }


def _question(position: int, question: banks.QuestionEntry) -> dict[str, Any]:
    return {
        "key": question.key,
        "position": position,
        "weight": str(arithmetic.Fraction(question.weight)),
        "knockout": question.knockout,
        "fact": question.fact,
        "revision": question.revision,
        "text": dict(question.text),
        "short": dict(question.short),
        "why": dict(question.why),
        "evidence": dict(question.evidence),
        "levels": [{"grade": grade, "text": dict(text)} for grade, text in enumerate(question.levels)],
    }


def usual(question: Mapping[str, Any]) -> Mapping[str, Any]:
    """A believable answer: most graded, a fact where there is one, some blanks."""
    if question["key"] == "prevention-changes":
        return {"blank": "not_applicable", "reason": "We buy no changes from this vendor."}
    if question["key"] == "prevention-reach":
        return {"blank": "dont_know"}
    grade = {"support": 4, "speed": 3, "troubleshooting": 1, "proof": 2}.get(question["key"].split("-")[0], 3)
    answer: dict[str, Any] = {"grade": grade, "vendor_says": SAYS}
    if question["fact"] == "frequency":
        answer["fact"] = {"value": "5/2", "unit": "quarter"}
    if question["fact"] == "percentage":
        answer["fact"] = {"value": "25/2", "unit": ""}
    if question["position"] == 1:
        answer["evidence"] = [{"name": "incident-2026-014.pdf", "sha256": SHA, "size": 123_456}]
        answer["comment"] = "Three records read; one lacked the time of our confirmation."
    return answer


def snapshot(answers: Answers = usual, *raters: Answers, **names: Any) -> dict[str, Any]:
    """A complete snapshot of an approved assessment of the shipped bank; one response for each rater."""
    content: dict[str, Any] = {
        "schema": snapshots.SCHEMA_VERSION,
        "engine": arithmetic.ENGINE_VERSION,
        "number": "S-2026-001",
        "time_zone": "Europe/Brussels",
        "organisation": {"name": names.get("organisation", "Harbour Hospital"), "slug": "harbour"},
        "vendor": {
            "name": names.get("vendor", "Northwind Core Systems"),
            "reference": "V-1",
            "tier": "critical",
            "services": [
                {"name": names.get("service", "Core ledger"), "mission_critical": True, "department": "Payments"}
            ],
        },
        "assessment": {
            "reference": "A-2026-001",
            "period_start": "2026-01-01",
            "period_end": "2026-03-31",
            "owner": "Ada Example",
            "submitted_by": "Ada Example",
            "submitted_at": "2026-03-02T09:30:00Z",
        },
        "release": release(),
        "responses": [_response(number, rater) for number, rater in enumerate((answers, *raters), start=1)],
        "outstanding": [],
        "vendor_asked": False,
        "heard": [],
        "agreement": {"alpha": None, "level": "none", "why": "too_few_raters", "raters": 1, "questions": 0},
        "meetings": [],
        "consensus": {},
        "reply": None,
        "replies": [],
        "previous": None,
        "commitments": [],
        "expectations": None,
        "practice": [],
        "proven": [],
        "measures": None,
        "targets": {},
        "findings": [],
        "approvals": [
            {
                "decision": "approved",
                "level": 1,
                "level_name": "",
                "fingerprint": "",
                "by": names.get("approver", "Cees Fictief"),
                "at": "2026-03-03T10:30:00Z",
                "reason": "",
            }
        ],
    }
    return computed(content)


def computed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with the numbers that it computes to."""
    return {**content, "score": arithmetic.as_data(snapshots.recompute(content)), "gap": snapshots.gap_of(content)}


def full(**names: Any) -> dict[str, Any]:
    """Everything that a scorecard can say: three raters who differ, a consensus, the vendor’s own view and replies, two
    levels of approval of which one decided twice."""

    def critical(question: Mapping[str, Any]) -> Mapping[str, Any]:
        grade = {"support-exit": 1, "speed-practice": 0}.get(question["key"], 2)
        return {"grade": grade, "comment": "Seen from the night shift." if question["position"] == 1 else ""}

    def content_with(question: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"grade": 3, "by": "Bo Delegate" if question["key"] == "proof-record" else None}

    def of_itself(question: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**usual(question), "grade": 4, "blank": "", "reason": "", "comment": "", "vendor_says": OWN_WORDS}

    content = snapshot(usual, critical, content_with, of_itself, **names)
    content["responses"][3] |= {"kind": "vendor", "name": "Nils Northwind", "department": None}
    content |= {
        "outstanding": [{"name": "Late Example", "department": "Finance"}],
        "heard": [
            {"name": "Department 1", "why": "ordering", "heard": True},
            {"name": "Finance", "why": "affected", "heard": False},
            {"name": "Department 3", "why": "it", "heard": True},
        ],
        "agreement": {"alpha": "0.712345", "level": "tentative", "why": "", "raters": 3, "questions": 22},
        "consensus": {
            "support-exit": {
                "grade": 2,
                "not_applicable": False,
                "reason": "Two of five incidents were left open; we read the records together.",
                "held_on": "2026-03-01",
            }
        },
        "meetings": [{"held_on": "2026-03-01", "present": ["Ada Example", "Rater 2", "Guest Example"]}],
        "reply": {
            "asked_at": "2026-03-01T12:00:00Z",
            "due_on": "2026-03-11",
            "submitted_at": "2026-03-02T08:00:00Z",
        },
        "replies": [
            _reply("support", "agrees", "We shall work on the end of incidents.", earlier=False),
            _reply("troubleshooting", "contests", "The records of February are missing here.", earlier=True),
        ],
        "previous": earlier(),
        "commitments": commitments(),
        "expectations": expectations(replies={"speed": {"stance": "discusses", "comment": "Not at night."}}),
        "approvals": [
            _approval(1, "Procurement lead", "Eve Example", "aa"),
            {
                **_approval(2, "IT director", "Ira Example", "aa"),
                "decision": "sent_back",
                "reason": "Read March again.",
            },
            _approval(1, "Procurement lead", "Eve Example", "bb"),
            _approval(2, "IT director", names.get("approver", "Cees Fictief"), "bb"),
        ],
    }
    return computed(content)


def expectations(**acknowledgement: Any) -> dict[str, Any]:
    """Edition 2 with expectations that are measured and one that is not; said to by the vendor as given."""
    texts = {"en": "A person answers.", "fr": "Une personne répond.", "nl": "Een mens reageert."}
    other = {"en": "One lead.", "fr": "Un responsable.", "nl": "Eén leider."}
    speed = [
        {"key": "answers", "texts": texts, "measure": "duration_mean", "target": "4"},
        {"key": "lead", "texts": other, "measure": "", "target": None},
        {"key": "asked", "texts": other, "measure": "told_why", "target": "90"},
    ]
    said = {"edition": 2, "on": "2026-02-03", "by": "Nils Northwind", "replies": {}, **acknowledgement}
    return {
        "edition": 2,
        "in_force_from": "2026-01-15",
        "rules": [{"rule": "support", "expectations": []}, {"rule": "speed", "expectations": speed}],
        "acknowledgement": said if acknowledgement else None,
    }


def commitments() -> list[dict[str, Any]]:
    """One that is overdue with a measure, one that is only asked for, one that was kept."""
    read = {
        "measure": "duration_mean",
        "unit": "hours",
        "lower_is_better": True,
        "outcome": "not_moved",
        "why": "no_change",
        "target": "8.00",
        "before": {"value": "18.40", "periods": 6, "incidents": 40, "since": "2025-04-01", "until": "2025-09-30"},
        "after": {"value": "17.10", "periods": 4, "incidents": 21, "since": "2025-10-01", "until": "2026-01-31"},
    }
    return [
        commitment(
            1, "Resolve critical incidents within eight hours.", rule="speed", contact="Nils Northwind",
            due_on="2026-01-31", overdue=True, measure="duration_mean", target="8.00", reading=read,
        ),
        commitment(2, "Prove each cause.", rule="proof", question="proof-cause", state="proposed", agreed_on=None),
        commitment(3, "Name one contact.", rule="support", state="kept", ended_on="2026-02-01"),
    ]  # fmt: skip


def commitment(number: int, what: str, **fields: Any) -> dict[str, Any]:
    """As a snapshot holds it: agreed, and due after the scorecard."""
    usually = {
        "question": "",
        "contact": "",
        "owner": "Ada Example",
        "due_on": "2026-06-30",
        "state": "agreed",
        "overdue": False,
        "agreed_on": "2025-10-01",
        "reopened_on": None,
        "ended_on": None,
        "measure": "",
        "target": None,
        "reading": None,
    }
    return {"number": f"C-2025-{number:03}", "what": what, **usually, **fields}


def earlier(*statuses: str, percent: str = "125/3", comparable: bool = True) -> dict[str, Any]:
    """The scorecard before, as a snapshot holds it: each rule with the same percent; partly met unless `statuses` say
    otherwise."""
    keys = [rule["key"] for rule in release()["rules"]]
    told = [*statuses, *["partly"] * (len(keys) - len(statuses))]
    return {
        "number": "S-2025-004",
        "met": told.count("met"),
        "of": len(keys),
        "approved_at": "2025-09-03T10:30:00Z",
        "edition": "2026.1",
        "rules": [
            {
                "rule": key,
                "status": status,
                "percent": None if status == "not_rated" else percent,
                "comparable": comparable,
                "why": {code: f"1.1 “{key}” ({code}): 1 → 3 by Ada Example, +12.50 points" for code in LANGUAGE_CODES},
            }
            for key, status in zip(keys, told, strict=True)
        ],
    }


def cases(*, months: int = 14, hours: float = 3, repeating: float = 0) -> list[measures_cases.Case]:
    """Six incidents a month up to March 2026; each month takes `hours` longer (below 0: less), and every sixth problem
    more (or less) comes back as the months go by."""
    made = []
    for month in range(months):
        year, index = divmod(2025 * 12 + 2 - (months - 14) + month, 12)
        took = 4 + hours * month if hours >= 0 else 4 - hours * (months - month)
        returning = round(3 + repeating * (month - months / 2))
        for number in range(6):
            opened = datetime(year, index + 1, 2 + 4 * number, 8, tzinfo=UTC)
            made.append(
                measures_cases.Case(
                    id=6 * month + number + 1,
                    opened=opened,
                    resolved=opened + timedelta(hours=took + number / 10),
                    sla_met=number > 2,
                    handovers=(month + number) % 3,
                    reopened=number % 2,
                    problem="Interface" if 0 < number <= returning else f"Problem {month} {number}",
                    handled_by=f"Team {number % 2}",
                )
            )
    return made


OFFICE = ServiceHours(hours=((480, 1080),) * 5 + (None, None), time_zone="Europe/Brussels", country="BE")


def from_a_tool(given: Sequence[measures_cases.Case]) -> dict[str, Any]:
    """For `with_measures`: the same cases, out of a file that ends in December, with all that a basis can tell."""
    cases = [replace(case, source="desk", service=1, hours=OFFICE) for case in given]
    odd = {
        3: {"is_to_day": True},
        9: {"is_closing": True},
        20: {"resolved": None, "is_closed": True},
        40: {"problem": ""},
        60: {"resolved": None},
    }
    held = Holding(
        source="desk",
        name="Example Desk",
        held=Held.OPENED,
        since=date(2025, 3, 1),
        to=date(2025, 12, 31),
        known_until=datetime(2026, 1, 15, 16, tzinfo=UTC),
    )
    return {"given": [replace(case, **odd.get(case.id, {})) for case in cases], "held": [held]}


def with_measures(
    content: Mapping[str, Any],
    given: Sequence[measures_cases.Case],
    *,
    targets: Mapping[str, float] | None = None,
    held: Sequence[Holding] = (),
) -> dict[str, Any]:
    """The content with what these incidents measure, and what follows for its rules. `held`: what files hold, if they
    come from one."""
    measures = metrics.measure(
        given,
        [],
        since=date(2024, 4, 1),
        until=date(2026, 3, 31),
        known_at=datetime(2026, 4, 20, tzinfo=UTC),
        zone=UTC,
        holdings=held,
        not_critical=11,
    )
    if measures.basis and measures.basis.hours:
        named = tuple(replace(used, service="Records") for used in measures.basis.hours)
        measures = replace(measures, basis=replace(measures.basis, hours=named))
    agreed = {
        key: findings.Target(value=value, agreed_on=date(2025, 1, 15), note="Annex 4")
        for key, value in (targets or {}).items()
    }
    rules = [
        replace(rule, incidents=tuple(f"INC{9000 + n}" for n in range(20)), incident_count=len(given))
        if rule.is_speaking
        else rule
        for rule in findings.findings(snapshots.recompute(content), snapshots.self_view(content), measures, agreed)
    ]
    return {**content, **frozen.as_data(findings.MeasuredRules(rules=tuple(rules), measures=measures, targets=agreed))}


def _reply(rule: str, stance: str, text: str, *, earlier: bool) -> dict[str, Any]:
    return {
        "rule": rule,
        "stance": stance,
        "text": text,
        "by": "Nils Northwind",
        "at": "2026-03-02T08:00:00Z",
        "to_earlier_result": earlier,
    }


def _approval(level: int, name: str, by: str, fingerprint: str) -> dict[str, Any]:
    return {
        "decision": "approved",
        "level": level,
        "level_name": name,
        "fingerprint": fingerprint,
        "by": by,
        "at": "2026-03-03T10:30:00Z",
        "reason": "",
    }


def _response(number: int, answers: Answers) -> dict[str, Any]:
    blank = {
        "vendor_says": "",
        "grade": None,
        "blank": "",
        "reason": "",
        "comment": "",
        "fact": None,
        "evidence": [],
        "carried_over": False,
        "by": None,
    }
    questions = [question for rule in release()["rules"] for question in rule["questions"]]
    return {
        "rater": str(number),
        "kind": "customer",
        "name": f"Rater {number}",
        "department": f"Department {number}",
        "submitted_at": "2026-03-02T09:30:00Z",
        "answers": [{**blank, "question": question["key"], **answers(question)} for question in questions],
    }


def scorecard(content: Mapping[str, Any]) -> Scorecard:
    """The row of a snapshot, not saved: enough to show and to print."""
    text = snapshots.canonical(content)
    return Scorecard(
        number=content["number"], snapshot=text, sha256=snapshots.hash_of(text), approved_at=NOW, engine_version="1"
    )
