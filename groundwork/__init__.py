"""What every app stands on and none of it knows: jobs, tables, words, pages. It imports no app."""
