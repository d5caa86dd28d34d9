"""The reference of the API as pages: read from the very document that other tools read, so that it cannot tell another
story than the API does.

Doors: `urls`, `document` (the document itself, as it is committed and served).
"""
