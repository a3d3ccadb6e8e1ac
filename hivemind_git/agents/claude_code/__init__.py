"""Claude Code: where it is wired, its payloads, its transcripts, its skill folders."""
