"""How vendors do across the organisations of an installation that agreed to share: figures of many, never of one.

Doors: `answers`, publishing, joining and leaving; `panel`, where a scorecard lies among them.
"""
