"""The first organisation of an empty installation, and its first administrator.

Doors: `tokens`, the one that opens the page; `first_run`, what every page leads to until then.
"""
