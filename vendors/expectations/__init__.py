"""What the organisation expects of those who support it: editions of its expectations, from a draft to what is in
force.

Doors: `editions`, the steps of an edition, each with its trail; `sheet`, an edition rule by rule as pages and papers
show it; `standing`, which edition a vendor got and what it said; `plain_data`, what is in force as plain data;
`refusals`, what the database refuses; `acknowledging`, what a vendor says to an edition; `ack_panel`, on a vendor's
page; `on_the_desk`, an edition on the vendor's desk.
"""
