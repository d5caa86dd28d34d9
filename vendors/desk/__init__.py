"""The vendor's desk: what concerns it, read and answered by a link of its own, without an account.

Doors: `guard`, who is let in, for every page behind the link; `links`, made, sent, withdrawn; `matters`, where each
subject says what waits for the vendor's word; `telling`, a contact learns of it.
"""
