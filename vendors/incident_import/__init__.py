"""Incidents from a file, or pushed by a system: kept, mapped, checked, written, taken back.

Doors: `files`, what was brought; `job`, the row is the job; `worker`, one attempt at it; `unattended`, the whole way
without a browser; `pushes`, what systems push; `columns.options`, how a file is read; `columns.presets`, what tools
call things; `rows.dates`, days and times as files write them.
"""
