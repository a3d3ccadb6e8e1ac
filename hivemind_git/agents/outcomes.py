"""Whether the tests passed that a shell command ran."""

from __future__ import annotations

from collections.abc import Iterator

from hivemind_git.agents.stamp import Stamp
from hivemind_git.corrections.commands import Effects
from hivemind_git.corrections.verdicts import verdict
from hivemind_git.model import Capture, Json, Kind


def outcomes(
    done: Effects, status: str, output: str, *, tool_use: str, identity: str, stamp: Stamp
) -> Iterator[Capture]:
    """The outcome of the tests, where the command's end or its output tells it; none where it ran no tests.

    Args:
        done: what the command line does.
        status: of the tool use.
        output: what the command printed.
        tool_use: the client's id of it.
        identity: the event's id.
        stamp: of the record that tells the end.
    """
    if result := _tested(done, status, output):
        fields: dict[str, Json] = {"of": "tests", "result": result, "tool_use": tool_use}
        yield Capture(stamp.event(identity, Kind.OUTCOME, fields))


def _tested(done: Effects, status: str, output: str) -> str | None:
    """`passed` or `failed`; None where it ran no tests, or does not tell."""
    if not done.tests or status not in {"ok", "failed"}:
        return None
    if done.passed_if_ok and status == "ok":
        return "passed"
    return "failed" if done.failed_if_failed and status == "failed" else verdict(output)
