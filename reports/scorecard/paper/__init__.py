"""A scorecard on paper: the brief of one page and the scorecard of four, from the same view as the page.

Doors: `pages`, what the templates of both get; `shapes`, its shapes.
"""
