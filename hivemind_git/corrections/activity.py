"""What the agents' shell commands did in a span of time, as far as the text of a command tells.

A command is evidence of a doubt, never of an origin: that a formatter ran between two looks at a file does not say that
it changed the file, but it forbids calling the change a person's without a second reason. Where the worktree was looked
at before and after a command, what it wrote is among the edits, and it casts no doubt on anything else.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

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
    content into the next commit. `shell`: a command that wrote, or may have written, the file itself. `unseen`: one
    ran whose work is not among the edits.
    """

    linter: bool = False
    linted: bool = False
    left: bool = False
    moves: frozenset[str] = frozenset()
    brings: frozenset[str] = frozenset()
    shell: bool = False
    unseen: bool = False


@dataclass(frozen=True)
class _Ran:
    t: float
    worktree: str
    text: str
    closed: bool

    @cached_property
    def effects(self) -> Effects:
        """What it does. Parsed only when asked for: most commands lie in no span that matters."""
        return effects(self.text)

    @cached_property
    def anywhere(self) -> bool:
        """Whether it names no file that it is about."""
        return not _FILE.search(_PROGRAM.sub(" ", self.text))


class _Log:
    """Commands by time."""

    def __init__(self, ran: Iterable[_Ran]) -> None:
        self._ran = sorted(ran, key=lambda command: command.t)
        self._times = [command.t for command in self._ran]

    def __iter__(self) -> Iterator[_Ran]:
        return iter(self._ran)

    def between(self, worktree: str, since: float, until: float) -> list[_Ran]:
        """Those in a worktree (any, where it is empty) in the closed span."""
        span = self._ran[bisect_left(self._times, since) : bisect_right(self._times, until)]
        return [command for command in span if command.worktree in {"", worktree}] if worktree else span

    def within(self, worktree: str, since: float, until: float) -> bool:
        """Whether there is any such."""
        span = range(bisect_left(self._times, since), bisect_right(self._times, until))
        return any(not worktree or self._ran[i].worktree in {"", worktree} for i in span)

    def naming(self, name: str) -> _Log:
        """Those whose text has a name; all, where it is empty."""
        if not name:
            return self
        found = []
        at = self._text.find(name)
        while at >= 0:
            number = bisect_right(self._begins, at) - 1
            found.append(self._ran[number])
            at = self._text.find(name, self._begins[number + 1])
        return _Log(found)

    @cached_property
    def _text(self) -> str:
        """All texts in one: to look through it for a name costs less than to ask each of thousands."""
        return "".join(f"{command.text}\0" for command in self._ran)

    @cached_property
    def _begins(self) -> list[int]:
        return list(accumulate((len(command.text) + 1 for command in self._ran), initial=0))


class Activity:
    """The commands of all sessions, by time."""

    def __init__(self, evidence: Evidence) -> None:
        ran = [
            _Ran(item.t, item.worktree, item.text, item.closed)
            for session in evidence.sessions
            for item in session.items
            if isinstance(item, Command)
        ]
        # One question concerns few of all commands, and there is one for each departure.
        self._git = _Log(command for command in ran if "git" in command.text)
        self._open = _Log(command for command in ran if not command.closed)
        self._naming = lru_cache(None)(self._open.naming)

    @cached_property
    def _linters(self) -> _Log:
        """Those that run a linter, without what they only write."""
        texts = ((command, _HEREDOC.sub(" ", command.text)) for command in self._open)
        return _Log(_Ran(ran.t, ran.worktree, text, ran.closed) for ran, text in texts if _LINT.search(text))

    def between(self, worktree: str, paths: Collection[str], since: float, until: float) -> Doing:
        """What ran in a worktree (any, where it is empty) in the closed span. `paths` are the names of one file."""
        git = self._verbs(worktree, since, until)
        linters = self._linters.between(worktree, since, until)
        names = frozenset(map(_name, paths))
        linted = any(name in one.text for one in linters for name in names)
        naming = [one for name in names for one in self._naming(name).between(worktree, since, until)]
        return Doing(
            linter=linted or any(one.anywhere for one in linters),
            linted=linted,
            moves=git & _MOVES_CONTENT,
            brings=git & _BRINGS_CONTENT,
            shell=any(_writes(command, path, paths) for command in naming for path in paths),
            unseen=self._open.within(worktree, since, until),
        )

    def moves(self, worktree: str, since: float, until: float) -> frozenset[str]:
        """The git commands that can have changed files of a worktree: `Doing.moves` alone."""
        return self._verbs(worktree, since, until) & _MOVES_CONTENT

    def _verbs(self, worktree: str, since: float, until: float) -> frozenset[str]:
        return frozenset(verb for one in self._git.between(worktree, since, until) for verb, _ in one.effects.git)

    def linted(self, worktree: str, paths: Collection[str], since: float, until: float) -> bool:
        """Whether a linter ran that may have mended a file: `Doing.linter` alone."""
        linters = self._linters.between(worktree, since, until)
        names = frozenset(map(_name, paths))
        return any(one.anywhere or any(name in one.text for name in names) for one in linters)

    def committed(self, t: float, subject: str) -> bool:
        """Whether an agent itself made a commit: it ran `git commit` about then, with its message or with none."""
        span = self._git.between("", t - COMMIT_LAG, t + COMMIT_LAG)
        return any(
            "commit" in (verb for verb, _ in command.effects.git)
            and (subject in command.text or not _MESSAGE.search(command.text))
            for command in span
            if "commit" in command.text
        )


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _writes(command: _Ran, path: str, paths: Collection[str]) -> bool:
    """Whether a command wrote the file, or names it and runs something that may write anything.

    `paths` are all its names: what only gives it another one leaves its text alone.
    """
    if _name(path) not in command.text:
        return False
    done = command.effects
    sources = {one.source for one in done.writes if _is_one(one.source, paths) and _is_one(one.path, paths)}
    written = (one for one in done.writes if (one.path if one.deletes else one.source) not in sources)
    return done.opaque or any(_is_one(one.path, (path,)) for one in written)


def _is_one(written: str, paths: Collection[str]) -> bool:
    """Whether what a command names, from the top of a disk or from its folder, is one of some files."""
    named = f"/{written}"
    return bool(written) and any(named.endswith(f"/{path}") or f"/{path}".endswith(named) for path in paths)
