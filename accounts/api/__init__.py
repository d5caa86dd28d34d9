"""The door for other systems: who asks, what they may, how answers and refusals look. Each app brings its own
operations (`vendors.api` and the like); `config.api` puts them together.

Doors: `endpoints` (how an operation is declared), `requests` (what a handler gets), `problems` (how something is
refused), `paging` (lists), `etags` (what has versions), `schemas` (what several answers share), `scopes` (how far a
token reaches), `frame` (what the door itself answers, and what it forgets).
"""
