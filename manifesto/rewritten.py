"""Published questions that a file rewrites without saying whether their meaning changes: a person says it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from manifesto.bank import TEXT_FIELDS, Bank, ChangeKind, Sheet
from manifesto.editions import predecessor, published_revisions
from manifesto.exchange import DryRun
from manifesto.models import Release, ReleaseState


def rewritten(run: DryRun, draft: Release | None) -> tuple[str, ...]:
    """The keys of questions of which a written text, or one of a level, is written anew, under the revision that is
    published; in the order of the file. A revision that the file raises has said it already."""
    if run.bank is None or run.base is None:
        return ()
    published, touched = _published(run, draft), set(_touched(run))
    return tuple(
        question.key
        for _rule, question in run.bank.questions()
        if question.key in touched and question.revision <= published.get(question.key, 0)
    )


def _published(run: DryRun, draft: Release | None) -> dict[str, int]:
    base = draft or run.base
    if base is not None and base.state == ReleaseState.DRAFT:
        base = predecessor(base)
    return published_revisions(base)


def _touched(run: DryRun) -> Iterator[str]:
    for row in run.rows:
        if row.kind not in (ChangeKind.CHANGED, ChangeKind.MOVED) or row.sheet not in (Sheet.QUESTIONS, Sheet.LEVELS):
            continue
        if any(field.field in TEXT_FIELDS[row.sheet] and field.before and field.after for field in row.fields):
            yield row.key.rpartition("/")[0] if row.sheet is Sheet.LEVELS else row.key


def with_new_meaning(run: DryRun, draft: Release | None, keys: Collection[str]) -> DryRun:
    """The dry run with these questions one revision above the published one."""
    if run.bank is None or not keys:
        return run
    return replace(run, bank=_raised(run.bank, _published(run, draft), keys))


def _raised(bank: Bank, published: dict[str, int], keys: Collection[str]) -> Bank:
    return replace(
        bank,
        rules=tuple(
            replace(
                rule,
                questions=tuple(
                    replace(question, revision=published[question.key] + 1) if question.key in keys else question
                    for question in rule.questions
                ),
            )
            for rule in bank.rules
        ),
    )
