"""Claude Code's tool uses: what was asked, how it ended, what it did to files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hivemind_git.agents.claude_code.disk import AGENT
from hivemind_git.agents.claude_code.edits import EDIT_TOOLS, Change, change, file_of, whole_read
from hivemind_git.agents.claude_code.speech import RefusalWords
from hivemind_git.agents.claude_code.watched import watched_edits
from hivemind_git.agents.excerpt import excerpt
from hivemind_git.agents.files import FileEdit, Files, Where, edit_capture, shell_edits
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, objects, text
from hivemind_git.agents.outcomes import outcomes
from hivemind_git.agents.stamp import Stamp
from hivemind_git.corrections.commands import Effects, effects
from hivemind_git.model import Capture, Json, Kind

_EXIT = re.compile(r"\A(?:Error: )?Exit code (\d+)\b")
_SHELL = "Bash"
_CREATED = "File created successfully at: "
_FILE_TOOLS = EDIT_TOOLS | {"Read", "NotebookRead"}
_ASKED = {
    "Bash": ("command",),
    "Grep": ("pattern", "path"),
    "Glob": ("pattern", "path"),
    "LS": ("path",),
    "WebFetch": ("url", "prompt"),
    "WebSearch": ("query",),
    "Task": ("description", "prompt"),
    "Agent": ("description", "prompt"),
    "ExitPlanMode": ("plan",),
    "Skill": ("skill", "args"),
    "ToolSearch": ("query",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A tool use that has no result yet."""

    tool_use: str
    tool: str
    input: Record
    stamp: Stamp
    subagent: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a tool use: the text that the model saw, and the client's own record of it."""

    said: str
    failed: bool
    detail: Record
    refusal: RefusalWords | None = None


def captures(asked: Asked, answer: Answer | None, stamp: Stamp, files: Files) -> Iterator[Capture]:
    """All that one tool use tells: itself, its refusal, the files it wrote or showed, the outcome of tests.

    Args:
        asked: the use.
        answer: its result; None where the log ends before one.
        stamp: of the result's record.
        files: the replayed files, brought up to date.
    """
    where = files.locate(file_of(asked.input, {}), asked.stamp.cwd) if asked.tool in _FILE_TOOLS else None
    seen = _shown(asked, answer, where, files)
    event = stamp.event(
        _identity(asked, Kind.TOOL_USE), Kind.TOOL_USE, _use_fields(asked, answer, where), where[0] if where else None
    )
    yield Capture(event, after=seen)
    if answer is None:
        return
    if answer.refusal and not answer.refusal.ran:
        yield _refused(asked, answer.refusal, where, stamp, files)
    elif asked.tool == _SHELL:
        yield from _ran(asked, answer, stamp, files)
    elif where and asked.tool in EDIT_TOOLS and not answer.failed:
        yield _edited(asked, answer, where, stamp, files)


def asked_text(tool: str, tool_input: Record) -> str:
    """What was asked, as text: the command, the pattern, the plan; compact JSON where a tool has no such thing."""
    if tool in _FILE_TOOLS:
        return file_of(tool_input, {})
    if tool == "AskUserQuestion":
        return "\n".join(text(each, "question") for each in objects(tool_input, "questions"))
    named = [text(tool_input, key) for key in _ASKED.get(tool, ())]
    if any(named):
        return "\n".join(filter(None, named))
    return json.dumps(tool_input, ensure_ascii=False, separators=(",", ":")) if tool_input else ""


def _identity(asked: Asked, kind: Kind) -> str:
    return event_id(AGENT, asked.stamp.session, asked.tool_use, kind)


def _use_fields(asked: Asked, answer: Answer | None, where: Where | None) -> dict[str, Json]:
    background = _in_background(asked, answer)
    return {
        "tool_use": asked.tool_use,
        "tool": asked.tool,
        "input": where[1] if where else asked_text(asked.tool, asked.input),
        "status": _status(asked, answer),
        "exit_code": None if background else _exit_code(asked.tool, answer),
        "output": excerpt(answer.said) if answer and answer.said else None,
        "path": where[1] if where else None,
        "background": background or None,
        "subagent": asked.subagent or None,
    }


def _in_background(asked: Asked, answer: Answer | None) -> bool:
    return asked.input.get("run_in_background") is True or bool(answer and "backgroundTaskId" in answer.detail)


def _status(asked: Asked, answer: Answer | None) -> str:
    if answer is None:
        return "unknown"
    if answer.refusal:
        return "interrupted" if answer.refusal.ran else "rejected"
    if answer.detail.get("interrupted") is True:
        return "interrupted"
    if answer.failed:
        return "failed"
    return "unknown" if _in_background(asked, answer) else "ok"


def _exit_code(tool: str, answer: Answer | None) -> int | None:
    if tool != _SHELL or answer is None or answer.refusal:
        return None
    if found := _EXIT.match(answer.said):
        return int(found.group(1))
    # Without an error the command left with 0, unless the client read another code kindly (grep's 1: no match).
    certain = not answer.failed and "stdout" in answer.detail and "returnCodeInterpretation" not in answer.detail
    return 0 if certain and answer.detail.get("interrupted") is not True else None


def _shown(asked: Asked, answer: Answer | None, where: Where | None, files: Files) -> bytes | None:
    whole = whole_read(answer.detail) if asked.tool == "Read" and answer and where and not answer.failed else None
    if whole is None or where is None:
        return None
    files.show(where, whole[1])
    return whole[1]


def _edited(asked: Asked, answer: Answer, where: Where, stamp: Stamp, files: Files) -> Capture:
    # A sub-agent's log keeps no `toolUseResult`; the text alone says that a file is new.
    detail = answer.detail or ({"type": "create"} if answer.said.startswith(_CREATED) else {})
    replayed = files.last(where) if detail.get("originalFileElided") is True else files.sure(where)
    done = change(asked.tool, asked.input, detail, replayed)
    if done.after is None:
        files.forget(where)
    else:
        files.show(where, done.after)
    edit = FileEdit(where, done.before, done.after, done.before_known)
    extra: dict[str, Json] = {"tool_use": asked.tool_use, "subagent": asked.subagent or None}
    if not done.before_known:
        extra["hunks"] = [{"before": done.replaced, "after": done.proposed}]
    return edit_capture(stamp, _identity(asked, Kind.EDIT), edit, files.diff, extra)


def _ran(asked: Asked, answer: Answer, stamp: Stamp, files: Files) -> Iterator[Capture]:
    """What a shell command did for certain. One that failed or goes on in the background is certain of nothing."""
    done = effects(text(asked.input, "command"), asked.stamp.cwd)
    status = _status(asked, answer)
    if status == "ok":
        yield from _wrote(asked, answer, done, stamp, files)
    elif not done.read_only:
        files.doubt(done)
    identity = _identity(asked, Kind.OUTCOME)
    yield from outcomes(done, status, answer.said, tool_use=asked.tool_use, identity=identity, stamp=stamp)


def _wrote(asked: Asked, answer: Answer, done: Effects, stamp: Stamp, files: Files) -> Iterator[Capture]:
    cwd = asked.stamp.cwd
    watched = list(watched_edits(answer.detail, cwd, files))
    edits = {edit.where: edit for edit, _ in shell_edits(done, cwd, files)}
    said = set(edits)
    hunks: dict[Where, list[Json]] = {}
    for edit, shown in watched:
        if edit.after is not None or edit.where not in edits:
            edits[edit.where] = edit
            hunks[edit.where] = shown
        if edit.after is not None:
            files.show(edit.where, edit.after)
    for where, edit in edits.items():
        extra: dict[str, Json] = {"tool_use": asked.tool_use, "by_shell": True, "subagent": asked.subagent or None}
        if not edit.before_known and where in hunks:
            extra["hunks"] = hunks[where]
        extra["watched"] = where not in said or None
        identity = event_id(AGENT, asked.stamp.session, asked.tool_use, Kind.EDIT, where[1])
        yield edit_capture(stamp, identity, edit, files.diff, extra)


def _refused(asked: Asked, refusal: RefusalWords, where: Where | None, stamp: Stamp, files: Files) -> Capture:
    wished: Change | None = None
    if where and asked.tool in EDIT_TOOLS:
        wished = change(asked.tool, asked.input, {}, files.last(where))
    fields: dict[str, Json] = {
        "tool_use": asked.tool_use,
        "tool": asked.tool,
        "reason": refusal.reason,
        "by": refusal.by,
        "path": where[1] if where else None,
        "replaced": wished.replaced if wished else None,
        "proposed": wished.proposed if wished else asked_text(asked.tool, asked.input),
        "subagent": asked.subagent or None,
    }
    event = stamp.event(_identity(asked, Kind.REJECTION), Kind.REJECTION, fields, where[0] if where else None)
    if wished is None:
        return Capture(event)
    return Capture(event, wished.before, wished.after, wished.before_known)


def said(content: Any) -> str:
    """The text of a message's content or of a tool result's: a string, or text blocks."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    blocks = (block for block in content if isinstance(block, dict) and block.get("type") == "text")
    return "\n".join(text(block, "text") for block in blocks)
