"""A live event through an assistant's hook as it is configured, taken out of the journal before a seal sees it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hivemind_git.agents.base import Call
from hivemind_git.capture.files import exclusive
from hivemind_git.capture.journal import Journal
from hivemind_git.capture.seal import lock_path
from hivemind_git.pipeline.workspace import Workspace

EVENT: Final = "HivemindProbe"
"""The name of the event. No assistant has it, so where a seal is faster it tells nothing."""
_SECONDS: Final = 10.0
"""As long as the clients give a hook."""


@dataclass(frozen=True, slots=True)
class Probe:
    """How an event went: whether it arrived, after how many milliseconds, and what went wrong if not."""

    arrived: bool
    milliseconds: int
    trouble: str = ""


def probe(space: Workspace, agent: str, call: Call, environ: Mapping[str, str]) -> Probe:
    """Sends an event as the client would, and looks for it in the journal.

    Args:
        space: the repository.
        agent: the assistant's name.
        call: how it runs the hook.
        environ: the environment of the client.

    Raises:
        OSError: the journal cannot be read.
    """
    token = secrets.token_hex(16)
    payload = json.dumps({"hook_event_name": EVENT, "session_id": f"probe-{token}", "cwd": str(call.cwd)}).encode()
    with exclusive(lock_path(space.repository), _SECONDS):
        began = time.monotonic()
        try:
            done = subprocess.run(
                call.argv,
                input=payload,
                cwd=call.cwd,
                env={**environ, **call.environ},
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return Probe(arrived=_taken(space, agent, token), milliseconds=0, trouble=_why(error))
        milliseconds = round((time.monotonic() - began) * 1000)
        arrived = _taken(space, agent, token)
    return Probe(arrived, milliseconds, _said(done))


def _taken(space: Workspace, agent: str, token: str) -> bool:
    """Whether the event is in the journal, from which it is removed."""
    journal = Journal(space.repository.state_dir)
    for entry in journal.pending():
        if entry.agent == agent and token.encode() in entry.path.read_bytes():
            journal.discard([entry])
            return True
    return False


def _why(error: OSError | subprocess.TimeoutExpired) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it took longer than {_SECONDS:.0f} seconds"
    return f"it cannot be started: {error.strerror or error}"


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """What a hook must not do: fail, or say anything. What it prints the client may show, or obey."""
    said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
    if done.returncode:
        return f"it exits {done.returncode}"
    return f"it prints {said.splitlines()[0][:80]!r}" if said else ""


def environment() -> dict[str, str]:
    """The environment of a client that was started here by hand: no hook of git's runs around it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
