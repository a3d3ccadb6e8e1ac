"""One page for people who were not there: what was corrected, what became of it, and whether it helped. Pure."""
