"""Work that outlives a request: `lease.Job` (a row that is a job), `lease.Kind` (what one kind adds) and
`lease.HeldJob` (what a worker gets when it has claimed one)."""
