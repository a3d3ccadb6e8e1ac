"""Memories of other tools, read as their own packages and the reader of a third one read them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hivemind_git.exchange import cogx, langmem, letta, mem0, zep
from hivemind_git.exchange.reading import ForeignError, Remembered, document, moment

MEM0 = {
    "results": [
        {
            "id": "m1",
            "memory": "prefers logger over print",
            "hash": "5d41",
            "metadata": {"repo": "shop"},
            "created_at": "2026-10-01T00:00:00+02:00",
            "updated_at": None,
            "user_id": "ada",
        },
        {"id": "m2", "text": "tabs, never spaces", "updated_at": 1761955200000, "agent_id": "coder"},
        {"id": "m3", "memory": ""},
    ]
}
LETTA = {
    "agents": [{"id": "agent-0", "name": "coder", "block_ids": ["block-0"], "messages": [{"role": "user"}]}],
    "blocks": [
        {"id": "block-0", "label": "corrections", "value": "- use logger, not print", "limit": 5000},
        {"id": "block-1", "label": "lost", "value": "no agent names this one"},
    ],
    "created_at": "2026-11-01T00:00:00Z",
}
ZEP = {
    "edges": [
        {
            "uuid": "e1",
            "name": "PREFERS",
            "fact": "the team prefers logger.info over print",
            "source_node_uuid": "n1",
            "target_node_uuid": "n2",
            "valid_at": "2026-11-01T00:00:00Z",
            "invalid_at": None,
        },
        {
            "uuid": "e2",
            "fact": "print is fine",
            "source_node_uuid": "n1",
            "target_node_uuid": "n2",
            "valid_at": "2025-01-01T00:00:00Z",
            "expired_at": "2026-01-01T00:00:00Z",
        },
    ],
    "nodes": [{"uuid": "n1", "name": "team", "summary": "six people"}, {"uuid": "n2", "name": "logger"}],
    "episodes": [{"uuid": "p1", "content": "we said: log", "created_at": "2026-11-01T00:00:00Z"}],
}
LANGMEM = [
    {
        "namespace": ["memories", "ada"],
        "key": "k1",
        "value": {"kind": "Memory", "content": {"content": "use logger"}},
        "created_at": "2026-11-01T00:00:00+00:00",
        "updated_at": "2026-11-02T00:00:00+00:00",
    },
    {"namespace": ["memories", "ada"], "key": "k2", "value": {"content": "no tabs"}},
    {"namespace": ["people"], "key": "k3", "value": {"kind": "Style", "content": {"quotes": "double", "width": 120}}},
]
PLAIN = [{"id": "k1", "content": "use logger", "user_id": "ada", "created_at": "2026-11-01T00:00:00Z"}]


def test_each_format_gives_its_words_its_ids_and_its_times() -> None:
    assert list(mem0.read(MEM0)) == [
        Remembered(text="prefers logger over print", key="m1", who="ada", t="2026-09-30T22:00:00.000Z"),
        Remembered(text="tabs, never spaces", key="m2", who="coder", t="2025-11-01T00:00:00.000Z"),
    ]
    written = "2026-11-01T00:00:00.000Z"
    assert list(letta.read(LETTA)) == [
        Remembered(
            text="- use logger, not print", key="coder:corrections", title="corrections", who="coder", t=written
        ),
        Remembered(text="no agent names this one", key=":lost", title="lost", t=written),
    ]
    assert [(one.key, one.until) for one in zep.read(ZEP)] == [
        ("e1", None),
        ("e2", "2026-01-01T00:00:00.000Z"),
        ("n1", None),
        ("p1", None),
    ]
    assert [(one.key, one.text, one.title, one.who) for one in langmem.read(LANGMEM)] == [
        ("k1", "use logger", "", "memories/ada"),
        ("k2", "no tabs", "", "memories/ada"),
        ("k3", '{"quotes": "double", "width": 120}', "Style", "people"),
    ]


@pytest.mark.parametrize(
    ("tool", "source", "ours", "given"),
    [
        ("mem0", "Mem0Source", mem0.read, MEM0),
        ("mem0", "Mem0Source", mem0.read, MEM0["results"]),
        ("letta", "LettaSource", letta.read, LETTA),
        ("letta", "LettaSource", letta.read, {"core_memory": [{"label": "human", "value": "Ada"}], "messages": []}),
        ("zep", "ZepSource", zep.read, ZEP),
        ("langmem", "LangMemSource", langmem.read, PLAIN),
        ("langmem", "LangMemSource", langmem.read, {"memories": PLAIN}),
    ],
)
def test_nothing_that_cognee_reads_is_missed(
    cognee_source: Callable[[str], ModuleType], tool: str, source: str, ours: Any, given: Any
) -> None:
    async def read() -> list[Any]:
        return [record async for record in getattr(cognee_source(tool), source)(given).records()]

    told = [record.model_dump() for record in asyncio.run(read())]
    words = [
        text
        for one in told
        for text in (
            one.get("content") or one.get("value") or one.get("fact_text") or one.get("description"),
            *(turn["content"] for turn in one.get("turns", ())),
        )
        if text
    ]
    assert words
    assert set(words) <= {one.text for one in ours(given)}


def test_what_mem0_itself_returns_is_read(mem0_models: ModuleType) -> None:
    item = mem0_models.MemoryItem(id="m9", memory="log, do not print", created_at="2026-11-01T09:00:00-07:00")
    assert list(mem0.read({"results": [item.model_dump()]})) == [
        Remembered(text="log, do not print", key="m9", t="2026-11-01T16:00:00.000Z")
    ]


def test_an_archive_of_cognee_is_read(cogx_models: ModuleType, tmp_path: Path) -> None:
    with cogx_models.COGXArchiveWriter(tmp_path / "out", "letta") as writer:
        scope = cogx_models.COGXScope(user_id="ada")
        common = {"external_system": "letta", "scope": scope}
        writer.write(cogx_models.COGXMemory(external_id="1", content="use logger", **common))
        writer.write(cogx_models.COGXMemoryBlock(external_id="2", label="style", value="no tabs", **common))
        writer.write(cogx_models.COGXFact(external_id="3", subject_ref="ada", predicate="likes", object_ref="logs"))
        turns = [cogx_models.COGXTurn(role="user", content="hello")]
        writer.write(cogx_models.COGXEpisode(external_id="4", turns=turns, title="talk"))
        writer.write_raw_node({"id": "n", "type": "X"})
    cogx.check((tmp_path / "out" / cogx.MANIFEST).read_bytes())
    files = [tmp_path / "out" / f"{name}.jsonl" for name in cogx.RECORDS]
    found = [one for path in files if path.exists() for one in cogx.read(path.read_bytes())]
    assert [(one.key, one.text, one.title, one.who) for one in found] == [
        ("letta:1", "use logger", "", "ada"),
        ("letta:2", "no tabs", "style", "ada"),
        ("unknown:3", "ada likes logs", "likes", ""),
        ("unknown:4", "user: hello", "talk", ""),
    ]


@pytest.mark.parametrize("version", ["1.0", "x", None, "99999999999999999999"])
def test_an_archive_of_another_version_is_refused(version: str | None) -> None:
    with pytest.raises(ForeignError, match="COGX"):
        cogx.check(json.dumps({"cogx_version": version}).encode())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b'{"results": [{"id": "m1", "mem', "was cut off"),
        (b"\x00\x01\x02", "is no JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b"9" * 10_000, "is no JSON"),
        (b'{"a": 1}\n[]\n', "is no JSON"),
    ],
)
def test_what_is_no_document_says_why(data: bytes, sentence: str) -> None:
    with pytest.raises(ForeignError, match=sentence):
        document(data)


@pytest.mark.parametrize("read", [mem0.read, letta.read, zep.read, langmem.read])
def test_another_tool_s_document_is_refused(read: Callable[[Any], Any]) -> None:
    for value in (None, 3, "text", {"something": "else"}):
        with pytest.raises(ForeignError):
            list(read(value))


@pytest.mark.parametrize("read", [mem0.read, letta.read, zep.read, langmem.read])
def test_fields_may_be_anything(read: Callable[[Any], Any]) -> None:
    odd: list[Any] = [None, 7, -1.5, "", [], {}, [[]], True, {"id": []}, "9" * 50]
    names = ("results", "agents", "blocks", "edges", "nodes", "episodes", "items", "memory", "value", "name", "id")
    for value in odd:
        document_ = {name: [dict.fromkeys((*names, "created_at", "text", "block_ids"), value)] for name in names}
        assert all(one.text for one in read(document_))


def test_times_are_told_in_one_way() -> None:
    expected = "2026-11-01T10:00:00.000Z"
    same = (
        "2026-11-01T10:00:00",
        "2026-11-01T12:00:00+02:00",
        1793527200,
        1793527200.0,
        1793527200000,
        1793527200 * 10**9,
    )
    assert {moment(value) for value in same} == {expected}
    assert [moment(value) for value in (None, True, "soon", float("nan"), -5, "0001-01-01T00:00:00+14:00")] == [
        None
    ] * 6
