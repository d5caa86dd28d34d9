"""Contracts and papers: until when something must be decided, and what was decided.

Doors: `changes`, each with its trail; `forms`, what may be written; `terms`, the arithmetic of terms; `agreed`, what a
contract agrees, for it and in words; `decisions`, what is to decide by which day; `renewals`, what happens by itself;
`offers`, an assessment in time; `panel`, on the vendor's page; `urls`.
"""
