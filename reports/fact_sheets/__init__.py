"""Sheets of facts on paper: what is expected, what to do when it breaks, what happened, what caused it.

Doors: `kinds`, where each kind gets its facts and how it looks; `keeping`, the row that a document is wished of;
`printing`, what the PDF is made from; `panel`, the languages of a sheet for a page; `incident`, what happened in one;
`proof`, the proof of a cause; `expectations`, what is expected of vendors.
"""
