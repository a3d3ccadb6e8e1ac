"""Seals a repository as a program would, with a converter that reads plainly. Run as a script it can be
told to kill itself at a step: `seal_driver.py REPOSITORY [STEP]`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from store.store_values import an_event

from hivemind_git.capture.journal import Payload
from hivemind_git.capture.keep import Checkpoint
from hivemind_git.capture.redact import Redactor, compile_patterns
from hivemind_git.capture.seal import SealResult, seal
from hivemind_git.errors import GitUnusableError, HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.model import Capture, Kind, Source
from hivemind_git.settings import Settings

REF = "refs/heads/hivemind/sessions"
STEPS = ("images", "placeholders", "store", "memory", "journal")


def told(agent: str, payloads: Sequence[Payload]) -> Iterator[Capture]:
    """One event a payload: `{"session", "name", "text"?, "after"?, "t"?, "source"?, "seq"?, "needs"?: a file}`."""
    for payload in payloads:
        data = payload.data
        if "nonsense" in data:
            raise HivemindError("it is nonsense") if data["nonsense"] == "refused" else KeyError("nonsense")
        if not Path(str(data.get("needs", "/"))).exists():
            raise GitUnusableError("git was not found", "Install git.")
        after = data.get("after")
        named = {} if after is None else {"path": "a.py"}
        event = an_event(
            data["name"],
            session=str(data["session"]),
            t=data.get("t", "2026-01-02T03:04:05.678Z"),
            agent=agent,
            kind=Kind.PROMPT if after is None else Kind.EDIT,
            source=Source(str(data.get("source", "hook"))),
            seq=data.get("seq", 0),
            fields=data.get("fields", {"text": data.get("text", ""), **named}),
            **({"id": data["id"]} if "id" in data else {}),
        )
        yield Capture(event, None, None if after is None else str(after).encode())


def redactor(session: str, known: Mapping[str, tuple[str, int]]) -> Redactor:
    """`hunter` and a digit are secrets, as a person may say."""
    return Redactor(b"a key for tests only", known, compile_patterns([r"hunter\d"], "test"))


def run(path: Path, checkpoint: Checkpoint = lambda _: None, settings: Settings | None = None) -> SealResult:
    """Seals the repository at a path."""
    return seal(Repository.containing(path), REF, settings or Settings(), told, redactor, checkpoint=checkpoint)


def killed_at(step: str) -> Checkpoint:
    """Kills this process, as SIGKILL does, when a step is done."""

    def checkpoint(done: str) -> None:
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint


if __name__ == "__main__":
    sys.stdout.write("sealing\n")
    sys.stdout.flush()
    run(Path(sys.argv[1]), killed_at(sys.argv[2] if len(sys.argv) > 2 else ""))
