"""Turns the corrections people make to their coding agents into reviewed skills, with git and nothing else."""

__version__ = "0.1.0"
