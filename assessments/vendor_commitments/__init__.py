"""The vendor sees its commitments by a link of its own: it agrees or says why not, reports, attaches.

Doors: `links`, made, sent, extended, withdrawn; `telling`, its contacts learn that something waits for their word.
"""
