"""Memories of Mem0: what `get_all()` of its package (2.x) returns, or an export of its platform.

`get_all()` returns twenty unless it is asked for more: a file of twenty may be the beginning of a longer list.
"""

from __future__ import annotations

from collections.abc import Iterator

from hivemind_git.exchange.reading import Remembered, first_text, moment, unwrapped
from hivemind_git.model import Json

CUT_AT = 20
"""Memories that Mem0 returns if it is not told how many are wanted."""


def read(value: Json) -> Iterator[Remembered]:
    """The memories in a document.

    Raises:
        ForeignError: it is no list of memories.
    """
    for item in unwrapped(value, "results", "memories", "items"):
        text = first_text(item, "memory", "text", "data", "content")
        if text:
            yield Remembered(
                text=text,
                key=first_text(item, "id"),
                who=first_text(item, "user_id", "agent_id", "actor_id", "run_id"),
                t=moment(item.get("updated_at"), item.get("created_at")),
                until=moment(item.get("expiration_date")),
            )
