"""Planted histories: seeded random work of agents and people in real repositories, whose truth the generator knows.

The truth comes from the generator's own ledger of lines, and shares no code with what is measured: `ledger` knows who
wrote each line and what corrected what, `world` does the work with git's own commands, `judge` compares.
"""
