"""Who is asked to rate, and how far they are.

Doors: `asking`, inviting, reminding, withdrawing; `table`, who is how far; `departments`, which were heard; `mails`,
what raters are told; `forms`, whom to ask and until when; `inviting`, all whom a form names.
"""
