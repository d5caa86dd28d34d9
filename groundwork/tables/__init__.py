"""Tables that people hand in (CSV, XLSX, XLS, ODS) and take away (CSV).

Doors: `reading` (`open_table()` gives one table row by row, `sheets_of()` several sheets of a small workbook,
`every_sheet_of()` all of one that was filled as a form; each within the Limits that the caller hands in), `limits`,
`cells` (single texts, and ImportRefused), `csv_files` (how a text file was read), `sources` (kinds of files), `writing`
(CSV).
"""
