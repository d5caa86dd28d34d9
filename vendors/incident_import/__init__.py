"""Incidents from a file: kept, mapped, checked, written, taken back.

Doors: `files`, what was brought; `job`, the row is the job; `worker`, one attempt at it; `options_check`, whether a
file can be read so; `columns.options`, how a file is read; `columns.presets`, what tools call things;
`rows.matching`, which vendor a row speaks of; `rows.problems`, what is wrong in a file.
"""
