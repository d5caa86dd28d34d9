"""What a field finds while somebody types in it: the route, and the people and departments that are searched.

Doors: `people`, and `views` for the routes.
"""
