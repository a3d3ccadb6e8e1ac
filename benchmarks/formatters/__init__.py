"""How much of what real formatters and autofixes do to real code is taken for a person's correction."""
