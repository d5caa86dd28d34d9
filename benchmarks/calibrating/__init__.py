"""Whether the measures keep what they promise: histories of vendors of which nothing is to be told. See histories.py,
cells.py and report.py; `benchmarks/calibration` runs it, and the suite runs a smaller part of it.
"""
