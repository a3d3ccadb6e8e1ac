"""The real Claude Code tells its model of the skill by which it can look up what is known."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from clients.claude_code import ClaudeCode
from clients.model_server import Turn, serving
from repos import Repo


@pytest.mark.client("claude-code")
def test_the_installed_skill_is_in_what_the_model_is_sent(claude: ClaudeCode, repo: Repo) -> None:
    repo.commit("Start", **{"README.md": "# shop\n"})
    subprocess.run(
        [sys.executable, "-m", "hivemind_git", "install", "claude-code", "--skill"],
        cwd=repo.path,
        check=True,
        capture_output=True,
    )
    with serving([Turn("Nothing yet.")], "skill") as model:
        claude.run(repo.path, "What have we codified about logging?", model)
    sent = json.dumps(next(body for body in model.requests if body.get("tools")))
    assert "hivemind: Looks up what this repository knows of the work of coding agents" in sent
