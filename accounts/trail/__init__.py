"""The audit trail: written beside each change, read in words.

Doors: `audit`, one call beside the change; `reading`, entries in words; `signposts`, what they are about.
"""
