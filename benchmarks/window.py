"""What each side of the window around a shell command costs, over an event that looks at nothing."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import Row, Size, interleaved, process
from hivemind_git import resources
from hivemind_git.agents.command import command_line

EVENT, STATUS = "agent hook", "git status"
SIDES = ("nothing changed", "a file changed")
WRITING = "what a command did"
"""Not shown. The file gets an older time, for git compares seconds: what changed in the second of its index counts as
changed once more, so the next side costs what that of a change does."""

ROUNDS = {1_000: 60, 10_000: 30, 100_000: 12}


def repository(root: Path, files: int) -> Path:
    """A repository with so many files of a line or ten, thirty in a folder, and the hook installed."""
    top = root / f"with-{files}"
    for number in range(files):
        folder = top / f"part{number // 900}" / f"unit{number // 30 % 30}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"file{number}.py").write_text(f"value = {number}\n" * 10)
    git = partial(subprocess.run, cwd=top, check=True, capture_output=True)
    git(["git", "init", "-q"])
    git(["git", "add", "-A"])
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    git(["git", *identity, "-c", "gc.auto=0", "commit", "-q", "-m", "start"])
    home = top / ".git" / "hivemind"
    (home / "journal").mkdir(parents=True)
    for name in ("hook", "window"):
        shutil.copy(resources.find("hooks") / "agent" / name, home / name)
    return top


def payload(event: str, command: str, top: Path) -> bytes:
    """What a client writes."""
    common = {"session_id": "0199f3a0-0000-7000-8000-000000000000", "cwd": str(top), "hook_event_name": event}
    return json.dumps(
        {**common, "tool_name": "Bash", "tool_input": {"command": command}, "tool_use_id": "toolu_1"},
        separators=(",", ":"),
    ).encode()


def cases(top: Path) -> dict[str, Callable[[], object]]:
    """Sides where nothing changed and where a file did, one of a command that only reads, and the baselines."""
    line = ["sh", "-c", command_line("claude-code")]
    env = {name: value for name, value in os.environ.items() if name not in ("HIVEMIND_CAPTURE", "CLAUDE_PROJECT_DIR")}
    numbers = itertools.count()

    def side(event: str, command: str) -> Callable[[], None]:
        return partial(process, line, top, payload(event, command, top), env)

    def write() -> None:
        number, changed = next(numbers), top / "part0/unit0/file0.py"
        changed.write_text(f"value = 'new {number}'\n")
        os.utime(changed, (1_700_000_000 + number,) * 2)

    return {
        EVENT: partial(process, line, top, payload("UserPromptSubmit", "", top), env),
        STATUS: partial(process, ["git", "status"], top),
        SIDES[0]: side("PreToolUse", "make"),
        WRITING: write,
        SIDES[1]: side("PostToolUse", "make"),
        "a command that reads": side("PreToolUse", "cd part0 && git log --oneline | head -3"),
    }


def run(size: Size) -> list[Row]:
    here = Path.cwd()
    rows = []
    for files in (1_000, 10_000) if size is Size.QUICK else ROUNDS:
        with tempfile.TemporaryDirectory() as folder:
            measured = cases(repository(Path(folder), files))
            try:
                times = interleaved(measured, 5 if size is Size.QUICK else ROUNDS[files])
            finally:
                os.chdir(here)
        bound = times[EVENT] + 1.3 * times[STATUS]
        note = f"git status {times[STATUS] * 1000:.1f} ms, an event {times[EVENT] * 1000:.1f} ms"
        baseline = "event + 1.3 git status"
        rows += [
            Row(f"{files:,} files, {name}", times[name], baseline, bound, 1, note, series=name, n=files)
            for name in SIDES
        ]
        reads = "a command that reads"
        rows.append(Row(f"{files:,} files, {reads}", times[reads], EVENT, times[EVENT], None))
    return rows
