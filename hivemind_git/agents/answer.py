"""What a hook prints so that the assistant's model reads it, as Claude Code and Codex both take it.

At a stop `decision: block` makes the agent go on with the reason as its next instruction. After a tool use only
`additionalContext` adds to what the tool said: Codex would replace the tool's output with the reason of a block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hivemind_git.model import Json

LISTENING: Final = frozenset({"claude-code", "codex"})
"""The assistants whose hooks may answer their model."""
_EDITS: Final = frozenset({"Edit", "MultiEdit", "Write", "NotebookEdit", "apply_patch"})


class Moment(StrEnum):
    """When a hook may answer, the earlier ones included in the later ones' value of the setting."""

    STOP = "stop"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a payload tells that an answer depends on.

    `turn` is empty where the client names none. `again`: the agent goes on only because a hook told it to.
    """

    moment: Moment
    session: str
    turn: str
    again: bool


def asked(payload: Mapping[str, Json]) -> Asked | None:
    """What a hook's payload asks; None where it is no moment to answer."""
    event, tool = payload.get("hook_event_name"), payload.get("tool_name")
    if event == "Stop":
        moment = Moment.STOP
    elif event == "PostToolUse" and tool in _EDITS:
        moment = Moment.EDIT
    else:
        return None
    session, turn = payload.get("session_id"), payload.get("prompt_id") or payload.get("turn_id")
    if not isinstance(session, str) or not session:
        return None
    return Asked(moment, session, turn if isinstance(turn, str) else "", payload.get("stop_hook_active") is True)


def reply(moment: Moment, text: str) -> dict[str, Json]:
    """The answer that hands a text to the model."""
    if moment is Moment.STOP:
        return {"decision": "block", "reason": text}
    return {"hookSpecificOutput": {"hookEventName": "PostToolUse", "additionalContext": text}}
