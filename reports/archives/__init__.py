"""A whole organisation as one archive, out of an installation and into another one: tables, files, trail, documents.

Doors: `leaving`, the archive is written; `arriving`, it is checked and brought in; `wishes`, what an administrator
asks for on the page; `tables`, what belongs to an organisation and what does not leave; `schema`, the archive
described for a program; `faults`, why one is not written or not taken; `values`, a value of a column as JSON says it.
"""
