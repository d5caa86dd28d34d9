"""When it breaks: one page a service for the worst hour, who keeps it true, and when it was last gone through.

Doors: `writing`, each change of a plan with its trail; `shown`, a plan as pages and papers show it; `checks`, when it
is to be gone through again; `standing`, which services have a plan that was checked; `expected`, three lines of what is
expected; `proposals`, what vendors wrote that could stand in one; `folder`, whether what was printed is still what
stands here; `words`, how all this stands; `stops`, what a department's own page says; `refusals`, what the database
refuses; `urls`.
"""
