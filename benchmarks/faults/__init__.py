"""Breaks the product on purpose, one system call at a time: `python -m benchmarks.faults`.

strace lets the n-th write, rename, link, unlink, fsync, start of a process or network call of a command fail, kills the
process there, or delays it: in git and in shells that the command starts as well, and in what goes on detached.
Then `git gc --prune=now`, the same command without a fault, and a look at what is left (`benchmarks.faults.checks`).
"""
