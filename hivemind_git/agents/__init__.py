"""One module an assistant: where it is wired, what it writes, and how its payloads become events."""
