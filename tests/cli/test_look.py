"""Colour and pager are the user's git's: each setting, on a terminal and in a pipe."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from cli.conftest import SKILL, Hivemind
from repos import Repo

from hivemind_git.pipeline import codifying
from hivemind_git.pipeline.workspace import open_workspace

ESCAPE = "\x1b["


def on_a_terminal(folder: Path, *arguments: str, program: tuple[str, ...] = (), **env: str) -> str:
    """What a command shows on a terminal."""
    ours, theirs = pty.openpty()
    command = [*(program or (sys.executable, "-m", "hivemind_git")), *arguments]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "PAGER": "cat", **env}
    running = subprocess.Popen(command, cwd=folder, stdout=theirs, stderr=theirs, stdin=theirs, env=environment)
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # how a terminal ends that nobody writes to any more
        while piece := os.read(ours, 1 << 16):
            shown += piece
    os.close(ours)
    assert running.wait() == 0, shown
    return shown.decode().replace("\r\n", "\n")


def pager(folder: Path, name: str) -> str:
    """A pager that says its name before what it shows."""
    place = folder / name
    place.write_text(f"#!/bin/sh\necho paged by {name}\ncat\n")
    place.chmod(0o755)
    return str(place)


@pytest.mark.parametrize("command", [("log",), ("log", "--graph"), ("show", SKILL), ("blame", SKILL)])
def test_colour_as_git_has_it(skilled: Repo, hivemind: Hivemind, command: tuple[str, ...]) -> None:
    piped = hivemind(skilled.path, *command).out
    assert ESCAPE not in piped
    assert hivemind(skilled.path, *command, "--color").out == (coloured := on_a_terminal(skilled.path, *command))
    assert ESCAPE in coloured
    plain = [
        on_a_terminal(skilled.path, *command, "--no-color"),
        on_a_terminal(skilled.path, *command, "--color=never"),
        on_a_terminal(skilled.path, *command, NO_COLOR="1"),
        on_a_terminal(skilled.path, *command, TERM="dumb"),
    ]
    skilled.git("config", "color.ui", "never")
    plain.append(on_a_terminal(skilled.path, *command))
    assert set(plain) == {piped}
    skilled.git("config", "color.ui", "always")
    assert hivemind(skilled.path, *command).out == coloured
    assert hivemind(skilled.path, *command, "--color=auto").out == coloured


def test_the_pager_as_git_has_it(skilled: Repo, tmp_path: Path) -> None:
    piped = on_a_terminal(skilled.path, "--debug", "log", "--no-pager")
    assert "paged by" not in piped
    assert on_a_terminal(skilled.path, "log", PAGER=pager(tmp_path, "PAGER")) == f"paged by PAGER\n{piped}"
    skilled.git("config", "core.pager", pager(tmp_path, "core.pager"))
    assert on_a_terminal(skilled.path, "log", PAGER="false") == f"paged by core.pager\n{piped}"
    assert on_a_terminal(skilled.path, "log", GIT_PAGER=pager(tmp_path, "GIT_PAGER")) == f"paged by GIT_PAGER\n{piped}"
    assert on_a_terminal(skilled.path, "log", GIT_PAGER="cat") == piped
    assert on_a_terminal(skilled.path, "log", "--no-pager") == piped
    for command in (("show", SKILL), ("blame", SKILL), ("rules",), ("sessions",), ("mine",), ("corrections",)):
        assert "paged by core.pager\n" in on_a_terminal(skilled.path, *command)  # after progress, where there was some


def test_under_git_itself(skilled: Repo, tmp_path: Path) -> None:
    """`git --no-pager` and `git -c` reach it, and where git has started the pager there is no second, but colour."""
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    skilled.git("config", "core.pager", pager(tmp_path, "core.pager"))
    shown = on_a_terminal(skilled.path, "hivemind", "log", program=("git",), **env)
    assert shown.startswith("paged by core.pager\n\x1b[33mskill")
    for options in (("--no-pager",), ("-c", "core.pager=cat")):
        assert on_a_terminal(skilled.path, *options, "hivemind", "log", program=("git",), **env) in shown
    assert on_a_terminal(skilled.path, "-p", "hivemind", "log", program=("git",), **env) == shown
    plain = on_a_terminal(skilled.path, "-c", "color.ui=never", "hivemind", "log", program=("git",), **env)
    assert plain.startswith(f"paged by core.pager\nskill {SKILL} (live)\n")


def test_a_pager_that_is_left_early_is_no_error(skilled: Repo, tmp_path: Path) -> None:
    assert "Traceback" not in on_a_terminal(skilled.path, "log", GIT_PAGER="true")


def test_lists_keep_to_the_width_of_the_terminal(taught: Repo, hivemind: Hivemind) -> None:
    codifying.run(open_workspace(taught.path))  # so that a rule's line is at its longest
    prompt = "Add src/shop/stock.py: reserve(item, count) takes from stock; say what is reserved"
    narrow = on_a_terminal(taught.path, "sessions", "--no-color", "-n1").rpartition("\r")[2].splitlines()
    assert narrow == [
        "2026-11-04 09:30  459ebb0c-37e4  claude-code  8 events  kept",
        f"    {prompt[:73]}…",
    ]
    wide = on_a_terminal(taught.path, "sessions", "--no-color", "-n1", COLUMNS="120").rpartition("\r")[2]
    assert wide == f"{narrow[0]}  {prompt[:55]}…\n"
    assert hivemind(taught.path, "sessions", "-n1").out == f"{narrow[0]}  {prompt[:59]}…\n"
    for command in ("sessions", "rules", "mine", "corrections", "status"):
        shown = on_a_terminal(taught.path, command, NO_COLOR="1").replace("\r", "\n")
        assert max(map(len, shown.splitlines())) <= 80
