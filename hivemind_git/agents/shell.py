"""What a hook's payload says about a shell command, in the form that Claude Code, Codex and Cursor share."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from hivemind_git.agents.codex import edits
from hivemind_git.agents.codex.tools import PATCH
from hivemind_git.agents.hermes.form import shared
from hivemind_git.agents.lines import mapping, text
from hivemind_git.capture.journal import Payload

_OPENS = frozenset({"PreToolUse", "preToolUse"})
_DONE = frozenset({"PostToolUse", "postToolUse"})
_ENDS = _DONE | {"PostToolUseFailure", "postToolUseFailure"}
_TURNS = frozenset(
    {
        "SessionStart",
        "UserPromptSubmit",
        "Stop",
        "StopFailure",
        "SessionEnd",
        "Interrupt",
        "sessionStart",
        "beforeSubmitPrompt",
        "stop",
        "sessionEnd",
    }
)
_SHELLS = frozenset({"Bash", "Shell"})
_WRITERS = frozenset({"Edit", "MultiEdit", "Write", "NotebookEdit", "StrReplace", "Delete"})
_UNASKED = frozenset({"bypassPermissions", "dontAsk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellSide:
    """One side of a shell command.

    Attributes:
        session, tool_use: whose.
        opens: the side before it.
        command, cwd: what runs, and where.
        background: it goes on after this side.
        asked: a person may have been asked whether it may run, which is time between its sides.
        seconds: how long it ran, where the client says so.
        subagent: a sub-agent ran it.
    """

    session: str
    tool_use: str
    opens: bool
    command: str
    cwd: str
    background: bool = False
    asked: bool = True
    seconds: float = 0.0
    subagent: bool = False


def shell_side(payload: Payload) -> ShellSide | None:
    """The side of a shell command that a payload tells; None for any other payload."""
    data = shared(payload.data)
    event, asked = text(data, "hook_event_name"), mapping(data, "tool_input")
    if (event not in _OPENS and event not in _ENDS) or text(data, "tool_name") not in _SHELLS:
        return None
    if not text(data, "tool_use_id") or not session_of(payload):
        return None
    took = data.get("duration_ms", data.get("duration"))
    return ShellSide(
        session=session_of(payload),
        tool_use=text(data, "tool_use_id"),
        opens=event in _OPENS,
        command=text(asked, "command"),
        cwd=text(data, "cwd"),
        background=asked.get("run_in_background") is True or "backgroundTaskId" in mapping(data, "tool_response"),
        asked=text(data, "permission_mode") not in _UNASKED,
        seconds=took / 1000 if isinstance(took, int | float) else 0.0,
        subagent=bool(text(data, "agent_id")),
    )


def session_of(payload: Payload) -> str:
    """The session that a payload is from; older versions of Cursor call it a conversation alone."""
    return text(payload.data, "session_id") or text(payload.data, "conversation_id")


def ends_turn(payload: Payload) -> str | None:
    """The session, if the payload tells that a turn of it began or ended: no command of the last one runs on."""
    return session_of(payload) if text(shared(payload.data), "hook_event_name") in _TURNS else None


def written_files(payload: Payload) -> list[tuple[str, str]]:
    """Tool use and absolute path of each file that a file tool wrote."""
    data = shared(payload.data)
    if text(data, "hook_event_name") not in _DONE:
        return []
    asked, tool = mapping(data, "tool_input"), text(data, "tool_name")
    paths = (
        [text(asked, "file_path") or text(asked, "notebook_path") or text(asked, "path")] if tool in _WRITERS else []
    )
    if tool == PATCH:
        changes = edits.asked(text(asked, "command"))
        paths = [path for change in changes for path in (change.path, change.move)]
    cwd = text(data, "cwd")
    return [(text(data, "tool_use_id"), posixpath.normpath(posixpath.join(cwd, path))) for path in paths if path]
