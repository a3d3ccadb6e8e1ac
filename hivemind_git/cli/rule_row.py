"""A rule as `mine` and `rules` show it: the colour of its state, its JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hivemind_git.model import Json, Rule

STATE_COLOURS = {"candidate": "green", "published": "blue", "held": "yellow", "rejected": "red", "conflict": "red"}


def rule_row(rule: Rule) -> dict[str, Json]:
    """The fields of version 1."""
    return {
        "id": rule.id,
        "kind": rule.kind.value,
        "before": rule.before,
        "after": rule.after,
        "advice": rule.advice,
        "scope": list(rule.scope),
        "language": rule.language,
        "corrections": list(rule.corrections),
        "sessions": list(rule.sessions),
        "decisions": rule.decisions,
        "origin": rule.origin.value,
        "state": rule.state.value,
        "why": rule.why,
    }
