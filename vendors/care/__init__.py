"""How a vendor looks after its customer: the people whom it named, until when, and the trainings that it gave.

Doors: `changes`, each with its trail; `cover`, who follows whom, in plain days; `record`, what is on record of a
vendor; `panel`, on the vendor's page.
"""
