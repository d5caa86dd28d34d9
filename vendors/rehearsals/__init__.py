"""Rehearsals and reviews held with vendors: planned, invited, held, and what is on record of them.

Doors: `changes`, each with its trail; `records`, the days on record of a vendor, and since when; `practice`, a claimed
frequency held against those days, in plain numbers; `upcoming`, what is planned; `reading`, from whom what one showed
is kept; `words`, one in words; `panel`, on the vendor's page; `urls`.
"""
