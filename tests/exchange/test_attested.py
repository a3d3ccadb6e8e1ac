"""Records of who wrote which lines: git-ai's notes and Agent Trace."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hivemind_git.exchange import agent_trace_reading, attested, git_ai
from hivemind_git.exchange.reading import ForeignError

COMMIT = "7734793b756b3921c88db5375a8c156e9532447b"
SESSION, PERSON, LEGACY = "s_c9883b05a2487d", "h_31dce776f88375", "abcd1234abcd1234"
NOTE = f"""\
src/main.py
  {SESSION}::t_9f8e7d6c5b4a32 1-10,15-20
  {SESSION}::t_a1b2c3d4e5f678 25
  {PERSON} 35-40
"src/my file.py"
  {LEGACY} 1-4,9
---
""" + json.dumps(
    {
        "schema_version": "authorship/3.0.0",
        "git_ai_version": "1.4.5",
        "base_commit_sha": COMMIT,
        "prompts": {LEGACY: {"agent_id": {"tool": "cursor", "id": "old", "model": "gpt-4"}, "total_additions": 5}},
        "humans": {PERSON: {"author": "Dev <dev@example.com>"}},
        "sessions": {SESSION: {"agent_id": {"tool": "claude", "id": "conv", "model": "claude-sonnet-4-5"}}},
    }
)


def test_a_note_of_every_kind_of_key() -> None:
    record = git_ai.read(COMMIT, NOTE.encode())
    assert [(one.path, one.session, one.agent, one.model, one.known, one.lines) for one in record.attested] == [
        ("src/main.py", SESSION, "claude-code", "claude-sonnet-4-5", "conv", ((1, 10), (15, 20), (25, 25))),
        ("src/my file.py", LEGACY, "cursor", "gpt-4", "old", ((1, 4), (9, 9))),
    ]
    assert (record.unclear, record.broken) == (1, 0)


def test_entries_out_of_form_are_counted_and_the_others_kept() -> None:
    odd = [
        "  x 1",
        f"  {LEGACY}",
        f"  {LEGACY} 1-",
        f"  {LEGACY} a",
        f"  {LEGACY} 1,,2",
        f"  {LEGACY} {'9' * 30}",
        "  ",
    ]
    text = NOTE.replace('"src/my file.py"\n', "\n".join(["src/odd.py", *odd, '"src/my file.py"\n']))
    record = git_ai.read(COMMIT, text.encode())
    assert (len(record.attested), record.unclear, record.broken) == (2, 1, 6)


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("", "is no authorship log"),
        ("free words of a person", "is no authorship log"),
        ("a.py\n  abcd1234abcd1234 1\n---\n", "is empty"),
        ("a.py\n---\n{", "is no JSON"),
        ("---\n[]", "is no authorship log"),
        ('---\n{"schema_version": "authorship/4.0.0"}', "is authorship/4.0.0, and authorship/3 is read here"),
        ("---\n" + "[" * 100_000, "is nested too deeply"),
    ],
)
def test_what_is_no_note_says_why(note: str, sentence: str) -> None:
    with pytest.raises(ForeignError, match=sentence):
        git_ai.read(COMMIT, note.encode())


def test_a_note_of_an_empty_attestation_says_nothing() -> None:
    assert git_ai.read(COMMIT, b'---\n{"schema_version": "authorship/3.0.0"}').attested == ()


def trace(*files: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "version": "0.1.0",
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "timestamp": "2026-01-25T10:00:00Z",
        "vcs": {"type": "git", "revision": COMMIT},
        "tool": {"name": "cursor", "version": "1"},
        "files": list(files),
        **more,
    }


def talk(kind: str, *ranges: tuple[Any, Any], **more: Any) -> dict[str, Any]:
    return {
        "contributor": {"type": kind, "model_id": "anthropic/claude-opus-4"},
        "ranges": [{"start_line": start, "end_line": end} for start, end in ranges],
        **more,
    }


def test_only_what_a_record_calls_ai_is_an_agent_s() -> None:
    own = {"start_line": 9, "end_line": 9, "contributor": {"type": "human"}}
    talks = [
        talk("ai", (1, 5), (7, 7), url="https://x/1"),
        talk("mixed", (6, 6)),
        talk("ai", (20, 21), url="https://x/2"),
    ]
    talks[0]["ranges"].append(own)
    record = agent_trace_reading.read(trace({"path": "a.py", "conversations": talks}))
    assert [(one.path, one.agent, one.model, one.lines) for one in record.attested] == [
        ("a.py", "cursor", "claude-opus-4", ((1, 5), (7, 7))),
        ("a.py", "cursor", "claude-opus-4", ((20, 21),)),
    ]
    assert len({one.session for one in record.attested}) == 2
    assert record.unclear == 2


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([], "is no trace record"),
        ("words", "is no trace record"),
        ({"files": []}, "has no version or no files"),
        (trace(version="1.0"), "is of Agent Trace 1.0, and 0.x is read here"),
        (trace(vcs=None), "names no commit of git"),
        (trace(vcs={"type": "hg", "revision": COMMIT}), "names no commit of git"),
        (trace(vcs={"type": "git", "revision": "--upload-pack=x"}), "names no commit of git"),
        ([trace(), {}], "has no version or no files"),
    ],
)
def test_what_is_no_record_says_why(value: Any, sentence: str) -> None:
    with pytest.raises(ForeignError, match=sentence):
        agent_trace_reading.read(value)


def test_ranges_of_anything_do_no_harm() -> None:
    odd: list[Any] = [None, "1", -1, 1.5, True, [], 10**30]
    talks = [talk("ai", *((value, value) for value in odd)), {"contributor": 7, "ranges": 7}, {"ranges": [{}]}]
    record = agent_trace_reading.read(trace({"path": "a.py", "conversations": talks}, {"path": 7, "conversations": 7}))
    assert (len(record.attested), record.broken) == (1, 6)
    assert attested.without(b"a\n", record.attested[0].lines) is None


@pytest.mark.parametrize(
    ("content", "lines", "left"),
    [
        (b"a\nb\nc\n", ((2, 2),), b"a\nc\n"),
        (b"a\nb\nc\n", ((1, 3),), b""),
        (b"a\nb\nc", ((3, 3),), b"a\nb\n"),
        (b"a\nb\nc", ((1, 1),), b"b\nc"),
        (b"a\nb\n", ((1, 1), (1, 1)), b"b\n"),
        (b"a\nb\n", ((3, 3),), None),
        (b"a\nb\n", ((0, 1),), None),
        (b"a\nb\n", ((2, 1),), None),
        (b"a\nb\n", (), None),
        (b"", ((1, 1),), None),
    ],
)
def test_a_file_without_some_of_its_lines(content: bytes, lines: Any, left: bytes | None) -> None:
    assert attested.without(content, lines) == left
