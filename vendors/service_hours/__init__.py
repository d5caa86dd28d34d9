"""When a service is supported, and how much of that time lies between two moments.

Doors: `hours`, the hours of a week and what is worked in them; `calendars`, loaded for a vendor;
`working_days`, without weekends and public holidays; `words`, the hours in words; `changes`, set, with the words of the
trail.
"""
