"""Corrections in a line of code each: what a test says of them is all that they have."""

from __future__ import annotations

from dataclasses import replace

from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin, Reason, ReasonSource


def correction(
    number: int, before: str = "", after: str = "", language: str = "python", **changes: object
) -> Correction:
    """The correction of that number: a decision of its own, in one of three sessions, a day after the one before."""
    plain = Correction(
        id=f"{number:032x}",
        session=f"session-{number % 3}",
        tool_use=None,
        agent="claude-code",
        model=None,
        path="src/module.py",
        language=language,
        kind=CorrectionKind.REPLACED if after else CorrectionKind.REMOVED,
        origin=CorrectionOrigin.HUMAN,
        before=before,
        after=after,
        context="",
        reason=None,
        commit=f"{number:040x}",
        author="dev@example.com",
        t=f"2026-01-{number % 28 + 1:02d}T00:00:00.000Z",
        decision=f"{number:016x}",
        confidence=0.9,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def said(number: int, words: str, before: str = "", **changes: object) -> Correction:
    """A tool use that was refused with these words."""
    reason = Reason(words, ReasonSource.REJECTION)
    return correction(number, before, **{"kind": CorrectionKind.REJECTED, "commit": None, "reason": reason, **changes})
