"""Vendors, their services and contacts.

Doors: `changes`, each with its trail; `naming`, what the trail calls vendors.
"""
