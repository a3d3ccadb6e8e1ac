"""Codex's tool uses: what was asked, how it ended, what it did to files.

A tool has the name that the client's hooks give it: `Bash` for each of its shell tools, `mcp__<server>__<tool>`.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from hivemind_git.agents import changes as changing
from hivemind_git.agents import marked
from hivemind_git.agents.changes import Change
from hivemind_git.agents.codex import edits, patches
from hivemind_git.agents.codex.answers import Answer
from hivemind_git.agents.codex.disk import AGENT
from hivemind_git.agents.codex.shown import whole_file
from hivemind_git.agents.excerpt import excerpt
from hivemind_git.agents.files import FileEdit, Files, Where, edit_captures, is_absolute, may_write_more, shell_edits
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, text
from hivemind_git.agents.outcomes import outcomes
from hivemind_git.agents.stamp import Stamp
from hivemind_git.corrections.commands import effects
from hivemind_git.model import Capture, Json, Kind, Source

SHELL, PATCH = "Bash", "apply_patch"
_ASKED = ("message", "prompt", "query", "path", "chars", "plan")


@dataclass(frozen=True, slots=True)
class Asked:
    """A tool use that has no result yet.

    Attributes:
        tool_use: the client's id of it.
        tool: its name.
        said: what was asked, as text: the command, the patch, the message.
        stamp: of the record that asks, with the folder in which it is to run.
        subagent: a sub-agent asks.
        escalated: it asks to run outside of the sandbox, so a person is asked first.
    """

    tool_use: str
    tool: str
    said: str
    stamp: Stamp
    subagent: bool = False
    escalated: bool = False

    @property
    def patch(self) -> tuple[str, str] | None:
        """The patch that it asks for and the folder it is for, be it asked for through the shell."""
        if self.tool == PATCH:
            return self.said, self.stamp.cwd
        found = patches.from_shell(self.said) if self.tool == SHELL else None
        if found is None:
            return None
        patch, folder = found
        return patch, folder if folder.startswith("/") else f"{self.stamp.cwd}/{folder}" if folder else self.stamp.cwd


def asked_text(arguments: Record) -> str:
    """What a tool was asked, as text: its message, its path, else its arguments as compact JSON."""
    named = next((text(arguments, key) for key in _ASKED if text(arguments, key)), "")
    return named or (json.dumps(arguments, ensure_ascii=False, separators=(",", ":")) if arguments else "")


def captures(asked: Asked, answer: Answer | None, stamp: Stamp, files: Files) -> Iterator[Capture]:
    """All that one tool use tells: itself, its refusal, the files it wrote or showed, the outcome of tests.

    Args:
        asked: the use.
        answer: its result; None where nothing tells of one.
        stamp: of the record that tells the result.
        files: the replayed files, brought up to date.
    """
    changes, folder = _changes(asked, answer)
    places = [where for change in changes if (where := _place(files, change.path, folder))]
    seen = _shown(asked, answer, files)
    only = seen[0] if seen else places[0] if len(places) == 1 and len(changes) == 1 else None
    fields: dict[str, Json] = {
        "tool_use": asked.tool_use,
        "tool": asked.tool,
        "input": _names(changes, folder, files) if asked.tool == PATCH and changes else asked.said,
        "status": answer.status if answer else "unknown",
        "exit_code": answer.exit_code if answer else None,
        "output": excerpt(answer.output) if answer and answer.output else None,
        "path": only[1] if only else None,
        "background": answer.background or None if answer else None,
        "subagent": asked.subagent or None,
    }
    event = stamp.event(_identity(asked, Kind.TOOL_USE), Kind.TOOL_USE, fields, only[0] if only else None)
    yield Capture(event, after=seen[1] if seen else None)
    if answer and answer.refused_by:
        yield _refused(asked, answer, changes, folder, stamp, files)
    elif answer and answer.status == "ok" and changes:
        yield from _edited(asked, changing.replay(changes, folder, files), stamp, files)
    elif asked.tool == SHELL:
        yield from _ran(asked, answer, stamp, files)


def _identity(asked: Asked, kind: Kind, *more: str) -> str:
    return event_id(AGENT, asked.stamp.session, asked.tool_use, kind, *more)


def _changes(asked: Asked, answer: Answer | None) -> tuple[list[Change], str]:
    """What is done to files, as the client recorded it, else as the patch asks for it, and the folder of its paths."""
    if answer and answer.changes is not None:
        return edits.recorded(answer.changes), asked.stamp.cwd
    if asked.patch is None:
        return [], asked.stamp.cwd
    patch, folder = asked.patch
    return edits.asked(patch), folder


def _names(changes: Sequence[Change], folder: str, files: Files) -> str:
    """One line a file: a patch's text stands in its edits already."""
    lines = []
    for change in changes:
        named = [change.path, *([change.move] if change.move else [])]
        placed = [_place(files, path, folder) for path in named]
        shown = [where[1] if where else path for where, path in zip(placed, named, strict=True)]
        lines.append(f"{change.op} {' -> '.join(shown)}")
    return "\n".join(lines)


def _shown(asked: Asked, answer: Answer | None, files: Files) -> tuple[Where, bytes] | None:
    if asked.tool != SHELL or answer is None or answer.status != "ok" or answer.background:
        return None
    whole = whole_file(asked.said, answer.output)
    where = _place(files, whole[0], asked.stamp.cwd) if whole else None
    if whole is None or where is None:
        return None
    files.show(where, whole[1])
    return where, whole[1]


def _place(files: Files, path: str, cwd: str) -> Where | None:
    """As `Files.locate`, which counts what is outside: once a use, when it is replayed."""
    return files.place(path if is_absolute(path) else posixpath.normpath(posixpath.join(cwd, path)), cwd)


def _edited(
    asked: Asked, done: Iterable[tuple[FileEdit, Mapping[str, Json]]], stamp: Stamp, files: Files
) -> Iterator[Capture]:
    shared: dict[str, Json] = {"tool_use": asked.tool_use, "subagent": asked.subagent or None}
    identity = partial(_identity, asked, Kind.EDIT)
    return edit_captures(done, stamp, files, identity, shared, told=stamp.source is Source.TRANSCRIPT)


def _ran(asked: Asked, answer: Answer | None, stamp: Stamp, files: Files) -> Iterator[Capture]:
    """What a shell command did for certain. One whose end nobody told is certain of nothing."""
    done = effects(asked.said, asked.stamp.cwd)
    if answer is None or answer.status != "ok":
        if done.writes or may_write_more(done):
            files.doubt(done)
    else:
        yield from _edited(asked, shell_edits(done, asked.stamp.cwd, files), stamp, files)
    if answer:
        identity = _identity(asked, Kind.OUTCOME)
        yield from outcomes(done, answer.status, answer.output, tool_use=asked.tool_use, identity=identity, stamp=stamp)


def _refused(
    asked: Asked, answer: Answer, changes: Sequence[Change], folder: str, stamp: Stamp, files: Files
) -> Capture:
    placed = [(change, where) for change in changes if (where := _place(files, change.path, folder))]
    only = placed[0] if len(placed) == 1 else None
    lines = tuple(line for change in changes for line in change.lines)
    where = placed[0][1] if placed else None
    fields: dict[str, Json] = {
        "tool_use": asked.tool_use,
        "tool": asked.tool,
        "reason": answer.reason,
        "by": answer.refused_by,
        "path": where[1] if where else None,
        "replaced": marked.removed(lines) if changes else None,
        "proposed": marked.added(lines) if changes else asked.said,
        "subagent": asked.subagent or None,
    }
    event = stamp.event(_identity(asked, Kind.REJECTION), Kind.REJECTION, fields, where[0] if where else None)
    if only is None:
        return Capture(event)
    before, after = changing.outcome(*only, files)
    return Capture(event, before, after, before_known=before is not None)
