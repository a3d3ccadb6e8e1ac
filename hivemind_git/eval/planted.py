"""A made-up team that corrects its agents: recurring lessons planted among one-off edits.

The lessons are written as people write them, an edit in a line of source; identifiers, arguments, strings and the
code around are drawn at
random. Nothing here knows how rules are generalised.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hivemind_git.eval import planted_words as words
from hivemind_git.eval.planted_catalogue import CATALOGUE, CONTRADICTIONS, EXCEPTIONS, Lesson
from hivemind_git.eval.planted_noise import one_off
from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin
from hivemind_git.rules.guard import KeptLine

START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
SUFFIX: Final = {
    "c": ".c", "csharp": ".cs", "go": ".go", "java": ".java", "javascript": ".js", "php": ".php", "python": ".py",
    "ruby": ".rb", "rust": ".rs", "shell": ".sh", "sql": ".sql", "typescript": ".ts",
}  # fmt: skip
NEAR: Final = 0.25
"""The share of one-off edits made to a line that a lesson could have been learned from, but changed otherwise."""
NONE: Final = ""
"""What a one-off edit was planted by."""


@dataclass(frozen=True, slots=True)
class Team:
    """Corrections in order of time, the lesson behind each (by correction id), and the agent's lines that people
    kept."""

    corrections: tuple[Correction, ...]
    lesson_of: dict[str, str]
    kept: tuple[KeptLine, ...]
    lessons: tuple[Lesson, ...]


class _Scribe:
    """Writes corrections down, each at its own time, by one of several people, in one of several sessions."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._count = 0
        self.written: list[tuple[Correction, str]] = []
        self.kept: list[KeptLine] = []

    def write(
        self, sides: tuple[str, str], language: str, lesson: str, *, session: str, decision: str, day: float
    ) -> None:
        before, after = sides
        self._count += 1
        kind = CorrectionKind.REPLACED if after else CorrectionKind.REMOVED
        self.written.append(
            (
                Correction(
                    id=f"{self._rng.getrandbits(128):032x}",
                    session=session,
                    tool_use=None,
                    agent="claude-code",
                    model=None,
                    path=self.path(language),
                    language=language,
                    kind=kind,
                    origin=CorrectionOrigin.HUMAN,
                    before=before,
                    after=after,
                    context="",
                    reason=None,
                    commit=f"{self._rng.getrandbits(160):040x}",
                    author=self._rng.choice(("ada@example.com", "bob@example.com", "cy@example.com")),
                    t=stamp(day),
                    decision=decision,
                    confidence=0.9,
                ),
                lesson,
            )
        )

    def keep(self, text: str, language: str, day: float) -> None:
        self.kept.append(KeptLine(self.path(language), language, text, stamp(day), f"s{self._rng.randrange(40)}"))

    def path(self, language: str) -> str:
        folder = self._rng.choice(("src", "src/core", "src/api", "lib", "tests"))
        return f"{folder}/{self._rng.choice(words.NOUNS)}{SUFFIX[language]}"


def stamp(day: float) -> str:
    """A day of the team's time as RFC 3339."""
    return (START + timedelta(days=day)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def team(seed: int, noise: float) -> Team:
    """A team's history: every lesson of the catalogue three to six times, `noise` one-off edits for each of those
    edits.

    Kept lines are ordinary code, and, for lessons with exceptions, also what the lesson forbids.
    """
    rng = random.Random(seed)  # noqa: S311 a reproducible history, nothing secret
    scribe = _Scribe(rng)
    for lesson in CATALOGUE:
        _teach(scribe, rng, lesson, rng.randint(3, 6))
    planted = len(scribe.written)
    for lesson in (*CONTRADICTIONS, *EXCEPTIONS):
        _teach(scribe, rng, lesson, rng.randint(3, 4))
    for lesson in EXCEPTIONS:
        for _ in range(rng.randint(6, 9)):
            scribe.keep(edit(lesson, rng)[0], lesson.language, 200 + rng.random() * 50)
    for number in range(int(noise * planted)):
        lesson = rng.choice(CATALOGUE)
        language = lesson.language
        before, after = one_off(rng, language, edit(lesson, rng)[0] if rng.random() < NEAR else "")
        session, decision = f"s{rng.randrange(40)}", f"noise-{seed}-{number}"
        scribe.write((before, after), language, NONE, session=session, decision=decision, day=rng.random() * 200)
    for _ in range(4 * planted):
        language = rng.choice(sorted(words.LANGUAGES))
        scribe.keep(words.statement(rng, language), language, rng.random() * 250)
    scribe.written.sort(key=lambda pair: (pair[0].t, pair[0].id))
    corrections = tuple(one for one, _ in scribe.written)
    return Team(corrections, {one.id: name for one, name in scribe.written}, tuple(scribe.kept), CATALOGUE)


def _teach(scribe: _Scribe, rng: random.Random, lesson: Lesson, times: int) -> None:
    """The same lesson on different days, now and then in two places at once, or beside a line that changed as well."""
    for number in range(times):
        session, decision, day = f"s{rng.randrange(40)}", f"{lesson.name}-{number}", rng.random() * 190
        if number == 1:
            session = "s40"
        for _ in range(2 if rng.random() < 0.2 else 1):
            before, after = edit(lesson, rng)
            if after and "\n" not in before + after and rng.random() < 0.15:
                other_before, other_after = one_off(rng, lesson.language)
                before, after = f"{before}\n{other_before}", f"{after}\n{other_after}" if other_after else after
            scribe.write((before, after), lesson.language, lesson.name, session=session, decision=decision, day=day)


def edit(lesson: Lesson, rng: random.Random) -> tuple[str, str]:
    """One example of a lesson: the agent's line and the accepted one, in code of its own."""
    values = _Values(rng, lesson.language)
    wrap = rng.choice(lesson.around)
    indent = " " * (4 * rng.randrange(4))
    before, after = (_fill(wrap.replace("@", side), values) if side else "" for side in (lesson.before, lesson.after))
    return _indented(before, indent), _indented(after, indent)


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line for line in text.split("\n")) if text else ""


class _Values(dict[str, str]):
    """What the placeholders stand for in one example, drawn when first asked for.

    `x1` an expression, `n1` a variable, `N1` a noun in capitals, `v1` a method, `w1` words of a string, `a1` arguments.
    """

    def __init__(self, rng: random.Random, language: str) -> None:
        self._draw: dict[str, Callable[[], str]] = {
            "x": lambda: words.expression(rng, language),
            "n": lambda: words.variable(rng, language),
            "N": lambda: words.noun(rng),
            "v": lambda: words.method(rng, language),
            "w": lambda: words.phrase(rng),
            "a": lambda: ", ".join(words.expression(rng, language) for _ in range(rng.randint(1, 3))),
        }

    def __missing__(self, name: str) -> str:
        self[name] = self._draw[name[0]]()
        return self[name]


def _fill(text: str, values: _Values) -> str:
    return "".join(_filled(text, values))


def _filled(text: str, values: _Values) -> Iterator[str]:
    at = 0
    while (start := text.find("\u00ab", at)) >= 0:
        end = text.index("\u00bb", start)
        yield text[at:start]
        yield values[text[start + 1 : end]]
        at = end + 1
    yield text[at:]
