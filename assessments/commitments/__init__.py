"""What vendors promised: made, agreed, reported, kept or missed, and opened again by the measure.

Doors: `transitions` (each change, in one transaction with its step and its entry in the trail); `evidence`,
files from either side; `kept`, the share that was kept, and what a vendor's page shows; `asking`, what whoever makes,
changes or takes one further has to say; `promises`, what stands at a rule or a question; `history`, the steps in
sentences; `words`, where one stands, in words; `measured`, what the measure says: moved, did not move, cannot tell yet,
fell back.
"""
