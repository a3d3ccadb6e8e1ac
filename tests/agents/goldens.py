"""Recorded runs of real assistants, and what they are expected to tell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hivemind_git.agents.base import Assistant
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.lines import Tally
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture

GOLDEN = Path(__file__).parent / "golden"
TOP = "/home/dev/repo"


def runs(agent: str) -> list[Path]:
    """The folders of an assistant's recorded runs, `<version>/<name>`."""
    return sorted({path.parent for path in (GOLDEN / agent).glob("*/*/read.json")})


def name(run: Path) -> str:
    return f"{run.parent.name}/{run.name}"


def place(path: str, cwd: str) -> tuple[str, str] | None:
    return ("main", path[len(TOP) + 1 :]) if path.startswith(f"{TOP}/") else None


def payloads(run: Path, agent: str) -> list[Payload]:
    told = run / "payloads.json"
    found = json.loads(told.read_text()) if told.exists() else []
    return [Payload(f"{agent}.7.{n}", agent, 1795228467.0 + n, one) for n, one in enumerate(found)]


def transcripts(run: Path) -> list[Path]:
    return sorted(run.rglob("*.jsonl"), key=lambda path: (len(path.parts), path))


def heard(run: Path, assistant: Assistant) -> list[Capture]:
    return list(assistant.hear(payloads(run, assistant.name), place, trimmed))


def read(run: Path, assistant: Assistant) -> list[Capture]:
    return [capture for path in transcripts(run) for capture in assistant.read(path, place, Tally(), trimmed)]


def shown(captures: Iterable[Capture]) -> Iterator[dict[str, Any]]:
    """Captures as JSON: what is null or false is left out, images as text."""
    for capture in captures:
        event = capture.event
        line: dict[str, Any] = {"id": event.id, "t": event.t, "session": event.session, "kind": event.kind.value}
        line |= {"seq": event.seq, "version": event.agent_version, "model": event.model, "branch": event.branch}
        line |= {"worktree": event.worktree, "fields": event.fields}
        line |= {
            "before": capture.before and capture.before.decode(),
            "after": capture.after and capture.after.decode(),
        }
        yield {key: value for key, value in line.items() if value is not None}


def expect(run: Path, part: str, captures: Iterable[Capture]) -> None:
    """Writes what a run is expected to tell."""
    text = json.dumps(list(shown(captures)), indent=1, ensure_ascii=False, sort_keys=True)
    (run / f"{part}.json").write_text(text + "\n")
