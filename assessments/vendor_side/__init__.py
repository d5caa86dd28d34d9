"""The vendor by its link: its own answers, its right of reply.

Doors: `guard`, who comes in by which link; `links`, made, sent, withdrawn; `answers`, the vendor answers for itself;
`reply`, the right of reply; `emergency_words`, what it answered that belongs on the page for when something breaks.
"""
