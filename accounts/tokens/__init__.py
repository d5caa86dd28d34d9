"""Keys to the API: made by a member for themselves, or by an administrator for a service; shown once, withdrawn.

Doors: `making`, a token comes to be and ends; `connected`, the services; `expiring`, what is about to run out.
"""
