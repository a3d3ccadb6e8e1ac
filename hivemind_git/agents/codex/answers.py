"""What the text says that Codex gives the model as a tool's result.

Its forms are those of 0.98.0, 0.130.0 and 0.169.0. Only the rollout's own items tell more, and not every tool has one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from hivemind_git.agents.lines import Record

_SHELL = re.compile(
    r"\A(?:Chunk ID: \w+\n)?(?:Exit code: (?P<exit>-?\d+)\n)?Wall time: [\d.]+ seconds?\n"
    r"(?:Process exited with code (?P<exited>-?\d+)\n|(?P<running>Process running with session ID \d+)\n)?"
    r"(?:Original token count: \d+\n)?(?:Total output lines: \d+\n)?Output:\n(?P<output>.*)\Z",
    re.DOTALL,
)
_ABORTED = re.compile(r"\A(?:Wall time: [\d.]+ seconds\n)?aborted by user(?: after [\d.]+s)?\Z")
_BLOCKED = re.compile(
    r"\A(?:Command|Tool call) blocked by PreToolUse hook: (?P<reason>.*?)(?:\. (?:Command|Tool): .*)?\Z", re.DOTALL
)
_REFUSED = (
    "rejected by user",
    "exec command rejected by user",
    "patch rejected by user",
    'exec_command failed: CreateProcess { message: "Rejected(\\"rejected by user\\")" }',
)
_FAILED = (
    "apply_patch verification failed",
    "apply_patch handler received",
    "failed to parse function arguments",
    "unsupported call: ",
    "unsupported custom tool call: ",
    "write_stdin failed",
    "exec_command failed",
    "unable to locate image",
    "execution error",
    "failed in sandbox",
    "Script failed",
    "collab ",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a tool use ended.

    Attributes:
        status: as of the event: `ok`, `failed`, `rejected`, `interrupted`, `unknown`.
        output: what it printed or answered.
        exit_code: of a command, where it is told.
        changes: the client's own record of what became of files; None where there is none.
        refused_by: `person` or `hook`, or empty.
        reason: of a refusal.
        background: it was still running when the model was told of it.
    """

    status: str
    output: str = ""
    exit_code: int | None = None
    changes: Record | None = None
    refused_by: str = ""
    reason: str = ""
    background: bool = False


def read(said: str) -> Answer:
    """What the text of a result tells."""
    if _ABORTED.match(said):
        return Answer("interrupted")
    if blocked := _BLOCKED.match(said):
        return Answer("rejected", said, refused_by="hook", reason=_reason(blocked["reason"], said))
    if said.startswith(_REFUSED):
        return Answer("rejected", said, refused_by="person")
    if found := _SHELL.match(said):
        return _shell(found)
    if said.startswith('{"output":'):
        return _wrapped(said)
    return Answer("failed" if said.startswith(_FAILED) else "ok", said)


def _reason(found: str, said: str) -> str:
    # The reason may say "Command:" too: the client's own is the last but for those in the command.
    return found if said.count(". Command: ") <= 1 else said.split("hook: ", 1)[1].rsplit(". Command: ", 1)[0]


def _shell(found: re.Match[str]) -> Answer:
    code = found["exit"] or found["exited"]
    output = found["output"]
    if found["running"]:
        return Answer("unknown", output, background=True)
    if code is None:
        # A patch that the client took out of a shell command: its answer stands inside of the shell's.
        return read(output) if _SHELL.match(output) or output.startswith('{"output":') else Answer("ok", output)
    return Answer("failed" if int(code) else "ok", output, int(code))


def _wrapped(said: str) -> Answer:
    """The form before 0.100: JSON with the output and the exit code."""
    try:
        told = json.loads(said)
        output, code = told["output"], told["metadata"]["exit_code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Answer("ok", said)
    if not isinstance(output, str) or not isinstance(code, int):
        return Answer("ok", said)
    return replace(read(output) if output in _REFUSED else Answer("failed" if code else "ok", output), exit_code=code)
