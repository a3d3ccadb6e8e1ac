"""Memory of agents in a Letta agent file (`.af`): core memory blocks and archival passages.

Messages are no memory and stay where they are. Ids in such a file count from zero in each, so a block is known by its
agent and its label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hivemind_git.exchange.reading import ForeignError, Remembered, first_list, first_text, moment
from hivemind_git.model import Json

_BLOCKS = ("core_memory", "blocks", "memory_blocks")


def read(value: Json) -> Iterator[Remembered]:
    """The blocks and passages of all agents in a document; blocks that no agent names come last.

    Raises:
        ForeignError: it is no agent file.
    """
    if not isinstance(value, dict) or not any(name in value for name in ("agents", *_BLOCKS)):
        raise ForeignError("is no agent file: it has neither agents nor blocks of memory")
    written = moment(value.get("created_at"))
    shared = {key: block for block in first_list(value, "blocks") if (key := first_text(block, "id"))}
    agents = first_list(value, "agents")
    told: set[str] = set()
    # Files of one agent have all of it at the top.
    for agent in agents or [value]:
        name = first_text(agent, "name") or "agent"
        named = [key for key in _ids(agent) if key in shared]
        told.update(named)
        for block in [*first_list(agent, *_BLOCKS), *(shared[key] for key in named)]:
            yield from _block(block, name, written)
        yield from _passages(agent, name, written)
    for key, block in shared.items() if agents else ():
        if key not in told:
            yield from _block(block, "", written)


def _ids(agent: Mapping[str, Json]) -> list[str]:
    found = agent.get("block_ids") or agent.get("core_memory_block_ids")
    return [str(key) for key in found] if isinstance(found, list) else []


def _block(block: Mapping[str, Json], agent: str, written: str | None) -> Iterator[Remembered]:
    text, label = first_text(block, "value", "content"), first_text(block, "label", "name")
    if text:
        t = moment(block.get("updated_at"), block.get("created_at")) or written
        key = f"{agent}:{label}" if label else first_text(block, "id")
        yield Remembered(text=text, key=key, title=label, who=agent, t=t)


def _passages(agent: Mapping[str, Json], name: str, written: str | None) -> Iterator[Remembered]:
    for passage in first_list(agent, "archival_memory", "passages", "archival_passages"):
        text = first_text(passage, "text", "content")
        if text:
            t = moment(passage.get("created_at")) or written
            yield Remembered(text=text, title="archival memory", who=name, t=t)
