"""What `git hivemind skillify` shows before, between and after runs of the background."""

from __future__ import annotations

import fcntl
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from repos import Repo

from hivemind_git.pipeline.pacing import End, Pace, Record
from hivemind_git.pipeline.skillifying import after, seen
from hivemind_git.pipeline.workspace import open_workspace

if TYPE_CHECKING:
    from cli.conftest import Hivemind

RULE = "1f403488e5c5138c"
BRANCH = "hivemind/skill/python-logging"


def shown(hivemind: Hivemind, repo: Repo) -> dict[str, str]:
    """The rows by their first column; of several the last."""
    done = hivemind(repo.path, "skillify")
    assert (done.code, done.err) == (0, "")
    return {line[:8].strip(): line[10:] for line in done.out.splitlines()}


def state(hivemind: Hivemind, repo: Repo) -> dict[str, Any]:
    return dict(json.loads(hivemind(repo.path, "skillify", "--json").out))


def keep(repo: Repo, **known: Any) -> Record:
    record = Record(repo.path / ".git/hivemind")
    record.keep(replace(Pace(), **known))
    return record


def test_a_repository_that_nothing_happened_in_yet(repo: Repo, hivemind: Hivemind) -> None:
    assert hivemind(repo.path, "skillify").out == (
        f"scope     {repo.path}\n"
        "trunk     main\n"
        "skills    .claude/skills, linked from .agents/skills\n"
        "wired     nothing: `git hivemind install`\n"
        "rules     none yet: a rule needs 3 decisions that agree, from 2 sessions\n"
        "last run  never\n"
        "next run  when the next turn or session ends\n"
        "words by  the template; `git config hivemind.draft anthropic` asks a model\n"
    )


def test_what_was_drafted_waits_and_is_shown(taught: Repo, hivemind: Hivemind, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shown(hivemind, taught)
    assert (before["rules"], before["next run"]) == (
        "1 candidate: `git hivemind mine`",
        "when the next turn or session ends",
    )
    monkeypatch.setattr("os.nice", lambda _: 0)  # what is meant for the background would stay with the tests
    assert after(open_workspace(taught.path), End.SESSION)
    rows = shown(hivemind, taught)
    assert rows["waits"] == f"python-logging on {BRANCH}, 1 rule: `git hivemind review`"
    assert rows["last run"].partition("UTC, ")[2].startswith("drafted python-logging in ")
    assert rows["next run"] == "when something changed: nothing did since the last"
    assert rows["notice"].startswith("not shown yet: hivemind-git drafted the skill python-logging")
    told = state(hivemind, taught)
    assert told["version"] == 1
    assert told["waiting"] == [
        {"name": "python-logging", "branch": BRANCH, "commit": taught.git("rev-parse", BRANCH), "rules": [RULE]}
    ]
    worker = told["worker"]
    assert (worker["drafted"], worker["idle"], worker["every"]) == (["python-logging"], True, 20)
    assert told["rules"] == {"candidate": 1}


def test_what_is_live_and_whom_the_words_cost(skilled: Repo, hivemind: Hivemind) -> None:
    for key, value in {"draft": "anthropic", "draftTokens": "5k", "draftDollars": "0.5", "workspace": "shop"}.items():
        skilled.git("config", f"hivemind.{key}", value)
    rows = shown(hivemind, skilled)
    assert (rows["live"], rows["rules"]) == ("python-logging, 1 rule", "1 published: `git hivemind mine`")
    assert rows["scope"] == f"workspace shop, here {skilled.path}"
    assert rows["words by"] == "anthropic/claude-haiku-4-5, today 0 of 5,120 tokens, $0.00 of $0.50"


def test_failures_rests_and_switches(taught: Repo, hivemind: Hivemind) -> None:
    keep(taught, began=1e9, ended=1e9, failures=3, until=4e9, problem="no disk", waiting={"testing": "signing asks"})
    rows = shown(hivemind, taught)
    assert rows["last run"] == "2001-09-09 01:46 UTC, failed, 3 times in a row: no disk"
    assert rows["next run"] == "not before 2096-10-02 07:06 UTC, as the last one failed"
    assert rows["draft"] == "testing: signing asks: `git hivemind codify`"
    record = keep(taught, began=4e9 - 2, ended=4e9)
    record.turn()
    assert shown(hivemind, taught)["next run"] == (
        "when a session ends, a turn after 2096-10-02 07:11 UTC, or 19 more turns"
    )
    keep(taught, began=1e9, ended=1e9, seen=seen(open_workspace(taught.path)))
    assert state(hivemind, taught)["worker"]["idle"]
    with record.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert shown(hivemind, taught)["last run"] == "2001-09-09 01:46 UTC, at work now"
    taught.git("config", "hivemind.skillifyEvery", "0")
    assert shown(hivemind, taught)["next run"] == "never by itself: hivemind.skillifyEvery is 0"
