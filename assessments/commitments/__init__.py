"""What vendors promised: made, agreed, reported, kept or missed, and opened again by the measure.

Doors: `transitions` (each change, in one transaction with its step and its entry in the trail); `evidence`,
files from either side.
"""
