"""Levels of approval: who decides next, of which fingerprint, and who is told.

Doors: `chain`, who decides next, and what a change undoes; `panel`, the state of the decisions, for a page; `mails`,
who hears of a decision; `vacancies`, where nobody can decide.
"""
