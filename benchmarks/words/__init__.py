"""Trains and measures what corrections in words sound like (`hivemind_git/corrections/words_table.py`)."""
