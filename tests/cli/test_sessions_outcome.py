"""`sessions --outcome` and what corrections show of it: sessions whose tests failed, whose work was reverted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.conftest import Hivemind
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.pipeline import importing
from hivemind_git.pipeline.workspace import open_workspace

DAY = 1767323100  # 2026-01-02T03:05:00Z
AGENT = "def pay():\n    print('paid')\n    book()\n"
ACCEPTED = "def pay():\n    log.info('paid')\n    book()\n"


@pytest.fixture
def told(repo: Repo, tmp_path: Path) -> Repo:
    """Three sessions: one whose tests failed and a person mended it, one that was reverted, one without either."""
    repo.commit("Start", when=DAY - 86_400, README="shop\n")
    failing, thrown, quiet = (Log(tmp_path, repo.path, f"{name}-session") for name in ("failing", "thrown", "quiet"))
    failing.prompt("add pay")
    failing.writes("w1", "pay.py", AGENT)
    failing.runs("t1", "pytest -q | tail -1", "===== 1 failed in 0.20s =====\n")
    repo.commit("Pay", when=DAY, **{"pay.py": ACCEPTED})
    thrown.minute = 10
    thrown.prompt("add refund")
    thrown.writes("w2", "refund.py", "def refund():\n    pass\n")
    thrown.runs("t2", "pytest -q | tail -1", "===== 3 passed in 0.20s =====\n")
    repo.commit("Refund", when=DAY + 600, **{"refund.py": "def refund():\n    pass\n"})
    date = {"GIT_AUTHOR_DATE": f"{DAY + 900} +0000", "GIT_COMMITTER_DATE": f"{DAY + 900} +0000"}
    repo.git("revert", "--no-edit", "HEAD", env=date)
    quiet.minute = 20
    quiet.prompt("what is this?")
    quiet.says("A shop.")
    importing.import_transcripts(
        open_workspace(repo.path), "claude-code", [one.path for one in (failing, thrown, quiet)]
    )
    return repo


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("failed", ["failing"]), ("passed", ["thrown"]), ("kept", ["failing"]), ("reverted", ["thrown"])],
)
def test_sessions_are_chosen_by_how_they_ended(
    told: Repo, hivemind: Hivemind, outcome: str, expected: list[str]
) -> None:
    found = json.loads(hivemind(told.path, "sessions", "--outcome", outcome, "--json").out)["sessions"]
    assert [one["session"].removesuffix("-session") for one in found] == expected


def test_how_a_session_ended_stands_in_its_line_and_in_json(told: Repo, hivemind: Hivemind) -> None:
    pay, refund, _ = reversed(told.git("rev-list", "HEAD").splitlines()[:3])
    said = hivemind(told.path, "sessions")
    assert [line.split("  ")[0:3:2] for line in said.out.splitlines()] == [
        ["2026-01-02 03:20", "claude-code"],
        ["2026-01-02 03:10", "claude-code"],
        ["2026-01-02 03:00", "claude-code"],
    ]
    assert [" ".join(line.split()[6:10]) for line in said.out.splitlines()[1:]] == [
        "tests passed, reverted add",
        "tests failed, kept add",
    ]
    rows = json.loads(hivemind(told.path, "sessions", "--json").out)["sessions"]
    assert [one["outcome"] for one in rows] == [
        {"tests": None, "commits": {"kept": [], "reverted": []}},
        {"tests": "passed", "commits": {"kept": [], "reverted": [refund]}},
        {"tests": "failed", "commits": {"kept": [pay], "reverted": []}},
    ]


def test_a_correction_carries_what_became_of_it(told: Repo, hivemind: Hivemind) -> None:
    (one,) = json.loads(hivemind(told.path, "corrections", "--json").out)["corrections"]
    assert one["outcome"] == {"agent_tests": "failed", "tests": None, "commit": "kept"}
    assert one["confidence"] == 0.92
    assert "confidence 0.92, tests had failed, kept" in hivemind(told.path, "corrections").out

    date = {"GIT_AUTHOR_DATE": f"{DAY + 9000} +0000", "GIT_COMMITTER_DATE": f"{DAY + 9000} +0000"}
    told.git("revert", "--no-edit", one["commit"], env=date)
    (later,) = json.loads(hivemind(told.path, "corrections", "--json").out)["corrections"]
    assert later == {**one, "outcome": {**one["outcome"], "commit": "reverted"}, "confidence": 0.8}
    (still,) = json.loads(hivemind(told.path, "sessions", "--outcome", "failed", "--json").out)["sessions"]
    assert still["outcome"]["commits"] == {"kept": [], "reverted": [one["commit"]]}


def test_an_outcome_that_none_had_and_one_that_is_none(told: Repo, hivemind: Hivemind) -> None:
    said = hivemind(told.path, "sessions", "failing", "--outcome", "failed")
    assert (said.code, said.out) == (2, "")
    assert "--outcome chooses among sessions, and one is named." in said.err
    said = hivemind(told.path, "sessions", "--outcome", "lost")
    assert said.code == 2
    assert "'passed', 'failed', 'kept', 'reverted'" in said.err
