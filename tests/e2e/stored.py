"""What a real assistant's sessions left in the store of a repository."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable

from repos import Repo

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
    """All events, by time. To seal once more changes nothing, and nothing was lost."""
    hivemind(repo, "seal")
    tip = repo.git("rev-parse", "hivemind/sessions")
    assert hivemind(repo, "seal") == "Sealed 0 events of 0 sessions.\n"
    assert repo.git("rev-parse", "hivemind/sessions") == tip
    status = json.loads(hivemind(repo, "status", "--json"))
    assert (status["pending"], status["lost"]) == (0, 0)
    found = Store(Repository.containing(repo.path), "refs/heads/hivemind/sessions").events()
    # Of one instant the store tells no order of hooks and log.
    return sorted(found, key=lambda event: (event.t, list(Kind).index(event.kind)))


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
