"""Tables that people hand in (CSV, XLSX, XLS, ODS) and take away (CSV).

Doors: `reading` (`open_table()` gives one table row by row, `sheets_of()` several sheets of a small workbook, both
within the Limits that the caller hands in), `limits`, `cells` (single texts, and ImportRefused), `csv_files` (how a
text file was read), `sources` (kinds of files), `writing` (CSV).
"""
