"""Why did it move: two scorecards of a vendor, rule by rule, as exact sums with the words of then and now.

Doors: `urls`, its route.
"""
