"""Keys to the API: made by a member for themselves, or by an administrator for a service; shown once, withdrawn.

Doors: `making`.
"""
