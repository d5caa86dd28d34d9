"""Incidents: list, page, form, download.

Doors: `panel`, the newest, on a vendor’s page; `words`, an incident in words; `changes`, writing them down.
"""
