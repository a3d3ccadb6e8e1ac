"""The one exception that reaches a person: a sentence, and the next step."""

from __future__ import annotations


class HivemindError(Exception):
    """Something could not be done, and the person can do something about it.

    Args:
        sentence: what happened, one sentence without a final stop.
        step: what to do next, usually a command; empty where there is nothing to do.
    """

    exit_code = 3

    def __init__(self, sentence: str, step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.step = step


class GitUnusableError(HivemindError):
    """Git is missing, does not trust the repository, or cannot read its configuration: nothing works until then."""


class UsageError(HivemindError):
    """The command line itself is wrong."""

    exit_code = 2
