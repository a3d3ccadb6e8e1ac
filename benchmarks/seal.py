"""What a seal of one turn costs in a store of 100 and of 100,000 sessions: it must follow the turn, not the store."""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks import PROGRAM, PYTHON_PEAK, Row, Size, interleaved, peak, peak_of_imports
from benchmarks.log import data
from hivemind_git.model import Event, Kind, Source
from hivemind_git.pipeline import sealing
from hivemind_git.pipeline.workspace import Workspace, open_workspace
from hivemind_git.store import codec, layout
from hivemind_git.store.layout import Area

SESSIONS = {Size.QUICK: (10, 1_000), Size.FULL: (100, 10_000, 100_000)}
BOUND = 2
TURN = 20
_NUMBERS = itertools.count()


def session_id(number: int) -> str:
    return str(uuid.UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128))


def store(sessions: int) -> Iterator[bytes]:
    """A store for git fast-import: one segment a session, spread over two years."""
    yield b"commit refs/heads/hivemind/sessions\ncommitter a <a@example.com> 1700000000 +0000\n" + data(b"Seal")
    yield f"M 100644 inline {layout.FORMAT_PATH}\n".encode() + data(layout.FORMAT)
    for number in range(sessions):
        session, month = session_id(number), f"{2024 + number % 24 // 12}-{number % 12 + 1:02d}"
        event = Event(
            id=hashlib.sha256(session.encode()).hexdigest()[:32],
            t=f"{month}-02T03:04:05.678Z",
            session=session,
            kind=Kind.PROMPT,
            agent="claude-code",
            source=Source.TRANSCRIPT,
            fields={"text": f"Please change number {number}.", "speaker": "person"},
        )
        line = codec.encode_event(event).data
        folder = layout.parent(Area.SESSIONS, month, session)
        yield f"M 100644 inline {folder}/{layout.segment_name(line)}.jsonl\n".encode() + data(line)


def prepared(folder: Path, sessions: int) -> Workspace:
    """A repository with a commit and such a store."""
    name = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    for key, value in {"user.name": "a", "user.email": "a@example.com", "gc.auto": "0"}.items():
        subprocess.run(["git", "-C", folder, "config", key, value], check=True)
    subprocess.run(["git", "-C", folder, *name, "commit", "-q", "--allow-empty", "-m", "Start"], check=True)
    stream = b"".join(store(sessions))
    subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input=stream, check=True)
    return open_workspace(folder)


def turn(top: Path) -> None:
    """What the hooks of one turn leave in the journal: prompts by a client without a transcript."""
    journal = top / ".git/hivemind/journal"
    journal.mkdir(parents=True, exist_ok=True)
    number = next(_NUMBERS)
    for _ in range(TURN):
        payload = {
            "session_id": session_id(10**9 + number),
            "hook_event_name": "UserPromptSubmit",
            "prompt_id": f"p{next(_NUMBERS)}",
            "prompt": "Please go on with it.",
            "cwd": str(top),
        }
        (journal / f"claude-code.{next(_NUMBERS)}.0").write_text(json.dumps(payload))


def seal(top: Path) -> None:
    """One seal as a fresh process does it, start-up aside."""
    turn(top)
    done = sealing.seal(open_workspace(top))
    if done.events != TURN:
        raise RuntimeError(f"{done.events} events sealed instead of {TURN}")


def peak_of_seal(top: Path) -> int:
    turn(top)
    return peak([PROGRAM, "seal"], top)


def run(size: Size) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        tops = {count: Path(folder) / str(count) for count in SESSIONS[size]}
        for count, top in tops.items():
            prepared(top, count)
        cases = {f"{count:,} sessions": partial(seal, top) for count, top in tops.items()}
        times = interleaved(cases, 5 if size is Size.QUICK else 30)
        held = {count: peak_of_seal(top) for count, top in tops.items()}
        imports = peak_of_imports(Path(folder))
    small = next(iter(cases))
    rows = []
    for (count, peaked), name in zip(held.items(), cases, strict=True):
        series = f"seal of {TURN} events, by sessions"
        bound = None if name == small else BOUND
        row = Row(f"seal of {TURN} events at {name}", times[name], f"at {small}", times[small], bound)
        rows.append(replace(row, series=series, n=count))
        rows.append(Row(f"peak of memory, seal at {name}", peaked, PYTHON_PEAK, imports, None, unit="B"))
    return rows
