"""Cursor's tool uses: what was asked, how it ended, what it did to files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from hivemind_git.agents.cursor.disk import AGENT
from hivemind_git.agents.cursor.edits import Replacement, deleted, patched, patched_files, replaced, written
from hivemind_git.agents.excerpt import excerpt
from hivemind_git.agents.files import FileEdit, Files, Where, edit_captures, may_write_more, shell_edits
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, objects, text
from hivemind_git.agents.outcomes import outcomes
from hivemind_git.agents.stamp import Stamp
from hivemind_git.corrections.commands import effects
from hivemind_git.model import Capture, Event, Json, Kind

SHELL = "Shell"
TASK = "Task"
_PATCH = "ApplyPatch"
_DELETE = "Delete"
_WRITERS = frozenset({"Write", "StrReplace", "Edit", "MultiEdit", _DELETE, _PATCH})
_PATHS = ("file_path", "path", "target_file")
_CONTENTS = ("content", "contents")
_ASKED = ("command", "tool_input", "pattern", "query", "url", "task", "description", "prompt")


@dataclass(frozen=True, slots=True)
class Asked:
    """A tool use: the client's id of it, or what stands for one where it gives none."""

    tool_use: str
    tool: str
    input: Record
    stamp: Stamp

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it writes, as it names them."""
        named = file_of(self.input)
        if self.tool not in _WRITERS or named:
            return (named,) if named and self.tool in _WRITERS else ()
        return patched_files(patch_of(self.input))

    @property
    def tells(self) -> bool:
        """Whether it says itself what is written."""
        return bool(self.tool == _DELETE or patch_of(self.input) or replacements(self.input)) or any(
            isinstance(self.input.get(key), str) for key in _CONTENTS
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """How a tool use ended.

    `replacements` are those that the editor told of its file by itself; None where it told the edit without the use.
    """

    status: str
    output: str = ""
    exit_code: int | None = None
    replacements: tuple[Replacement, ...] | None = ()


def patch_of(asked: Record) -> str:
    """The patch that a tool was given; empty where it was given none."""
    return next((said for key in ("patch", "input") if "*** Begin Patch" in (said := text(asked, key))), "")


def file_of(asked: Record) -> str:
    """The path that a file tool was given, in any of the spellings of hooks and transcripts; empty where none."""
    return next(filter(None, (text(asked, key) for key in _PATHS)), "")


def replacements(changes: Record) -> tuple[Replacement, ...]:
    """The replacements that a payload or a tool's input lists, else the one that it is."""
    each = objects(changes, "edits") or ([changes] if "old_string" in changes or "new_string" in changes else [])
    return tuple(Replacement(text(one, "old_string"), text(one, "new_string")) for one in each)


def ended(output: str) -> Answer:
    """The end of a use from its `tool_output`, which is JSON in a string, by the tool's own fields."""
    try:
        told = json.loads(output)
    except (ValueError, RecursionError):
        return Answer("ok", output)
    if not isinstance(told, dict):
        return Answer("ok", output)
    code = told.get("exitCode", told.get("exit_code"))
    exit_code = code if isinstance(code, int) and not isinstance(code, bool) else None
    said = "\n".join(filter(None, (text(told, key) for key in ("stdout", "output", "stderr", "error"))))
    failed = bool(exit_code) or told.get("success") is False
    return Answer("failed" if failed else "ok", said or output, exit_code)


def captures(asked: Asked, answer: Answer | None, stamp: Stamp, files: Files) -> Iterator[Capture]:
    """All that one tool use tells: itself, its refusal, the files it wrote, the outcome of tests.

    Args:
        asked: the use.
        answer: its end; None where nobody told of one.
        stamp: of the payload that tells the end.
        files: the replayed files, brought up to date.
    """
    path = file_of(asked.input)
    where = files.locate(path, asked.stamp.cwd) if path else None
    yield Capture(_use(asked, answer, where or _one_of(asked, files), stamp))
    if answer is None:
        return
    if answer.status == "rejected":
        yield Capture(_refused(asked, answer, where, stamp))
    elif asked.tool == SHELL:
        yield from _ran(asked, answer, stamp, files)
    elif answer.status == "ok" and asked.tool in _WRITERS and answer.replacements is not None:
        yield from edited(asked, answer, stamp, files)


def edited(asked: Asked, answer: Answer, stamp: Stamp, files: Files) -> Iterator[Capture]:
    """The edits alone that a tool use made."""
    where = files.locate(file_of(asked.input), asked.stamp.cwd)
    yield from _captured(asked, _edits(asked, answer, where, files), stamp, files)


def _captured(
    asked: Asked, done: Iterable[tuple[FileEdit, Mapping[str, Json]]], stamp: Stamp, files: Files
) -> Iterator[Capture]:
    shared: dict[str, Json] = {"tool_use": asked.tool_use}
    return edit_captures(done, stamp, files, partial(identity, asked, Kind.EDIT), shared, told=False)


def identity(asked: Asked, kind: Kind, *more: str) -> str:
    """The id of an event of a tool use."""
    return event_id(AGENT, asked.stamp.session, asked.tool_use, kind, *more)


def _use(asked: Asked, answer: Answer | None, where: Where | None, stamp: Stamp) -> Event:
    fields: dict[str, Json] = {
        "tool_use": asked.tool_use,
        "tool": asked.tool,
        "input": where[1] if where else _asked_text(asked.input),
        "status": answer.status if answer else "unknown",
        "exit_code": answer.exit_code if answer else None,
        "output": excerpt(answer.output) if answer and answer.output else None,
        "path": where[1] if where else None,
    }
    return stamp.event(identity(asked, Kind.TOOL_USE), Kind.TOOL_USE, fields, where[0] if where else None)


def _one_of(asked: Asked, files: Files) -> Where | None:
    """The first file of a patch: its text stands in its edits."""
    places = (files.place(path, asked.stamp.cwd) for path in asked.files if patch_of(asked.input))
    return next(filter(None, places), None)


def _refused(asked: Asked, answer: Answer, where: Where | None, stamp: Stamp) -> Event:
    """A refusal. Cursor does not say whether a person, a hook or a setting refused, so nor does this."""
    pieces = replacements(asked.input)
    content = next(filter(None, (text(asked.input, key) for key in _CONTENTS)), "")
    fields: dict[str, Json] = {
        "tool_use": asked.tool_use,
        "tool": asked.tool,
        "reason": answer.output,
        "path": where[1] if where else None,
        "replaced": "\n".join(one.old for one in pieces) or None,
        "proposed": "\n".join(one.new for one in pieces) or content or _asked_text(asked.input),
    }
    return stamp.event(identity(asked, Kind.REJECTION), Kind.REJECTION, fields, where[0] if where else None)


def _asked_text(asked: Record) -> str:
    """What was asked, as text: the command, the pattern, the path; compact JSON where a tool has no such thing."""
    named = next(filter(None, (text(asked, key) for key in (*_ASKED, *_PATHS))), "")
    return named or (json.dumps(asked, ensure_ascii=False, separators=(",", ":")) if asked else "")


def _ran(asked: Asked, answer: Answer, stamp: Stamp, files: Files) -> Iterator[Capture]:
    """What a shell command did for certain. One that failed is certain of nothing."""
    cwd = text(asked.input, "working_directory") or text(asked.input, "cwd") or asked.stamp.cwd
    done = effects(text(asked.input, "command"), cwd)
    if answer.status != "ok":
        if done.writes or may_write_more(done):
            files.doubt(done)
    else:
        yield from _captured(asked, shell_edits(done, cwd, files), stamp, files)
    named = identity(asked, Kind.OUTCOME)
    yield from outcomes(done, answer.status, answer.output, tool_use=asked.tool_use, identity=named, stamp=stamp)


def _edits(
    asked: Asked, answer: Answer, where: Where | None, files: Files
) -> Iterator[tuple[FileEdit, Mapping[str, Json]]]:
    if patch := patch_of(asked.input):
        yield from patched(patch, asked.stamp.cwd, files)
        return
    if where is None:
        return
    if asked.tool == _DELETE:
        edit = deleted(where, files)
        yield edit, {} if edit.before_known else {"op": "delete"}
        return
    pieces = answer.replacements or replacements(asked.input)
    content = next((asked.input[key] for key in _CONTENTS if isinstance(asked.input.get(key), str)), None)
    if content is None and not pieces:
        files.forget(where)
        return
    edit, hunks = written(where, content, pieces, files) if content is not None else replaced(where, pieces, files)
    yield edit, {} if edit.before_known or not hunks else {"hunks": hunks}
