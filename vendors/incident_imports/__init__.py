"""Incidents from a file: read, checked, written, taken back. Pages and the command call `job`, `files`, `preview`,
`presets` and `mappings`; everything else serves them."""
