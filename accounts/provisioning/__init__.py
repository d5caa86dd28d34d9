"""The directory of the organisation keeps its members (SCIM 2.0): created, changed, deactivated; groups give roles.

Doors: `urls`.
"""
