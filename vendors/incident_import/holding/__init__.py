"""What a file holds: what its moments tell, what is proposed because of it, and what a person says.

Doors: `evidence`, gathered in the one pass of the check; `proposal`, made of it; `answers`, what a person said.
"""
