"""The audit trail: written beside each change, read in words.

Doors: `audit`, one call beside the change; `reading`, entries in words; `signposts`, what they are about; `stretches`,
those of one who goes on writing as one row; `forms`, what a list of them is narrowed by.
"""
