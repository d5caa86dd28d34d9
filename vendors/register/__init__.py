"""Vendors, their services and contacts.

Doors: `changes`, each with its trail.
"""
