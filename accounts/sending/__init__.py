"""What a form sends: it arrives whole or not at all, is taken once, and is not lost where it cannot be taken.

Doors: `mark`, what stands at the end of each form; `once`, taken once; `kept`, what could not be taken; `way_back`, to
the page of a form, with what was typed; `middleware`, holds all of it for every route; `cleaning`, after a while.
"""
