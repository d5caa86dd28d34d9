"""Assessments and commitments for other systems: through the functions of the pages, with their rights, secrecy and
trail.

Doors: `routers`, each with its heading in the reference.
"""
