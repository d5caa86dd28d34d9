"""The scorecard that page one must hold although everything that can be said of a vendor is said, at its longest."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.reports import cards

VENDOR = "Systèmes informatiques hospitaliers et administratifs des deux Flandres et du Hainaut SA"
SERVICE = "Dossier patient informatisé, prescriptions et gestion des rendez-vous, site de Tournai {number}"
APPROVER = "Maximilienne-Alexandrine van der Straeten-Waillet"
CONTACT = "Apolline-Marguerite van den Bossche-Delacroix"
STATUSES = ("met", "met", "partly", "not_rated", "partly", "met", "not_rated")


def longest(language: str, *, has_missing: bool = True, has_own: bool = True) -> dict[str, Any]:
    """Each rule broken by the knock-out or the question with the longest name, one of its grades missing, contested and
    moved since the last time; eight services; departments that were not heard."""
    content = cards.full(
        vendor=VENDOR,
        organisation="Centre hospitalier universitaire de Wallonie picarde et du Tournaisis",
        approver=APPROVER,
    )
    lowest = {rule["key"]: _longest(rule, language) for rule in cards.release()["rules"]}
    for response in content["responses"]:
        if response["kind"] == "customer":
            response["answers"] = [
                _answer(answer, lowest, response["rater"], has_missing=has_missing) for answer in response["answers"]
            ]
    if not has_own:
        content["responses"] = [one for one in content["responses"] if one["kind"] == "customer"]
        content["vendor_asked"] = True
    content["consensus"] = {}
    content["previous"] = cards.earlier(*STATUSES, percent="500/6")
    asked = "Restaurer les dossiers dans les huit heures, et prouver la cause de chaque incident avant de clore; "
    content["commitments"] = [
        cards.commitment(n, asked * 3, rule="speed", contact=CONTACT, owner=CONTACT, overdue=n < 3) for n in range(1, 7)
    ]
    service = content["vendor"]["services"][0]
    content["vendor"]["services"] = [{**service, "name": SERVICE.format(number=n)} for n in range(1, 9)]
    content["heard"] += [{"name": f"Département {n} de l’hôpital", "why": "affected", "heard": False} for n in (4, 5)]
    reply = content["replies"][1]
    content["replies"] = [{**reply, "rule": rule["key"]} for rule in cards.release()["rules"]]
    return cards.computed(content)


def _longest(rule: Mapping[str, Any], language: str) -> str:
    """The question whose name makes the longest reason: a knock-out, if the rule has one."""
    among = [question for question in rule["questions"] if question["knockout"]] or rule["questions"]
    return str(max(among, key=lambda question: len(question["short"][language]))["key"])


def _answer(answer: Mapping[str, Any], lowest: Mapping[str, str], rater: str, *, has_missing: bool) -> dict[str, Any]:
    asked = cards.release()["rules"]
    rule = next(one for one in asked if any(question["key"] == answer["question"] for question in one["questions"]))
    plain = {**answer, "blank": "", "reason": ""}
    if answer["question"] == lowest[rule["key"]]:
        return {**plain, "grade": 1 if rater == "1" else 0}
    others = [question for question in rule["questions"] if question["key"] != lowest[rule["key"]]]
    lightest = min(others, key=lambda question: Fraction(question["weight"]))
    if has_missing and answer["question"] == lightest["key"]:
        return {**plain, "grade": None, "blank": "dont_know"}
    return {**plain, "grade": 2}
