"""Proof of cause: what a vendor owes after a critical incident, what it hands in, and what the customer says to it.

Doors: `transitions`, each change of state, in one transaction with its step and its entry in the trail; `saving`, texts
saved as they are written; `evidence`, files from either side; `complete`, what is still missing of one; `shared`, what
a customer shares of an incident; `desk_matters`, what a vendor owes, on its desk.
"""
