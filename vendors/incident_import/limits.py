"""How much of a file is taken: enough for years of incidents, and little enough for a small worker."""

MAX_CELL = 20_000  # characters of a cell that is used
MAX_NAMES = 500  # distinct texts in the column that tells the vendor
BATCH = 5_000  # rows in a transaction
