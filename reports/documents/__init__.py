"""Wishes for documents, and how they become PDF.

Doors: `job`, the row is the job; `layout`, what is handed to the renderer; `pdf`, HTML to PDF/A-3a and PDF/UA-1;
`glyphs`, what is written for characters that no font has; `views`, asking, following, downloading.
"""
