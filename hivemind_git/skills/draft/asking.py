"""Asks a model a question: booked at its worst case before it is made, retried with pauses, and its answer distrusted.

A model is reached in one of the ways of `Way`; each is a module, loaded when it is used.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from hivemind_git.errors import HivemindError
from hivemind_git.skills.draft.ledger import Ledger

_CHARACTERS_PER_TOKEN: Final = 2
"""Code and unusual scripts take more tokens a character than prose; a booking must not be too low."""
_T = TypeVar("_T")


class Way(StrEnum):
    """How a model is reached: the SDK with a key of its own, or an assistant that the person pays for already."""

    ANTHROPIC = "anthropic"
    CLAUDE_CODE = "claude-code"


@dataclass(frozen=True, slots=True)
class Caller:
    """How a model is asked.

    All times are seconds: `pauses` before each retry, `silence` for which a server may say nothing, `deadline` for an
    attempt as a whole. A server that asks for a longer pause than that is not waited for.
    """

    model: str
    ledger: Ledger
    redact: Callable[[str], str]
    pauses: tuple[float, ...] = (2.0, 8.0)
    silence: float = 30.0
    deadline: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    way: Way = Way.ANTHROPIC

    @property
    def name(self) -> str:
        """The model for a commit's trailer."""
        return f"{self.way}/{self.model}"


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked: who it is to be, the form of its answer as JSON Schema, the text, and the most tokens."""

    system: str
    schema: Mapping[str, object]
    text: str
    most_tokens: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What it said, and what that cost: tokens in and out."""

    text: str
    used: tuple[int, int]


class UnusableError(Exception):
    """No answer, or none of any use; the message is for people."""


class AgainError(Exception):
    """No answer, and the same question may get one later: `wait` are the seconds that the server asks for."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


def ask(caller: Caller, question: Question, read: Callable[[str], _T]) -> _T:
    """What `read` makes of the model's answer; ValueError from it says that the answer is nonsense.

    Raises:
        UnusableError: there is no answer, the model must not be asked now, or it answered nonsense.
    """
    booked = ((len(question.text) + len(question.system)) // _CHARACTERS_PER_TOKEN + 500, question.most_tokens)
    try:
        refused = caller.ledger.reserve(caller.model, *booked)
        if refused:
            raise UnusableError(refused)
        found, used = _read(caller, question, read)
        caller.ledger.settle(caller.model, booked, used)
    except HivemindError as error:
        raise UnusableError(str(error)) from error
    return found


def _read(caller: Caller, question: Question, read: Callable[[str], _T]) -> tuple[_T, tuple[int, int]]:
    try:
        answer = _answer(caller, question)
        return read(answer.text), answer.used
    except ValueError as error:
        caller.ledger.failed()
        raise UnusableError("the model answered nonsense") from error
    except UnusableError:
        caller.ledger.failed()
        raise


def _answer(caller: Caller, question: Question) -> Answer:
    attempt = _way(caller.way)
    for pause in (*caller.pauses, None):
        try:
            return attempt(caller, question)
        except AgainError as error:
            wait = None if pause is None else max(pause, error.wait)
            if wait is None or wait > caller.deadline:
                raise UnusableError(str(error)) from error
        caller.sleep(wait)
    raise UnusableError("the model could not be asked")


def _way(way: Way) -> Callable[[Caller, Question], Answer]:
    if way is Way.CLAUDE_CODE:
        from hivemind_git.skills.draft import headless  # noqa: PLC0415

        return headless.attempt
    from hivemind_git.skills.draft import sdk  # noqa: PLC0415 - the SDK alone takes seconds to import

    return sdk.attempt
