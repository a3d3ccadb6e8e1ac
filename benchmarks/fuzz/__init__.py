"""Feeds every parser of foreign text what nobody sane would write: `python -m benchmarks.fuzz`.

A target is one parser with the contract that its module states: it returns, or raises one of the errors it is
documented to raise, in time that grows with the input. Inputs are mutations of good ones, each made from a number that
is printed, so that what broke once breaks again. `--guided` lets atheris choose by the branches that an input reaches.
"""
