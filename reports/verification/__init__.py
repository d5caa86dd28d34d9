"""Whether a PDF is one that this installation made, whether it is unchanged, and whether its numbers follow from its
answers.

Doors: `checking`, what is found of one file; `views`, the page where one drops it.
"""
