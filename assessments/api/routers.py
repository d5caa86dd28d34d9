"""The routers of this app, each with the heading under which the reference lists it."""

from __future__ import annotations

from ninja import Router

from assessments.api import (
    answers,
    assessments,
    commitment_steps,
    commitments,
    consensus,
    decisions,
    findings,
    questionnaire,
    raters,
)

ALL: tuple[tuple[Router, str], ...] = (
    (assessments.router, "Assessments"),
    (decisions.router, "Decisions"),
    (raters.router, "Raters"),
    (questionnaire.router, "Own answers"),
    (answers.router, "Answers of others"),
    (consensus.router, "Consensus"),
    (findings.router, "Findings"),
    (commitments.router, "Commitments"),
    (commitment_steps.router, "Commitments"),
)
