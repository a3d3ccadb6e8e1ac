"""What a Hermes session names, for finding its place in a repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from hivemind_git.agents.hermes.answers import WRITERS
from hivemind_git.agents.hermes.disk import Session, tool_calls
from hivemind_git.agents.hermes.edits import asked
from hivemind_git.agents.lines import mapping, text


def mentioned(sessions: Iterable[Session]) -> tuple[set[str], set[str]]:
    """The files that sessions wrote or were to write, and the folders in which they worked, as they wrote them."""
    files: set[str] = set()
    folders: set[str] = set()
    for session in sessions:
        cwd = text(session.row, "cwd")
        folders |= {cwd} - {""}
        for message in session.messages:
            for call in tool_calls(message):
                if text(call, "name") in WRITERS:
                    named = asked(text(call, "name"), mapping(call, "arguments"))
                    files |= {posixpath.normpath(posixpath.join(cwd, change.path)) for change in named}
    return files, folders
