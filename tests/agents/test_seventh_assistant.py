"""The worked example of docs/adding-an-assistant.md, put into a copy of the package and used."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from repos import Repo

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "adding-an-assistant.md"


def example(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with the package, in which the one file of the example was added and nothing else was touched."""
    top = tmp_path / "source"
    for folder in ("hivemind_git", "hooks", "templates"):
        shutil.copytree(ROOT / folder, top / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (top / "hivemind_git/agents/acme").mkdir()
    (top / "hivemind_git/agents/acme/__init__.py").write_text(example("python"))
    return top


@pytest.fixture
def acme(package: Path, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.setenv("PYTHONPATH", str(package))
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.delenv(name)
    repo.commit("base", **{"a.txt": "a\n"})
    return repo


def hivemind(repo: Repo, *arguments: str) -> str:
    command = [sys.executable, "-m", "hivemind_git", *arguments]
    return subprocess.run(command, cwd=repo.path, capture_output=True, text=True, check=True).stdout


def test_one_file_is_all_that_a_seventh_assistant_needs(acme: Repo) -> None:
    hooks = acme.path / ".acme" / "hooks.json"
    hooks.parent.mkdir()
    theirs = '{\n\t"version": 1, // mine\n\t"hooks": {"Stop": [{"command": "true"}]},\n}\n'
    hooks.write_text(theirs)
    exclude = (acme.path / ".git/info/exclude").read_bytes()
    assert "Acme and git's hooks are wired.\n" in hivemind(acme, "install", "acme")
    assert acme.git("status", "--porcelain") == ""
    (acme.path / ".git/hivemind/sealer").unlink()  # nothing seals behind the test's back
    play(acme, hooks)
    hivemind(acme, "seal")
    session = json.loads(hivemind(acme, "sessions", "a1", "--json"))
    assert kinds(session) == ["session_start", "prompt", "tool_use", "edit"]
    (agent,) = [one for one in json.loads(hivemind(acme, "status", "--json"))["agents"] if one["name"] == "acme"]
    assert (agent["found"], agent["wired"], agent["last_event"] is not None) == (False, True, True)
    acme.commit("greet", **{"hello.py": "import log\n\nlog.info('hello')\n"})
    corrections = json.loads(hivemind(acme, "corrections", "--json"))["corrections"]
    assert [(one["agent"], one["path"], one["before"], one["kind"]) for one in corrections] == [
        ("acme", "hello.py", "print('hello')\n", "replaced")
    ]
    hivemind(acme, "install", "acme")
    assert re.search(r"^ok +Acme +wired; a live event arrived", hivemind(acme, "doctor"), re.MULTILINE)
    hivemind(acme, "acme", "uninstall")
    assert (hooks.read_text(), (acme.path / ".git/info/exclude").read_bytes()) == (theirs, exclude)


def play(repo: Repo, hooks: Path) -> None:
    """The session of the example, by the commands as they stand in the file."""
    content = re.sub(r"// mine", "", hooks.read_text())
    wired: dict[str, Any] = json.loads(re.sub(r",(\s*[}\]])", r"\1", content))["hooks"]
    for payload in json.loads(example("json")):
        told = {**payload, "cwd": str(repo.path)}
        if "tool_input" in told:
            (repo.path / told["tool_input"]["path"]).write_text(told["tool_input"]["content"])
        for entry in wired[payload["hook_event_name"]]:
            done = subprocess.run(
                ["sh", "-c", entry["command"]],
                input=json.dumps(told).encode(),
                cwd=repo.path,
                env=os.environ,
                capture_output=True,
                check=True,
            )
            assert (done.stdout, done.stderr) == (b"", b"")


def kinds(session: Any) -> list[str]:
    return [event["kind"] for event in session["events"]]
