"""What a real assistant's sessions left in the store of a repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from repos import Repo
from waiting import wait_for

from hivemind_git.git.objects import Repository
from hivemind_git.model import Event, Kind
from hivemind_git.store.reader import Store

SHOWN = {
    "session_start": ("how",),
    "prompt": ("speaker", "text"),
    "response": ("text",),
    "tool_use": ("tool", "status", "exit_code", "window", "background", "subagent", "input"),
    "edit": ("op", "path", "by_shell", "subagent"),
    "rejection": ("tool", "by", "path", "reason"),
    "outcome": ("of", "result"),
    "session_end": ("why",),
    "compaction": ("trigger",),
}


def hivemind(repo: Repo, *arguments: str) -> str:
    """What a command of ours prints."""
    done = subprocess.run(
        [sys.executable, "-m", "hivemind_git", *arguments], cwd=repo.path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def events(repo: Repo) -> list[Event]:
    """All events, by time, once what hooks started is done. To read all logs once more changes nothing."""
    wait_for(lambda: hivemind(repo, "seal") == "Sealed 0 events of 0 sessions.\n" and counts(repo)["pending"] == 0)
    told = sessions_tree(repo)
    assert told_again(repo) == told
    assert counts(repo)["lost"] == 0
    found = unsealed(repo)
    # Of one instant the store tells no order of hooks and log.
    return sorted(found, key=lambda event: (event.t, list(Kind).index(event.kind)))


def unsealed(repo: Repo) -> list[Event]:
    """What is in the store already."""
    return list(Store(Repository.containing(repo.path), "refs/heads/hivemind/sessions").events())


def sessions_tree(repo: Repo) -> str:
    """The tree of all events of sessions. Corrections may come at any time: the end of a turn derives them too."""
    return repo.git("rev-parse", "hivemind/sessions:sessions")


def told_again(repo: Repo) -> str:
    """That tree, once every transcript on the machine was read anew from its start."""
    for folder in (".claude/projects", ".codex/sessions", ".pi/agent/sessions"):
        for log in (Path(os.environ["HOME"]) / folder).rglob("*.jsonl"):
            os.utime(log)
    hivemind(repo, "seal")
    return sessions_tree(repo)


def counts(repo: Repo) -> dict[str, int]:
    """`pending` and `lost`, as `status` has them."""
    status: dict[str, int] = json.loads(hivemind(repo, "status", "--json"))
    return status


def story(found: Iterable[Event]) -> list[str]:
    """One line an event: its kind and the fields that tell what happened; a flag by its name."""
    return [" ".join([event.kind.value, *_words(event)]) for event in found]


def _words(event: Event) -> Iterable[str]:
    for name in SHOWN.get(event.kind.value, ()):
        value = event.fields.get(name)
        if value is True:
            yield name
        elif value is not None:
            yield str(value)
