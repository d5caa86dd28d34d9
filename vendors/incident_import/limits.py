"""How much of a file is taken: enough for years of incidents, and little enough for a small worker."""

from groundwork.tables.limits import MB, Limits

FILE = Limits(text_bytes=100 * MB, text_rows=500_000, workbook_bytes=40 * MB, workbook_rows=200_000, columns=2_000)
SAMPLE = 500  # rows from which the order of dates is told, and what columns hold
MAX_CELL = 20_000  # characters of a cell that are looked at
MAX_NAMES = 500  # distinct texts in the column that tells the vendor
BATCH = 5_000  # rows in a transaction
