"""Rehearsals and reviews held with vendors: planned, invited, held, and what is on record of them.

Doors: `changes`, each with its trail; `records`, the days on record of a vendor, and since when; `practice`, a claimed
frequency held against those days, in plain numbers; `upcoming`, what is planned, or waits to be written down;
`reading`, whose words wait for their own answers; `invitations`, mails and calendars of guests; `panel`, on the
vendor's page; `urls`.
"""
