"""Organisations, their members and departments, and how somebody joins.

Doors: `changes`, members; `invitations`, by a mailed link; `purposes`, what an invitation is for beyond the role;
`organisations`, which one somebody works in; `roles`, what each may do, in words; `forms`, what a new account takes;
`department_notes`, what other apps know of a department;
`group_roles`, which role the groups of a directory give.
"""
