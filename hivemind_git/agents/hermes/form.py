"""Hermes's payloads in the form that other assistants share, for what all of them have: commands, files, turns."""

from __future__ import annotations

from collections.abc import Mapping

from hivemind_git.agents.hermes.answers import SHELL, WRITERS
from hivemind_git.agents.lines import Record, mapping, text
from hivemind_git.model import Json

_EVENTS = {
    "pre_tool_call": "PreToolUse",
    "post_tool_call": "PostToolUse",
    "on_session_start": "SessionStart",
    "pre_llm_call": "UserPromptSubmit",
    "on_session_end": "Stop",
    "on_session_finalize": "SessionEnd",
}


def shared(data: Mapping[str, Json]) -> dict[str, Json]:
    """A payload with the shared names of its event and its fields; any other assistant's as it is."""
    told = dict(data)
    event = _EVENTS.get(text(told, "hook_event_name"))
    if event is None:
        return told
    extra, asked = mapping(told, "extra"), mapping(told, "tool_input")
    tool = text(told, "tool_name")
    return {
        "hook_event_name": event,
        "session_id": text(told, "session_id"),
        "cwd": text(asked, "workdir") or text(told, "cwd"),
        "tool_name": _tool(tool, asked),
        "tool_use_id": text(extra, "tool_call_id"),
        "tool_input": {
            "command": text(asked, "command") or text(asked, "patch") or ("python3 -" if tool in SHELL else ""),
            "file_path": text(asked, "path"),
            "run_in_background": asked.get("background") is True,
        },
        "duration_ms": extra.get("duration_ms"),
        "model": text(extra, "model"),
    }


def _tool(tool: str, asked: Record) -> str:
    if tool in SHELL:
        return "Bash"
    if tool in WRITERS:
        return "Write" if text(asked, "path") else "apply_patch"
    return tool
