"""Tool uses that a person refused with a reason: a correction, or a question, an aside, a change of mind?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hivemind_git.corrections import conversation, words
from hivemind_git.corrections.evidence import (
    Command,
    Edit,
    Interrupt,
    Item,
    Prompt,
    Refusal,
    Response,
    Session,
    ToolUse,
)
from hivemind_git.corrections.lines import split

_AHEAD = 60


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal with its reason, and the next thing that the agent proposed for the same target, if any.

    `prompt` holds the words where they came only after a refusal without any; `own` are those of the reason that are
    not copied from the agent.
    """

    refusal: Refusal
    prompt: Prompt | None
    reason: str
    own: str
    instead: str
    features: Mapping[str, float]


def candidates(session: Session) -> list[Refused]:
    """Every tool use that a person refused in words; a question of the agent that was not answered is none."""
    found = []
    for at, item in enumerate(session.items):
        if not isinstance(item, Refusal) or not item.by_person or item.tool in conversation.QUESTION_TOOLS:
            continue
        words_at, prompt = (at, None) if item.reason.strip() else _told_after(session.items, at)
        reason = prompt.text if prompt else item.reason
        if reason.strip():
            ahead = session.items[words_at + 1 : words_at + 1 + _AHEAD]
            after = [other for other in ahead if _other(other, item)]
            own = conversation.own_words(reason, f"{_said(session.items[:at])}\n{item.proposed}")
            found.append(Refused(item, prompt, reason, own, _instead(item, after), _features(own, after)))
    return found


def reply(session: Session, candidate: Refused) -> str:
    """What the agent said first after the words of a refusal; empty where it acted first."""
    at = session.items.index(candidate.prompt or candidate.refusal) + 1
    after = [item for item in session.items[at : at + _AHEAD] if _other(item, candidate.refusal)]
    return conversation.reply(_until_prompt(after))


def _said(items: Sequence[Item]) -> str:
    """What the agent had last said."""
    return next((item.text for item in reversed(items) if isinstance(item, Response) and item.text.strip()), "")


def _told_after(items: Sequence[Item], at: int) -> tuple[int, Prompt | None]:
    """The prompt right after a silent refusal, as the client's "No" ends the turn; None where something else follows.

    Of several tool uses refused at once the last one stands for all.
    """
    for number in range(at + 1, min(at + 1 + _AHEAD, len(items))):
        item = items[number]
        if isinstance(item, Prompt) and conversation.speaks(item):
            return number, None if item.text.startswith("/") else item
        if not isinstance(item, Interrupt) and not (isinstance(item, (ToolUse, Command)) and item.ok is False):
            break
    return at, None


def _other(item: Item, refusal: Refusal) -> bool:
    """Whether an item is not the refused tool use itself, which some clients also report as a failed one."""
    return not isinstance(item, (ToolUse, Command)) or item.tool_use != refusal.tool_use


def _features(reason: str, after: Sequence[Item]) -> dict[str, float]:
    """What speaks for and against a correction, each within [-1, 1]."""
    answer = _until_prompt(after)
    said = conversation.reply(answer)
    return {
        "words": words.person(reason),
        "reply": words.agent(said),
        "edits": _edits(answer),
        "asked_back": float(_asked_back(answer)),
        "asks": float(conversation.asks(reason)),
        "at_once": float(bool(answer) and not said),
        "talked": float(not conversation.acts(answer)),
    }


def _edits(answer: Sequence[Item]) -> float:
    """How soon the agent edited a file: 1 for its first act, less for later ones, 0 for never."""
    acts = [item for item in answer if isinstance(item, (Edit, Command, ToolUse, Refusal))]
    for number, act in enumerate(acts):
        if isinstance(act, Edit) or (isinstance(act, (ToolUse, Refusal)) and act.tool in conversation.FILE_TOOLS):
            return 1 / (1 + number / 5)
    return 0.0


def _asked_back(answer: Sequence[Item]) -> bool:
    """Whether the agent put a question, or ended with one without having edited anything."""
    if any(isinstance(item, (ToolUse, Refusal)) and item.tool in conversation.QUESTION_TOOLS for item in answer):
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
