"""Incidents that a system sends, taken as the rows of a file are: read, found again, written, and taken back by the
day. What is pushed says by itself up to when the facts of its source are known.

Doors: `pushing`, rows in; `claims`, up to when all of a source is here; `reading`, how what is sent is read; `naming`,
of whom it speaks.
"""
