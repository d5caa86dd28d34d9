"""The door for other systems: who asks, what they may, how answers and refusals look. Each app brings its own
operations (`vendors.api` and the like); `config.api` puts them together.

Doors: `building` (the API without what the apps bring), `endpoints` (how an operation is declared), `requests` (what a
handler gets), `problems` (how something is refused), `paging` (lists), `etags` (what has versions), `schemas` (what
several answers share), `middleware` (the door itself).
"""
