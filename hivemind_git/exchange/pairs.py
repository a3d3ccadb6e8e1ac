"""Corrections → pairs of what the agent wrote and what people made of it, with the prompt that led there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hivemind_git.model import Correction, CorrectionOrigin, Event, Kind

Clean = Callable[[str], str]
"""Redacts a text."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One correction as training data. `t` is RFC 3339 in UTC; both sides are texts of lines, never empty."""

    id: str
    t: str
    prompt: str
    rejected: str
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which corrections are training data: those of people, at or above a confidence, within a time (RFC 3339)."""

    confidence: float = 0.5
    origins: frozenset[CorrectionOrigin] = frozenset({CorrectionOrigin.HUMAN, CorrectionOrigin.REVIEW})
    since: str = ""
    until: str = ""

    def takes(self, one: Correction) -> bool:
        """Whether this correction is wanted."""
        in_time = self.since <= one.t and (not self.until or one.t < self.until)
        return in_time and one.confidence >= self.confidence and one.origin in self.origins


def pairs(events: Sequence[Event], corrections: Iterable[Correction], wanted: Wanted, clean: Clean) -> Iterator[Pair]:
    """The pairs of one session, in order of the corrections.

    A correction without agent's or accepted lines (a removal, a refusal whose better version nobody saw) teaches no
    choice between two texts, and makes none.

    Args:
        events: the session's, in order.
        corrections: the session's.
        wanted: which of them.
        clean: redacts once more what leaves the repository.
    """
    asked = _asked(events)
    for one in corrections:
        rejected, chosen = clean(one.before), clean(one.after)
        if wanted.takes(one) and rejected.strip() and chosen.strip() and rejected != chosen:
            prompt = _prompt(clean(asked.get(one.tool_use or "", "")), one, clean)
            yield Pair(one.id, one.t, prompt, rejected, chosen)


def _asked(events: Sequence[Event]) -> dict[str, str]:
    """Tool use → the person's prompt that it served."""
    found: dict[str, str] = {}
    prompt = ""
    for event in events:
        text, use = event.fields.get("text"), event.fields.get("tool_use")
        if event.kind is Kind.PROMPT and isinstance(text, str) and event.fields.get("speaker") != "program":
            prompt = text
        elif isinstance(use, str):
            found.setdefault(use, prompt)
    return found


def _prompt(words: str, one: Correction, clean: Clean) -> str:
    place = f"In {one.path}" if one.path else ""
    around = clean(one.context).strip()
    if place and around:
        place = f"{place}, at: {around}"
    return "\n\n".join(filter(None, (words.strip(), place)))
