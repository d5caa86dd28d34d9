"""The chain of seals: a hash over what never changes and over the seal before, so that a change from below is seen.

Doors: `kinds`, what is sealed, as each app registers it; `seals`, the end of the chain, one seal more;
`trail_days`, the days of the audit trail; `carried`, the trail that an organisation brought along from elsewhere;
`verification`, everything looked at again.
"""
