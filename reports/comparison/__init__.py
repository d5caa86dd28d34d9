"""Two to five vendors side by side, each by one scorecard: a page, and a PDF of the same.

Doors: `printing`, what the PDF is made from; `keeping`, the row that a document is wished of;
`shapes`, what templates get; `view`, what a comparison says.
"""
