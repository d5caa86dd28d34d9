"""All vendors at a glance: the heat table, its foot, its files, and the map of who holds whom.

Doors: `power_figure`, the map as one SVG; `dependence`, how much we depend on a vendor, in points that can be read.
"""
