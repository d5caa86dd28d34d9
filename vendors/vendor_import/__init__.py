"""Vendors from a file: what each row would do, and doing it.

Doors: `urls`, everything here is a page.
"""
