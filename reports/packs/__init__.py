"""The question pack: on paper for the meeting, with what the raters said; and blank, for a talk without a screen.

Doors: `filled` and `blank`, the two kinds of sheets.
"""
