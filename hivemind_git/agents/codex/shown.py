"""Commands whose output is a whole file: the way in which Codex reads."""

from __future__ import annotations

import re

from hivemind_git.agents.hunks import stored
from hivemind_git.corrections.shell_syntax import parse

_CAPPED = 65536
"""A rollout keeps the start and end of longer outputs, with nothing between them to tell (measured with 0.169.0)."""
_FROM_THE_TOP = re.compile(r"1,(\d+)p")


def whole_file(command: str, output: str) -> tuple[str, bytes] | None:
    """Path and content of the file that a command showed whole, given its output; None where it did not for certain.

    The command must have ended well.
    """
    path = _read(command, output.count("\n") + (not output.endswith("\n")))
    content = stored(output)
    # What is not UTF-8 is replaced before it is kept.
    if path is None or len(content) >= _CAPPED or "\ufffd" in output:
        return None
    return path, content


def _read(command: str, lines: int) -> str | None:
    script = parse(command)
    if not script.understood or len(script.commands) != 1:
        return None
    only = script.commands[0]
    if only.redirects or only.background or not all(word.literal for word in only.words):
        return None
    match [word.text for word in only.words]:
        case ["cat", path] if not path.startswith("-"):
            return path
        case ["sed", "-n", range_, path] if (found := _FROM_THE_TOP.fullmatch(range_)) and lines < int(found[1]):
            return path
    return None
