"""What it costs to start a command that a person waits for, in a small repository with one skill."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import PROGRAM, Row, Size, interleaved

PASS, IMPORTS = "python -c pass", "python -c 'import click, pygit2'"
COMMANDS = ("status", "log")


def quiet(argv: list[str], cwd: Path) -> None:
    subprocess.run(argv, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def run(size: Size) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        os.environ["HOME"], before = str(home), os.environ.get("HOME", "")
        try:
            demo = Path(folder) / "demo"
            quiet([PROGRAM, "demo", "--keep", str(demo)], Path(folder))
            top = demo / "shop"
            cases: dict[str, Callable[[], object]] = {
                PASS: partial(quiet, [sys.executable, "-c", "pass"], top),
                IMPORTS: partial(quiet, [sys.executable, "-c", "import click, pygit2"], top),
                "--version": partial(quiet, [PROGRAM, "--version"], top),
                **{name: partial(quiet, [PROGRAM, name], top) for name in COMMANDS},
            }
            times = interleaved(cases, 5 if size is Size.QUICK else 40)
        finally:
            os.environ["HOME"] = before
    rows = [Row("git hivemind --version", times["--version"], PASS, times[PASS], 5)]
    return [*rows, *(Row(f"git hivemind {name}", times[name], IMPORTS, times[IMPORTS], 2) for name in COMMANDS)]
