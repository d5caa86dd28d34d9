"""How a vendor’s scorecards follow each other: the seven rules over time, and what changed from one to the next.

Doors: `figures`, the drawings; `history`, what they are drawn from; `panel`, what of it stands on the vendor’s page;
`changes`, what moved in each of several scorecards since the one before it.
"""
