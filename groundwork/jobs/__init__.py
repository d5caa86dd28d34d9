"""Work that outlives a request.

Doors: `lease` (a Job is a row, a Kind is what one kind adds, a HeldJob is what a worker gets when it has claimed one).
"""
