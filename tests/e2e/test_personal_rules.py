"""A personal rule reaches the real Claude Code, which quotes it, and no session store."""

from __future__ import annotations

import json
from pathlib import Path

from clients.claude_code import ClaudeCode
from clients.model_server import Turn, serving
from e2e.stored import hivemind
from repos import Repo
from teams import files, objects

SKILL = "hivemind-personal"
WORDS = "Never call a variable flubber, whatever the project"


def test_it_is_loaded_and_quoted_and_stays_on_the_machine(claude: ClaudeCode, repo: Repo, hermetic: Path) -> None:
    repo.commit("Start", **{"README.md": "# shop\n"})
    (hermetic / ".claude").mkdir()
    hivemind(repo, "install", "claude-code")
    hivemind(repo, "rules", "add", "--user", WORDS)
    turns = [Turn("I look.", (("Skill", {"skill": SKILL}),)), Turn(f"As you want it: {WORDS}.")]
    with serving(turns, "personal") as model:
        claude.run(repo.path, "What do I want of you?", model)
    asked = [json.dumps([body.get("system"), body["messages"]]) for body in model.requests if body.get("tools")]
    assert f"{SKILL}: My own rules for the work of coding agents. Use for any work: {WORDS}" in asked[0]
    assert f"- {WORDS}" in asked[1]
    hivemind(repo, "seal")
    said = hivemind(repo, "sessions", json.loads(hivemind(repo, "sessions", "--json"))["sessions"][0]["session"])
    assert "As you want it: <custom:1>." in said
    assert objects(repo, b"flubber") == []
    assert [path for path in files(repo, b"flubber") if "images" not in path] == []
