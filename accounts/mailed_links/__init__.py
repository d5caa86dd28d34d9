"""Links that are mailed to people: invitations, pulses, links of vendors.

Doors: `links`, found, renewed, withdrawn, sent; `pages`, what an open or a closed one answers; `cookies`, what it
is exchanged for; `forms`, what is asked for one; of those by which a contact comes back, `lifecycle`, what becomes of
one, `door`, who is let in, and `member_pages`, on which members look after them.
"""
