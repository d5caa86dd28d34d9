"""What waits for whom and when: my work, the calendar, one mail a day, assessments that come again.

Doors: `inbox`, what waits for whom; `digest`, the one mail a day; `repeating`, the next assessment of a vendor;
`upcoming`, what comes next for each of many; `lead_times`, how long an assessment takes;
`readings`, what the measures of commitments say, day by day; `owed_mails`, reminders of proofs of cause;
`vendor_news`, that a vendor handed one in, or plans a change; `told_systems`, what other
systems are told although nobody did it.
"""
