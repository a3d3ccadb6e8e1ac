"""What the agents' shell commands did in a span of time, as far as the text of a command tells.

A command is evidence of a doubt, never of an origin: that a formatter ran between two looks at a file does not say that
it changed the file, but it forbids calling the change a person's without a second reason.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from hivemind_git.corrections.evidence import Command, Evidence

_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1.*?^\s*\2\s*$", re.DOTALL | re.MULTILINE)
_FORMAT = re.compile(
    r"\b(?:fmt|format|prettier|biome|gofmt|gofumpt|goimports|black|isort|rustfmt|clang-format|shfmt|stylua|mix format|"
    r"swiftformat|ktlint|google-java-format|terraform fmt|pre-commit)\b"
)
_LINT = re.compile(
    r"(?:\b|_)(?:\w*lint\w*|eslint|ruff|clippy|shellcheck|rubocop|standardrb|phpcbf|php-cs-fixer|biome|autopep8|autoflake|"
    r"pyupgrade|stylelint|staticcheck|pre-commit)\b"
)
_GIT = re.compile(r"\bgit\b(?:\s+-[cC]\s*\S+|\s+--?[\w-]+(?:=\S+)?)*\s+([a-z-]+)")
_BRINGS_CONTENT = frozenset(
    ("stash", "checkout", "reset", "merge", "restore", "cherry-pick", "revert", "am", "apply", "rebase", "pull")
)
_MOVES_CONTENT = _BRINGS_CONTENT | {"switch"}
_IN_PLACE = re.compile(
    r"\bsed\b[^|;&]*\s-[a-zA-Z]*i|\bperl\b[^|;&]*\s-[a-zA-Z]*i|\b(?:mv|cp|rm|tee|patch|truncate|install|dd|sponge)\s|"
    r"(?<![0-9&>])>>?\s*[^\s&>|]|\bpython3?\s+(?:-c|-|<<)|\bnode\s+-e|\bruby\s+-e|\bawk\b.*inplace"
)


COMMIT_LAG = 90.0
"""Seconds between a commit's own time and the record of the command that made it, hooks included."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What ran in a span: a formatter, a linter (which may mend), git commands that move content, a shell command that may write the file."""

    formatter: bool = False
    linter: bool = False
    moves: frozenset[str] = frozenset()
    brings: frozenset[str] = frozenset()
    shell: bool = False


@dataclass(frozen=True, slots=True)
class _Ran:
    t: float
    worktree: str
    text: str


class Activity:
    """The commands of all sessions, by time."""

    def __init__(self, evidence: Evidence) -> None:
        ran = [
            _Ran(item.t, item.worktree, item.text)
            for session in evidence.sessions
            for item in session.items
            if isinstance(item, Command)
        ]
        self._ran = sorted(ran, key=lambda command: command.t)
        self._times = [command.t for command in self._ran]
        self._commits = [c.t for c in self._ran if "commit" in _GIT.findall(_HEREDOC.sub(" ", c.text))]

    def committed(self, t: float) -> bool:
        """Whether an agent itself ran `git commit` at about this time: the record of a command may lag behind its commit."""
        i = bisect_left(self._commits, t - COMMIT_LAG)
        return i < len(self._commits) and self._commits[i] <= t + COMMIT_LAG

    def between(self, worktree: str, path: str, since: float, until: float) -> Doing:
        """What ran in a worktree (any, where it is empty) in the closed span. `path` is the file in question."""
        span = self._ran[bisect_left(self._times, since) : bisect_right(self._times, until)]
        texts = [_HEREDOC.sub(" ", c.text) for c in span if _same(c.worktree, worktree)]
        git = frozenset(verb for text in texts for verb in _GIT.findall(text))
        name = path.rpartition("/")[2]
        return Doing(
            formatter=_any(_FORMAT, texts),
            linter=_any(_LINT, texts),
            moves=git & _MOVES_CONTENT,
            brings=git & _BRINGS_CONTENT,
            shell=any(name in text and _IN_PLACE.search(text) for text in texts),
        )


def _any(pattern: re.Pattern[str], texts: Iterable[str]) -> bool:
    return any(pattern.search(text) for text in texts)


def _same(one: str, other: str) -> bool:
    """Whether two folders may be the same worktree: a command may have run in a folder below its top."""
    return not one or not other or one == other or one.startswith(other + "/") or other.startswith(one + "/")
