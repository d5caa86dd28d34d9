"""What incidents and pulses measure, over time, with targets.

Doors: `catalogue`, which measures there are; `metrics`, periods and what they measure; `trend`, whether it moves;
`loading`, loaded and kept; `plain_data`, as plain data and back; `words`, figures and trends in words; `basis`, what
they rest on in words; `cards`, a measure as its page shows it; `forms`, period and target; `panel`, measures on a
vendor’s page.
"""
