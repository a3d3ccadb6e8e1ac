"""The session store: an orphan branch of JSONL segments, its layout, reader and writer."""
