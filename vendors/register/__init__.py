"""Vendors, their services and contacts.

Doors: `changes`, each with its trail; `forms`, what may be written; `naming`, what the trail calls vendors.
"""
