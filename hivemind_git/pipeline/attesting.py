"""Other tools' records of who wrote which lines of a commit → edits in the store.

Such a record knows an agent's lines and not what they replaced. So the edit's file before is its file at the commit
without these lines: what it says of the agent is true, and what it does not know it does not say. Its session has no
prompts, so derivation takes its record for one with holes.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hivemind_git.agents.files import FileEdit, edit_capture
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.stamp import Stamp
from hivemind_git.corrections.decisions import stamp as told_at
from hivemind_git.errors import HivemindError
from hivemind_git.exchange import agent_trace_reading, attested, git_ai
from hivemind_git.exchange.attested import Attested, Record
from hivemind_git.exchange.reading import ForeignError, document
from hivemind_git.git.diff import diff_lines
from hivemind_git.git.objects import Repository
from hivemind_git.model import Capture, Kind, Source
from hivemind_git.pipeline import grounds, noting
from hivemind_git.pipeline.importing import Imported, Read
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.store import layout

MOST_CONTENT: Final = 4 * 1024 * 1024

Advance = Callable[[int, int], None]
"""Told how many of how many records were read."""


@dataclass(slots=True)
class _Tally:
    """What was left out, and why: `gone` commits are not here, `unfit` entries do not fit their file, `told` sessions
    were told better already."""

    counts: Counter[str] = field(default_factory=Counter)

    def notes(self) -> Iterator[str]:
        words = {
            "gone": ("commit is not here", "commits are not here"),
            "unfit": ("entry does not fit the file that it names", "entries do not fit the files that they name"),
            "told": ("entry is of a session that its own assistant told", "entries are of sessions that their own did"),
            "unclear": ("range is a person's, mixed or unknown", "ranges are a person's, mixed or unknown"),
            "broken": ("entry is out of form", "entries are out of form"),
            "foreign": ("note is none of git-ai's version 3", "notes are none of git-ai's version 3"),
        }
        for name, (one, many) in words.items():
            if count := self.counts[name]:
                yield f"{count} {one if count == 1 else many}"


def import_notes(space: Workspace, advance: Advance = lambda _, __: None) -> Imported:
    """Reads git-ai's notes of this repository; the same again changes nothing.

    Raises:
        HivemindError: there are none, or the store cannot be written.
    """
    repository = space.repository
    tip = repository.ref(git_ai.REF)
    if tip is None:
        raise HivemindError(
            f"no notes of git-ai are here ({git_ai.REF})", f"Fetch them: git fetch origin {git_ai.REF}:{git_ai.REF}"
        )
    tally = _Tally()
    notes = [(path.replace("/", ""), oid) for path, oid in grounds.files(repository, tip, git_ai.REF)]

    def records() -> Iterator[Record]:
        for done, (commit, oid) in enumerate(notes, 1):
            try:
                if (repository.size(oid) or 0) <= git_ai.MOST_BYTES:
                    yield git_ai.read(commit, repository.blob(oid) or b"")
                else:
                    tally.counts["foreign"] += 1
            except ForeignError:
                tally.counts["foreign"] += 1
            advance(done, len(notes))

    return _keep(space, "git-ai", records(), Path(git_ai.REF), tally)


def import_traces(space: Workspace, paths: Sequence[Path]) -> Imported:
    """Reads Agent Trace records; the same again changes nothing, and a wrong file keeps all of them out.

    Raises:
        HivemindError: a file cannot be read or is no record, or the store cannot be written.
    """
    found = []
    for path in paths:
        try:
            found.append(agent_trace_reading.read(document(noting.content(path))))
        except ForeignError as error:
            raise HivemindError(f"{path} {error}", "Nothing was changed. Is it an Agent Trace record?") from error
    return _keep(space, "agent-trace", found, Path("agent-trace"), _Tally())


def _keep(space: Workspace, tool: str, records: Iterable[Record], shown: Path, tally: _Tally) -> Imported:
    told = frozenset(one.folder for one in space.store().sessions())
    done, sessions, events = Imported(), set[str](), 0
    with grounds.keeping(space) as keeper:
        for record in records:
            tally.counts.update(unclear=record.unclear, broken=record.broken)
            for capture in _captures(space.repository, tool, record, told, tally):
                keeper.add(capture)
                sessions.add(capture.event.session)
                events += 1
    done.new, done.unchanged, done.forgotten = keeper.kept.events, keeper.kept.unchanged, keeper.kept.forgotten
    note = "; ".join(tally.notes())
    if note or not events:
        done.transcripts.append(Read(shown, note=f"left out: {note}" if note else "tells of no agent's line"))
    if events:
        done.transcripts.append(Read(shown, frozenset(sessions), events))
    return done


def _captures(
    repository: Repository, tool: str, record: Record, told: frozenset[str], tally: _Tally
) -> Iterator[Capture]:
    by_file: dict[tuple[str, str], list[Attested]] = {}
    for one in record.attested:
        by_file.setdefault((one.revision, one.path), []).append(one)
    moments: Mapping[str, float | None] = {commit: _committed(repository, commit) for commit, _ in by_file}
    tally.counts["gone"] += sum(moment is None for moment in moments.values())
    for (commit, path), found in sorted(by_file.items()):
        moment = moments[commit]
        if moment is None:
            continue
        ours = [one for one in found if not (one.known and layout.session_folder(one.known) in told)]
        tally.counts["told"] += len(found) - len(ours)
        edits = _edits(repository, commit, path, ours)
        tally.counts["unfit"] += len(ours) if edits is None else 0
        for one, before, after, blob in edits or ():
            yield _capture(tool, one, before, after, blob, moment)


def _committed(repository: Repository, commit: str) -> float | None:
    """When a commit was made; None where it is not here. Only a full id is looked up, never a name."""
    whole = len(commit) in (40, 64) and all(char in "0123456789abcdef" for char in commit)
    info = repository.commit(commit) if whole else None
    return info.committed if info and info.id == commit else None


def _edits(
    repository: Repository, commit: str, path: str, found: Sequence[Attested]
) -> list[tuple[Attested, bytes, bytes, str]] | None:
    """Each session's file before and after, one on top of the other; None where an entry does not fit the file."""
    entry = repository.entry(commit, path) if path else None
    size = repository.size(entry[0]) if entry else None
    content = repository.blob(entry[0]) if entry and size is not None and size <= MOST_CONTENT else None
    if entry is None or content is None or b"\0" in content[:8000]:
        return None
    edits = []
    left: list[Attested] = [*found]
    after = content
    while left:
        one = left.pop()
        before = attested.without(content, attested.joined([*found[len(left) :]]))
        if before is None:
            return None
        edits.append((one, before, after, entry[0]))
        after = before
    return edits[::-1]


def _capture(tool: str, one: Attested, before: bytes, after: bytes, blob: str, moment: float) -> Capture:
    session = f"{tool}-{one.session}"
    stamp = Stamp(
        agent=one.agent,
        source=Source.IMPORT,
        session=session,
        t=told_at(moment),
        numbers=itertools.count(),
        model=one.model,
    )
    # A worktree of its own: nobody knows what else stood in the one in which it was written.
    where = (f"{tool} {blob[:12]}", one.path)
    identity = event_id(tool, session, blob, Kind.EDIT, one.path)
    return edit_capture(stamp, identity, FileEdit(where, before, after), diff_lines, {"attested": tool, "blob": blob})
