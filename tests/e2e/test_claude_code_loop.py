"""The whole loop with the real Claude Code against a model on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from clients.claude_code import ClaudeCode
from clients.model_server import Turn, serving
from repos import Repo

MODULES = ("orders", "payment", "stock")


def hivemind(repo: Repo, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "hivemind_git", *arguments], cwd=repo.path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def agent_session(claude: ClaudeCode, repo: Repo, number: int, name: str) -> None:
    text = f'def {name}(count: int) -> int:\n    """Does it."""\n    print(f"{name} {{count}}")\n    return count\n'
    turns = [
        Turn(f"I will write {name}.py.", (("Write", {"file_path": str(repo.path / f"{name}.py"), "content": text}),)),
        Turn("Done."),
    ]
    with serving(turns, f"loop{number}") as model:
        claude.run(repo.path, f"Add {name}.py.", model)


def person_corrects(repo: Repo, name: str, when: int) -> None:
    path = repo.path / f"{name}.py"
    assert "print(" in path.read_text()
    repo.commit(f"Add {name}", when, **{f"{name}.py": path.read_text().replace("print(", "logger.info(")})


def three_corrected_sessions(claude: ClaudeCode, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    # The client stamps its events with the real time; commits have to come after them.
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    repo.commit("Start", **{"README.md": "# shop\n"})
    hivemind(repo, "install", "claude-code")
    for number, name in enumerate(MODULES):
        agent_session(claude, repo, number, name)
        # Hours apart: what is changed alike in one sitting is one decision.
        person_corrects(repo, name, int(time.time()) + 7200 * number)


def derived(repo: Repo) -> list[tuple[str, str, str, str]]:
    hivemind(repo, "seal")
    found = json.loads(hivemind(repo, "corrections", "--json"))["corrections"]
    return sorted((c["path"], c["kind"], c["before"], c["after"]) for c in found)


EXPECTED = [
    (f"{name}.py", "replaced", f'    print(f"{name} {{count}}")\n', f'    logger.info(f"{name} {{count}}")\n')
    for name in MODULES
]


def next_request(claude: ClaudeCode, repo: Repo) -> dict[str, Any]:
    with serving([Turn("Hello.")], "next") as model:
        claude.run(repo.path, "What do you know of this project?", model)
    return next(body for body in model.requests if body.get("tools"))


def test_three_corrections_become_a_skill_that_the_fourth_session_loads(
    claude: ClaudeCode, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_corrected_sessions(claude, repo, monkeypatch)
    assert derived(repo) == EXPECTED

    hivemind(repo, "codify")
    branch = repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads/hivemind/skill")
    assert branch.startswith("hivemind/skill/")
    assert repo.git("status", "--porcelain") == ""
    before = json.dumps(next_request(claude, repo))
    repo.git("merge", "-q", "--no-edit", branch)

    name = branch.removeprefix("hivemind/skill/")
    document = (repo.path / ".claude/skills" / name / "SKILL.md").read_text()
    description = next(line for line in document.splitlines() if line.startswith("description: "))
    words = json.loads(description.removeprefix("description: "))
    assert "print" in words
    after = json.dumps(next_request(claude, repo))
    assert f"{name}: {words}" not in before
    assert json.dumps(f"{name}: {words}")[1:-1] in after


def test_the_git_hooks_are_only_hints(claude: ClaudeCode, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    repo.commit("Start", **{"README.md": "# shop\n"})
    hivemind(repo, "install", "claude-code")
    for hook in (repo.path / ".git/hooks").iterdir():
        hook.unlink()
    for number, name in enumerate(MODULES):
        agent_session(claude, repo, number, name)
        # Hours apart: what is changed alike in one sitting is one decision.
        person_corrects(repo, name, int(time.time()) + 7200 * number)
    assert derived(repo) == EXPECTED
