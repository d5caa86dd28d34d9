"""Rehearsals and reviews held with vendors: planned, invited, held, and what is on record of them.

Doors: `practice`, a claimed frequency held against the days held, in plain numbers.
"""
