"""What incidents and pulses measure, over time, with targets.

Doors: `catalogue`, which measures there are; `cases`, one incident, as it is measured; `metrics`, periods and trends;
`loading`, loaded and kept; `words`, figures and trends in words; `cards`, a measure as its page shows it; `forms`,
period and target; `panel`, measures on a vendor’s page.
"""
