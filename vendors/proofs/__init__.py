"""Proof of cause: what a vendor owes after a critical incident, what it hands in, and what the customer says to it.

Doors: `transitions`, each change of state, in one transaction with its step and its entry in the trail; `handing_in`,
whole and at once; `reading`, which a member may see, as lists show them, and what was handed in; `outcomes`, what
became of accepted causes; `panel`, on the pages of a vendor and of an incident; `shared`, what a customer shares of an
incident; `desk_matters`, what a vendor owes, on its desk; `asking`, where an organisation asks by itself.
"""
