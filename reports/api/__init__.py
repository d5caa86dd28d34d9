"""Results for other systems: scorecards with their arithmetic, documents, the portfolio, exports.

Doors: `scorecards`, lists and the whole arithmetic of one; `changes`, what moved between two, and a vendor's course;
`comparison`, vendors side by side; `documents`, asking for a PDF, following and fetching it; `portfolio`, one row a
vendor; `exports`, files of all that is stored. Each has its router. `shapes`, what several answers share.
"""
