"""Answering: a page of questions, one answer, evidence, a question lent to a colleague, one question for several
vendors.

Doors: `flow`, the way through a questionnaire, whoever answers; `posting`, what a page or an answer that was sent
does; `saving`, one answer written; `rows`, what one question shows; `forms`, the answer as a form; `evidence`, files
beside an answer; `delegation`, a question lent to a colleague.
"""
