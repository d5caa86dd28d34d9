"""How large a file, a part of it, a row may be."""

MAX_CSV_BYTES = 100 * 10**6
MAX_CSV_ROWS = 500_000
MAX_XLSX_BYTES = 40 * 10**6
MAX_XLSX_ROWS = 200_000
MAX_SHEET_BYTES = 600 * 10**6  # unpacked; a sheet is read as a stream
MAX_PART_BYTES = 48 * 10**6  # unpacked; what is held in memory: the texts and styles of a workbook
MAX_ROW_BYTES = 8 * 10**6  # of XML from the beginning of one row to the next
MAX_PARTS = 400
MAX_COLUMNS = 100
