"""What matters of a file before anything is written: counted in the one pass of the check, told by page and command.

Doors: `counting`, row by row; `tables`, a table a subject, in words.
"""
