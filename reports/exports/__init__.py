"""What is stored of assessments and vendors, as a file: a workbook whose arithmetic is live, tables, structured data.

Doors: `job`, what people ask for and how a worker holds it; `worker`, one attempt at it; `structured`, the schema of
the JSON; `catalogue`, the tables and their columns; `chosen`, what an export is about.
"""
