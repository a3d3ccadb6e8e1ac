"""What people asked their agents to remember, in the prompts of the store: one explicit decision each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from hivemind_git.model import Event, Kind, Rule
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules import explicit

_SPUR: Final = b"remember"


def remembered(space: Workspace) -> list[Rule]:
    """The rules that prompts state outright, in the order they were first said; said again, all sessions count.

    A session is decoded only where its bytes hold the word at all: the store is mostly edits.

    Raises:
        HivemindError: the store cannot be read.
    """
    store = space.store()
    found: dict[str, Rule] = {}
    for session in store.sessions():
        if not any(_SPUR in store.segment(oid).lower() for _, oid in session.segments):
            continue
        for rule in (rule for event in store.events(session.folder) for rule in _stated(event)):
            first = found.setdefault(rule.id, rule)
            sessions = tuple(dict.fromkeys((*first.sessions, *rule.sessions)))
            found[rule.id] = replace(first, sessions=sessions)
    return list(found.values())


def _stated(event: Event) -> Iterator[Rule]:
    text = event.fields.get("text")
    if event.kind is Kind.PROMPT and event.fields.get("speaker") != "program" and isinstance(text, str):
        for words in explicit.remembered(text):
            yield explicit.stated(words, session=event.session)
