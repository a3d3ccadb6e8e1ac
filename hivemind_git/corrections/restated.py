"""Prompts after which an agent rewrote its own lines: told again, or only told more?

Structure decides: what the agent had just done or asked, which of its own lines it rewrote next, how much of them, how
directly. What the words and the agent's first answer sound like is one feature each (`words`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hivemind_git.corrections import conversation, words
from hivemind_git.corrections.conversation import Turn
from hivemind_git.corrections.evidence import Command, Prompt
from hivemind_git.corrections.rewrites import Rewrite, Work

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Restatement:
    """A prompt after which the agent rewrote lines of earlier turns.

    `main` is the run with most of its own lines, `own` the prompt's words that are not copied from the agent.
    """

    prompt: Prompt
    own: str
    main: Rewrite
    features: Mapping[str, float]


def candidates(turns: tuple[Turn, ...], works: tuple[Work, ...]) -> list[Restatement]:
    """Every prompt of a session after which the agent rewrote lines, its own if there were any."""
    found = []
    for turn, work in zip(turns, works, strict=True):
        # A client's command (`/review`) is not told in words.
        if turn.prompt is None or not turn.prompt.text.strip() or _command(turn.prompt.text):
            continue
        runs = [run for run in work.rewrites if run.source is not None] or list(work.rewrites)
        if runs:
            main = max(runs, key=lambda run: len(run.before))
            own = conversation.own_words(turn.prompt.text, turn.said)
            found.append(Restatement(turn.prompt, own, main, _features(turn.prompt.text, own, turn, work, runs)))
    return found


def _answer(text: str, turn: Turn, brevity: float) -> float:
    """How much a prompt is but the answer to what the agent had asked: short, and no question itself."""
    if not conversation.put_question(turn):
        return 0.0
    if conversation.answers_by_number(turn):
        return 1.0
    return 0.0 if conversation.asks(text) else brevity


def _command(text: str) -> bool:
    first = text.split(maxsplit=1)[:1]
    return text.startswith("/") and bool(first) and "/" not in first[0][1:] and len(text.split(maxsplit=1)) == 1


def _features(text: str, own_words: str, turn: Turn, work: Work, runs: Sequence[Rewrite]) -> dict[str, float]:
    """What speaks for and against a correction, each within [-1, 1]."""
    own = sum(len(run.before) for run in runs)
    first = runs[0]
    before = turn.items[: turn.items.index(first.edit)]
    commands = [item for item in before if isinstance(item, Command)]
    brevity = math.exp(-len(text.strip()) / 60)
    return {
        "words": words.person(own_words),
        "reply": words.agent(conversation.reply(turn.items)),
        "answer": _answer(text, turn, brevity),
        "brief": brevity,
        "late": first.order / work.edits,
        "detour": 1 - math.exp(-len(commands) / 5),
        "failed": float(any(command.ok is False for command in commands)),
        "grown": work.added / (work.added + own),
        "unowned": float(first.source is None),
        "long": min(1.0, len(text) / 3000),
        "named": _named(text, runs),
    }


def _named(text: str, runs: Sequence[Rewrite]) -> float:
    """How far a prompt names what went with the rewrite: words of the old lines that the new ones no longer have."""
    gone = _words(run.before for run in runs) - _words(run.after for run in runs)
    return min(1.0, len(gone & words.tokens(text, shortest=3)) / _NAMED)


def _words(runs: Iterable[Sequence[bytes]]) -> set[str]:
    return set[str]().union(*(words.tokens(b"".join(run).decode("utf-8", "replace"), shortest=3) for run in runs))
