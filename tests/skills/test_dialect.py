"""Skills in the dialects of Claude Code and Cursor, and the listing that all of them share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from repos import Repo

from hivemind_git.demo import days
from hivemind_git.model import RuleKind
from hivemind_git.pipeline import codifying, importing
from hivemind_git.pipeline.workspace import open_workspace
from hivemind_git.skills import dialect, document
from hivemind_git.skills.compose import compose
from hivemind_git.skills.layout import Standing
from hivemind_git.skills.rules_toml import SkillRule


def rule(number: int, *scope: str) -> SkillRule:
    return SkillRule(id=f"{number:016x}", kind=RuleKind.ADVICE, advice="Say it plainly.", scope=scope)


def text(*rules: SkillRule) -> str:
    return compose("plain-words", rules, Standing()).skill


def test_paths_follow_the_scopes_and_go_where_a_rule_holds_everywhere() -> None:
    two = (rule(1, "src/**/*.py"), rule(2, "lib/*.go", "src/**/*.py"))
    skill = dialect.with_paths(text(*two), two)
    front = skill.split("---\n")[1]
    assert front.endswith('paths:\n  - "lib/*.go"\n  - "src/**/*.py"\n')
    assert document.parse(skill.encode(), "SKILL.md").ours
    assert dialect.with_paths(skill, two) == skill
    assert dialect.with_paths(skill, (*two, rule(3))) == text(*two)


def test_a_rule_of_cursor_has_the_same_body() -> None:
    one = rule(1, "src/**/*.py", "lib/*.go")
    head, body = dialect.cursor_rule(text(one), [one]).split("---\n", 2)[1:]
    description, *rest = head.splitlines()
    assert description.startswith("description: Team rules on plain words.")
    assert rest == ["globs: lib/*.go,src/**/*.py", "alwaysApply: false"]
    assert body == text(one).split("---\n", 2)[2]


@pytest.fixture
def taught(repo: Repo, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], codifying.Codified]:
    repo.commit("Start", when=1793000000)
    folder = tmp_path_factory.mktemp("logs")
    for number, day in enumerate(days()):
        when = int(datetime.fromisoformat(day.committed).timestamp())
        repo.commit(day.subject, when=when, **{day.path: day.accepted})
        (folder / f"{number}.jsonl").write_bytes(day.transcript)
    importing.import_transcripts(open_workspace(repo.path), "claude-code", sorted(folder.iterdir()))
    return lambda: codifying.run(open_workspace(repo.path))


def test_codify_writes_both_on_request(repo: Repo, taught: Callable[[], codifying.Codified]) -> None:
    repo.git("config", "hivemind.skillPaths", "true")
    repo.git("config", "hivemind.cursorRules", "true")
    (made,) = taught().published
    names = repo.git("show", "--format=", "--name-only", made.commit).splitlines()
    assert ".cursor/rules/python-logging.mdc" in names
    skill = repo.git("show", f"{made.commit}:.claude/skills/python-logging/SKILL.md")
    assert '\npaths:\n  - "' in skill
    assert dialect.MARK in repo.git("show", f"{made.commit}:.cursor/rules/python-logging.mdc")


def test_a_rule_of_cursor_without_our_mark_stays(repo: Repo, taught: Callable[[], codifying.Codified]) -> None:
    repo.commit("Mine", **{".cursor/rules/python-logging.mdc": "mine\n"})
    repo.git("config", "hivemind.cursorRules", "true")
    (made,) = taught().published
    assert repo.git("show", f"{made.commit}:.cursor/rules/python-logging.mdc").strip() == "mine"
    assert made.notes == (".cursor/rules/python-logging.mdc is not hivemind's and stays as it is",)


def test_skills_beyond_the_listing_are_named(repo: Repo, taught: Callable[[], codifying.Codified]) -> None:
    long = {
        f".claude/skills/a{n:02d}/SKILL.md": f"---\nname: a{n:02d}\ndescription: {'word ' * 180}\n---\n"
        for n in range(9)
    }
    repo.commit("Skills of people", **long)
    assert taught().unlisted == ("a08", "python-logging")
