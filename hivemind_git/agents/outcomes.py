"""Whether the tests passed that a shell command ran."""

from __future__ import annotations

from hivemind_git.corrections.commands import Effects
from hivemind_git.corrections.verdicts import verdict


def tested(done: Effects, status: str, output: str) -> str | None:
    """`passed` or `failed`, where the command's end or its output tells; None where it ran no tests or does not tell.

    Args:
        done: what the command line does.
        status: of the tool use.
        output: what the command printed.
    """
    if not done.tests or status not in {"ok", "failed"}:
        return None
    if done.passed_if_ok and status == "ok":
        return "passed"
    return "failed" if done.failed_if_failed and status == "failed" else verdict(output)
