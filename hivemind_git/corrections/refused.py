"""Tool uses that a person refused with a reason: a correction, or a question, an aside, a change of mind?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hivemind_git.corrections import conversation, words
from hivemind_git.corrections.evidence import Command, Edit, Item, Prompt, Refusal, Session, ToolUse
from hivemind_git.corrections.lines import split

_AHEAD = 60


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal with a reason, and the next thing that the agent proposed for the same target, if any."""

    refusal: Refusal
    instead: str
    features: Mapping[str, float]


def candidates(session: Session) -> list[Refused]:
    """Every tool use that a person refused in words; a question of the agent that was not answered is none."""
    found = []
    for at, item in enumerate(session.items):
        if not isinstance(item, Refusal) or not item.by_person or not item.reason.strip():
            continue
        if item.tool in conversation.QUESTION_TOOLS:
            continue
        after = session.items[at + 1 : at + 1 + _AHEAD]
        instead = _instead(item, after)
        found.append(Refused(item, instead, _features(item, instead, after)))
    return found


def _features(refusal: Refusal, instead: str, after: Sequence[Item]) -> dict[str, float]:
    """What speaks for and against a correction, each within [-1, 1]."""
    answer = _until_prompt(after)
    text = refusal.reason
    kept, new = _kept(refusal.proposed, instead)
    return {
        "kept": kept,
        "new": new,
        "dropped": float(not instead),
        "talked": float(not conversation.acts(answer)),
        "asks": float(conversation.asks(text)),
        "asks_last": float(text.rstrip().endswith(conversation.QUESTION_MARKS)),
        "brief": math.exp(-len(text.strip()) / 60),
        "file": float(bool(refusal.path)),
        "at_once": float(bool(answer) and not conversation.reply(answer)),
        "words": words.person(text),
        "reply": words.agent(conversation.reply(answer)),
    }


def _until_prompt(items: Sequence[Item]) -> Sequence[Item]:
    for at, item in enumerate(items):
        if isinstance(item, Prompt) and conversation.speaks(item):
            return items[:at]
    return items


def _instead(refusal: Refusal, after: Sequence[Item]) -> str:
    """What the agent next proposed or did for the same target; empty if nothing came soon."""
    for item in after:
        if isinstance(item, Refusal) and item.tool == refusal.tool and item.path == refusal.path:
            return item.proposed
        if isinstance(item, Edit) and refusal.path and item.path == refusal.path:
            return _new_text(item)
        if isinstance(item, Command) and not refusal.path and likeness(item.text, refusal.proposed) > 0.5:
            return item.text
        if isinstance(item, ToolUse) and item.tool == refusal.tool:
            return item.text
    return ""


def _new_text(edit: Edit) -> str:
    """The lines that an edit brought in, as text: lines of the new image that the old one does not have."""
    old = set(split(edit.before or b""))
    return b"".join(line for line in split(edit.after or b"") if line not in old).decode("utf-8", "replace")


def _kept(proposed: str, instead: str) -> tuple[float, float]:
    """How much of what was refused came again, and how much of what came instead is new; both in [0, 1]."""
    a, b = words.tokens(proposed, shortest=1), words.tokens(instead, shortest=1)
    return (len(a & b) / len(a) if a else 0.0, len(b - a) / len(b) if b else 0.0)


def likeness(one: str, other: str) -> float:
    """How much two texts share, in [0, 1]: Dice over their sets of words, punctuation left out."""
    a, b = words.tokens(one, shortest=1), words.tokens(other, shortest=1)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else float(one.strip() == other.strip())
