"""What a search costs, start-up aside, against the same FTS5 query in bare sqlite3, and the build of its index."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import Row, Size, interleaved
from hivemind_git.agents.identity import event_id
from hivemind_git.model import Event, Kind, Source
from hivemind_git.pipeline import finding
from hivemind_git.pipeline.workspace import Workspace, open_workspace
from hivemind_git.store import codec, layout
from hivemind_git.store.index import database
from hivemind_git.store.index.query import Wanted
from hivemind_git.store.layout import Area
from hivemind_git.store.writer import Batch, append

EVENTS = {Size.QUICK: (2_000,), Size.FULL: (10_000, 100_000)}
A_SESSION = 200
WORDS = 5_000
BOUND = 3.0
ASKED = {"a rare word": "needle", "two frequent words": "w0 w1", "a beginning": "w12*"}
SELECT = (
    "SELECT d.kind, d.ref, d.session, d.path, d.t, d.agent, snippet(words, 0, char(2), char(3), '…', 24)"
    " FROM words JOIN documents d ON d.id = words.rowid WHERE words MATCH ? ORDER BY bm25(words) * d.weight LIMIT 40"
)
TOLD = ("text", "input", "hunks")
BUILD = "the same words put into a bare FTS5 table"


def unseen(done: int, total: int) -> None:
    """Nobody looks at the progress."""


def words(random_: random.Random, count: int) -> str:
    """Text of that many words, of which few are frequent and most are rare, as in what people and agents say."""
    return " ".join(f"w{min(int(random_.paretovariate(0.6)) - 1, WORDS)}" for _ in range(count))


def events(count: int) -> Iterator[Event]:
    """Prompts, answers, commands and edits of sessions, a minute apart."""
    random_ = random.Random(1)  # the same store on every run
    kinds = (Kind.PROMPT, Kind.RESPONSE, Kind.TOOL_USE, Kind.EDIT)
    for n in range(count):
        kind, session = kinds[n % 4], f"session-{n // A_SESSION:05d}"
        said = words(random_, 40) + (" needle" if n % 1000 == 0 else "")
        fields: dict[Kind, dict[str, object]] = {
            Kind.PROMPT: {"text": said, "speaker": "person"},
            Kind.RESPONSE: {"text": said},
            Kind.TOOL_USE: {"tool": "Bash", "input": said, "status": "ok", "tool_use": f"t{n}"},
            Kind.EDIT: {
                "path": f"src/f{n % 300}.py",
                "op": "modify",
                "hunks": [{"before": said[:100], "after": said[100:], "before_start": 1, "after_start": 1}],
            },
        }
        yield Event(
            id=event_id("claude-code", session, n, kind),
            t=f"2026-{1 + n // 1440 // 28 % 12:02d}-{1 + n // 1440 % 28:02d}T{n // 60 % 24:02d}:{n % 60:02d}:00.000Z",
            session=session,
            kind=kind,
            agent="claude-code",
            source=Source.TRANSCRIPT,
            seq=n,
            fields=fields[kind],  # type: ignore[arg-type]
        )


def filled(top: Path, count: int) -> Workspace:
    """A repository whose store has that many events."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(top)], check=True)
    for name, value in (("user.name", "a"), ("user.email", "a@example.com")):
        subprocess.run(["git", "-C", str(top), "config", name, value], check=True)
    space = open_workspace(top)
    of_session: dict[str, list[Event]] = {}
    for event in events(count):
        of_session.setdefault(event.session, []).append(event)
    batches = [
        Batch(Area.SESSIONS, layout.month_of(found[0].t), session, tuple(map(codec.encode_event, found)))
        for session, found in of_session.items()
    ]
    append(space.repository, space.ref, batches, "Fill")
    return space


def bare(file: Path, asked: str) -> None:
    """The baseline: the same query, asked of the same index by nobody but sqlite3."""
    terms = " AND ".join(f'"{word.rstrip("*")}"{"*" if word.endswith("*") else ""}' for word in asked.split())
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    connection.execute(SELECT, (terms,)).fetchall()
    connection.close()


def ours(space: Workspace, asked: str) -> None:
    """A whole search: whether the index is up to date is found out each time."""
    if not finding.search(space, Wanted(words=asked), unseen):
        raise RuntimeError(f"nothing has {asked}")


def bare_build(space: Workspace) -> None:
    """The baseline of the build: every line of the store parsed, and its words put into an index with nothing else."""
    store = space.store()
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "bare.sqlite")
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(body)")
        for _, oid in store.places(Area.SESSIONS):
            rows = (json.loads(line) for line in codec.lines_of(store.segment(oid)))
            bodies = ((" ".join(str(row[name]) for name in TOLD if name in row),) for row in rows)
            connection.executemany("INSERT INTO words VALUES (?)", bodies)
        connection.commit()
        connection.close()


def built(space: Workspace) -> tuple[float, float]:
    """Seconds of one build from nothing, and of its baseline."""
    state = space.repository.state_dir
    database.discard(state)
    start = time.perf_counter()
    finding.update(space, unseen)
    middle = time.perf_counter()
    bare_build(space)
    return middle - start, time.perf_counter() - middle


def run(size: Size) -> list[Row]:
    return [row for count in EVENTS[size] for row in measured(count)]


def measured(count: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        space = filled(Path(folder), count)
        cost, least = built(space)
        note = f"{round(count / cost, -2):,.0f} events a second"
        yield Row(f"index of {count:,} events", cost, BUILD, least, None, note, series="index, by events", n=count)
        file = database.path(space.repository.state_dir)
        for name, asked in ASKED.items():
            mine, theirs = f"search for {name}, {count:,} events", "the same query in bare sqlite3"
            times = interleaved({theirs: partial(bare, file, asked), mine: partial(ours, space, asked)}, rounds=60)
            bound = BOUND if count >= 100_000 else None
            yield Row(mine, times[mine], theirs, times[theirs], bound, series=f"search, {name}", n=count)
