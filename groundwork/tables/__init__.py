"""Tables that people hand in and take away: CSV, XLSX, XLS and ODS in, CSV out.

Doors: `reading.open_table` (one table, row by row) and `reading.sheets_of` (several sheets of a small workbook), both
within the `limits.Limits` that the caller hands in; `writing.csv_lines` and `writing.as_csv`; `cells` for single texts.
"""
