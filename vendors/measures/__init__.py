"""What incidents and pulses measure, over time, with targets.

Doors: `catalogue`, which measures there are; `metrics`, periods, what they measure and where it goes; `loading`, loaded
and kept; `plain_data`, as plain data and back; `words`, figures and trends in words; `basis`, what they rest on in
words; `movement`, whether one moved to what was agreed, and fell back; `cards`, a measure as pages show it; `targets`,
what was agreed.
"""
