"""States of an assessment, its period and its number.

Doors: `transitions`, one function a transition; `taking_back`, what one did oneself and nobody has decided on;
`periods`, the months that it looks at; `numbering`, A-2026-001 and C-2026-001; `effort`, what answering takes.
"""
