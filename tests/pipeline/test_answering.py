"""What an agent is told of the rules it just broke: each finding once a turn, and nobody held for ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.pipeline import answering, codifying
from hivemind_git.pipeline.workspace import Workspace, open_workspace

BROKEN = 'def ship(order):\n    print(f"shipping {order}")\n'
SESSION = "cccccccc-0000-4000-8000-000000000001"
SAID = """\
Lines that you wrote break rules of this repository. Mend them before you go on:

- src/shop/ship.py:2 `print(f"shipping {order}")`: write `logger.info(f"shipping {order}")` \
(skill python-logging, rule 1f403488e5c5138c)

Why is in .claude/skills/python-logging/SKILL.md. A line that has to stay gets a comment: hivemind: ignore[RULE]."""


@dataclass
class Agent:
    """A session in a repository whose trunk has the demo's skill, told of by hooks alone."""

    repo: Repo
    log: Log

    def writes(self, name: str, text: str) -> None:
        self.repo.write(name, text)
        path = str(self.repo.path / name)
        detail = {"type": "create", "filePath": path, "content": text, "structuredPatch": [], "originalFile": None}
        self.log.hook(
            open_workspace(self.repo.path).repository.state_dir,
            "PostToolUse",
            tool_name="Write",
            tool_use_id=f"toolu_{name}",
            tool_input={"file_path": path, "content": text},
            tool_response=detail,
        )

    def asks(self, event: str = "Stop", agent: str = "claude-code", **fields: Any) -> dict[str, Any] | None:
        payload = {"session_id": SESSION, "hook_event_name": event, **fields}
        return answering.answer(open_workspace(self.repo.path), agent, payload)


@pytest.fixture
def agent(shop: Repo, take: Callable[..., Workspace], tmp_path: Path) -> Agent:
    (made,) = codifying.run(take(shop)).published
    shop.git("merge", "-q", "--no-edit", made.ref)
    shop.git("config", "hivemind.checkAgent", "edit")
    log = Log(tmp_path / "home", shop.path, SESSION, day="2026-11-05")
    log.prompt("Ship it.")
    return Agent(shop, log)


def test_a_stop_is_blocked_once_with_the_mistake_its_mending_and_the_skill(agent: Agent) -> None:
    assert agent.asks() is None
    agent.writes("src/shop/ship.py", BROKEN)
    assert agent.asks() == {"decision": "block", "reason": SAID}
    assert agent.asks(stop_hook_active=True) is None, "told already"
    assert agent.asks() == {"decision": "block", "reason": SAID}, "another turn"


def test_a_turn_with_a_name_is_told_apart_by_it(agent: Agent) -> None:
    agent.writes("src/shop/ship.py", BROKEN)
    assert agent.asks(prompt_id="one") is not None
    assert agent.asks(prompt_id="one") is None
    assert agent.asks(prompt_id="two") is not None


def test_after_an_edit_the_finding_stands_beside_what_the_tool_said(agent: Agent) -> None:
    agent.writes("src/shop/ship.py", BROKEN)
    output = {"hookEventName": "PostToolUse", "additionalContext": SAID}
    assert agent.asks("PostToolUse", "codex", tool_name="apply_patch", turn_id="t") == {"hookSpecificOutput": output}
    assert agent.asks("Stop", "codex", turn_id="t") is None, "told in this turn"
    assert agent.asks("PostToolUse", tool_name="Bash") is None


def test_while_held_no_rule_is_told_twice_for_a_file_whatever_is_written(agent: Agent) -> None:
    agent.writes("src/shop/ship.py", BROKEN)
    assert agent.asks() is not None
    agent.writes("src/shop/ship.py", BROKEN + '    print(f"again {order}")\n')
    assert agent.asks(stop_hook_active=True) is None
    assert agent.asks("PostToolUse", tool_name="Write") is not None, "a turn that was let end"


@pytest.mark.parametrize(
    ("value", "stop", "edit"), [("off", False, False), ("stop", True, False), ("edit", True, True)]
)
def test_the_setting_says_when(agent: Agent, value: str, stop: bool, edit: bool) -> None:
    agent.repo.git("config", "hivemind.checkAgent", value)
    agent.writes("src/shop/ship.py", BROKEN)
    assert (agent.asks("PostToolUse", tool_name="Write", prompt_id="1") is not None) is edit
    assert (agent.asks(prompt_id="2") is not None) is stop
    answers = agent.repo.path / ".git/hivemind/answers"
    assert (answers.read_text() if answers.exists() else "") == ("" if value == "off" else f"{value}\n")


def test_people_s_own_lines_and_lines_let_off_are_left_alone(agent: Agent) -> None:
    agent.writes("src/shop/ship.py", "def ship(order):\n    return order\n")
    agent.repo.write("src/shop/mine.py", BROKEN)
    assert agent.asks() is None
    agent.writes("src/shop/let.py", 'print(f"x")  # hivemind: ignore[python-logging]\n')
    assert agent.asks() is None


def test_where_it_cannot_be_remembered_nothing_is_told(agent: Agent) -> None:
    agent.writes("src/shop/ship.py", BROKEN)
    (agent.repo.path / ".git/hivemind/told").write_text("")
    assert agent.asks() is None


RECALLED = """\
People here corrected these things before; mind them in {0}:

- write `logger.info(f"$0")`, not `print(f"$0")` (skill python-logging)

Why is in .claude/skills/python-logging/SKILL.md. You are told once."""


def told(answer: dict[str, Any] | None) -> str:
    assert answer is not None
    inner = dict(answer["hookSpecificOutput"])
    assert inner.pop("hookEventName") == "PreToolUse"
    return str(inner.pop("additionalContext")) if list(inner) == ["additionalContext"] else repr(inner)


def test_before_an_edit_in_its_scope_a_rule_is_named_once_a_session(agent: Agent) -> None:
    file = {"file_path": str(agent.repo.path / "src/shop/ship.py")}
    assert agent.asks("PreToolUse", tool_name="Write", tool_input=file) is None, "off unless asked for"
    agent.repo.git("config", "hivemind.recall", "edit")
    for elsewhere in ({"file_path": "src/shop/ship.go"}, {"file_path": "/etc/x.py"}, {"file_path": "../x.py"}, {}, "x"):
        assert agent.asks("PreToolUse", tool_name="Write", tool_input=elsewhere) is None
    assert agent.asks("PreToolUse", tool_name="Bash", tool_input=file) is None
    assert told(agent.asks("PreToolUse", tool_name="Edit", tool_input=file)) == RECALLED.format("src/shop/ship.py")
    assert agent.asks("PreToolUse", tool_name="Edit", tool_input=file) is None
    assert agent.asks("PreToolUse", tool_name="Edit", tool_input=file, session_id="another") is not None
    answers = agent.repo.path / ".git/hivemind/answers"
    assert answers.read_text() == "edit recall\n"
    agent.repo.git("config", "hivemind.checkAgent", "off")
    open_workspace(agent.repo.path)
    assert answers.read_text() == "recall\n"


def test_a_patch_names_its_files_and_muted_rules_are_not_recalled(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(agent.repo.path)
    agent.repo.git("config", "hivemind.recall", "edit")
    patch = (
        "*** Begin Patch\n*** Delete File: a.py\n*** Update File: notes.txt\n*** Move to: src/shop/b.py\n*** End Patch"
    )
    asking = {"tool_name": "apply_patch", "tool_input": {"command": patch}, "agent": "codex"}
    agent.repo.git("config", "hivemind.mute", "python-logging")
    assert agent.asks("PreToolUse", **asking) is None
    agent.repo.git("config", "--unset", "hivemind.mute")
    assert told(agent.asks("PreToolUse", **asking)) == RECALLED.format("notes.txt, src/shop/b.py")


def test_where_it_cannot_be_remembered_nothing_is_recalled(agent: Agent) -> None:
    agent.repo.git("config", "hivemind.recall", "edit")
    (agent.repo.path / ".git/hivemind/recalled").write_text("")
    file = {"file_path": str(agent.repo.path / "src/shop/ship.py")}
    assert agent.asks("PreToolUse", tool_name="Write", tool_input=file) is None


def test_what_is_no_question_gets_no_answer(agent: Agent) -> None:
    agent.writes("src/shop/ship.py", BROKEN)
    assert agent.asks(agent="cursor") is None
    assert agent.asks("SessionEnd") is None
    assert answering.answer(open_workspace(agent.repo.path), "claude-code", {"hook_event_name": "Stop"}) is None
    assert json.loads(json.dumps(agent.asks()))["decision"] == "block"
