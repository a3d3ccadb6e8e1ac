"""Which assistants a commit names as its authors: some sign what they wrote, whether anything recorded them or not."""

from __future__ import annotations

from collections.abc import Iterable

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
    "crush@charm.land": "crush",
    "qwen-coder@alibabacloud.com": "qwen-code",
    "agent@warp.dev": "warp",
}
_HOST = "@users.noreply.github.com"
_BOT = "[bot]"
_ACCOUNTS = {
    "copilot": "copilot",
    "claude[bot]": "claude-code",
    "devin-ai-integration[bot]": "devin",
    "google-labs-jules[bot]": "jules",
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
    """An assistant by its name, or any other program with an account on GitHub: those names end alike."""
    # As git takes it, from the last `<`: the mail standard allows no bracket in a name, and so no `claude[bot] <…>`.
    address = person.rpartition("<")[2].partition(">")[0].strip().lower()
    account = address.removesuffix(_HOST) if address.endswith(_HOST) else ""
    account = account.partition("+")[2] or account
    bot = account.removesuffix(_BOT) if account.endswith(_BOT) else None
    return _ADDRESSES.get(address) or _ACCOUNTS.get(account) or bot or None
