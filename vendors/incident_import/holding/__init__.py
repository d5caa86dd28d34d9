"""What a file holds: what its moments tell, what is proposed because of it, and what a person says.

Doors: `evidence`, gathered in the one pass of the check; `answers`, what a person said; `words`, both in sentences;
`views`, the page that asks.
"""
