"""Hermes's tool uses: what was asked, how it ended, what it did to files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from hivemind_git.agents import changes as replayed
from hivemind_git.agents import marked
from hivemind_git.agents.changes import Change
from hivemind_git.agents.codex.tools import asked_text
from hivemind_git.agents.excerpt import excerpt
from hivemind_git.agents.files import FileEdit, Files, Where, edit_captures, is_absolute, may_write_more, shell_edits
from hivemind_git.agents.hermes import edits
from hivemind_git.agents.hermes.answers import SHELL, WRITERS, Answer
from hivemind_git.agents.hermes.disk import AGENT
from hivemind_git.agents.hunks import stored
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, text
from hivemind_git.agents.outcomes import outcomes
from hivemind_git.agents.stamp import Stamp
from hivemind_git.corrections.commands import Effects, effects
from hivemind_git.corrections.shell_syntax import parse
from hivemind_git.model import Capture, Json, Kind, Source

_MOVERS = frozenset({"cd", "pushd", "popd"})


@dataclass
class Folder:
    """Where a session's commands run. A `cd` lasts into the next command, and no record tells to where."""

    start: str
    moved: bool = False

    def of(self, arguments: Record) -> str:
        """The folder of a command; empty where it is not known."""
        named = text(arguments, "workdir")
        return named if named.startswith("/") else "" if self.moved or named else self.start

    def ran(self, arguments: Record) -> None:
        """Takes that a command ran."""
        script = parse(text(arguments, "command"))
        words = {word.text for command in script.commands for word in command.words[:2]}
        self.moved |= bool(text(arguments, "workdir")) or not script.understood or bool(words & _MOVERS)


@dataclass(frozen=True, slots=True)
class Asked:
    """A tool use that has no result yet.

    Attributes:
        tool_use: the client's id of it.
        tool: its name.
        arguments: what was asked.
        stamp: of the record that asks.
        root: the session in which it was asked, which is in its id.
        subagent: a sub-agent asks.
    """

    tool_use: str
    tool: str
    arguments: Record = field(default_factory=dict)
    stamp: Stamp = field(kw_only=True)
    root: str = field(kw_only=True)
    subagent: bool = False

    def identity(self, kind: Kind, *more: str) -> str:
        """The id of an event of this use."""
        return event_id(AGENT, self.root, self.tool_use, kind, *more)


def captures(asked: Asked, answer: Answer | None, stamp: Stamp, files: Files, folder: Folder) -> Iterator[Capture]:
    """All that one tool use tells: itself, its refusal, the files it wrote or showed, the outcome of tests.

    Args:
        asked: the use.
        answer: its result; None where nothing tells of one.
        stamp: of the record that tells the result.
        files: the replayed files, brought up to date.
        folder: where commands run, brought up to date.
    """
    changes = _changes(asked, answer)
    places = [where for change in changes if (where := _place(files, change.path, stamp.cwd))]
    seen = _shown(asked, answer, stamp, files)
    only = seen[0] if seen else places[0] if len(places) == 1 and len(changes) == 1 else None
    fields: dict[str, Json] = {
        "tool_use": asked.tool_use,
        "tool": asked.tool,
        "input": _input(asked, changes, files),
        "status": (answer.status or None) if answer else "unknown",
        "exit_code": answer.exit_code if answer else None,
        "output": _output(asked, answer),
        "path": only[1] if only else None,
        "background": answer.background or None if answer else None,
        "subagent": asked.subagent or None,
    }
    event = stamp.event(asked.identity(Kind.TOOL_USE), Kind.TOOL_USE, fields, only[0] if only else None)
    yield Capture(event, after=seen[1] if seen else None)
    if answer and answer.refused_by:
        yield _refused(asked, answer, changes, stamp, files)
    elif asked.tool in WRITERS and answer and answer.status in {"ok", "failed"}:
        yield from _edited(asked, replayed.replay(changes, stamp.cwd, files), stamp, files)
    elif asked.tool in SHELL:
        yield from _ran(asked, answer, stamp, files, folder)


def _changes(asked: Asked, answer: Answer | None) -> list[Change]:
    """What became of files; where they were not written, what was asked."""
    if answer is None or answer.refused_by or not answer.status:
        return edits.asked(asked.tool, asked.arguments)
    if asked.tool not in WRITERS or answer.status not in {"ok", "failed"}:
        return []
    # A patch of several files that fails may have written some, and tells which.
    partly = answer.status == "ok" or text(answer.told, "diff")
    return edits.done(asked.tool, asked.arguments, answer.told) if partly else []


def _input(asked: Asked, changes: Sequence[Change], files: Files) -> str:
    """The command; of a file tool one line a file, for its text stands in the edits already."""
    if asked.tool in SHELL:
        return text(asked.arguments, "command") or text(asked.arguments, "code")
    if asked.tool not in WRITERS:
        return asked_text(asked.arguments)
    named = changes or edits.asked(asked.tool, asked.arguments)
    return "\n".join(f"{change.op} {_named(files, change.path, asked.stamp.cwd)}" for change in named)


def _output(asked: Asked, answer: Answer | None) -> str | None:
    """What it answered. What a file tool wrote stands in its edits, with places of this machine in its words."""
    if answer is None or not answer.output or (asked.tool in WRITERS and answer.status == "ok"):
        return None
    return excerpt(answer.output)


def _named(files: Files, path: str, cwd: str) -> str:
    where = _place(files, path, cwd)
    return where[1] if where else path


def _place(files: Files, path: str, cwd: str) -> Where | None:
    """As `Files.locate`, which counts what is outside: once a use, when it is replayed."""
    return files.place(path if is_absolute(path) else posixpath.normpath(posixpath.join(cwd, path)), cwd)


def _shown(asked: Asked, answer: Answer | None, stamp: Stamp, files: Files) -> tuple[Where, bytes] | None:
    if asked.tool != "read_file" or answer is None or answer.status != "ok":
        return None
    path = text(asked.arguments, "path")
    where = _place(files, path, stamp.cwd) if path.startswith("/") or stamp.cwd else None
    content = edits.shown(answer.told, asked.arguments)
    if where is None or content is None:
        return None
    files.show(where, stored(content))
    return where, stored(content)


def _edited(
    asked: Asked, done: Iterable[tuple[FileEdit, Mapping[str, Json]]], stamp: Stamp, files: Files
) -> Iterator[Capture]:
    shared: dict[str, Json] = {"tool_use": asked.tool_use, "subagent": asked.subagent or None}
    identity = partial(asked.identity, Kind.EDIT)
    return edit_captures(done, stamp, files, identity, shared, told=stamp.source is Source.TRANSCRIPT)


def _ran(asked: Asked, answer: Answer | None, stamp: Stamp, files: Files, folder: Folder) -> Iterator[Capture]:
    """What a command did for certain. One whose end nobody told is certain of nothing."""
    where = folder.of(asked.arguments)
    done = _effects(asked, where)
    folder.ran(asked.arguments)
    if answer is None or answer.status != "ok" or not where:
        if done.writes or may_write_more(done):
            files.doubt(done)
    else:
        yield from _edited(asked, shell_edits(done, where, files), stamp, files)
    if answer:
        identity = asked.identity(Kind.OUTCOME)
        yield from outcomes(done, answer.status, answer.output, tool_use=asked.tool_use, identity=identity, stamp=stamp)


def _effects(asked: Asked, where: str) -> Effects:
    """What a command does. A script in Python may write anything."""
    return effects(text(asked.arguments, "command"), where) if asked.tool == "terminal" else Effects(opaque=True)


def _refused(asked: Asked, answer: Answer, changes: Sequence[Change], stamp: Stamp, files: Files) -> Capture:
    placed = [(change, where) for change in changes if (where := _place(files, change.path, stamp.cwd))]
    where = placed[0][1] if placed else None
    lines = tuple(line for change in changes for line in change.lines)
    fields: dict[str, Json] = {
        "tool_use": asked.tool_use,
        "tool": asked.tool,
        "reason": answer.reason,
        "by": answer.refused_by,
        "path": where[1] if where else None,
        "replaced": marked.removed(lines) if changes else None,
        "proposed": marked.added(lines) if changes else _input(asked, (), files),
        "subagent": asked.subagent or None,
    }
    event = stamp.event(asked.identity(Kind.REJECTION), Kind.REJECTION, fields, where[0] if where else None)
    if len(placed) != 1:
        return Capture(event)
    before, after = replayed.outcome(*placed[0], files)
    return Capture(event, before, after, before_known=before is not None)
