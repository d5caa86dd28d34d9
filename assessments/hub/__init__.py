"""The page of an assessment: list, next step, review and decisions, history.

Doors: `urls`, its pages; `forms`, what they ask; `next_step`, what comes next for whoever looks; `standing`, an
assessment as one member sees it, read at once; `outside`, the part of an outside rater; `absences`, what waits for a
member who is gone.
"""
