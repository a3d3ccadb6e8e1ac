"""How a tool use ended, by the text that the model was given. The wording is that of pi 0.87.1."""

from __future__ import annotations

import re
from dataclasses import dataclass

_EXITED = re.compile(r"(?:\A|\n\n)Command exited with code (-?\d+)\Z")
_STOPPED = re.compile(r"(?:\A|\n\n)(?:Command|Operation) aborted\Z")
_ENDED = re.compile(r"(?:\A|\n\n)Command (?:timed out after [\d.]+ seconds|terminated without an exit code)\Z")
_FAILED = re.compile(
    r"Validation failed for tool |Tool \S+ not found\Z|E[A-Z]{3,}: |Could not (?:edit|find|read) |Found \d+ occurrences"
    r"|No changes made to |Edit tool input is invalid|edits\[\d+\]|Offset \d+ is beyond |Invalid timeout"
    r"|Working directory does not exist"
)
_NOTHING = "(no output)"
UNSAID = "Tool execution was blocked"
"""What is said of a refusal without a reason."""


@dataclass(frozen=True, slots=True)
class Result:
    """The end of a tool use.

    Attributes:
        status: as of the event; None where the text does not tell: a use that an extension refused has its reason for
            a text, and looks like one that failed.
        output: what it printed or answered.
        exit_code: of a command, where it is told.
        refused_by: `person` or `hook`, or empty.
        reason: of a refusal, in the words of whoever refused.
        background: it goes on.
    """

    status: str | None
    output: str = ""
    exit_code: int | None = None
    refused_by: str = ""
    reason: str = ""
    background: bool = False


def without_placeholder(said: str) -> str:
    """What a command printed, where the client does not say that it was nothing."""
    return said.removeprefix(_NOTHING).lstrip("\n") if said.startswith(_NOTHING) else said


def read(said: str, *, failed: bool, shell: bool, ran: bool = False, refused_by: str = "") -> Result:
    """The end that a text tells.

    Args:
        said: the text.
        failed: the client marks it as an error.
        shell: the tool is a shell.
        ran: it is known that the tool ran.
        refused_by: who refused it, where it is known that it did not run; empty where it is not known.
    """
    output = without_placeholder(said)
    if not failed:
        return Result("ok", output, 0 if shell else None)
    if found := _EXITED.search(said):
        return Result("failed", output, int(found[1]))
    if _STOPPED.search(said):
        return Result("interrupted", output)
    if _ENDED.search(said) or _FAILED.match(said):
        return Result("failed", output)
    if refused_by:
        # Of a person's answer nothing is told: the words are those of the program that asked.
        reason = "" if refused_by == "person" or said == UNSAID else said
        return Result("rejected", output, refused_by=refused_by, reason=reason)
    return Result("failed" if ran else None, output)
