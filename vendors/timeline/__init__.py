"""The hour of an incident: its timeline, as it is filled on a phone, and what it says of how the vendor worked.

Doors: `changes`, what is written; `hour`, how it stands; `record`, the arithmetic; `records`, it loaded, of one or of a
year; `panel`, on the vendor’s page; `sheet`, what is handed to the vendor; `words`, a record in words.
"""
