"""Work that outlives a request.

Doors: `lease` (a Job is a row, a JobKind is what one kind adds, a HeldJob is what a worker gets that has claimed one).
"""
