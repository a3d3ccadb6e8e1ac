from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hivemind_git.agents import unified
from hivemind_git.agents.unified import DiffError, Part


def test_hunks_with_and_without_a_last_line_end() -> None:
    diff = "@@ -1,3 +1,3 @@\n one\n-two\n-three\n\\ No newline at end of file\n+TWO\n+three\n@@ -8,0 +9 @@\n+nine\r\n"
    assert unified.parse(diff) == [
        Part(0, ((" ", "one\n"), ("-", "two\n"), ("-", "three"), ("+", "TWO\n"), ("+", "three\n"))),
        Part(8, (("+", "nine\r\n"),)),
    ]
    assert unified.parse("") == []


@pytest.mark.parametrize(
    "diff",
    [
        "garbage",
        "@@ -1,2 +1,2 @@\n one\n",
        "@@ -1 +1 @@\n-a\n+b\ngarbage\n",
        "@@ -1 +1 @@\n-a\n+b\n+c\n",
        "--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n",
    ],
)
def test_what_is_no_diff(diff: str) -> None:
    with pytest.raises(DiffError):
        unified.parse(diff)


@pytest.mark.parametrize(
    ("before", "diff", "after"),
    [
        (b"a\nb\nc\n", "@@ -2 +2 @@\n-b\n+B\n", b"a\nB\nc\n"),
        (b"a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+B\n", b"a\nB\n"),
        (b"a\r\nb\r\n", "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+B\r\n", b"a\r\nB\r\n"),
        (b"a\x0cb\n\xe2\x80\xa8c\n", "@@ -2 +2 @@\n-\u2028c\n+d\n", b"a\x0cb\nd\n"),
        (b"", "@@ -0,0 +1 @@\n+a\n", b"a\n"),
        (b"a\nb\n", "@@ -1,0 +2 @@\n+x\n", b"a\nx\nb\n"),
        (b"a\nb\n", "@@ -1 +1 @@\n-b\n+B\n", None),
        (b"a\nb\n", "@@ -2,2 +2,2 @@\n-b\n-c\n+B\n+C\n", None),
        (b"a\nb\n", "@@ -2 +2 @@\n-b\n+B\n@@ -1 +1 @@\n-a\n+A\n", None),
    ],
)
def test_what_a_diff_makes_of_a_file(before: bytes, diff: str, after: bytes | None) -> None:
    assert unified.apply(before, unified.parse(diff)) == after


TEXT = st.lists(st.sampled_from(["a", "b", "c", " ", "-- x", "++ x", "\\", "@@"]), max_size=12).map("\n".join)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, TEXT, st.integers(0, 3))
def test_diffs_of_git(tmp_path: Path, before: str, after: str, context: int) -> None:
    for name, text in (("before", before), ("after", after)):
        (tmp_path / name).write_text(text)
    run = ["git", "diff", "--no-index", f"-U{context}", "before", "after"]
    told = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    hunks = "\n" + told
    diff = hunks[hunks.index("\n@@ ") + 1 :] if "\n@@ " in hunks else ""
    assert unified.apply(before.encode(), unified.parse(diff)) == after.encode()
