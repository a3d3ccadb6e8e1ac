"""What the real Claude Code writes through its shell is told as its edits; what a person writes between is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from clients.claude_code import ClaudeCode
from clients.model_server import Turn, serving
from repos import Repo

from hivemind_git.capture.images import ImageStore
from hivemind_git.git.objects import Repository
from hivemind_git.model import Event, Kind
from hivemind_git.store.reader import Store

START = "one\ntwo\nthree\n"
FORMATTER = "#!/bin/sh\nfor file; do tr a-z A-Z <$file >$file.new && mv $file.new $file; done\n"


def hivemind(repo: Repo, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hivemind_git", *arguments], cwd=repo.path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def ran(claude: ClaudeCode, repo: Repo, name: str, *commands: str) -> None:
    turns = [Turn(f"Step {number}.", (("Bash", {"command": line}),)) for number, line in enumerate(commands)]
    with serving([*turns, Turn("Done.")], name) as model:
        claude.run(repo.path, "Work.", model)


def events(repo: Repo) -> list[Event]:
    hivemind(repo, "seal")
    return list(Store(Repository.containing(repo.path), "refs/heads/hivemind/sessions").events())


def edits(repo: Repo) -> list[tuple[str, str, bytes | None, bytes | None]]:
    """Path, operation and images of what a shell did, in the order of time."""
    images = ImageStore(repo.path / ".git/hivemind/images")
    found = sorted((event for event in events(repo) if event.kind is Kind.EDIT), key=lambda event: event.t)
    assert all(event.fields["by_shell"] is True for event in found)
    seen = [(event, images.load(event.session)[event.id]) for event in found]
    assert all(image.before_known for _, image in seen)
    return [(str(event.fields["path"]), str(event.fields["op"]), image.before, image.after) for event, image in seen]


@pytest.fixture
def wired(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository that is wired for Claude Code."""
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    repo.commit("Start", **{"a.txt": START, "format.sh": FORMATTER})
    hivemind(repo, "install", "claude-code")
    return repo


def test_shell_writes_are_the_agents(claude: ClaudeCode, wired: Repo) -> None:
    index = (wired.path / ".git/index").read_bytes()
    ran(
        claude,
        wired,
        "shell",
        "sed -i s/two/2/ a.txt",
        "cat > made.py <<'EOF'\nprint('made')\nEOF",
        "python3 -c \"import pathlib; pathlib.Path('deep').mkdir(); pathlib.Path('deep/b.txt').write_text('b\\n')\"",
        "cat a.txt | grep 2",
        "sh format.sh a.txt made.py",
        "rm made.py",
    )
    assert edits(wired) == [
        ("a.txt", "modify", START.encode(), b"one\n2\nthree\n"),
        ("made.py", "create", None, b"print('made')\n"),
        ("deep/b.txt", "create", None, b"b\n"),
        ("a.txt", "modify", b"one\n2\nthree\n", b"ONE\n2\nTHREE\n"),
        ("made.py", "modify", b"print('made')\n", b"PRINT('MADE')\n"),
        ("made.py", "delete", b"PRINT('MADE')\n", None),
    ]
    uses = [event for event in events(wired) if event.kind is Kind.TOOL_USE]
    assert [(event.fields["input"], event.fields.get("window")) for event in uses][3:] == [
        ("cat a.txt | grep 2", None),
        ("sh format.sh a.txt made.py", "closed"),
        ("rm made.py", "closed"),
    ]
    assert (wired.path / ".git/index").read_bytes() == index
    assert wired.git("status", "--porcelain") == " M a.txt\n?? deep/"


def test_what_a_person_writes_between_is_not_the_agents(claude: ClaudeCode, wired: Repo) -> None:
    ran(claude, wired, "first", "sed -i s/two/2/ a.txt")
    wired.write("a.txt", "one\n2\nthree\nfour\n")
    wired.write("mine.txt", "a person's\n")
    ran(claude, wired, "second", "sed -i s/three/3/ a.txt")
    assert edits(wired) == [
        ("a.txt", "modify", START.encode(), b"one\n2\nthree\n"),
        ("a.txt", "modify", b"one\n2\nthree\nfour\n", b"one\n2\n3\nfour\n"),
    ]


@pytest.fixture
def claude(hermetic: Path) -> ClaudeCode:
    """The installed client, or a skip that says how to get it; in CI a missing client is a failure."""
    folder = Path(os.environ.get("HIVEMIND_TEST_CLIENTS", "/nonexistent")) / "claude-code"
    executable = folder / "node_modules/.bin/claude"
    if not executable.exists():
        reason = "Claude Code is not installed: tests/clients/install DIR, then HIVEMIND_TEST_CLIENTS=DIR"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return ClaudeCode(executable, hermetic)
