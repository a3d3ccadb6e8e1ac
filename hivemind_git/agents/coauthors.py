"""Which assistants a commit names as its authors: some sign what they wrote, whether anything recorded them or not."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import parseaddr

TRAILER = "co-authored-by"

# The addresses that the assistants themselves put there; a company's domain alone would name its people too.
_ADDRESSES = {
    "noreply@anthropic.com": "claude-code",
    "noreply@openai.com": "codex",
    "codex@openai.com": "codex",
    "cursoragent@cursor.com": "cursor",
    "noreply@aider.chat": "aider",
    "aider@aider.chat": "aider",
    "amp@ampcode.com": "amp",
    "openhands@all-hands.dev": "openhands",
}
_ACCOUNTS = {
    "copilot@users.noreply.github.com": "copilot",
    "devin-ai-integration[bot]@users.noreply.github.com": "devin",
    "google-labs-jules[bot]@users.noreply.github.com": "jules",
}


def named(author: str, trailers: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The assistants among a commit's authors.

    Args:
        author: `Name <address>`.
        trailers: the commit's, as git reads them.
    """
    signed = [value for key, value in trailers if key.lower() == TRAILER]
    return frozenset(name for person in (author, *signed) if (name := _assistant(person)))


def _assistant(person: str) -> str | None:
    address = parseaddr(person)[1].lower()
    return _ADDRESSES.get(address) or _ACCOUNTS.get(address.partition("+")[2] or address)
