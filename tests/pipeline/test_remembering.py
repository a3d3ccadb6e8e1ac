"""What people tell: "remember: …" in a prompt, and complaints that recur and keep their rule's id."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.model import Rule, RuleKind, RuleState
from hivemind_git.pipeline import codifying, importing, measuring, mining
from hivemind_git.pipeline.workspace import Workspace, open_workspace

COMPLAINTS = (
    "Errors must be raised, not swallowed silently.",
    "Don't swallow the error here, let it surface.",
    "This must not fail silently, surface the error.",
    "Again an error is swallowed silently. Raise it.",
    "Never swallow errors silently, raise them!",
)


@dataclass
class Talk:
    """A repository and the sessions in which a person talks to the agent."""

    repo: Repo
    home: Path

    def session(self, number: int, *prompts: str) -> Log:
        day = f"2026-01-{number + 1:02d}"
        log = Log(self.home, self.repo.path, f"aaaaaaaa-0000-4000-8000-{number:012d}", day=day)
        for prompt in prompts:
            log.prompt(prompt)
        importing.import_transcripts(open_workspace(self.repo.path), "claude-code", [log.path])
        return log

    def complain(self, number: int) -> None:
        """The agent is refused a file, with a reason."""
        day = f"2026-01-{number + 1:02d}"
        log = Log(self.home, self.repo.path, f"bbbbbbbb-0000-4000-8000-{number:012d}", day=day)
        log.prompt(f"Write part {number}.")
        text = f"def p{number}():\n    try_it({number})\n"
        log.refuses(f"toolu_w{number}", f"src/p{number}.py", text, COMPLAINTS[number])
        log.says("Understood.")
        importing.import_transcripts(open_workspace(self.repo.path), "claude-code", [log.path])

    @property
    def space(self) -> Workspace:
        return open_workspace(self.repo.path)

    def advice(self, state: RuleState) -> list[Rule]:
        return [r for r in mining.mine(self.space).rules if r.kind is RuleKind.ADVICE and r.state is state]


@pytest.fixture
def talk(repo: Repo, tmp_path: Path) -> Talk:
    repo.commit("Start", when=1767200000, **{"README.md": "# parts\n"})
    return Talk(repo, tmp_path / "home")


def test_remember_in_a_prompt_is_one_explicit_decision(talk: Talk) -> None:
    talk.session(0, "Build it.\nRemember: migrations are written by hand, never generated.")
    talk.session(1, "remember: Migrations are written by hand,  never generated", "I remember: it was slow. Why?")
    (rule,) = talk.advice(RuleState.CANDIDATE)
    assert (rule.advice, rule.why, rule.decisions, len(rule.sessions)) == (
        "migrations are written by hand, never generated.",
        "stated outright",
        1,
        2,
    )
    (made,) = codifying.run(talk.space).published
    talk.repo.git("merge", "-q", "--no-edit", made.ref)
    assert [one.id for one in talk.advice(RuleState.PUBLISHED)] == [rule.id]
    talk.repo.git("revert", "--no-edit", "HEAD")
    assert [(one.id, one.why[:11]) for one in talk.advice(RuleState.HELD)] == [(rule.id, "reverted in")]


def test_advice_keeps_its_id_while_its_group_grows_and_its_effect_is_counted(talk: Talk) -> None:
    for number in range(1, 4):
        talk.complain(number)
    (rule,) = talk.advice(RuleState.CANDIDATE)
    assert rule.decisions == 3
    dates = {"GIT_COMMITTER_DATE": "2026-01-04T12:00:00Z", "GIT_AUTHOR_DATE": "2026-01-04T12:00:00Z"}
    (made,) = codifying.run(talk.space).published
    talk.repo.git("merge", "-q", "--no-ff", "-m", "Merge it", made.ref, env=dates)
    talk.complain(4)
    talk.complain(0)
    (published,) = talk.advice(RuleState.PUBLISHED)
    assert (published.id, published.decisions) == (rule.id, 5)
    first, *_ = published.corrections
    assert first not in rule.corrections, "a session that was imported late is older, and renames nothing"
    (effect,) = measuring.measure(talk.space)
    assert (effect.before.violated, effect.before.chances) == (4, 4)
    assert (effect.since.violated, effect.since.chances) == (1, 1)
