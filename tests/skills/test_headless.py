"""Claude Code as the model's door: a program of the test's on the PATH, and the real client where it is installed."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from clients.model_server import Script, Turn, speaking
from waiting import PATIENCE_SECONDS

from hivemind_git.skills.draft.alike import Heard
from hivemind_git.skills.draft.asking import Caller, UnusableError, Way
from hivemind_git.skills.draft.ledger import Ledger
from hivemind_git.skills.draft.model import same

LESSONS = [Heard((f"saying {n}",), "") for n in range(3)]
FAKE = """\
#!{python}
import json, os, sys
told = {{"argv": sys.argv[1:], "question": sys.stdin.read(), "here": os.listdir(".")}}
told["capture"] = os.environ["HIVEMIND_CAPTURE"], os.environ.get("CLAUDECODE"), os.environ.get("CLAUDE_CONFIG_DIR")
open({seen!r}, "w").write(json.dumps(told))
{does}
"""


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    return Caller(
        "haiku", Ledger(tmp_path / "model.json"), redact=str, pauses=(), deadline=PATIENCE_SECONDS, way=Way.CLAUDE_CODE
    )


def install(tmp_path: Path, does: str) -> Path:
    program, seen = tmp_path / "bin/claude", tmp_path / "seen"
    program.parent.mkdir()
    program.write_text(FAKE.format(python=sys.executable, seen=str(seen), does=does))
    program.chmod(0o755)
    return seen


def result(text: str, **more: object) -> str:
    usage = {"input_tokens": 100, "cache_read_input_tokens": 40, "output_tokens": 9, "service_tier": "standard"}
    return f"print({json.dumps({'type': 'result', 'result': text, 'usage': usage, **more})!r})".replace(
        "false", "false"
    )


def test_it_is_asked_without_tools_settings_or_a_project(
    tmp_path: Path, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/mine")
    seen = install(tmp_path, result('```json\n{"same": [[1, 3]]}\n```'))
    assert same(LESSONS, caller) == ((0, 2),)
    told = json.loads(seen.read_text())
    argv = told["argv"]
    assert {argv[argv.index(name) + 1] for name in ("--tools", "--setting-sources")} == {""}
    assert {"--print", "--strict-mcp-config", "--disable-slash-commands", "--no-session-persistence"} <= set(argv)
    assert argv[argv.index("--model") + 1] == "haiku"
    assert (told["here"], len(json.loads(told["question"])["lessons"])) == ([], 3)
    assert told["capture"] == ["false", None, "/mine"]
    assert (caller.name, caller.ledger.spent().tokens) == ("claude-code/haiku", 149)


@pytest.mark.parametrize(
    ("does", "why"),
    [
        (result("I cannot do that."), "the model answered nonsense"),
        (result("", is_error=True), "the model could not be asked: it says that it failed"),
        ("print('Invalid API key')", "the model could not be asked: it printed no result"),
        ("print('[]')", "the model could not be asked: it printed no result"),
        ("sys.exit(1)", "the model could not be asked: it printed no result"),
        ("import time; time.sleep(60)", "the model took too long"),
    ],
)
def test_what_is_no_answer_says_why_and_backs_off(tmp_path: Path, caller: Caller, does: str, why: str) -> None:
    install(tmp_path, does)
    if "sleep" in does:
        caller = replace(caller, deadline=1)
    with pytest.raises(UnusableError, match=f"^{why}$"):
        same(LESSONS, caller)
    assert caller.ledger.spent().failures == 1
    with pytest.raises(UnusableError, match="failed 1 times in a row"):
        same(LESSONS, caller)


def test_where_it_is_not_installed(caller: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnusableError, match="claude is not on the PATH"):
        same(LESSONS, caller)


class Model(Script):
    """Says one thing, whatever it is asked."""

    def answer(self, body: dict[str, object]) -> dict[str, object]:
        self.turns = [Turn('{"same": [[2, 3]]}')]
        return super().answer({**body, "tools": body.get("tools") or ["none"]})


@pytest.mark.client("claude-code")
def test_the_real_client_has_no_tool_and_leaves_nothing(
    tmp_path: Path, caller: Caller, monkeypatch: pytest.MonkeyPatch, hermetic: Path
) -> None:
    program = Path(os.environ.get("HIVEMIND_TEST_CLIENTS", "/nonexistent")) / "claude-code/node_modules/.bin/claude"
    if not program.exists():
        reason = "claude-code is not installed: tests/clients/install DIR, then HIVEMIND_TEST_CLIENTS=DIR"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/claude").symlink_to(program.resolve())
    (hermetic / ".claude").mkdir()
    (hermetic / ".claude/CLAUDE.md").write_text("Always answer in rhyme.\n")
    with speaking(Model([], "headless")) as model:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", model.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test")
        monkeypatch.setenv("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
        monkeypatch.setenv("CLAUDECODE", "1")  # as in the background that a hook of a session started
        slow = Caller(
            "claude-haiku-4-5", caller.ledger, redact=str, pauses=(), deadline=PATIENCE_SECONDS, way=Way.CLAUDE_CODE
        )
        assert same(LESSONS, slow) == ((1, 2),)
    asked = [one for one in model.requests if "saying 0" in json.dumps(one["messages"])]
    assert len(asked) == 1
    assert [tool for one in asked for tool in one["tools"] or () if tool != "none"] == []
    assert "Name the lessons that ask for the same behaviour" in json.dumps(asked[0]["system"])
    assert "rhyme" not in json.dumps(asked[0])
    assert list(hermetic.rglob("*.jsonl")) == []
