"""When it breaks: one page a service for the worst hour, who keeps it true, and when it was last gone through.

Doors: `writing`, each change of a plan with its trail; `shown`, plans as pages and papers show them; `checks`, when one
is to be gone through again; `proposals`, what vendors wrote that could stand in one; `folder`, whether what was printed
is still what stands here; `stops`, what a department's own page says; `refusals`, what the database refuses; `urls`.
"""
