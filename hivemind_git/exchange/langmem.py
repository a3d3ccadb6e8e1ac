"""Memories of LangMem: items of a LangGraph store, as its store manager or its memory tool wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from hivemind_git.exchange.reading import Remembered, first_text, moment, unwrapped
from hivemind_git.model import Json

_WORDS = ("content", "text", "memory", "data", "message")


def read(value: Json) -> Iterator[Remembered]:
    """The memories in a document: a list of items, alone or under a name, or lines of them.

    Raises:
        ForeignError: it is no list of items.
    """
    for item in unwrapped(value, "items", "memories", "results", "data"):
        held = item.get("value")
        text = _said(held) if isinstance(held, dict) else first_text(item, *_WORDS)
        if text:
            yield Remembered(
                text=text,
                key=first_text(item, "key", "id"),
                title=_kind(held),
                who=_namespace(item.get("namespace")) or first_text(item, "user_id", "agent_id"),
                t=moment(item.get("updated_at"), item.get("created_at"), item.get("timestamp")),
            )


def _said(value: Mapping[str, Json]) -> str:
    """The words of a memory; of one with a schema of its own all its fields, as JSON."""
    content = value.get("content")
    if isinstance(content, str) and content.strip():
        return content
    inner = content if isinstance(content, dict) else value
    plain = first_text(inner, *_WORDS)
    if plain or not inner:
        return plain
    return json.dumps(inner, ensure_ascii=False, sort_keys=True)


def _kind(value: Json) -> str:
    kind = first_text(value, "kind") if isinstance(value, dict) else ""
    return "" if kind == "Memory" else kind


def _namespace(value: Json) -> str:
    parts = value if isinstance(value, list) else [value]
    return "/".join(part for part in parts if isinstance(part, str))
