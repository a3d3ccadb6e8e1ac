"""Prompts after which an agent rewrote its own lines: told again, or only told more?

Structure decides: what the agent had just done or asked, which of its own lines it rewrote next, how much of them, how
directly. What the words and the agent's first answer sound like is one feature each (`words`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hivemind_git.corrections import conversation, words
from hivemind_git.corrections.conversation import Turn
from hivemind_git.corrections.evidence import Command, Prompt
from hivemind_git.corrections.rewrites import Rewrite, Work


@dataclass(frozen=True, slots=True)
class Restatement:
    """A prompt after which the agent rewrote lines of earlier turns. `main` is the run with most of its own lines."""

    prompt: Prompt
    main: Rewrite
    features: Mapping[str, float]


def candidates(turns: tuple[Turn, ...], works: tuple[Work, ...]) -> list[Restatement]:
    """Every prompt of a session after which the agent rewrote lines of its own."""
    found = []
    for number, (turn, work) in enumerate(zip(turns, works, strict=True)):
        # A client's command (`/review`) is not told in words.
        if (
            turn.prompt is not None
            and turn.prompt.text.strip("/ \n")
            and work.rewrites
            and not _command(turn.prompt.text)
        ):
            main = max(work.rewrites, key=lambda run: len(run.before))
            found.append(Restatement(turn.prompt, main, _features(turn.prompt.text, turn, number, work)))
    return found


def _command(text: str) -> bool:
    first = text.split(maxsplit=1)[:1]
    return text.startswith("/") and bool(first) and "/" not in first[0][1:] and len(text.split(maxsplit=1)) == 1


def _features(text: str, turn: Turn, number: int, work: Work) -> dict[str, float]:
    """What speaks for and against a correction, each within [-1, 1]."""
    own = sum(len(run.before) for run in work.rewrites)
    first = work.rewrites[0]
    before = turn.items[: turn.items.index(first.edit)]
    commands = [item for item in before if isinstance(item, Command)]
    brevity = math.exp(-len(text.strip()) / 60)
    asked = conversation.put_question(turn)
    return {
        "late": first.order / work.edits,
        "share": own / max(work.removed, 1),
        "grown": work.added / (work.added + own),
        "detour": 1 - math.exp(-len(commands) / 5),
        "failed": float(any(command.ok is False for command in commands)),
        "recent": 1 / (number - first.written),
        "brief": brevity,
        "answer": float(asked) * brevity,
        "asked": float(asked),
        "asks": float(conversation.asks(text)),
        "stopped": float(conversation.stopped(turn)),
        "long": 1 - math.exp(-len(text) / 400),
        "named": _named(text, work),
        "words": words.person(text),
        "reply": words.agent(conversation.reply(turn.items)),
    }


def _named(text: str, work: Work) -> float:
    """How much of the prompt is named in the rewritten lines and their paths: four times the share, at most 1."""
    wanted = words.tokens(text)
    touched = b"\n".join(line for run in work.rewrites for line in (*run.before, *run.after))
    there = words.tokens(touched.decode("utf-8", "replace"))
    for run in work.rewrites:
        there |= words.tokens(run.edit.path)
    return min(1.0, 4 * len(wanted & there) / len(wanted)) if wanted else 0.0
