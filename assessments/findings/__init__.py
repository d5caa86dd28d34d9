"""Claim and rating, held against what is measured.

Doors: `findings`, the table of findings; `words`, findings in words, for pages and snapshots; `panel`, what of it
whom is shown.
"""
