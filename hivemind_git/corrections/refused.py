"""Tool uses that a person refused with a reason: a correction, or a question, an aside, a change of mind?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hivemind_git.corrections import conversation, words
from hivemind_git.corrections.evidence import Command, Edit, Item, Prompt, Refusal, Response, Session, ToolUse
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
        after = [other for other in session.items[at + 1 : at + 1 + _AHEAD] if _other(other, item)]
        instead = _instead(item, after)
        found.append(Refused(item, instead, _features(item, after)))
    return found


def _other(item: Item, refusal: Refusal) -> bool:
    """Whether an item is not the refused tool use itself, which some clients also report as a failed one."""
    return not isinstance(item, ToolUse | Command) or item.tool_use != refusal.tool_use


def _features(refusal: Refusal, after: Sequence[Item]) -> dict[str, float]:
    """What speaks for and against a correction, each within [-1, 1]."""
    answer = _until_prompt(after)
    said = conversation.reply(answer)
    return {
        "words": words.person(refusal.reason),
        "reply": words.agent(said),
        "edits": _edits(answer),
        "asked_back": float(_asked_back(answer)),
        "asks": float(conversation.asks(refusal.reason)),
        "at_once": float(bool(answer) and not said),
        "talked": float(not conversation.acts(answer)),
    }


def _edits(answer: Sequence[Item]) -> float:
    """How soon the agent edited a file: 1 for its first act, less for later ones, 0 for never."""
    acts = [item for item in answer if isinstance(item, Edit | Command | ToolUse | Refusal)]
    for number, act in enumerate(acts):
        if isinstance(act, Edit) or (isinstance(act, ToolUse | Refusal) and act.tool in conversation.FILE_TOOLS):
            return 1 / (1 + number / 5)
    return 0.0


def _asked_back(answer: Sequence[Item]) -> bool:
    """Whether the agent put a question, or ended with one without having edited anything."""
    if any(isinstance(item, ToolUse | Refusal) and item.tool in conversation.QUESTION_TOOLS for item in answer):
        return True
    last = next((item.text for item in reversed(answer) if isinstance(item, Response)), "")
    return conversation.asks(last[-200:]) and not _edits(answer)


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


def likeness(one: str, other: str) -> float:
    """How much two texts share, in [0, 1]: Dice over their sets of words, punctuation left out."""
    a, b = words.tokens(one, shortest=1), words.tokens(other, shortest=1)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else float(one.strip() == other.strip())
