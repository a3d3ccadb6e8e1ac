"""What the lineage costs in a long history, start-up aside, against git's own log of the same folder."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import PROGRAM, PYTHON_PEAK, Row, Size, interleaved, peak, peak_of_imports
from hivemind_git.git.objects import Repository
from hivemind_git.model import RuleKind
from hivemind_git.skills import lineage, rules_toml
from hivemind_git.skills.compose import compose
from hivemind_git.skills.layout import Standing
from hivemind_git.skills.rules_toml import Proof, SkillRule

COMMITS = {Size.QUICK: (2_000,), Size.FULL: (1_000, 100_000)}
SKILL_COMMITS = 100
SKILLS = 20
BOUND = 1.2
SKILLS_DIR = ".claude/skills"


def data(content: bytes) -> bytes:
    """A data command of git fast-import."""
    return b"data %d\n%b\n" % (len(content), content)


def rule(number: int) -> SkillRule:
    """A rule with the evidence that an ordinary one has."""
    proofs = [
        Proof(correction=f"{number:08x}{n:024x}", session="s", commit="c" * 40, before="bad()", after="good()")
        for n in range(6)
    ]
    return SkillRule(
        id=f"{number:016x}",
        kind=RuleKind.TEMPLATE,
        before=f"bad{number}($0)",
        after="good($0)",
        language="python",
        decisions=6,
        corrections=6,
        sessions=("s", "t"),
        evidence=tuple(proofs),
    )


def history(commits: int) -> Iterator[bytes]:
    """A history for git fast-import: one file a commit, and every so often a skill that gains a rule."""
    standing: dict[str, Standing] = {}
    for n in range(commits):
        yield b"commit refs/heads/main\ncommitter a <a@example.com> %d +0000\n" % (1_700_000_000 + n * 60)
        yield data(b"change %d" % n)
        yield b"M 100644 inline src/f%d.py\n" % (n % 500) + data(b"x = %d\n" % n)
        if n % (commits // SKILL_COMMITS) == 0:
            number = n // (commits // SKILL_COMMITS)
            name = f"area-{number % SKILLS}"
            draft = compose(name, [rule(number)], standing.get(name, Standing()))
            files = {"SKILL.md": draft.skill.encode(), "rules.toml": draft.rules_file.encode()}
            standing[name] = Standing(files["SKILL.md"], files["rules.toml"])
            for file, content in files.items():
                yield f"M 100644 inline {SKILLS_DIR}/{name}/{file}\n".encode() + data(content)


def git_log(top: Path) -> None:
    """The baseline."""
    command = ["git", "-C", str(top), "log", "--full-history", "--", SKILLS_DIR]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def our_log(repository: Repository, tip: str) -> None:
    """The lineage, read as a fresh process reads it."""
    rules_toml.known_rule.cache_clear()
    found = lineage.history(repository, tip, [SKILLS_DIR])
    if len(found.changes) != SKILL_COMMITS:
        raise RuntimeError(f"{len(found.changes)} changes instead of {SKILL_COMMITS}")


def run(size: Size) -> list[Row]:
    return [row for commits in COMMITS[size] for row in measured(commits)]


def measured(commits: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
        stream = b"".join(history(commits))
        subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input=stream, check=True)
        repository = Repository.containing(top)
        tip = repository.head() or ""
        ours, theirs = f"log, {commits:,} commits", "git log --full-history -- skills"
        cases = {theirs: partial(git_log, top), ours: partial(our_log, repository, tip)}
        times = interleaved(cases, rounds=9)
        held, imports = peak([PROGRAM, "log"], top), peak_of_imports(top)
    bound = BOUND if commits >= 100_000 else None
    row = Row(ours, times[ours], theirs, times[theirs], bound, series="log, by commits", n=commits)
    return [row, Row(f"peak of memory, {ours}", held, PYTHON_PEAK, imports, None, unit="B")]
