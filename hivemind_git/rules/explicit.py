"""Rules that a person stated outright: one decision, and no threshold to wait for."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Final

from hivemind_git.model import CorrectionOrigin, Rule, RuleKind, RuleState
from hivemind_git.rules.advice import shorten

_REMEMBER: Final = re.compile(
    r"^[ \t]*(?:please,?[ \t]+)?remember(?:[ \t]+this)?[ \t]*:[ \t]*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE
)


def remembered(prompt: str) -> tuple[str, ...]:
    """What a prompt asks to be remembered: the rest of each line that starts with `remember:`."""
    return tuple(match.group(1) for match in _REMEMBER.finditer(prompt))


def stated(
    advice: str,
    *,
    scope: tuple[str, ...] = (),
    language: str = "",
    evidence: tuple[str, ...] = (),
    session: str | None = None,
) -> Rule:
    """The rule that a person's words are. Said again in other case or spacing it is the same rule.

    Args:
        advice: the words; too long ones are shortened at a sentence end.
        scope: where it holds, as glob patterns; empty for everywhere.
        language: what it is about, if it is about one language.
        evidence: ids of what records the words (an event, a commit).
        session: the session they were said in.
    """
    plain = " ".join(advice.split())
    key = json.dumps(["explicit", plain.casefold().rstrip(".!")], ensure_ascii=True, separators=(",", ":"))
    return Rule(
        id=hashlib.sha256(key.encode()).hexdigest()[:16],
        kind=RuleKind.ADVICE,
        before="",
        after="",
        advice=shorten(plain),
        scope=scope,
        language=language,
        corrections=evidence,
        sessions=(session,) if session else (),
        decisions=1,
        origin=CorrectionOrigin.HUMAN,
        state=RuleState.CANDIDATE,
        why="stated outright",
    )
