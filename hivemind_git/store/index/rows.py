"""Values → rows of the index, and the documents that a search finds them by. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hivemind_git.model import Correction, Event, Json, Kind, Note, Rule

Row = tuple[str | float | int | None, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What a search finds. `weight` multiplies its rank: a rule says more than a command that happens to agree."""

    kind: str
    ref: str
    session: str
    path: str
    t: str
    agent: str
    weight: float
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedSkill:
    """A skill of this branch as the index has it; `t` is RFC 3339 in UTC."""

    name: str
    path: str
    state: str
    commit: str
    author: str
    t: str
    rules: tuple[str, ...]
    corrections: tuple[str, ...]
    description: str
    body: str


_WEIGHTS = {"rule": 3.0, "skill": 2.5, "correction": 2.0, "note": 1.7, "refusal": 1.8, "prompt": 1.5, "edit": 1.0}
_PLAIN = 0.6

KINDS = ("prompt", "response", "command", "edit", "refusal", "correction", "rule", "skill", "note")
"""The kinds of documents."""


def session(events: Sequence[Event]) -> Row:
    """The row of a session, of its events in order."""
    prompts = [_text(event, "text") for event in events if event.kind is Kind.PROMPT]
    first = events[0]
    return (
        first.session,
        first.agent,
        _first(event.agent_version for event in events),
        _first(event.model for event in events),
        _first(event.workspace for event in events),
        _first(event.branch for event in events),
        first.t,
        events[-1].t,
        len(prompts),
        sum(event.kind is Kind.EDIT for event in events),
        len(events),
        next(iter(prompts), ""),
    )


def event(one: Event) -> Row:
    """The row of an event; `fields` is JSON."""
    fields = json.dumps(dict(one.fields), ensure_ascii=False, sort_keys=True)
    tool, path = _text(one, "tool") or None, _text(one, "path") or None
    return (
        one.id,
        one.session,
        one.seq,
        one.t,
        one.kind.value,
        one.agent,
        one.model,
        one.branch,
        tool,
        path,
        _said(one),
        fields,
    )


def correction(one: Correction) -> Row:
    """The row of a correction."""
    reason = one.reason
    return (
        one.id,
        one.session,
        one.tool_use,
        one.agent,
        one.model,
        one.path,
        one.language,
        one.kind.value,
        one.origin.value,
        one.before,
        one.after,
        reason.text if reason else None,
        reason.source.value if reason else None,
        one.commit,
        one.author,
        one.t,
        one.decision,
        one.confidence,
    )


def rule(one: Rule, skill: str) -> Row:
    """The row of a rule; lists are JSON."""
    lists = (json.dumps(list(values), ensure_ascii=False) for values in (one.scope, one.corrections, one.sessions))
    scope, corrections, sessions = lists
    return (
        one.id,
        one.kind.value,
        one.state.value,
        skill or None,
        one.before,
        one.after,
        one.advice,
        scope,
        one.language,
        one.origin.value,
        one.decisions,
        corrections,
        sessions,
        one.why,
    )


def skill(one: IndexedSkill) -> Row:
    """The row of a skill; lists are JSON."""
    rules, corrections = (json.dumps(list(values)) for values in (one.rules, one.corrections))
    return (
        one.name,
        one.path,
        one.state,
        one.commit,
        one.author,
        one.t,
        rules,
        corrections,
        one.description,
        one.body,
    )


def note(one: Note) -> Row:
    """The row of a note."""
    return (one.id, one.t, one.tool, one.key, one.title or None, one.who or None, one.text)


def note_document(one: Note) -> Document:
    """A note, found by its title and its text; its place is the tool that told it, where that is no path of a file."""
    body = "\n".join(filter(None, (one.title, one.text)))
    return Document("note", one.id, "", "", one.t, one.tool, _WEIGHTS["note"], body)


def event_documents(events: Sequence[Event]) -> Iterator[Document]:
    """What of a session's events a search finds: prompts, answers, commands, edits' hunks, refusals' reasons."""
    kinds = {Kind.PROMPT: "prompt", Kind.RESPONSE: "response", Kind.TOOL_USE: "command", Kind.EDIT: "edit"}
    kinds[Kind.REJECTION] = "refusal"
    for one in events:
        body = _said(one)
        if one.kind in kinds and body:
            kind = kinds[one.kind]
            weight = _WEIGHTS.get(kind, _PLAIN)
            yield Document(kind, one.id, one.session, _text(one, "path"), one.t, one.agent, weight, body)


def correction_document(one: Correction) -> Document:
    """A correction, found by its reason, its lines and its path."""
    parts = (one.reason.text if one.reason else "", one.before, one.after, one.path)
    body = "\n".join(filter(None, parts))
    return Document("correction", one.id, one.session, one.path, one.t, one.agent, _WEIGHTS["correction"], body)


def rule_document(one: Rule) -> Document:
    """A rule, found by its advice, its template and its scope."""
    body = "\n".join(filter(None, (one.advice, one.before, one.after, *one.scope, one.language)))
    return Document("rule", one.id, "", " ".join(one.scope), "", "", _WEIGHTS["rule"], body)


def skill_document(one: IndexedSkill) -> Document:
    """A skill, found by its name, its description and its text."""
    body = "\n".join((one.name.replace("-", " "), one.description, one.body))
    return Document("skill", one.name, "", one.path, one.t, "", _WEIGHTS["skill"], body)


def _said(one: Event) -> str:
    match one.kind:
        case Kind.PROMPT | Kind.RESPONSE:
            return _text(one, "text")
        case Kind.TOOL_USE:
            return _text(one, "input")
        case Kind.REJECTION:
            return "\n".join(filter(None, (_text(one, "reason"), _text(one, "proposed"))))
        case Kind.EDIT:
            return _hunks(one.fields.get("hunks"))
        case _:
            return ""


def _hunks(value: Json) -> str:
    found = value if isinstance(value, list) else []
    sides = (hunk.get(side) for hunk in found if isinstance(hunk, dict) for side in ("before", "after"))
    return "\n".join(side for side in sides if isinstance(side, str) and side)


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _text(one: Event, name: str) -> str:
    value = one.fields.get(name)
    return value if isinstance(value, str) else ""
