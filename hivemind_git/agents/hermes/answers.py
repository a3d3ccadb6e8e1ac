"""What Hermes gives the model as a tool's result: JSON in a text, each tool's in a form of its own.

Read in the client's `tools/` of 0.19.0: terminal_tool.py, file_operations.py, approval.py, code_execution_tool.py.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from hivemind_git.agents.lines import Record, text

SHELL = frozenset({"terminal", "execute_code"})
WRITERS = frozenset({"write_file", "patch"})

_STEER = re.compile(
    r"\n*\[OUT-OF-BAND USER MESSAGE [^\]]*\]\n(?P<said>.*?)\n\[/OUT-OF-BAND USER MESSAGE\]\n*", re.DOTALL
)
_DENIED = re.compile(r"\ABLOCKED: (?:User denied |(?:Command|Action) denied by user\b)")
_REASON = re.compile(r'Reason given by the user: "(?P<reason>.*)"\. The user has NOT', re.DOTALL)
_BY_EDITOR = "Edit approval denied by ACP client"
_UNANSWERED = "timed out without user response"
_CANCELLED = ("[Tool execution cancelled", "Tool execution cancelled")
_KILLED = "[Command interrupted]"
_ENDS = {
    "success": "ok",
    "error": "failed",
    "timeout": "failed",
    "interrupted": "interrupted",
    "cancelled": "interrupted",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a tool use ended.

    Attributes:
        status: as of the event; empty where the text does not say whether the tool failed or a hook refused it.
        output: what it printed or answered.
        exit_code: of a command, where it is told.
        refused_by: `person`, `hook` or `config`, or empty.
        reason: of a refusal.
        background: it was still running when the model was told of it.
        told: the result's own fields.
        said: what the person said to the agent while the tool ran.
    """

    status: str
    output: str = ""
    exit_code: int | None = None
    refused_by: str = ""
    reason: str = ""
    background: bool = False
    told: Record = field(default_factory=dict)
    said: tuple[str, ...] = ()


def read(tool: str, result: str) -> Answer:
    """What the text of a result tells."""
    said = tuple(found["said"] for found in _STEER.finditer(result))
    result = _STEER.sub("", result)
    told = _object(result)
    if told is None:
        status = "interrupted" if result.startswith(_CANCELLED) else "ok"
        return Answer(status, result, said=said)
    refused = _refused(told)
    if refused:
        by, reason = refused
        return Answer("rejected", text(told, "error"), refused_by=by, reason=reason, told=told, said=said)
    output = text(told, "output") if "output" in told else result
    code = told.get("exit_code")
    code = code if tool == "terminal" and isinstance(code, int) and not isinstance(code, bool) else None
    status = _status(tool, told, code, output)
    running = status == "unknown"
    known = None if status in {"interrupted", "unknown"} else code
    return Answer(status, output, known, background=running, told=told, said=said)


def _status(tool: str, told: Record, code: int | None, output: str) -> str:
    error = text(told, "error")
    if error.startswith(_CANCELLED) or (code == 130 and output.rstrip().endswith(_KILLED)):
        return "interrupted"
    if set(told) == {"error"} and tool in SHELL | WRITERS:
        return ""
    if tool == "terminal" and "pid" in told and "session_id" in told:
        return "unknown"
    if code is not None:
        return "failed" if code or error else "ok"
    if text(told, "status") in _ENDS:
        return _ENDS[text(told, "status")]
    return "failed" if error or told.get("success") is False else "ok"


def _refused(told: Record) -> tuple[str, str] | None:
    """Who refused a tool use, and the words; None where nobody did. Nobody who answers refuses nothing."""
    error = text(told, "error")
    if error.startswith(_BY_EDITOR):
        return "person", ""
    if text(told, "status") != "blocked" and not error.startswith("BLOCKED"):
        return None
    if _DENIED.match(error):
        found = _REASON.search(error)
        return "person", found["reason"] if found else ""
    return ("", "") if _UNANSWERED in error else ("config", error)


def _object(result: str) -> Record | None:
    """The JSON object with which a text begins."""
    try:
        value, _ = json.JSONDecoder().raw_decode(result)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
