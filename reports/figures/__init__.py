"""Figures made of what vendors measures and people say, drawn by the charts.

Doors: `trends`, a measure over time; `feelings`, service level and feeling; `page`, any drawing as a
part of a page.
"""
