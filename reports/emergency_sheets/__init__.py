"""When it breaks, on paper: the page of one service, or all of them as a folder that works without power.

Doors: `facts`, what is frozen; `sheet`, how it is laid out; `printed`, whether the last folder still says what the
pages say; `urls`.
"""
