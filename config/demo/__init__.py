"""The demo data: plainly fictional organisations, told in `demo.yaml`, each subject by a module of its own.

Doors: `loading`, loaded whole, or the bank alone.
"""
