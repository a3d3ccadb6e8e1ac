"""What a departure from the agent's text may be, other than a correction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """What a departure is, when it is no correction."""

    ADDITION = "addition"
    AGENT_LATER = "agent-later"
    BASE = "base"
    DELETED = "deleted"
    DUPLICATE = "duplicate"
    FORMATTER = "formatter"
    GENERATED = "generated"
    GIT_OPERATION = "git-operation"
    IMPORTS = "imports"
    MOVED = "moved"
    OTHER_AUTHOR = "other-author"
    OTHER_SESSION = "other-session"
    PARTIAL_COMMIT = "partial-commit"
    REDACTION = "redaction"
    RESTORED = "restored"
    SHELL = "shell"
    UNSURE = "unsure"
    WORDS = "words"


FOREIGN = frozenset({Why.OTHER_SESSION, Why.AGENT_LATER, Why.RESTORED, Why.MOVED, Why.BASE, Why.GIT_OPERATION})
"""Explanations that tell of another writer than a correcting hand."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One explanation. `firm` false: it yields to evidence of hand work in the same commit.

    `by_hand`: a person did it, so that it casts no doubt on what else changed.
    """

    why: Why
    detail: str
    firm: bool = True
    by_hand: bool = False
