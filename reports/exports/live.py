"""The arithmetic of `assessments/score/arithmetic.py` as formulas of a workbook, in functions that every spreadsheet
program knows: plain text in, plain text out.

A spreadsheet calculates in binary fractions: a third of 200 is none. So each quotient is rounded to nine digits before
it is held against a threshold, which is finer than any two percents of real questionnaires differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.score.arithmetic import DISAGREEMENT_SPAN, GRADES
from groundwork.tables.cells import neutralise

FINE = 9  # digits of a quotient
TOP = GRADES[-1]
STATUS_OF = {
    "nothing_applies": "not_rated",
    "coverage_below_minimum": "not_rated",
    "percent_below_broken": "broken",
    "knockout": "broken",
    "percent_meets_threshold": "met",
    "percent_between": "partly",
}


def text(words: object) -> str:
    """A text within a formula, as it stands in a cell."""
    return '"' + neutralise(str(words)).replace('"', '""') + '"'


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the cells say in the language of the file: formulas compare with it."""

    states: Mapping[str, str]  # of questions
    statuses: Mapping[str, str]
    verdicts: Mapping[str, str]
    reasons: Mapping[str, str]
    yes: str
    no: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The cells of an assessment that hold its thresholds."""

    met: str
    broken: str
    coverage: str
    knockout: str


def question(
    cells: Mapping[str, str], *, grades: str, blanks: str, limits: Limits, words: Words, counts: bool
) -> dict[str, str]:
    """By column. `cells`: those of the same line; `grades`, `blanks`: of the raters' answers, empty for no rater;
    `counts`: False of a supplementary question, which has a grade and no weight."""
    graded, applies_not = text(words.states["graded"]), text(words.states["not_applicable"])
    agreed, grade, state = cells["agreed"], cells["grade"], cells["state"]
    yes, no = text(words.yes), text(words.no)
    formulas = {
        "state": f"=IF({agreed}={applies_not},{applies_not},IF(ISNUMBER({agreed}),{graded},"
        f"{_state_of_answers(grades, blanks, words)}))",
        "grade": f'=IF(ISNUMBER({agreed}),{agreed},IF({agreed}={applies_not},"",{_mean(grades)}))',
        "percent": f'=IF(ISNUMBER({grade}),ROUND({grade}/{TOP}*100,{FINE}),"")',
        "disagreement": f"=IF({_span(grades)}>={DISAGREEMENT_SPAN},{yes},{no})" if grades else f"={no}",
    }
    if counts:
        weight = cells["weight"]
        formulas |= {
            "weight_graded": f"=IF(ISNUMBER({grade}),{weight},0)",
            "weight_applicable": f"=IF({state}={applies_not},0,{weight})",
            "weighted": f"=IF(ISNUMBER({grade}),{weight}*{grade}/{TOP}*100,0)",
            "knocked_out": f"=IF({cells['knockout']}={yes},"
            f"IF(ISNUMBER({grade}),IF({grade}<{limits.knockout},1,0),0),0)",
        }
    return formulas


def _state_of_answers(grades: str, blanks: str, words: Words) -> str:
    """Graded where somebody graded; not applicable only where everybody who answered said so."""
    states = {key: text(said) for key, said in words.states.items()}
    if not grades:
        return states["unanswered"]
    return (
        f"IF(COUNT({grades})>0,{states['graded']},IF(COUNTIF({blanks},{states['dont_know']})>0,{states['dont_know']},"
        f"IF(COUNTIF({blanks},{states['not_applicable']})>0,{states['not_applicable']},{states['unanswered']})))"
    )


def _mean(grades: str) -> str:
    return f'IF(COUNT({grades})>0,SUM({grades})/COUNT({grades}),"")' if grades else '""'


def _span(grades: str) -> str:
    return f"IF(COUNT({grades})>0,MAX({grades})-MIN({grades}),0)"


def rule(cells: Mapping[str, str], ranges: Mapping[str, str], *, limits: Limits, words: Words) -> dict[str, str]:
    """By column. `cells`: those of the same line; `ranges`: columns of the rule's questions that count."""
    status = {key: text(said) for key, said in words.statuses.items()}
    applicable, graded, total = cells["weight_applicable"], cells["weight_graded"], cells["weighted_sum"]
    percent, coverage, knocked = cells["percent"], cells["coverage"], cells["knocked_out"]

    def decided(said: Mapping[str, str]) -> str:
        """By reason. Too little known comes first, then broken, then met; what lies between is partly met."""
        return (
            f"=IF({applicable}=0,{said['nothing_applies']},IF({graded}=0,{said['coverage_below_minimum']},"
            f"IF({coverage}<{limits.coverage},{said['coverage_below_minimum']},"
            f"IF({percent}<{limits.broken},{said['percent_below_broken']},IF({knocked}>0,{said['knockout']},"
            f"IF({percent}>={limits.met},{said['percent_meets_threshold']},{said['percent_between']}))))))"
        )

    return {
        "weight_graded": f"=SUM({ranges['weight_graded']})",
        "weight_applicable": f"=SUM({ranges['weight_applicable']})",
        "weighted_sum": f"=SUM({ranges['weighted']})",
        "knocked_out": f"=SUM({ranges['knocked_out']})",
        "percent": f'=IF({graded}=0,"",ROUND({total}/{graded},{FINE}))',
        "coverage": f"=IF({applicable}=0,0,ROUND({graded}/{applicable}*100,{FINE}))",
        "low": f'=IF({applicable}=0,"",ROUND({total}/{applicable},{FINE}))',
        "high": f'=IF({applicable}=0,"",ROUND(({total}+({applicable}-{graded})*100)/{applicable},{FINE}))',
        "status": decided({reason: status[code] for reason, code in STATUS_OF.items()}),
        "reason": decided({code: text(said) for code, said in words.reasons.items()}),
        "rated_percent": f'=IF({cells["status"]}={status["not_rated"]},"",{percent})',
    }


def assessment(ranges: Mapping[str, str], *, rules: int, words: Words) -> dict[str, str]:
    """By column. `ranges`: columns of the lines of its rules."""
    status = {key: text(said) for key, said in words.statuses.items()}
    verdict = {key: text(said) for key, said in words.verdicts.items()}
    statuses, rated = ranges["status"], ranges["rated_percent"]
    return {
        "rules_met": f"=COUNTIF({statuses},{status['met']})",
        "verdict": f"=IF(COUNTIF({statuses},{status['broken']})+COUNTIF({statuses},{status['partly']})>0,"
        f"{verdict['not_met']},IF(COUNTIF({statuses},{status['met']})={rules},{verdict['met']},{verdict['undecided']}))",
        "average": f'=IF(COUNT({rated})=0,"",ROUND(SUM({rated})/COUNT({rated}),{FINE}))',
        "weakest": f'=IF(COUNT({rated})=0,"",INDEX({ranges["rule"]},MATCH(MIN({rated}),{rated},0)))',
    }
