"""What one line of a file says of an incident, or what is wrong with it.

Doors: `reading`, a line to values; `places`, where they stand in it; `values`, one cell to a value; `dates`, days and
times as files write them; `date_mix`, columns in which a spreadsheet may have exchanged day and month;
`matching`, which vendor a row speaks of; `problems`, what is wrong, in words.
"""
