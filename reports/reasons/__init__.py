"""Why rules moved between two scorecards of a vendor, from their snapshots alone.

Doors: `inputs`, a snapshot as the arithmetic takes it; `compared`, two snapshots side by side, with the exact parts of
each difference; `telling`, those parts in words, the largest first.
"""
