"""Wider than one machine, on one: two web processes and four workers in two groups that share no folder, with a
PostgreSQL, a Redis and a store of files; documents, imports and people who save, while workers are killed at random,
Redis is restarted and PostgreSQL crashes once.

`python -m benchmarks.drill [--documents 1000] [--imports 10] [--people 500] [--seed 1]`; everything is started by it
and ended with it. Prints what was counted; the exit status is 1 where something did not end, ended twice, or was lost.
"""
