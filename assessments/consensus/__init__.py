"""The meeting of the raters: what needs talk, what was agreed, why and by whom.

Doors: `meeting`, what is to be discussed, and agreeing; `attendance`, who is there; `forms`, what is asked of both.
"""
