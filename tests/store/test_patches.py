"""Edits that no file can have had."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.store_values import an_event

from hivemind_git.agents.hunks import hunk_fields
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Json, Kind
from hivemind_git.store.patches import impossible


def edit(**fields: Json) -> str | None:
    return impossible(an_event(kind=Kind.EDIT, fields={"path": "a.py", "op": "modify", **fields}))


def hunk(at: Json, to: Json, before: Json = "a\n", after: Json = "b\n") -> dict[str, Json]:
    return {"before": before, "after": after, "before_start": at, "after_start": to}


images = st.lists(st.sampled_from([b"a\n", b"b\n", b"\n", b"c", b"\xff\n", b"\r\n"]), max_size=8).map(b"".join)


@given(images, images)
def test_every_difference_of_two_files_can_be(before: bytes, after: bytes) -> None:
    assert edit(hunks=hunk_fields(before, after, diff_lines)) is None


def test_every_edit_that_a_real_assistant_told_can_be() -> None:
    golden = Path(__file__).parents[1] / "agents/golden"
    told = [
        one
        for name in ("heard", "read")
        for path in golden.glob(f"*/*/*/{name}.json")
        for one in json.loads(path.read_text())
    ]
    fields = [one["fields"] for one in told if one["kind"] == "edit"]
    assert len(fields) > 100
    assert [one for one in fields if edit(**one)] == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"hunks": []},
        {"hunks": [{"before": "a\n", "after": "b\n"}]},
        {"hunks": [hunk(3, 3, "<secret:1>\n"), hunk(9, 4)]},
        {"hunks": [hunk(3, 3), hunk(9, 4)], "cut": {"hunks.0.before": 9}},
    ],
)
def test_what_only_says_little_can_be(fields: dict[str, Json]) -> None:
    assert edit(**fields) is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"path": "../x"}, "its path leads out of the repository"),
        ({"path": "/etc/passwd"}, "its path leads out of the repository"),
        ({"path": ""}, "it names no file"),
        ({"path": None}, "it names no file"),
        ({"hunks": [hunk(99999, 0)]}, "hunk 1 takes line 100000 of the old file to line 1 of the new one"),
        ({"hunks": [hunk(5, 5), hunk(5, 6)]}, "hunk 2 takes line 6 of the old file to line 7 of the new one"),
        ({"hunks": [hunk(5, 5), hunk(9, 8)]}, "hunk 2 takes line 10 of the old file to line 9 of the new one"),
        ({"hunks": [hunk(7, 7)], "op": "create"}, "hunk 1 takes line 8 of the old file to line 8 of the new one"),
        ({"hunks": "x"}, "its hunks are no texts with the lines where they begin"),
        ({"hunks": [7]}, "its hunks are no texts with the lines where they begin"),
        ({"hunks": [hunk(-1, -1)]}, "its hunks are no texts with the lines where they begin"),
        ({"hunks": [hunk(0, None)]}, "its hunks are no texts with the lines where they begin"),
        ({"hunks": [hunk(True, True)]}, "its hunks are no texts with the lines where they begin"),
        ({"hunks": [hunk(0, 0, 7)]}, "its hunks are no texts with the lines where they begin"),
    ],
)
def test_what_no_file_can_have_had(fields: dict[str, Json], why: str) -> None:
    assert edit(**fields) == why
