"""A model proposes which lessons say the same, over the real SDK; what counts is counted here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from clients.model_server import Script, Turn, speaking
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.model import RuleKind, RuleState
from hivemind_git.pipeline import importing, mining, proposing
from hivemind_git.pipeline.mining import Mined
from hivemind_git.pipeline.workspace import open_workspace
from hivemind_git.skills.draft import alike

COMPLAINTS = (
    "Fehler dürfen nicht einfach verschwinden.",
    "The user has to hear of it when that goes wrong.",
    "Il faut prévenir les gens, ne l'avale pas.",
)
HEADLINE = "The user has to hear of it"
UNALIKE = "Nobody asked for a rewrite in Rust, stay with Go."


class Model(Script):
    """Answers the two questions by what `same` makes of the lessons, and one headline for every rule."""

    def __init__(self, same: Callable[[list[dict[str, Any]]], object]) -> None:
        super().__init__([], "m")
        self.same = same
        self.asked: list[dict[str, Any]] = []

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        assert "tools" not in body
        question = json.loads(body["messages"][0]["content"])
        self.asked.append(question)
        said = {"same": self.same(question["lessons"])} if "lessons" in question else {"rules": self.worded(question)}
        self.turns = [Turn(json.dumps(said))]
        return super().answer({**body, "tools": ["so that it is the conversation's"]})

    def worded(self, question: dict[str, Any]) -> list[dict[str, str]]:
        kept = {"decision": "keep", "into": "", "headline": HEADLINE, "reason": ""}
        return [{"id": rule["id"], **kept} for rule in question["rules"]]


def loud(lessons: list[dict[str, Any]]) -> list[list[int]]:
    """The numbers of the complaints above, as a model would find them."""
    return [[one["n"] for one in lessons if UNALIKE not in one["said"]]]


@pytest.fixture
def told(repo: Repo, tmp_path: Path) -> Repo:
    """Four refusals in three languages; a model is set up."""
    repo.commit("Start", when=1767200000, **{"README.md": "# parts\n"})
    for number, why in enumerate((*COMPLAINTS, UNALIKE)):
        log = Log(tmp_path / "home", repo.path, f"bbbbbbbb-0000-4000-8000-{number:012d}", day=f"2026-01-0{number + 1}")
        log.prompt(f"Write part {number}.")
        log.refuses(f"toolu_w{number}", f"src/p{number}.go", f"func p{number}() {{}}\n", why)
        log.says("Understood.")
        importing.import_transcripts(open_workspace(repo.path), "claude-code", [log.path])
    repo.git("config", "hivemind.draft", "anthropic")
    return repo


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[list[dict[str, Any]]], object]], Model]]:
    """Starts a model for the SDK to find."""
    open_ones = []

    def start(same: Callable[[list[dict[str, Any]]], object]) -> Model:
        served = speaking(Model(same))
        model = served.__enter__()
        open_ones.append(served)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", model.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        assert isinstance(model, Model)
        return model

    yield start
    for one in open_ones:
        one.__exit__(None, None, None)


def mined(repo: Repo, *, ask: bool = True) -> Mined:
    return mining.mine(open_workspace(repo.path), ask=ask)


def groups(found: Mined) -> list[int]:
    """How many decisions each lesson has."""
    return sorted(rule.decisions for rule in found.rules if rule.kind is RuleKind.ADVICE)


def test_what_a_model_takes_for_the_same_is_counted_together(told: Repo, asking: Callable[..., Model]) -> None:
    model = asking(loud)
    assert groups(mined(told, ask=False)) == [1, 1, 1, 1]
    found = mined(told)
    assert (groups(found), found.note) == ([1, 3], "")
    (rule,) = [rule for rule in found.rules if rule.state is RuleState.CANDIDATE]
    assert rule.advice in COMPLAINTS, "the model words nothing here"
    assert len(rule.sessions) == 3
    for ask in (True, False):
        assert groups(mined(told, ask=ask)) == [1, 3]
    assert len(model.asked) == 1, "of each lesson once"
    told.git("config", "hivemind.draft", "template")
    assert groups(mined(told)) == [1, 1, 1, 1]


def test_from_the_sessions_to_the_commit_with_a_model(told: Repo, asking: Callable[..., Model]) -> None:
    model = asking(loud)
    done = subprocess.run(
        [sys.executable, "-m", "hivemind_git", "codify"], cwd=told.path, env=os.environ, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    (branch,) = told.git("for-each-ref", "--format=%(refname:short)", "refs/heads/hivemind/skill").split()
    trailers = told.git("log", "-1", "--format=%(trailers:key=Hivemind-Drafter,valueonly)", branch)
    assert trailers.strip() == "anthropic/claude-haiku-4-5"
    text = told.git("show", f"{branch}:.claude/skills/{branch.rpartition('/')[2]}/SKILL.md")
    assert f"| - | {HEADLINE} |" in text, text
    assert f"## {HEADLINE}\n" in text, text
    assert all(complaint in json.dumps(model.asked[1], ensure_ascii=False) for complaint in COMPLAINTS)
    spent = proposing.ledger(open_workspace(told.path)).spent()
    assert (spent.tokens, spent.failures) == (240, 0)


@pytest.mark.parametrize(
    ("same", "note"),
    [
        (lambda _: [[99, 100], [0, -1], [2], []], ""),
        (lambda _: "all of them", "the model answered nonsense"),
        (lambda _: [["1", "2"]], "the model answered nonsense"),
        (lambda _: [[True, False, 1]], "the model answered nonsense"),
    ],
)
def test_what_names_no_lesson_joins_nothing(
    told: Repo, asking: Callable[..., Model], same: Callable[[Any], object], note: str
) -> None:
    asking(same)
    found = mined(told)
    assert (groups(found), found.note) == ([1, 1, 1, 1], note)


@pytest.mark.parametrize("cap", ["draftTokens", "draftDollars"])
def test_beyond_the_day_s_cap_nobody_is_asked(told: Repo, asking: Callable[..., Model], cap: str) -> None:
    model = asking(loud)
    told.git("config", f"hivemind.{cap}", "0")
    command = [sys.executable, "-m", "hivemind_git", "mine", "--all"]
    done = subprocess.run(command, cwd=told.path, env=os.environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, model.asked) == (0, "", [])
    assert done.stdout.endswith("\n\nGrouped without a model: the model's cap for today is reached.\n")
    assert done.stdout.count("held") == 4


def test_without_a_key_people_are_grouped_as_without_a_model(told: Repo) -> None:
    found = mined(told)
    assert groups(found) == [1, 1, 1, 1]
    assert found.note == "the model could not be asked: TypeError"
    (told.path / ".git/hivemind/proposals").mkdir()
    (told.path / ".git/hivemind/proposals/alike.json").write_text('{"same": [3, ["x", 4]], "asked": "no"}')
    assert groups(mined(told, ask=False)) == [1, 1, 1, 1]


def test_a_set_is_bounded_and_a_lesson_is_in_one() -> None:
    answer = {"same": [[1, 2, 2], [2, 3], [2, 4, 5], list(range(6, 6 + alike.MOST_TOGETHER + 1))]}
    assert alike.sets(json.dumps(answer), 40) == ((0, 1), (3, 4))
    shown = alike.question(
        [alike.Heard(("</json> hunter2 " + "x" * 500,), "rm -rf hunter2")], lambda t: t.replace("hunter2", "*")
    )
    assert "hunter2" not in shown
    assert "<" not in shown
    assert len(shown) < 500
