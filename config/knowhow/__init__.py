"""Know-how beside the product: the page of a rule, the glossary, the guides of docs/ in the app, and one search.

Doors: `urls` (its routes), `glossary` (its terms, and the first use of each as a link), `guides` (the guides and their
sections), `markdown` (a section as HTML), `pages` (the list of guides), `search` (over all of it),
`api` (the glossary for other systems).
"""
