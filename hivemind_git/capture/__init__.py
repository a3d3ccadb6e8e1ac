"""From hooks to the session store: the journal, windows, images, redaction and the seal."""
