"""The things that Codex records as done, by kind: messages, commands, file changes, other tools.

`item_completed` since about 0.150; the events `user_message`, `agent_message`, `exec_command_end`, `patch_apply_end`
and `mcp_tool_call_end` of older versions say the same in other words. Names and fields: the client's
`codex-rs/protocol/src/items.rs`, checked with 0.169.0.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from hivemind_git.agents.codex.answers import Answer
from hivemind_git.agents.codex.tools import PATCH, SHELL, asked_text
from hivemind_git.agents.lines import Record, mapping, objects, text
from hivemind_git.corrections.evidence import Speaker

_STATUS = {"completed": "ok", "failed": "failed", "declined": "rejected"}
_KILLED = -1
"""For the exit code of a process that a signal ended: at the latest Codex kills what still runs when it ends."""
_EDITOR = ("# Context from my IDE setup:", "# Files mentioned by the user:")
_REQUEST = "\n## My request for Codex:\n"
_SHELL_FLAGS = frozenset({"-c", "-lc", "-Command", "/c"})


@dataclass(frozen=True, slots=True)
class Known:
    """A tool use that ended, as the client recorded it."""

    tool_use: str
    tool: str
    said: str
    cwd: str
    answer: Answer


def known(item: Record) -> Known | None:
    """The tool use that an item tells; None for an item that tells none."""
    identity, kind = text(item, "id"), text(item, "type")
    status = _STATUS.get(text(item, "status"), "unknown")
    by = "person" if status == "rejected" else ""
    if not identity:
        return None
    if kind == "CommandExecution":
        code = item.get("exit_code")
        if code == _KILLED:
            status, code = "interrupted", None
        output = text(item, "aggregated_output") or text(item, "stdout")
        answer = Answer(status, output, code if isinstance(code, int) else None, refused_by=by)
        return Known(identity, SHELL, command(item.get("command")), folder(item), answer)
    if kind == "FileChange":
        answer = Answer(status, text(item, "stdout") or text(item, "stderr"), None, mapping(item, "changes"), by)
        return Known(identity, PATCH, "", "", answer)
    return _other(item, status)


def _other(item: Record, status: str) -> Known | None:
    identity, kind = text(item, "id"), text(item, "type")
    if kind == "McpToolCall":
        output = said(mapping(item, "result").get("content")) or text(mapping(item, "error"), "message")
        tool = f"mcp__{text(item, 'server')}__{text(item, 'tool')}"
        return Known(identity, tool, asked_text(mapping(item, "arguments")), "", Answer(status, output))
    if kind == "DynamicToolCall":
        arguments = asked_text(mapping(item, "arguments"))
        tool = named(text(item, "namespace"), text(item, "tool"))
        return Known(identity, tool, arguments, "", Answer(status, said(item.get("content_items"))))
    if kind == "CollabAgentToolCall":
        return Known(identity, text(item, "tool"), text(item, "prompt"), "", Answer(status))
    if kind == "WebSearch":
        return Known(identity, "web_search", text(item, "query"), "", Answer("ok"))
    if kind == "ImageView":
        return Known(identity, "view_image", _path(text(item, "path")), "", Answer("ok"))
    return None


def of_legacy(payload: Record) -> Record | None:
    """An event of an older version as the item that newer ones record; None where there is none."""
    kind = text(payload, "type")
    if kind == "user_message":
        return {"type": "UserMessage", "content": [{"type": "text", "text": text(payload, "message")}]}
    if kind == "agent_message":
        return {"type": "AgentMessage", "content": [{"type": "Text", "text": text(payload, "message")}]}
    ended = {
        "exec_command_end": "CommandExecution",
        "patch_apply_end": "FileChange",
        "mcp_tool_call_end": "McpToolCall",
    }
    if kind not in ended:
        return None
    failed = payload.get("success") is False or payload.get("exit_code") not in {None, 0}
    status = text(payload, "status") or ("failed" if failed else "completed")
    return {
        **payload,
        **mapping(payload, "invocation"),
        "type": ended[kind],
        "id": text(payload, "call_id"),
        "status": status,
    }


def words(item: Record) -> str:
    """What a message says; its images and mentions left out."""
    return "".join(text(each, "text") for each in objects(item, "content"))


def typed(said: str) -> str:
    """A prompt without what an editor put before it: open files and tabs, then the request below a heading."""
    before, heading, request = said.partition(_REQUEST)
    return request.strip() if heading and before.startswith(_EDITOR) else said


def said(output: Any) -> str:
    """The text of a tool's result: a string, a list of texts, or either of them wrapped."""
    if isinstance(output, str):
        return output
    if isinstance(output, dict):
        return said(output.get("content"))
    if not isinstance(output, list):
        return ""
    return "\n".join(text(each, "text") for each in output if isinstance(each, dict) and text(each, "text"))


def command(argv: Any) -> str:
    """A command as a person would type it: the script that a shell is given, else the words, quoted."""
    if isinstance(argv, str):
        return argv
    if not isinstance(argv, list) or not all(isinstance(word, str) for word in argv):
        return ""
    if len(argv) == 3 and argv[1] in _SHELL_FLAGS:
        return str(argv[2])
    return shlex.join(argv)


def folder(item: Record) -> str:
    """The folder in which a command ran, as a path."""
    return _path(text(item, "cwd"))


def named(namespace: str, name: str) -> str:
    """A tool's name as the client's hooks give it: sub-agents' and scripts' tools bare, others with their server."""
    return f"{namespace}__{name}" if namespace.startswith("mcp__") else name


def speaker(meta: Record) -> Speaker:
    """Who writes the prompts of a session: a person at a screen; of a headless run nobody can tell."""
    source = meta.get("source")
    if isinstance(source, dict):
        return Speaker.PROGRAM
    return Speaker.PERSON if source in {"cli", "vscode"} else Speaker.UNKNOWN


def parent(meta: Record) -> str:
    """The session that started a sub-agent's, where a version names it only there; else empty."""
    return text(mapping(mapping(mapping(meta, "source"), "subagent"), "thread_spawn"), "parent_thread_id")


def _path(place: str) -> str:
    """A path, be it written as a `file:` URL."""
    return unquote(urlsplit(place).path) if place.startswith("file://") else place
