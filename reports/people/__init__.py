"""What is stored about one person, as a file; and the erasure of a person that keeps scores and trail true.

Doors: `gathering`, what is stored; `erasing`, who may be erased, and the erasure; `kept`, what keeps a name and why;
`api`, the erasure for other systems.
"""
