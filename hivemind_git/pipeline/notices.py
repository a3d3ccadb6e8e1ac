"""What the person is told once, by an assistant that shows it to them and never to its model."""

from __future__ import annotations

import json
from pathlib import Path

from hivemind_git.capture.files import place, private_folder

_NOTICE = "notice"


def leave(state: Path, text: str) -> None:
    """Leaves a sentence for the start of the next session, after those that nobody was shown yet.

    The hook gives it to the first assistant that shows such a message, as that wants it, and removes it.

    Raises:
        OSError: it cannot be written.
    """
    private_folder(state)
    waiting = pending(state)
    if text not in waiting:
        told = "\n".join([*waiting, text])
        place(state / _NOTICE, json.dumps({"systemMessage": told}).encode() + b"\n")


def pending(state: Path) -> list[str]:
    """The sentences that nobody was shown yet."""
    try:
        return str(json.loads((state / _NOTICE).read_bytes())["systemMessage"]).split("\n")
    except (OSError, ValueError, KeyError, TypeError):
        return []


def withdraw(state: Path) -> None:
    """Takes away what nobody was shown yet."""
    (state / _NOTICE).unlink(missing_ok=True)
