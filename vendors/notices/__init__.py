"""Notices of changes that a vendor plans: announced at its desk or noted by a member, read by the departments that they
affect, moved, withdrawn, and how they went.

Doors: `changes`, each with its trail; `telling`, who tells the departments; `reading`, what waits for whom; `warning`,
days and shares in plain numbers; `beside`, which incidents were opened then; `panel`, on the vendor's page;
`desk_matters`, on the vendor's desk.
"""
