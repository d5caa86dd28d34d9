"""Vendors, their services and contacts.

Doors: `attention`, in which order vendors stand; `changes`, each with its trail; `forms`, what may be written;
`naming`, what the trail calls vendors.
"""
