"""Published template rules on the lines that agents added: staged, not committed, in commits, or in whole files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path
from typing import TYPE_CHECKING

from hivemind_git.capture.journal import Journal
from hivemind_git.capture.memory import Memory
from hivemind_git.corrections.decisions import language
from hivemind_git.corrections.lines import opaque
from hivemind_git.errors import HivemindError
from hivemind_git.git import changed
from hivemind_git.git.changed import ChangedFile
from hivemind_git.git.diff import diff_lines
from hivemind_git.git.objects import Repository
from hivemind_git.model import Rule, RuleKind, RuleState
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules import match, scope
from hivemind_git.rules.match import Matcher
from hivemind_git.skills import folder
from hivemind_git.skills.rules_toml import SkillRule

if TYPE_CHECKING:
    from hivemind_git.pipeline.authorship import Sessions

_IGNORE = re.compile(r"hivemind:[ \t]*ignore\[([^\]\n]*)\]")
_SHORTEST_ID = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to check; with nothing named, all that is not committed.

    `what` are the words of the command line: one revision or range `A..B`, or paths relative to `start`. Paths alone
    are checked whole; with `staged` or a revision they limit it.
    """

    staged: bool = False
    what: tuple[str, ...] = ()
    start: str = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A place that breaks a rule: 1-based line and column, and the text matched.

    `lines` are the whole lines that it stands in, `suggestion` those as the rule would have them; `origin` is `agent`
    or `unknown`; `headline` says the rule in a line.
    """

    path: str
    line: int
    column: int
    rule: str
    skill: str
    text: str
    lines: str
    suggestion: str
    origin: str
    headline: str

    @property
    def end_line(self) -> int:
        """The last line, 1-based."""
        return self.line + self.text.count("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found.

    `agents_only`: only lines of agents count, and `passed` findings on lines of unknown origin were passed over; else
    all added lines count, because that was asked for (`everything`) or because no session is known here. `broken`:
    skill → why its rules cannot be read.
    """

    findings: tuple[Found, ...]
    everything: bool
    agents_only: bool
    passed: int
    rules: int
    lines: int
    broken: Mapping[str, HivemindError]


def check(space: Workspace, target: Target, *, everything: bool = False) -> Checked:
    """Runs the rules of the commit in question (HEAD, or the end of a range) over its added lines.

    Args:
        space: where.
        target: what to check.
        everything: check lines of unknown origin too.

    Raises:
        HivemindError: a revision or path names nothing here, or git refused.
    """
    commit, files = _selected(space.repository, target)
    where = space.settings.skills_dir
    skills = folder.skills(space.repository, commit, where, evidence=False) if commit else None
    rules = {
        rule.id: (rule, name)
        for name, file in (skills.ours if skills else {}).items()
        for rule in file.rules
        if rule.kind is RuleKind.TEMPLATE and not named(rule.id, name, space.settings.mute)
    }
    ignored = space.settings.check_ignore
    kept = [one for one in files if not opaque(one.after) and not (ignored and scope.within(ignored, one.path))]
    matcher = Matcher(as_rule(rule) for rule, _ in rules.values())
    authors = _Authors(space)
    agents_only = not everything and authors.known
    found: list[Found] = []
    lines = passed = 0
    for file in kept if rules else ():
        numbers = added(file)
        lines += len(numbers)
        text = [line.removesuffix("\r") for line in file.after.decode("utf-8", "replace").split("\n")]
        raw = matcher.find(file.path, language(file.path), ((number, text[number - 1]) for number in numbers))
        ours = authors.agent_lines(file) if raw else frozenset[int]()
        shown = [one for each in raw if (one := _found(each, text, rules[each.rule], ours))]
        found += [one for one in shown if one.origin == "agent" or not agents_only]
        passed += sum(one.origin != "agent" for one in shown) if agents_only else 0
    return Checked(
        findings=tuple(sorted(found, key=lambda one: (one.path, one.line, one.column, one.rule))),
        everything=everything,
        agents_only=agents_only,
        passed=passed,
        rules=len(rules),
        lines=lines,
        broken=skills.broken if skills else {},
    )


class _Authors:
    """Who wrote the lines. How that is told is loaded when a finding asks for it: in the good case none does."""

    def __init__(self, space: Workspace) -> None:
        self._space = space
        self._sessions: Sessions | None = None

    @property
    def known(self) -> bool:
        """Whether any session was captured or imported on this machine, so that origins can be told at all."""
        state = self._space.repository.state_dir
        return bool(Memory(state).latest(1) or Journal(state).pending())

    def agent_lines(self, file: ChangedFile) -> frozenset[int]:
        """The 1-based numbers of the lines that an agent wrote."""
        from hivemind_git.pipeline.authorship import Sessions  # noqa: PLC0415

        self._sessions = self._sessions or Sessions(self._space)
        return self._sessions.agent_lines(file)


def added(file: ChangedFile) -> list[int]:
    """The 1-based numbers of the lines that a change added. A line that only got another line end was not."""
    before, after = (side.replace(b"\r\n", b"\n") for side in (file.before or b"", file.after))
    return [number for hunk in diff_lines(before, after) for number in range(hunk.after_start + 1, hunk.after_end + 1)]


def named(rule: str, skill: str, names: Sequence[str]) -> bool:
    """Whether a rule is among the names: by its id, the start of it, or its skill's name."""
    return any(name == skill or (len(name) >= _SHORTEST_ID and rule.startswith(name)) for name in names)


def _found(one: match.Finding, text: Sequence[str], home: tuple[SkillRule, str], agent: frozenset[int]) -> Found | None:
    """A finding in a file's lines; None where one of its own lines asks to be let off."""
    rule, skill = home
    last = one.line + one.text.count("\n")
    lines = "\n".join(text[one.line - 1 : last])
    if named(rule.id, skill, [name for listed in _IGNORE.findall(lines) for name in re.split(r"[\s,]+", listed)]):
        return None
    return Found(
        path=one.path,
        line=one.line,
        column=one.column,
        rule=one.rule,
        skill=skill,
        text=one.text,
        lines=lines,
        suggestion=one.suggestion,
        origin="unknown" if agent.isdisjoint(range(one.line, last + 1)) else "agent",
        headline=rule.headline or f"{rule.before.strip()} → {rule.after.strip() or '(nothing)'}",
    )


def as_rule(rule: SkillRule) -> Rule:
    """A published rule as mining and matching have it."""
    return Rule(
        id=rule.id,
        kind=rule.kind,
        before=rule.before,
        after=rule.after,
        advice=rule.advice,
        scope=rule.scope,
        language=rule.language,
        corrections=(),
        sessions=rule.sessions,
        decisions=rule.decisions,
        origin=rule.origin,
        state=RuleState.PUBLISHED,
        why="",
    )


def _selected(repository: Repository, target: Target) -> tuple[str | None, list[ChangedFile]]:
    """The commit whose rules count, and the files."""
    words = list(target.what)
    head = repository.head()
    revision = _revision(repository, words[0], target.start) if words else None
    paths = _paths(repository, words[1:] if revision else words, target.start)
    if revision and target.staged:
        raise HivemindError("what is staged is in no revision", "Leave out --staged, or the revision.")
    if revision:
        base, commit = revision
        return commit, list(_within(changed.between(repository, base, commit), paths))
    if head is None:
        return None, []
    if target.staged:
        return head, list(_within(changed.staged(repository), paths))
    if repository.is_bare:
        raise HivemindError("a bare repository has nothing that is not committed", "Name a revision or a range A..B.")
    if paths:
        return head, changed.whole(repository, changed.below(repository, paths))
    return head, changed.uncommitted(repository)


def _within(files: Sequence[ChangedFile], paths: Sequence[str]) -> Iterator[ChangedFile]:
    for file in files:
        if not paths or any(path in {file.path, "."} or file.path.startswith(f"{path}/") for path in paths):
            yield file


def _revision(repository: Repository, word: str, start: str) -> tuple[str | None, str] | None:
    """The commits before and after what a word names; None where it names a path."""
    here = (Path(start) / word).exists()
    first, dots, last = word.partition("..")
    if dots and not here:
        old, new = (_commit(repository, one or "HEAD") for one in (first, last.removeprefix(".")))
        return repository.merge_base(old, new), new
    commit = repository.resolve(word)
    if commit is None:
        if here:
            return None
        raise HivemindError(f"{word} is neither a revision nor a path here", "`git log` and `git ls-files` list them.")
    if here:
        raise HivemindError(f"{word} is both a revision and a path", f"Say ./{word} for the path.")
    parents = repository.commit(commit)
    return (parents.parents[0] if parents and parents.parents else None), commit


def _commit(repository: Repository, word: str) -> str:
    commit = repository.resolve(word)
    if commit is None:
        raise HivemindError(f"{word} is no revision here", "`git log` and `git branch` list them; fetch it if need be.")
    return commit


def _paths(repository: Repository, words: Sequence[str], start: str) -> list[str]:
    """Paths relative to the top of the worktree."""
    if repository.workdir is None:
        return [normpath(word) for word in words]
    top = repository.workdir.resolve()
    found = []
    for word in words:
        place = Path(normpath(Path(start).resolve() / word))
        if not place.is_relative_to(top):
            raise HivemindError(f"{word} is outside of this repository", "Name a path inside it.")
        found.append(place.relative_to(top).as_posix())
    return found
