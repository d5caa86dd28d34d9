"""The page of an assessment: list, next step, review and decisions, history.

Doors: `urls`, everything else here is a page; `absences`, what waits for a member who is gone.
"""
