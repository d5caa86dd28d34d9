"""The page of an assessment: list, next step, review and decisions, history.

Doors: `urls`, everything here is a page.
"""
