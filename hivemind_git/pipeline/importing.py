"""Transcripts on disk → the session store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hivemind_git import agents
from hivemind_git.agents.base import Assistant, Machine
from hivemind_git.agents.lines import Tally
from hivemind_git.capture.keep import Keeper
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Source
from hivemind_git.pipeline import grounds
from hivemind_git.pipeline.grounds import Known
from hivemind_git.pipeline.placing import Placer
from hivemind_git.pipeline.workspace import Workspace

_EARLIEST = "1971"
"""What is older was given no time by the log: readers begin with the first moment of 1970."""

Progress = Callable[[int], None]
"""Told the bytes of each transcript that was read."""


@dataclass(frozen=True, slots=True)
class Read:
    """One transcript that was read. `note`: something worth knowing, in words; `failed`: nothing came of it."""

    path: Path
    sessions: frozenset[str] = frozenset()
    events: int = 0
    broken: int = 0
    outside: int = 0
    note: str = ""
    failed: bool = False


@dataclass(slots=True)
class Imported:
    """What an import did: transcripts, and the events that were `new` to the store, or `unchanged` in it."""

    transcripts: list[Read] = field(default_factory=list)
    new: int = 0
    unchanged: int = 0
    forgotten: int = 0


def found_here(space: Workspace, agent: str, machine: Machine) -> list[Path]:
    """The transcripts that an assistant left on this machine for this repository."""
    return agents.assistant(agent).transcripts(space.checkout, machine)


def import_transcripts(
    space: Workspace,
    agent: str,
    paths: Sequence[Path],
    mappings: Mapping[str, str] | None = None,
    progress: Progress = lambda _: None,
) -> Imported:
    """Reads transcripts into the store. To import the same again changes nothing.

    Args:
        space: where to.
        agent: whose transcripts these are.
        paths: the files.
        mappings: folder in the transcripts → folder here, for files that cannot be placed otherwise.
        progress: told how far it is.

    Raises:
        HivemindError: the store cannot be written, or another import or seal holds it for a minute.
    """
    reader = agents.assistant(agent)
    known = Known(space)
    placer = grounds.placer(space, known, mappings or {})
    useless = _survey(paths, reader, placer, known)
    done = Imported()
    with grounds.keeping(space) as keeper:
        for path in paths:
            done.transcripts.append(useless.get(path) or _take(path, reader, placer, keeper, space))
            progress(path.stat().st_size if path.exists() else 0)
    done.new, done.unchanged, done.forgotten = keeper.kept.events, keeper.kept.unchanged, keeper.kept.forgotten
    return done


def _survey(paths: Sequence[Path], reader: Assistant, placer: Placer, known: Known) -> dict[Path, Read]:
    """Teaches the placer the folders of all transcripts; returns those that are none of ours, and why."""
    useless: dict[Path, Read] = {}
    named: dict[Path, tuple[set[str], set[str]]] = {}
    for path in paths:
        try:
            named[path] = reader.mentions(path)
        except OSError as error:
            useless[path] = Read(path, note=f"cannot be read: {error.strerror}", failed=True)
            continue
        placer.learn(*named[path])
    for path, (files, folders) in named.items():
        if folders and not placer.belongs(files, folders):
            stranger = _stranger(path, folders, placer, known)
            useless.update({path: stranger} if stranger else {})
    return useless


def _stranger(path: Path, folders: set[str], placer: Placer, known: Known) -> Read | None:
    where = min(folders, key=lambda folder: (len(folder), folder), default="")
    if where and known.nothing:
        # A repository without a file in its history cannot contradict the person who names the transcript.
        placer.adopt(where)
        return None
    step = f"; --map {where}=. if it is this one" if where else ""
    return Read(path, note=f"is of another project{step}", failed=True)


def _take(path: Path, reader: Assistant, placer: Placer, keeper: Keeper, space: Workspace) -> Read:
    tally = Tally()
    sessions: set[str] = set()
    events = 0
    hooked = _Hooked(space) if not reader.logs_match else ()
    left_out = False
    for capture in reader.read(path, placer.place, tally, diff_lines):
        if not capture.event.session or capture.event.t < _EARLIEST:
            tally.nowhere += 1
            continue
        if capture.event.session in hooked:
            left_out = True
            continue
        keeper.add(replace(capture, event=replace(capture.event, source=Source.IMPORT)))
        sessions.add(capture.event.session)
        events += 1
    unread = tally.broken + tally.too_long
    broken = unread + tally.nowhere
    if events:
        return Read(path, frozenset(sessions), events, broken, tally.outside)
    if left_out:
        return Read(path, note="is of a session that hooks told already, and better")
    if not tally.lines:
        return Read(path, note="is empty: nothing to import")
    wrong = "no line is a JSON object" if unread == tally.lines else f"no event of {reader.title} is in it"
    return Read(path, broken=broken, note=f"is no transcript of {reader.title}: {wrong}", failed=True)


class _Hooked:
    """The sessions of which hooks told."""

    def __init__(self, space: Workspace) -> None:
        self._store = space.store()
        self._asked: dict[str, bool] = {}

    def __contains__(self, session: object) -> bool:
        if not isinstance(session, str):
            return False
        if session not in self._asked:
            self._asked[session] = any(event.source is Source.HOOK for event in self._store.events(session))
        return self._asked[session]
