"""The arithmetic of an assessment, and what reads its input and says its result.

Doors: `arithmetic`, plain fractions; `difference`, why a percent moved, as an exact sum; `reading`, from rows to the
arithmetic; `overview`, rule by rule, to read in place; `agreement`, how far raters agree; `self_view`, how the vendor
sees itself; `also_asked`, the supplementary questions beside it; `words`, results in words.
"""
