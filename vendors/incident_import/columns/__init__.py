"""What a file calls things: columns, words for yes and unknown, and how a person said it is to be read.

Doors: `options`, how a file is read; `presets`, what tools call things; `own_download`, our own download, when it
comes back.
"""
