"""Derivation, against `git log -p` of the same commits and paths and `json.loads` of the same transcripts.

Generated sessions work on modules of Python's standard library, one session a day; in the evening a person rewrites
some of the agent's lines and commits.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks import PROGRAM, PYTHON_PEAK, Row, Size, interleaved, peak, peak_of_imports
from benchmarks.log import data
from benchmarks.store_size import NEW_YEAR, Session, library
from hivemind_git.pipeline import deriving, importing
from hivemind_git.pipeline.workspace import Workspace, open_workspace

BOUND = 3
SESSIONS = {Size.QUICK: (3,), Size.FULL: (10, 40, 160)}
FILES = 6
FOLDER = "lib"  # at the top, Python would take them for its own
BASELINE = "git log -p + json.loads"
_FIRST_DAY = round((NEW_YEAR - NEW_YEAR.fromtimestamp(0)).total_seconds())


def days(top: Path, transcripts: Path, sessions: int, others: int = 0) -> Iterator[bytes]:
    """The history for git fast-import, a commit a day and `others` of files that no agent edits; writes each day's
    transcript.
    """
    files = library()
    yield commit(0, files)
    for number in range(1, sessions + 1):
        for other in range(others * (number - 1) // sessions, others * number // sessions):
            yield commit(number, {f"../other/{other % 100}/{other % 1000}.txt": f"{other}\n"}, -40_000)
        choose = random.Random(number)
        session = Session(
            top / FOLDER, choose, list(files.values()), str(uuid.UUID(int=choose.getrandbits(128))), number
        )
        session.files = {name: files[name] for name in choose.sample(sorted(files), FILES)}
        session.works()
        (transcripts / f"{session.id}.jsonl").write_text("\n".join(session.lines) + "\n")
        changed = {name: corrected(choose, text) for name, text in session.files.items()}
        files |= changed
        yield commit(number, changed)


def corrected(choose: random.Random, text: str) -> str:
    """What a person makes of a file: now and then of one of the agent's lines, which end in a comment."""
    lines = text.splitlines(keepends=True)
    agents = [number for number, line in enumerate(lines) if line.startswith("    # ")]
    for number in agents[-2:]:
        if choose.random() < 0.3:
            lines[number] = lines[number].replace("#", "# Note:", 1)
    return "".join(lines)


def commit(day: int, files: dict[str, str], later: int = 0) -> bytes:
    """One evening's commit, for git fast-import; `later` by some seconds."""
    evening = _FIRST_DAY + day * 86_400 + 80_000 + later
    parts = [b"commit refs/heads/main\ncommitter a <a@example.com> %d +0000\n" % evening, data(b"Day %d" % day)]
    for name, text in sorted(files.items()):
        path = name.removeprefix("../") if name.startswith("../") else f"{FOLDER}/{name}"
        parts += [f"M 100644 inline {path}\n".encode(), data(text.encode())]
    return b"".join(parts)


def prepared(folder: Path, sessions: int, others: int = 0) -> tuple[Workspace, list[Path]]:
    """A repository with such a history and its sessions imported, and their transcripts."""
    top, transcripts = folder / "repo", folder / "transcripts"
    transcripts.mkdir(parents=True)
    git = ["git", "-C", str(top)]
    subprocess.run(["git", "init", "-q", "-b", "main", top], check=True)
    for key, value in {"user.name": "a", "user.email": "a@example.com", "gc.auto": "0"}.items():
        subprocess.run([*git, "config", key, value], check=True)
    stream = b"".join(days(top, transcripts, sessions, others))
    subprocess.run([*git, "fast-import", "--quiet"], input=stream, check=True)
    subprocess.run([*git, "reset", "-q", "--hard"], check=True)
    space, paths = open_workspace(top), sorted(transcripts.iterdir())
    importing.import_transcripts(space, "claude-code", paths)
    return space, paths


def derive(space: Workspace) -> int:
    """A derivation as if something new had come; the number of corrections."""
    (space.repository.state_dir / "derived.json").unlink(missing_ok=True)
    return len(deriving.derive(space).corrections)


def read(top: Path, transcripts: Sequence[Path]) -> None:
    """The baseline."""
    subprocess.run(["git", "-C", str(top), "log", "-p", "main", "--", FOLDER], check=True, stdout=subprocess.DEVNULL)
    for path in transcripts:
        with path.open("rb") as lines:
            for line in lines:
                json.loads(line)


def measured(sessions: int, rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        space, paths = prepared(Path(folder), sessions)
        top = Path(folder) / "repo"
        found = derive(space)
        name = f"derive {sessions} sessions"
        times = interleaved({name: partial(derive, space), BASELINE: partial(read, top, paths)}, rounds)
        size = sum(path.stat().st_size for path in paths) / 1e6
        note = f"{size:.0f} MB of transcripts, {found} corrections"
        series = "derive, by sessions"
        (space.repository.state_dir / "derived.json").unlink()
        held = peak([PROGRAM, "corrections"], top)
        memory = Row(f"peak of memory, {name}", held, PYTHON_PEAK, peak_of_imports(top), None, note, "B")
        return [Row(name, times[name], BASELINE, times[BASELINE], BOUND, note, series=series, n=sessions), memory]


def run(size: Size) -> list[Row]:
    rounds = 2 if size is Size.QUICK else 5
    return [row for sessions in SESSIONS[size] for row in measured(sessions, rounds)]
