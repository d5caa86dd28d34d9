"""What a vendor takes with it when it hands in.

Doors: `copies`, made, read and laid out.
"""
