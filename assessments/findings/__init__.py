"""Claim and rating, held against what is measured, and against what was held together.

Doors: `findings`, the table of findings; `words`, findings in words, for pages and snapshots; `practice`, claims of
rehearsals and reviews against those that were held; `practice_words`, these in words; `proven`, what became of accepted
causes; `panel`, what of all that whom is shown.
"""
