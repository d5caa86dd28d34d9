"""The documents of many scorecards at once: one file a vendor in a ZIP, or all of them bound as one PDF.

Doors: `job`, what people ask for and how a worker holds it; `making`, a stretch of that work; `binding`, what
a bound PDF is made of; `views`, asking, following, fetching.
"""
