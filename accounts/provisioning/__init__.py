"""The directory of the organisation keeps its members (SCIM 2.0): created, changed, deactivated; groups give roles.

Doors: `urls`, what a directory calls; `page_urls`, the page for administrators.
"""
