"""Store → other tools' formats, redacted once more on the way out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from hivemind_git import __version__
from hivemind_git.capture.memory import Memory
from hivemind_git.errors import HivemindError
from hivemind_git.exchange import agent_trace, atif, cogx, training
from hivemind_git.exchange.agent_trace import Lines
from hivemind_git.exchange.pairs import Clean, Pair, Wanted, pairs
from hivemind_git.git.changed import ChangedFile
from hivemind_git.model import Correction, Json, Kind
from hivemind_git.pipeline import deriving, redaction, ruling
from hivemind_git.pipeline.authorship import Sessions
from hivemind_git.pipeline.progress import Progress, unseen
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.store.jsonline import escaped
from hivemind_git.store.reader import StoredSession


class Format(StrEnum):
    """A format that sessions, corrections or rules can be written in."""

    TRL = "trl"
    OPENAI_DPO = "openai-dpo"
    OPENAI_SFT = "openai-sft"
    PARQUET = "parquet"
    ATIF = "atif"
    AGENT_TRACE = "agent-trace"
    COGX = "cogx"


ROWS: Mapping[Format, Callable[[Pair], dict[str, Json]]] = {
    Format.TRL: training.trl,
    Format.OPENAI_DPO: training.openai_dpo,
    Format.OPENAI_SFT: training.openai_sft,
}
"""The formats that are a line of JSON a pair."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What exports read: the corrections of all sessions, derived up to now."""

    space: Workspace
    corrections: tuple[Correction, ...]

    def of(self, session: str) -> list[Correction]:
        """The corrections of one session."""
        return [one for one in self.corrections if one.session == session]

    def clean(self, session: str = "") -> Clean:
        """Redacts texts of a session, with the placeholders that it has already."""
        numbers = Memory(self.space.repository.state_dir).placeholders(session) if session else {}
        return redaction.redactor_for(self.space)(session, numbers).text


def sources(space: Workspace, progress: Progress = unseen) -> Sources:
    """Everything that there is to export.

    Raises:
        HivemindError: the store cannot be read or written.
    """
    return Sources(space, deriving.derive(space, progress).corrections)


def training_pairs(read: Sources, wanted: Wanted) -> list[Pair]:
    """All pairs, oldest first: whoever splits them by time must be able to cut the list."""
    found: list[Pair] = []
    for stored in _with_corrections(read):
        events = list(read.space.store().events(stored.folder))
        if events:
            session = events[0].session
            found += pairs(events, read.of(session), wanted, read.clean(session))
    return sorted(found, key=lambda pair: (pair.t, pair.id))


def lines(found: Iterable[Pair], row: Callable[[Pair], dict[str, Json]]) -> str:
    """JSON lines of pairs."""
    return "".join(escaped(json.dumps(row(pair), ensure_ascii=False)) + "\n" for pair in found)


def split(found: Iterable[Pair], day: str) -> tuple[list[Pair], list[Pair]]:
    """What came before a day (`YYYY-MM-DD`, UTC), and what came then or later: nothing of the future to train on."""
    before: list[Pair] = []
    after: list[Pair] = []
    for pair in found:
        (before if pair.t < day else after).append(pair)
    return before, after


def trajectories(read: Sources, start: str = "") -> Iterator[tuple[str, str]]:
    """(File name, ATIF document) of each session whose id starts so.

    Raises:
        HivemindError: no session does.
    """
    store, any_found = read.space.store(), False
    for stored in store.sessions():
        events = list(store.events(stored.folder)) if stored.folder.startswith(start) else []
        if events:
            any_found = True
            session = events[0].session
            document = atif.trajectory(events, read.of(session), read.clean(session))
            yield f"{stored.folder}.json", escaped(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"
    if start and not any_found:
        raise HivemindError(f"no session starts with {start}", "`git hivemind sessions` lists them.")


def trace(read: Sources) -> str:
    """The Agent Trace record of HEAD.

    Raises:
        HivemindError: there is no commit yet.
    """
    repository = read.space.repository
    head = repository.head()
    info = repository.commit(head) if head else None
    if info is None:
        raise HivemindError("there is no commit yet, and a trace tells of one", "Commit first.")
    store = read.space.store()
    stored = store.sessions()
    writers: dict[str, tuple[str, str | None]] = {}
    paths: set[str] = set()
    for one in stored:
        for event in store.events(one.folder):
            writers.setdefault(event.session, (event.agent, None))
            if event.model and writers[event.session][1] is None:
                writers[event.session] = (event.agent, event.model)
            path = event.fields.get("path")
            if event.kind is Kind.EDIT and isinstance(path, str):
                paths.add(path)
    sessions = Sessions(read.space, len(stored))
    files = [(path, _lines(read, sessions, info.id, path, writers)) for path in sorted(paths)]
    moment = datetime.fromtimestamp(info.committed, UTC).isoformat().replace("+00:00", "Z")
    record = agent_trace.record(info.id, moment, __version__, files)
    return escaped(json.dumps(record, ensure_ascii=False, indent=2)) + "\n"


def archive(read: Sources, now: datetime) -> Mapping[str, str]:
    """The files of a COGX archive: all rules but those rejected, and all corrections."""
    rules = [one.rule for one in ruling.Rules(read.space).all if one.rule.state != "rejected"]
    made = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return cogx.archive(rules, read.corrections, made, read.clean())


def _with_corrections(read: Sources) -> list[StoredSession]:
    # Folder names are hashes where an id is no safe name, so both are asked for.
    ids = {one.session for one in read.corrections}
    return [one for one in read.space.store().sessions() if one.folder in ids or one.folder.startswith("x-")]


def _lines(
    read: Sources, sessions: Sessions, revision: str, path: str, writers: Mapping[str, tuple[str, str | None]]
) -> list[Lines]:
    content = read.space.repository.read(revision, path)
    if content is None:
        return []
    written = sessions.written(ChangedFile(path=path, previous=path, before=None, after=content))
    mixed = _mixed(read, path, content, written)
    told = sorted({*written.values(), *mixed.values()})
    whole = [Lines(session, *writers.get(session, ("", None)), written=()) for session in told]
    return [
        replace(
            one,
            written=tuple(number for number, session in written.items() if session == one.session),
            mixed=tuple(number for number, session in mixed.items() if session == one.session),
        )
        for one in whole
    ]


def _mixed(read: Sources, path: str, content: bytes, written: Mapping[int, str]) -> dict[int, str]:
    """Number of each line that a person made of an agent's → the agent's session."""
    standing = content.decode("utf-8", "replace").splitlines()
    found: dict[int, str] = {}
    for one in read.corrections:
        accepted = one.after.splitlines()
        if one.path != path or not one.commit or not any(line.strip() for line in accepted):
            continue
        for start in range(len(standing) - len(accepted) + 1):
            numbers = range(start + 1, start + 1 + len(accepted))
            if standing[start : start + len(accepted)] == accepted and not written.keys() & set(numbers):
                found |= dict.fromkeys(numbers, one.session)
    return found
