"""Knowledge graphs of Zep and Graphiti: facts, what entities are, and episodes.

There is no export file of the vendor's; a document with lists under the names of its API is what migrations use
(cognee's reader of Zep). A fact that ceased to hold says until when it held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hivemind_git.exchange.reading import ForeignError, Remembered, first_list, first_text, moment
from hivemind_git.model import Json

_FACTS = ("facts", "edges", "entity_edges")
_ENTITIES = ("entities", "nodes", "entity_nodes")
_EPISODES = ("episodes", "episodic_nodes")


def read(value: Json) -> Iterator[Remembered]:
    """The facts, summaries and episodes of a document.

    Raises:
        ForeignError: it has none of these lists.
    """
    if not isinstance(value, dict) or not any(name in value for name in (*_FACTS, *_ENTITIES, *_EPISODES)):
        raise ForeignError("has no facts, entities or episodes")
    for edge in first_list(value, *_FACTS):
        text = first_text(edge, "fact")
        if text:
            yield Remembered(
                text=text,
                key=_key(edge),
                title=first_text(edge, "name", "relation"),
                who=_who(edge),
                t=moment(edge.get("valid_at"), edge.get("created_at")),
                until=moment(edge.get("invalid_at"), edge.get("expired_at")),
            )
    for node in first_list(value, *_ENTITIES):
        text = first_text(node, "summary", "description")
        if text:
            t = moment(node.get("created_at"))
            yield Remembered(text=text, key=_key(node), title=first_text(node, "name"), who=_who(node), t=t)
    for episode in first_list(value, *_EPISODES):
        text = first_text(episode, "content", "episode_body")
        if text:
            yield Remembered(
                text=text,
                key=_key(episode),
                title=first_text(episode, "name", "source_description"),
                who=_who(episode),
                t=moment(episode.get("valid_at"), episode.get("reference_time"), episode.get("created_at")),
            )


def _key(item: Mapping[str, Json]) -> str:
    return first_text(item, "uuid", "uuid_", "id")


def _who(item: Mapping[str, Json]) -> str:
    return first_text(item, "user_id", "group_id", "session_id")
