"""All vendors at a glance: the heat table, its foot, its files, and the map of who holds whom.

Doors: `power`, of whom the map is made; `power_figure`, the map as one SVG; `filters`, by what it is narrowed; `rows`,
which vendors that leaves, in which order; `words`, its counts in sentences.
"""
