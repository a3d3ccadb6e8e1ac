"""The list of skills that hooks add at a session's start, as it stands in what real clients send to their model."""

from __future__ import annotations

import json

import pytest
from clients.claude_code import ClaudeCode
from clients.codex import Codex
from clients.model_server import Turn, serving
from clients.responses_server import serving_responses
from e2e.stored import hivemind
from repos import Repo

SKILL = """---
name: logging
description: "Use when a program says something."
metadata:
  hivemind: "1"
---

# Logging
"""
LINE = "- logging (.claude/skills/logging/SKILL.md): Use when a program says something."


def prepare(repo: Repo, agent: str) -> None:
    repo.commit("skill", **{".claude/skills/logging/SKILL.md": SKILL})
    hivemind(repo, "install", agent)
    repo.git("config", "hivemind.listSkills", "true")
    hivemind(repo, "status")


@pytest.mark.client("claude-code")
def test_claude_code_sends_it_once_asked_for(claude: ClaudeCode, repo: Repo) -> None:
    prepare(repo, "claude-code")
    sent = []
    for setting in ("true", "false"):
        repo.git("config", "hivemind.listSkills", setting)
        hivemind(repo, "status")
        with serving([Turn("Hello.")], f"list-{setting}") as model:
            claude.run(repo.path, "Hello?", model)
        sent.append(json.dumps(model.requests).count(json.dumps(LINE)[1:-1]))
    assert sent == [1, 0]


@pytest.mark.client("codex")
def test_codex_sends_it_and_has_no_link_to_load_the_skill_by(codex: Codex, repo: Repo) -> None:
    prepare(repo, "codex")
    with serving_responses([Turn("Hello.")], "list") as model:
        codex.run(repo.path, "Hello?", model)
    assert json.dumps(model.requests[0]).count(json.dumps(LINE)[1:-1]) == 1
