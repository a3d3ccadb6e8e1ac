"""Entire's checkpoints branch → sessions in the store, by the readers of the assistants whose transcripts it holds."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

from hivemind_git import agents
from hivemind_git.errors import HivemindError
from hivemind_git.exchange import entire
from hivemind_git.exchange.entire import Stored
from hivemind_git.exchange.reading import MOST_BYTES
from hivemind_git.git.objects import Repository
from hivemind_git.pipeline import grounds, importing
from hivemind_git.pipeline.importing import Imported, Progress, Read
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.store import layout

MOST_TRANSCRIPT: Final = 256 * 1024 * 1024
_REFS: Final = ("refs/heads/", "refs/remotes/")

Bar: TypeAlias = Callable[[Sequence[Path]], AbstractContextManager[Progress]]
"""Shows the progress of an import of these files."""


def import_checkpoints(space: Workspace, source: Path | None, mappings: Mapping[str, str], bar: Bar) -> Imported:
    """Reads the sessions of all checkpoints; the same again changes nothing.

    Args:
        space: where to.
        source: the repository that has the branch; None: this one.
        mappings: folder in the transcripts → folder here.
        bar: shows how far it is.

    Raises:
        HivemindError: there is no such branch, or the store cannot be written.
    """
    repository = Repository.discover(source) if source else space.repository
    tip = _tip(repository)
    entries = grounds.files(repository, tip, entire.BRANCH)
    by_agent: dict[str, list[Stored]] = defaultdict(list)
    for one in entire.sessions(entries, lambda oid: _bounded(repository, oid)):
        by_agent[one.agent].append(one)
    done = Imported()
    for agent, found in sorted(by_agent.items()):
        name = entire.assistant(agent, agents.NAMES)
        if name:
            _join(done, _import(space, repository, name, found, mappings, bar))
        else:
            count = len({one.session for one in found})
            told = f"{count} session{'s' * (count != 1)} of {agent or 'an assistant without a name'} left out: "
            done.transcripts.append(Read(Path(entire.BRANCH), note=f"{told}its transcripts are not read here"))
    if not by_agent:
        done.transcripts.append(Read(Path(entire.BRANCH), note="holds no session"))
    return done


def _tip(repository: Repository) -> str:
    names = [name for name in repository.refs() if name.startswith(_REFS) and name.endswith(f"/{entire.BRANCH}")]
    # The person's own branch comes before what was last fetched of others'.
    tip = next((found for name in sorted(names) if (found := repository.ref(name))), None)
    if tip is None:
        raise HivemindError(
            f"no branch {entire.BRANCH} is here",
            f"Fetch it: git fetch origin {entire.BRANCH}:{entire.BRANCH}",
        )
    return tip


def _import(
    space: Workspace, repository: Repository, agent: str, found: Sequence[Stored], mappings: Mapping[str, str], bar: Bar
) -> Imported:
    with tempfile.TemporaryDirectory(prefix="hivemind-entire-") as scratch:
        names: dict[Path, str] = {}
        too_long: list[Read] = []
        for session, versions in _by_session(found).items():
            shown = f"session {session}"
            try:
                for path in _unpacked(repository, versions, Path(scratch) / f"{len(names)}"):
                    names[path] = shown
            except OverflowError:
                too_long.append(Read(Path(shown), note=f"has more than {MOST_TRANSCRIPT >> 20} MiB", failed=True))
        with bar(list(names)) as advance:
            done = importing.import_transcripts(space, agent, list(names), mappings, advance)
    # Files that are gone again tell nobody where something was.
    told = [replace(read, path=Path(names[read.path])) for read in done.transcripts]
    return replace(done, transcripts=[*told, *too_long])


def _by_session(found: Sequence[Stored]) -> dict[str, list[Stored]]:
    sessions: dict[str, list[Stored]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (one.t, one.checkpoint)):
        sessions[one.session].append(one)
    return sessions


def _unpacked(repository: Repository, versions: Sequence[Stored], folder: Path) -> Iterator[Path]:
    """The files of a session's transcripts, less those that a later one merely goes on from.

    Raises:
        OverflowError: a transcript is longer than any real one.
    """
    longest = b""
    ordered = sorted(versions, key=lambda one: _size(repository, one.parts), reverse=True)
    for number, one in enumerate(ordered):
        if _size(repository, one.parts) > MOST_TRANSCRIPT:
            raise OverflowError
        data = b"".join(repository.blob(oid) or b"" for oid in one.parts)
        if number and longest.startswith(data):
            continue
        longest = longest or data
        # The assistant's readers look for a session's sub-agents beside it, by its name.
        place = folder / f"{number}" / f"{layout.session_folder(one.session)}.jsonl"
        yield _put(place, data)
    tasks = {name: oid for one in versions for name, oid in one.tasks}
    for name, oid in sorted(tasks.items()):
        if (repository.size(oid) or 0) <= MOST_TRANSCRIPT:
            beside = folder / "0" / layout.session_folder(versions[0].session) / "subagents"
            yield _put(beside / f"agent-{name}.jsonl", repository.blob(oid) or b"")


def _put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _size(repository: Repository, parts: Sequence[str]) -> int:
    return sum(repository.size(oid) or 0 for oid in parts)


def _bounded(repository: Repository, oid: str) -> bytes:
    return (repository.blob(oid) or b"") if (repository.size(oid) or 0) <= MOST_BYTES else b""


def _join(done: Imported, more: Imported) -> None:
    done.transcripts += more.transcripts
    done.new += more.new
    done.unchanged += more.unchanged
    done.forgotten += more.forgotten
