"""The board report: how all vendors, or those of a filter, support us, on six to eight pages.

Doors: `sheet`, how it is laid out and whom it concerns; `facts`, what is frozen; `urls`.
"""
