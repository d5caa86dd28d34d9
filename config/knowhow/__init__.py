"""Know-how beside the product: the page of a rule, the glossary, the guides of docs/ in the app, and one search.

Doors: `urls` (its routes).
"""
