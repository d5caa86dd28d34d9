"""What happens is told to other systems: signed, in order, again until it arrived, and to no private network.

Doors: `kinds`, of what other systems are told; `telling`, which writes an event in the transaction of its change;
`job`, the row that is tried; `delivering`, what workers do; `sending`, one try; `cleaning`, what is kept no longer;
`changes`, an address comes to be, changes and goes; `urls`, the pages.
"""
