"""Who wrote each line, and which acts of a person corrected which: the truth, kept while a history is made.

Every line that is planted is unique but for a few that stand everywhere (`return None`), so a line is known by its
text: where git put it, and when, does not matter. A layout of a line is the same line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from hivemind_git.eval.histories import texts

PERSON = "person"
TEAMMATE = "teammate"
PROGRAM = "program"


def agent(session: str) -> str:
    """The writer's name of an agent in a session."""
    return f"agent {session}"


@dataclass(frozen=True, slots=True)
class Act:
    """One run of lines that somebody changed, where at least one of them was an agent's, or both around it are.

    Lines are named as in `Ledger.names`.
    `around` are the nearest lines above and below, empty at the file's ends; a removal shows in them.
    `telling` are those of the lines gone that stand nowhere else.
    """

    number: int
    gone: tuple[str, ...]
    new: tuple[str, ...]
    around: tuple[str, str]
    worktree: str
    path: str
    t: float
    origin: str = "human"
    telling: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """What a correction of this act is called, but for lines that stand everywhere beside others."""
        gone, new = self.key if any(self.key) else (self.gone, self.new)
        if not gone:
            return "extended"
        return "replaced" if new else "removed"

    @property
    def key(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """By which a derived correction is found to be this act."""
        return texts.telling(self.gone), texts.telling(self.new)

    def shows(self, names: Sequence[str]) -> bool:
        """Whether the act has been done in an image, given by the names of its lines."""
        if self.telling & set(names):
            return False
        run = (self.around[0], *self.new, self.around[1]) if not self.new or not self.gone else self.new
        names = ("", *names, "")
        first = [i for i, name in enumerate(names) if name == run[0]]
        return any(tuple(names[i : i + len(run)]) == run for i in first)


@dataclass(frozen=True, slots=True)
class Seam:
    """Where text that was not committed was thrown away: a run of lines as it stood after that, with those around it.

    `back` are those that came back there.
    """

    run: tuple[str, ...]
    back: frozenset[str]
    worktree: str
    path: str
    t: float

    def meets(self, act: Act) -> bool:
        """Whether an act in that file changed such a line, or what stands between two lines of the run."""
        ours = (act.around[0], *act.gone, act.around[1])
        # Around an act a blank line has no name: the run goes on behind it.
        alike = (
            all(mine == theirs or not mine for mine, theirs in zip(pair, seam, strict=True))
            for pair in pairwise(ours)
            for seam in pairwise(self.run)
            if any(pair)
        )
        here = (self.worktree, self.path) == (act.worktree, act.path) and self.t < act.t
        return here and (bool(self.back & set(act.gone)) or any(alike))


@dataclass(slots=True)
class Ledger:
    """What is known of every line that ever stood in a file of the history."""

    writers: dict[str, set[str]] = field(default_factory=dict)
    born: dict[str, int] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    common: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    seams: list[Seam] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _births: int = 0

    def write(self, lines: Iterable[str], writer: str) -> None:
        """Somebody wrote these lines, in one go."""
        self._births += 1
        for line in lines:
            text = line.strip()
            if text in self._names:
                self.common.add(text)
            self._names.setdefault(text, text)
            self.writers.setdefault(self._names[text], set()).add(writer)
            self.born[self._names[text]] = self._births

    def lay_out(self, line: str, parts: Iterable[str]) -> None:
        """A formatter made `parts` out of a line: they are the same line."""
        name = self.name(line)
        for part in parts:
            if not _mark(part):
                self._names.setdefault(part.strip(), name)

    def name(self, line: str) -> str:
        """The name of a line, whatever its layout."""
        text = line.strip()
        return self._names.get(text, text)

    def names(self, lines: Iterable[str]) -> tuple[str, ...]:
        """The names of some lines, without blank ones and brackets; one line laid out on several counts once."""
        found: list[str] = []
        for line in lines:
            if not _mark(line) and (name := self.name(line)) not in found[-1:]:
                found.append(name)
        return tuple(found)

    def wrote(self, line: str) -> set[str]:
        """Who wrote a line; nobody where it is nobody's in particular."""
        return set() if _mark(line) else self.writers.get(self.name(line), set())

    def by_agent(self, line: str) -> bool:
        """Whether an agent, and nobody else, wrote a line that stands nowhere else."""
        writers = self.wrote(line)
        unique = self.name(line) not in self.common
        return unique and len(writers) == 1 and next(iter(writers)).startswith("agent ")

    def around(self, lines: Sequence[str], start: int, end: int) -> tuple[str, str]:
        """The nearest lines above and below a range that are neither blank nor brackets; empty at the file's ends."""
        return ("", *self.names(lines[:start]))[-1], (*self.names(lines[end:]), "")[0]

    def act(self, gone: Sequence[str], new: Sequence[str], around: tuple[str, str], place: tuple[str, str, float],
            origin: str = "human") -> Act:  # fmt: skip
        """Notes that lines were corrected. `place` is worktree, path and time."""
        above, below = map(self.name, around)
        telling = frozenset(self.names(gone)) - self.common
        one = Act(len(self.acts), self.names(gone), self.names(new), (above, below), *place, origin, telling)
        self.acts.append(one)
        self.touched.update((*one.gone, *one.new))
        if not one.gone:
            self.touched.update(one.around)
        return one

    def doubt(self, lines: Iterable[str], reason: str) -> None:
        """What corrects these lines, or is made of them, the evidence cannot tell."""
        for name in self.names(lines):
            self.doubts.setdefault(name, reason)
        self.touched.update(self.names(lines))


def _mark(line: str) -> bool:
    return line.strip() in {"", ")", "("}
