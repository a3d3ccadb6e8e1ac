"""What a hook prints so that the assistant's model reads it, as Claude Code and Codex both take it.

At a stop `decision: block` makes the agent go on with the reason as its next instruction. Beside a tool use only
`additionalContext` adds to what the tool said: Codex would replace the tool's output with the reason of a block. Before
one it says nothing on whether the tool may run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hivemind_git.model import Json

LISTENING: Final = frozenset({"claude-code", "codex"})
"""The assistants whose hooks may answer their model at any moment."""
_HEARING_AT_START: Final = LISTENING | {"cursor"}
_PATCHED: Final = re.compile(r"^\*\*\* (?:Add File|Update File|Move to): (.+?)[ \t]*$", re.MULTILINE)
_EDITS: Final = frozenset({"Edit", "MultiEdit", "Write", "NotebookEdit", "apply_patch"})


class Moment(StrEnum):
    """When a hook may answer: at the agent's stop, after an edit, before an edit, at the start of a session."""

    STOP = "stop"
    EDIT = "edit"
    BEFORE = "before"
    START = "start"


_STARTS: Final = frozenset({"SessionStart", "sessionStart"})
_GOES_ON: Final = frozenset({"resume", "fork"})
"""Starts of a session whose model was told already."""
_BESIDE: Final = {"PreToolUse": Moment.BEFORE, "PostToolUse": Moment.EDIT}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a payload tells that an answer depends on.

    `turn` is empty where the client names none. `again`: the agent goes on only because a hook told it to. `paths` are
    the files that an edit is about to change, as the client names them.
    """

    moment: Moment
    session: str
    turn: str
    again: bool
    paths: tuple[str, ...] = ()


def asked(payload: Mapping[str, Json]) -> Asked | None:
    """What a hook's payload asks; None where it is no moment to answer."""
    event, tool = payload.get("hook_event_name"), payload.get("tool_name")
    if event == "Stop":
        moment = Moment.STOP
    elif event in _STARTS and payload.get("source") not in _GOES_ON:
        moment = Moment.START
    elif isinstance(event, str) and event in _BESIDE and tool in _EDITS:
        moment = _BESIDE[event]
    else:
        return None
    session = payload.get("session_id") or payload.get("conversation_id")
    turn = payload.get("prompt_id") or payload.get("turn_id")
    if not isinstance(session, str) or not session:
        return None
    paths = _paths(payload.get("tool_input")) if moment is Moment.BEFORE else ()
    again = payload.get("stop_hook_active") is True
    return Asked(moment, session, turn if isinstance(turn, str) else "", again, paths)


def _paths(tool: Json) -> tuple[str, ...]:
    """The files of an edit: one that is named, or those that a patch of Codex names in lines of their own."""
    told = tool if isinstance(tool, dict) else {}
    named = told.get("file_path") or told.get("notebook_path")
    if isinstance(named, str):
        return (named,)
    patch = told.get("command")
    return tuple(dict.fromkeys(_PATCHED.findall(patch))) if isinstance(patch, str) else ()


def hears(agent: str, moment: Moment) -> bool:
    """Whether the hooks of an assistant may answer its model at a moment."""
    return agent in (_HEARING_AT_START if moment is Moment.START else LISTENING)


def greeting(agent: str, text: str) -> dict[str, Json]:
    """The answer at the start of a session that hands a text to the model."""
    if agent == "cursor":
        return {"additional_context": text}
    return {"hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": text}}


def reply(moment: Moment, text: str) -> dict[str, Json]:
    """The answer that hands a text to the model."""
    if moment is Moment.STOP:
        return {"decision": "block", "reason": text}
    event = next(event for event, beside in _BESIDE.items() if beside is moment)
    return {"hookSpecificOutput": {"hookEventName": event, "additionalContext": text}}
