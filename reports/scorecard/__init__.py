"""The scorecard: frozen when it is approved, shown and printed from its snapshot alone.

Doors: `freezing`, rows to plain data; `snapshots`, canonical JSON, its hash, and reading it; `sealing`, its place in
the chain; `view`, the snapshot as pages and paper show it; `stored`, the seven rules as rows keep them;
`shapes`, what templates get; `people`, raters, meeting and decisions in it; `words`, the snapshot in words of any
language; `standing`, how vendors stand by theirs, and which rules turned from one to the next.
"""
