"""Vendors and what is known of them, for other systems: the operations of the API, a module a subject, each with its
`router`. They write through the same functions and forms as the pages.

Doors: `register`, vendors, services and contacts; `contracts`, contracts and papers; `incidents`, incidents read and
pushed; `feedback`, the voice of the customer; `measures`, what is measured and what was agreed; `shapes`, values that
bodies share, in other apps too.
"""
