"""What people wrote down for their assistants already, and which mined rules say it again. Pure.

Both sides are read as words that are wanted and words that are not: "use X, never Y" and "X instead of Y" are the same,
and "use Y, never X" is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from hivemind_git.model import Rule, RuleKind, RuleState
from hivemind_git.rules import scope
from hivemind_git.rules import template as tm
from hivemind_git.rules import tokens as tk
from hivemind_git.rules.utterances import is_small, stem

ALIKE: Final = 0.7
"""How much of what an advice says, of its words, a statement must say too."""
FEWEST: Final = 2
"""Words that must agree: one alone (`logging`) is a subject, not a rule."""

_PIECE: Final = re.compile(r"[^\W\d_][\w']*|_\w+|[.,;:!?](?=\s|$)|[\n\u2013\u2014]|(?<=\s)-(?=\s)")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?;])\s+|\n+")
_AGAINST: Final = frozenset(
    [
        "not",
        "never",
        "no",
        "don't",
        "dont",
        "doesn't",
        "avoid",
        "without",
        "forbid",
        "forbidden",
        "ban",
        "banned",
        "stop",
        "instead",
        "rather",
        "over",
        "replace",
        "than",
        "can't",
        "cannot",
        "mustn't",
        "shouldn't",
        "nicht",
        "nie",
        "niemals",
        "kein",
        "keine",
        "keinen",
        "statt",
        "anstatt",
        "nunca",
        "jamais",
        "pas",
        "jamás",
    ]
)
_TURNS: Final = frozenset({"use", "prefer", "always", "but", "with", "by", "nur", "immer", "sondern"})
"""Words after which what is said is wanted again: "replace print with logger", "no print but a logger"."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a rules file says. `line` counts from 1; `scope` are globs, none for the whole repository.

    `heading` is the one that it stands under.
    """

    path: str
    line: int
    text: str
    scope: tuple[str, ...] = ()
    heading: str = ""

    @property
    def place(self) -> str:
        """Where it stands, as compilers say it."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class _Signed:
    """The words of a sentence that say what is wanted, and those that say what is not, in lower case."""

    wanted: frozenset[str]
    unwanted: frozenset[str]

    def stems(self) -> _Signed:
        """The stems of those words that not every sentence has."""
        wanted, unwanted = (
            frozenset(stem(word) for word in side if not is_small(word)) for side in (self.wanted, self.unwanted)
        )
        return _Signed(wanted, unwanted)


def heed(rules: Iterable[Rule], statements: Iterable[Statement], paths: Mapping[str, str]) -> tuple[Rule, ...]:
    """The rules, those candidates held back that say what is written already. A rule that was stated with no session
    is a person's who knows what is written, and stays.

    Args:
        rules: as they were judged.
        statements: what the rules files say; read only if there is a candidate.
        paths: correction id → path, which says where a rule was learnt.
    """
    ordered = tuple(rules)
    waiting = [rule for rule in ordered if rule.state is RuleState.CANDIDATE and rule.sessions]
    if not waiting:
        return ordered
    written = [(one, [_signed(window) for window in _windows(one.text)]) for one in statements]
    said = {rule.id: place for rule in waiting if (place := _place(rule, written, paths))}
    return tuple(
        replace(rule, state=RuleState.HELD, why=f"{said[rule.id]} says so already")
        if rule.id in said and rule.state is RuleState.CANDIDATE and rule.sessions
        else rule
        for rule in ordered
    )


def _place(rule: Rule, written: Iterable[tuple[Statement, list[_Signed]]], paths: Mapping[str, str]) -> str:
    """Where a statement that holds wherever the rule was learnt says the same; empty where none does."""
    says = _says_advice(rule) if rule.kind is RuleKind.ADVICE else _says_template(rule)
    learnt = [paths.get(one, "") for one in rule.corrections] or [""]
    for statement, windows in written:
        everywhere = all(scope.within(statement.scope, path) for path in learnt)
        if everywhere and any(says(window) for window in windows):
            return statement.place
    return ""


def _says_advice(rule: Rule) -> Callable[[_Signed], bool]:
    mine = _signed(rule.advice).stems()
    size = len(mine.wanted) + len(mine.unwanted)

    def says(other: _Signed) -> bool:
        theirs = other.stems()
        shared = len(mine.wanted & theirs.wanted) + len(mine.unwanted & theirs.unwanted)
        return shared >= max(FEWEST, ALIKE * size)

    return says


def _says_template(rule: Rule) -> Callable[[_Signed], bool]:
    """A statement says a template where it wants the names that came and does not want those that went.

    Where only names came, it must speak of what they were added to.
    """
    before, after = (_names(side, rule.language) for side in (rule.before, rule.after))
    gone, come, around = before - after, after - before, before & after

    def says(other: _Signed) -> bool:
        if not gone | come or not come <= other.wanted or not gone <= other.unwanted:
            return False
        return bool(gone) or bool(around & (other.wanted | other.unwanted))

    return says


def _names(side: str, language: str) -> frozenset[str]:
    found = tm.elements(side, tk.family(language), fine=False)
    return frozenset(one.lower() for one in found if isinstance(one, str) and tk.is_name(one) and len(one) > 1)


def _windows(text: str) -> list[str]:
    """The sentences of a text, and each with the next: what is wanted and what is not may be told apart by a stop."""
    sentences = [one for one in _SENTENCE_END.split(text) if one.strip()]
    return [*sentences, *(f"{one} {other}" for one, other in pairwise(sentences))]


def _signed(text: str) -> _Signed:
    wanted: set[str] = set()
    unwanted: set[str] = set()
    against, fresh = False, False
    for piece in _PIECE.findall(text.replace("\u2019", "'").replace("`", " ").replace("*", " ")):
        word = piece.lower()
        if word in _AGAINST:
            against, fresh = True, True
            continue
        if not (word[0].isalpha() or word[0] == "_"):
            against = False
        elif word in _TURNS:
            against = against and fresh
        else:
            (unwanted if against else wanted).add(word)
        fresh = False
    return _Signed(frozenset(wanted), frozenset(unwanted - wanted))
