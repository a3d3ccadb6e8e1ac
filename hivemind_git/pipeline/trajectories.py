"""Trajectories of other tools (ATIF) → sessions in the store, their files replayed as far as the steps show them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hivemind_git.agents.excerpt import excerpt
from hivemind_git.agents.files import FileEdit, Files, Where, edit_capture, is_absolute
from hivemind_git.agents.hunks import stored
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Tally
from hivemind_git.agents.stamp import Stamp
from hivemind_git.corrections.commands import effects
from hivemind_git.corrections.decisions import stamp as told_at
from hivemind_git.errors import HivemindError
from hivemind_git.exchange import trajectories
from hivemind_git.exchange.reading import ForeignError, document
from hivemind_git.exchange.trajectories import Call, Change, Step, Trajectory
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Capture, Event, Json, Kind, Source
from hivemind_git.pipeline import grounds, noting
from hivemind_git.pipeline.grounds import Known
from hivemind_git.pipeline.importing import Imported, Progress, Read
from hivemind_git.pipeline.placing import Placer
from hivemind_git.pipeline.workspace import Workspace

_FORMAT = "atif"
_FAILED = ("error", "<tool_use_error>", "failed", "fatal", "traceback", "permission denied")
_SHELL = "shell"


def import_trajectories(
    space: Workspace, paths: Sequence[Path], mappings: Mapping[str, str], progress: Progress = lambda _: None
) -> Imported:
    """Reads ATIF documents into the store; the same again changes nothing, and a wrong file keeps all of them out.

    Args:
        space: where to.
        paths: the files, or folders of them.
        mappings: folder in the documents → folder here.
        progress: told the bytes of each file that was read.

    Raises:
        HivemindError: a file cannot be read or is no trajectory, or the store cannot be written.
    """
    found = [(path, list(_read(path))) for path in _files(paths)]
    placer = grounds.placer(space, Known(space), mappings)
    for _, told in found:
        placer.learn(_absolute(told), ())
    done = Imported()
    with grounds.keeping(space) as keeper:
        store = space.store()
        for path, told in found:
            read = Read(path)
            for trajectory in told:
                captures = list(_captures(space, trajectory, path, placer))
                ids = {capture.event.id for capture in captures}
                standing = {event.id for event in store.events(trajectory.session)}
                if standing and not standing & ids:
                    read = replace(read, note="is of a session that its own assistant told already, and better")
                    continue
                for capture in captures:
                    keeper.add(capture)
                read = replace(read, sessions=read.sessions | {trajectory.session}, events=read.events + len(captures))
            done.transcripts.append(read if read.events or read.note else replace(read, note="has no steps"))
            progress(path.stat().st_size)
    done.new, done.unchanged, done.forgotten = keeper.kept.events, keeper.kept.unchanged, keeper.kept.forgotten
    return done


def _files(paths: Sequence[Path]) -> list[Path]:
    return [each for path in paths for each in (sorted(path.glob("*.json")) if path.is_dir() else [path])]


def _read(path: Path) -> Iterator[Trajectory]:
    try:
        yield from trajectories.read(document(noting.content(path)))
    except ForeignError as error:
        raise HivemindError(f"{path} {error}", "Nothing was changed. Is it an ATIF document?") from error


def _absolute(told: Sequence[Trajectory]) -> set[str]:
    calls = (call for one in told for step in one.steps for call in step.calls)
    return {call.path for call in calls if is_absolute(call.path)}


def _captures(space: Workspace, told: Trajectory, path: Path, placer: Placer) -> Iterator[Capture]:
    # Relative paths are of the folder in which the agent worked; that it was this worktree is what the person says
    # who imports the session here.
    top = str(space.repository.workdir or "/")
    replay = _Replay(told, Files(placer.place, diff_lines, Tally()), top, itertools.count())
    times = [step.t for step in told.steps if step.t]
    t = times[0] if times else told_at(path.stat().st_mtime)
    for step in told.steps:
        t = step.t or t
        yield from replay.step(step, t)


@dataclass(frozen=True, slots=True)
class _Replay:
    told: Trajectory
    files: Files
    top: str
    numbers: Iterator[int]

    def step(self, step: Step, t: str) -> Iterator[Capture]:
        """What one step tells: words, a refusal, tool uses with the files that they wrote."""
        stamp = Stamp(
            agent=self.told.agent,
            source=Source.IMPORT,
            session=self.told.session,
            t=t,
            numbers=self.numbers,
            version=self.told.version,
            model=step.model if step.source == "agent" else None,
            cwd=self.top,
        )
        if step.refused:
            tool, use = step.refused
            fields: dict[str, Json] = {"tool": tool, "tool_use": use, "reason": step.text, "by": "person"}
            yield Capture(stamp.event(self._id(step, Kind.REJECTION), Kind.REJECTION, fields))
        elif step.text.strip():
            yield Capture(self._words(step, stamp))
        for at, call in enumerate(step.calls):
            yield from self._call(step, at, call, stamp)

    def _id(self, step: Step, kind: Kind, call: int | None = None) -> str:
        return event_id(_FORMAT, self.told.session, step.number, call, kind)

    def _words(self, step: Step, stamp: Stamp) -> Event:
        if step.source == "agent":
            return stamp.event(self._id(step, Kind.RESPONSE), Kind.RESPONSE, {"text": step.text})
        # Whether a person or a benchmark wrote what `user` says, the format does not tell.
        speaker = "program" if step.source == "system" else "unknown"
        return stamp.event(self._id(step, Kind.PROMPT), Kind.PROMPT, {"text": step.text, "speaker": speaker})

    def _call(self, step: Step, at: int, call: Call, stamp: Stamp) -> Iterator[Capture]:
        where = self.files.locate(call.path, self.top) if call.path else None
        failed = call.output is not None and call.output.lstrip().lower().startswith(_FAILED)
        key = call.key or f"{step.number}.{at}"
        shell = bool(call.command)
        fields: dict[str, Json] = {
            "tool_use": key,
            "tool": _SHELL if shell else call.tool,
            "input": where[1] if where else call.input,
            "status": "failed" if failed else "unknown" if shell or call.output is None else "ok",
            "output": excerpt(call.output) if call.output else None,
            "path": where[1] if where else None,
        }
        yield Capture(stamp.event(self._id(step, Kind.TOOL_USE, at), Kind.TOOL_USE, fields, where and where[0]))
        if shell and not (done := effects(call.command, self.top)).read_only:
            # That it ended well is not told, so what it wrote is not certain.
            self.files.doubt(done)
        if where and call.change and not failed and call.output is not None:
            edit, extra = self._edit(where, call.change)
            identity = self._id(step, Kind.EDIT, at)
            yield edit_capture(stamp, identity, edit, self.files.diff, {"tool_use": key, **extra})

    def _edit(self, where: Where, change: Change) -> tuple[FileEdit, dict[str, Json]]:
        """The file before and after, as far as this session showed it; else the lines alone."""
        before = self.files.sure(where)
        after = _after(before, change)
        if after is None:
            self.files.forget(where)
            hunks = change.hunks or ((change.old, change.new),)
            shown: list[Json] = [{"before": old, "after": new} for old, new in hunks]
            return FileEdit(where, None, None, before_known=False), {"hunks": shown}
        self.files.show(where, after)
        if before is not None:
            return FileEdit(where, before, after), {}
        # Whether a file stood there, the history tells (corrections/creations).
        made: list[Json] = [{"before": "", "after": change.content}]
        return FileEdit(where, None, after, before_known=False), {"op": "create", "hunks": made}


def _after(before: bytes | None, change: Change) -> bytes | None:
    if change.content is not None:
        return stored(change.content)
    old, new = stored(change.old), stored(change.new)
    if before is None or not old or (before.count(old) != 1 and not (change.everywhere and old in before)):
        return None
    return before.replace(old, new)
