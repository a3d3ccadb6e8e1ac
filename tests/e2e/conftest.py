"""The real assistants, where they are installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from clients.claude_code import ClaudeCode
from clients.codex import Codex
from clients.hermes import Hermes
from clients.openclaw import OpenClaw
from clients.pi import Pi


def installed(folder: str, program: str) -> Path:
    """A client's program, or a skip that says how to get it; in CI a missing client is a failure."""
    executable = Path(os.environ.get("HIVEMIND_TEST_CLIENTS", "/nonexistent")) / folder / program
    if not executable.exists():
        reason = f"{folder} is not installed: tests/clients/install DIR, then HIVEMIND_TEST_CLIENTS=DIR"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return executable


@pytest.fixture
def codex(hermetic: Path, monkeypatch: pytest.MonkeyPatch) -> Codex:
    """The real Codex. Its events have the real time, so commits have it too."""
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    return Codex(installed("codex", "node_modules/.bin/codex"), hermetic)


@pytest.fixture
def claude(hermetic: Path) -> ClaudeCode:
    """The real Claude Code."""
    return ClaudeCode(installed("claude-code", "node_modules/.bin/claude"), hermetic)


@pytest.fixture
def pi(hermetic: Path, monkeypatch: pytest.MonkeyPatch) -> Pi:
    """The real pi. Its events have the real time, so commits have it too."""
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    return Pi(installed("pi", "node_modules/.bin/pi"), hermetic)


@pytest.fixture
def hermes(hermetic: Path, monkeypatch: pytest.MonkeyPatch) -> Hermes:
    """The real Hermes Agent. Its events have the real time, so commits have it too."""
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    return Hermes(installed("hermes", "bin/hermes"), hermetic)


@pytest.fixture
def openclaw(hermetic: Path, monkeypatch: pytest.MonkeyPatch) -> OpenClaw:
    """The real OpenClaw. Its events have the real time, so commits have it too."""
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    return OpenClaw(installed("openclaw", "node_modules/.bin/openclaw"), hermetic)
