"""The questionnaire as a workbook: downloaded, filled where there is no connection, looked at cell by cell, taken over.

Doors: `flow`, the pages of whoever answers, a rater or the vendor; `book`, the questions of one response as a workbook
asks them; `taking`, what was sent back, kept until it is taken over or thrown away; `writing`, the file of a book.
"""
