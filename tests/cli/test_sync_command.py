from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from cli.conftest import Hivemind, Said
from repos import Repo
from teams import REF, an_event, keep, team


def test_what_it_says_and_its_json(hivemind: Hivemind, tmp_path: Path) -> None:
    mates = team(tmp_path)
    ada, bob = mates.clone("ada"), mates.clone("bob")
    nothing = "Neither here nor at origin is a session store yet.\n"
    assert hivemind(ada.path, "sync") == Said(0, nothing, "")
    one = keep(ada, an_event("1", "a"))
    place = "hivemind/sessions at origin"
    assert hivemind(ada.path, "sync", "--dry-run") == Said(0, f"Would sync with {place}: 1 segment went there.\n", "")
    assert hivemind(ada.path, "sync") == Said(0, f"Synced with {place}: 1 segment went there.\n", "")
    assert hivemind(ada.path, "sync") == Said(0, f"Up to date with {place}.\n", "")
    said = hivemind(bob.path, "sync", "--json")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out) == {
        "version": 1,
        "dry_run": False,
        "remote": "origin",
        "url": f"file://{mates.hub.path}",
        "ref": REF,
        "before": None,
        "commit": one,
        "pushed": False,
        "received": 1,
        "sent": 0,
        "gone": 0,
        "sessions_gone": [],
        "rounds": 1,
    }
    hivemind(ada.path, "forget", "a")
    hivemind(ada.path, "sync")
    assert hivemind(bob.path, "sync").out == (
        f"Synced with {place}: 1 segment forgotten.\nForgotten elsewhere: 1 session.\n"
        "`git gc --prune=now` frees what they held here; a host keeps caches of its own.\n"
    )


def test_wrong_usage_and_a_remote_out_of_reach(hivemind: Hivemind, tmp_path: Path) -> None:
    ada = team(tmp_path).clone("ada")
    assert hivemind(ada.path, "sync", "--nothing").code == 2
    said = hivemind(ada.path, "sync", str(tmp_path / "nowhere"))
    assert (said.code, said.out) == (3, "")
    assert said.err.splitlines()[1] == f"  Try `git ls-remote {tmp_path}/nowhere`."


def test_progress_is_for_a_terminal_alone(tmp_path: Path) -> None:
    mates = team(tmp_path)
    ada, bob = mates.clone("ada"), mates.clone("bob")
    keep(ada, *(an_event(f"{number}", f"s{number}") for number in range(40)))
    shown, printed = on_a_terminal(ada)
    assert "writing: 100%" in shown
    assert shown.endswith("\r\x1b[K")
    assert printed == "Synced with hivemind/sessions at origin: 40 segments went there.\n"
    shown, printed = on_a_terminal(bob)
    assert "receiving: 100%" in shown
    assert shown.endswith("\r\x1b[K")
    assert printed == "Synced with hivemind/sessions at origin: 40 segments came.\n"


def on_a_terminal(repo: Repo) -> tuple[str, str]:
    """What a sync shows on standard error, which is a terminal, and prints on standard output, which is none."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "hivemind_git", "sync"]
    running = subprocess.Popen(command, cwd=repo.path, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    shown = ""
    with suppress(OSError):  # how a terminal ends that nobody writes to any more
        while piece := os.read(ours, 1 << 16):
            shown += piece.decode()
    os.close(ours)
    return shown, running.communicate()[0]
