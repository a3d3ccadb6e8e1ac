"""What the agents' shell commands did in a span of time, as far as the text of a command tells.

A command is evidence of a doubt, never of an origin: that a formatter ran between two looks at a file does not say that
it changed the file, but it forbids calling the change a person's without a second reason. Where the worktree was looked
at before and after a command, what it wrote is among the edits, and it casts no doubt on anything else.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from hivemind_git.corrections.commands import Effects, effects
from hivemind_git.corrections.evidence import Command, Evidence

_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1.*?^\s*\2\s*$", re.DOTALL | re.MULTILINE)
_LINT = re.compile(
    r"(?:\b|_)(?:\w*lint\w*|ruff(?! format)|clippy|shellcheck|rubocop|standardrb|phpcbf|php-cs-fixer|biome(?! format)|"
    r"autopep8|autoflake|pyupgrade|staticcheck|pre-commit)\b"
)
_PROGRAM = re.compile(
    r"\b(?:node|bun|deno|run|exec|sh|bash|-c|--config)[ =]['\"]?[\w@./-]+|(?:config|rc)\.[cm]?[jt]s\b|\./[\w./-]+"
)
_FILE = re.compile(r"\w[\w./ -]*\.(?!(?:ya?ml|toml|json|cfg|ini|lock|sh)\b)[a-zA-Z]\w{0,4}(?=['\"\s;&|)]|$)")
_MESSAGE = re.compile(r"\s(?:-[a-z]*m|--message|-[a-z]*F|--file)\b")
_BRINGS_CONTENT = frozenset(
    ("stash", "checkout", "reset", "merge", "restore", "cherry-pick", "revert", "am", "apply", "rebase", "pull")
)
_MOVES_CONTENT = _BRINGS_CONTENT | {"switch"}

COMMIT_LAG = 90.0
"""Seconds between a commit's own time and the record of the command that made it, hooks included."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What ran in a span of time.

    `linter`: one that may mend what it finds (its configuration can tell it to, so its arguments do not decide), unless
    it was told other files; `linted`: it was told this very file; `left`: one ran since an agent looked last, perhaps
    before the span.
    `moves` and `brings` are the git commands that can change a file's content in the worktree, and those that can carry
    content into the next commit. `shell`: a command that wrote, or may have written, the file itself.
    """

    linter: bool = False
    linted: bool = False
    left: bool = False
    moves: frozenset[str] = frozenset()
    brings: frozenset[str] = frozenset()
    shell: bool = False


@dataclass(slots=True)
class _Ran:
    t: float
    worktree: str
    text: str
    closed: bool
    known: Effects | None = field(default=None)

    def effects(self) -> Effects:
        # Parsed only when asked for: most commands lie in no span that matters.
        if self.known is None:
            self.known = effects(self.text)
        return self.known


class Activity:
    """The commands of all sessions, by time."""

    def __init__(self, evidence: Evidence) -> None:
        ran = [
            _Ran(item.t, item.worktree, item.text, item.closed)
            for session in evidence.sessions
            for item in session.items
            if isinstance(item, Command)
        ]
        self._ran = sorted(ran, key=lambda command: command.t)
        self._times = [command.t for command in self._ran]

    def between(self, worktree: str, paths: Iterable[str], since: float, until: float) -> Doing:
        """What ran in a worktree (any, where it is empty) in the closed span. `paths` are the names of one file."""
        span = self._ran[bisect_left(self._times, since) : bisect_right(self._times, until)]
        span = [command for command in span if not worktree or command.worktree in {"", worktree}]
        git = frozenset(verb for command in span if "git" in command.text for verb, _ in command.effects().git)
        span = [command for command in span if not command.closed]
        linters = [text for command in span if _LINT.search(text := _HEREDOC.sub(" ", command.text))]
        paths = frozenset(paths)
        names = {path.rpartition("/")[2] for path in paths}
        linted = any(name in text for text in linters for name in names)
        return Doing(
            linter=linted or any(not _FILE.search(_PROGRAM.sub(" ", text)) for text in linters),
            linted=linted,
            moves=git & _MOVES_CONTENT,
            brings=git & _BRINGS_CONTENT,
            shell=any(_writes(command, path) for command in span for path in paths),
        )

    def committed(self, t: float, subject: str) -> bool:
        """Whether an agent itself made a commit: it ran `git commit` about then, with its message or with none."""
        span = self._ran[bisect_left(self._times, t - COMMIT_LAG) : bisect_right(self._times, t + COMMIT_LAG)]
        return any(
            "commit" in (verb for verb, _ in command.effects().git)
            and (subject in command.text or not _MESSAGE.search(command.text))
            for command in span
            if "commit" in command.text
        )


def _writes(command: _Ran, path: str) -> bool:
    """Whether a command wrote the file, or names it and runs something that may write anything."""
    name = path.rpartition("/")[2]
    if name not in command.text:
        return False
    done = command.effects()
    written = [f"/{write.path}" for write in done.writes]
    return done.opaque or any(one.endswith(f"/{path}") or f"/{path}".endswith(one) for one in written)
