"""Rules to publish, and the reference validator of skills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from skills_ref.validator import validate

from hivemind_git.git.objects import Repository
from hivemind_git.model import RuleKind
from hivemind_git.settings import Settings
from hivemind_git.skills.base import Base, base
from hivemind_git.skills.compose import Draft, compose
from hivemind_git.skills.folder import standing
from hivemind_git.skills.lineage import Lineage, history
from hivemind_git.skills.publish import Publication, publish
from hivemind_git.skills.rules_toml import Proof, SkillRule

from ..conftest import Repo


def a_rule(number: int = 1, **changes: object) -> SkillRule:
    """`print($0)` → `logger.info($0)`, corrected three times in two sessions; `number` makes another of it."""
    evidence = tuple(
        Proof(
            correction=f"{number:08x}{n:024x}",
            session=f"session-{number}-{n % 2}",
            commit=f"{n:x}" * 40,
            path=f"src/m{n}.py",
            before=f'    print("case {n}")',
            after=f'    logger.info("case {n}")',
            words="we never print, use the logger" if n == 1 else "",
        )
        for n in (1, 2, 3)
    )
    values: dict[str, object] = {
        "id": f"{number:016x}",
        "kind": RuleKind.TEMPLATE,
        "before": "print($0)",
        "after": "logger.info($0)",
        "scope": ("src/**/*.py",),
        "language": "python",
        "decisions": 3,
        "corrections": 3,
        "sessions": (f"session-{number}-0", f"session-{number}-1"),
        "evidence": evidence,
    }
    return SkillRule(**{**values, **changes})  # type: ignore[arg-type]


def advice(number: int, text: str, **changes: object) -> SkillRule:
    """A rule in words."""
    plain = {"kind": RuleKind.ADVICE, "before": "", "after": "", "advice": text, "scope": (), "language": ""}
    return a_rule(number, **{**plain, **changes})


@pytest.fixture
def validated(tmp_path: Path) -> Callable[[str, str | bytes], None]:
    """Asserts that the reference validator takes a SKILL.md."""

    def check(name: str, skill: str | bytes) -> None:
        folder = tmp_path / "validated" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "SKILL.md").write_bytes(skill if isinstance(skill, bytes) else skill.encode())
        assert validate(folder) == []

    return check


@dataclass(frozen=True)
class Desk:
    """A repository in which skills are published and merged."""

    repo: Repo

    @property
    def repository(self) -> Repository:
        return Repository.discover(self.repo.path)

    def draft(self, name: str, *rules: SkillRule) -> tuple[Draft, Base]:
        """A draft on the skill's base."""
        repository = self.repository
        where = base(repository, name, SKILLS, [one.rule.id for one in self.lineage().dropped])
        return compose(name, rules, standing(repository, str(where.commit), SKILLS, name)), where

    def publish(self, name: str, *rules: SkillRule, settings: Settings | None = None) -> Publication | None:
        """Publishes rules on the skill's branch."""
        draft, where = self.draft(name, *rules)
        return publish(self.repository, draft, where, settings or Settings())

    def lineage(self, rev: str = "HEAD") -> Lineage:
        """The lineage at a revision."""
        return history(self.repository, self.repo.git("rev-parse", rev))

    def untouched(self) -> tuple[str, ...]:
        """What a publication must not change."""
        index = self.repo.path / ".git" / "index"
        return (
            self.repo.git("status", "--porcelain"),
            index.read_bytes().hex() if index.exists() else "",
            (self.repo.path / ".git" / "HEAD").read_text(),
            self.repo.git("rev-parse", "HEAD"),
        )


SKILLS = ".claude/skills"


@pytest.fixture
def desk(repo: Repo) -> Desk:
    """A repository with one commit, without skills."""
    repo.commit("start", when=1767225600, **{"src/a.py": "import x\n"})
    return Desk(repo)
