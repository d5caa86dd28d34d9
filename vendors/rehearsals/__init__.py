"""Rehearsals and reviews held with vendors: planned, invited, held, and what is on record of them.

Doors: `changes`, each with its trail; `guests`, who is asked; `invitations`, their mails and appointments; `scenarios`,
proposals to begin with; `records`, the days on record of a vendor, since when, and what is planned; `practice`, a
claimed frequency held against those days, in plain numbers; `words`, one in words; `panel`, on the vendor's page.
"""
