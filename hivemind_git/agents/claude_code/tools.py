"""Claude Code's tool uses: what was asked, how it ended, what it did to files."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hivemind_git.agents.claude_code.edits import EDIT_TOOLS, Change, change, file_of, whole_read
from hivemind_git.agents.claude_code.speech import RefusalWords
from hivemind_git.agents.excerpt import excerpt
from hivemind_git.agents.hunks import hunk_fields
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, Tally, objects, text
from hivemind_git.agents.stamp import Place, Stamp
from hivemind_git.model import Capture, DiffFunction, Json, Kind

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


@dataclass
class Files:
    """The files of one log as last seen, by (worktree, path)."""

    place: Place
    diff: DiffFunction
    tally: Tally
    images: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def locate(self, path: str, cwd: str) -> tuple[str, str] | None:
        """Where a path stands in the repository; None and counted where it stands outside."""
        if not path:
            return None
        absolute = path if _is_absolute(path) else posixpath.normpath(posixpath.join(cwd, path))
        found = self.place(absolute, cwd)
        self.tally.outside += found is None
        return found


def captures(asked: Asked, answer: Answer | None, stamp: Stamp, files: Files) -> Iterator[Capture]:
    """All that one tool use tells: itself, its refusal, the file it wrote or showed.

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
    return event_id(asked.stamp.agent, asked.stamp.session, asked.tool_use, kind)


def _use_fields(asked: Asked, answer: Answer | None, where: tuple[str, str] | None) -> dict[str, Json]:
    background = asked.input.get("run_in_background") is True or bool(answer and "backgroundTaskId" in answer.detail)
    return {
        "tool_use": asked.tool_use,
        "tool": asked.tool,
        "input": where[1] if where else asked_text(asked.tool, asked.input),
        "status": "unknown" if background and answer and not answer.failed else _status(answer),
        "exit_code": None if background else _exit_code(asked.tool, answer),
        "output": excerpt(answer.said) if answer and answer.said else None,
        "path": where[1] if where else None,
        "background": background or None,
        "subagent": asked.subagent or None,
    }


def _status(answer: Answer | None) -> str:
    if answer is None:
        return "unknown"
    if answer.refusal:
        return "interrupted" if answer.refusal.ran else "rejected"
    if answer.detail.get("interrupted") is True:
        return "interrupted"
    return "failed" if answer.failed else "ok"


def _exit_code(tool: str, answer: Answer | None) -> int | None:
    if tool != _SHELL or answer is None or answer.refusal:
        return None
    if found := _EXIT.match(answer.said):
        return int(found.group(1))
    # Without an error the command left with 0, unless the client read another code kindly (grep's 1: no match).
    certain = not answer.failed and "stdout" in answer.detail and "returnCodeInterpretation" not in answer.detail
    return 0 if certain and answer.detail.get("interrupted") is not True else None


def _shown(asked: Asked, answer: Answer | None, where: tuple[str, str] | None, files: Files) -> bytes | None:
    whole = whole_read(answer.detail) if asked.tool == "Read" and answer and where and not answer.failed else None
    if whole is None or where is None:
        return None
    files.images[where] = whole[1]
    return whole[1]


def _edited(asked: Asked, answer: Answer, where: tuple[str, str], stamp: Stamp, files: Files) -> Capture:
    # A sub-agent's log keeps no `toolUseResult`; the text alone says that a file is new.
    detail = answer.detail or ({"type": "create"} if answer.said.startswith(_CREATED) else {})
    done = change(asked.tool, asked.input, detail, files.images.get(where))
    if done.after is None:
        files.images.pop(where, None)
    else:
        files.images[where] = done.after
    fields: dict[str, Json] = {
        "tool_use": asked.tool_use,
        "path": where[1],
        "op": "create" if done.before is None and done.before_known else "modify",
        "hunks": _hunks(done, files.diff),
        "before_known": None if done.before_known else False,
        "subagent": asked.subagent or None,
    }
    event = stamp.event(_identity(asked, Kind.EDIT), Kind.EDIT, fields, where[0])
    return Capture(event, done.before, done.after, done.before_known)


def _hunks(done: Change, diff: DiffFunction) -> list[Json]:
    if done.before_known and done.after is not None:
        return hunk_fields(done.before or b"", done.after, diff)
    return [{"before": done.replaced, "after": done.proposed}]


def _refused(asked: Asked, refusal: RefusalWords, where: tuple[str, str] | None, stamp: Stamp, files: Files) -> Capture:
    wished: Change | None = None
    if where and asked.tool in EDIT_TOOLS:
        wished = change(asked.tool, asked.input, {}, files.images.get(where))
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


def _is_absolute(path: str) -> bool:
    return path.startswith(("/", "\\\\")) or (path[1:3] in {":\\", ":/"} and path[:1].isalpha())


def said(content: Any) -> str:
    """The text of a message's content or of a tool result's: a string, or text blocks."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    blocks = (block for block in content if isinstance(block, dict) and block.get("type") == "text")
    return "\n".join(text(block, "text") for block in blocks)
