from __future__ import annotations

import difflib
from pathlib import Path

import pygit2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pygit2.enums import DiffOption

from hivemind_git.git.diff import diff_lines, split_lines
from hivemind_git.model import Hunk

LINES = st.lists(st.sampled_from([b"a", b"b", b"", b"\0", b"c\r", b"\xff\xfe", b"\x85", b"\x0c"]), max_size=12)
CONTENT = st.builds(lambda lines, end: b"\n".join(lines) + (b"\n" if end else b""), LINES, st.booleans())


def patched(before: bytes, after: bytes, hunks: list[Hunk]) -> bytes:
    """What the hunks make of `before`, written independently of the code under test."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    # bytes.splitlines also ends lines at CR; join what it should not have cut.
    old, new = joined(old), joined(new)
    made, at = [], 0
    for hunk in hunks:
        made += old[at : hunk.before_start] + new[hunk.after_start : hunk.after_end]
        at = hunk.before_end
    return b"".join(made + old[at:])


def joined(lines: list[bytes]) -> list[bytes]:
    whole: list[bytes] = []
    for line in lines:
        if whole and not whole[-1].endswith(b"\n"):
            whole[-1] += line
        else:
            whole.append(line)
    return whole


@settings(max_examples=400, deadline=None)
@given(CONTENT, CONTENT)
@example(b"a", b"a\n")
@example(b"", b"\n")
@example(b"a\nb\nc", b"a\nc")
@example(b"x\0y\n", b"x\0z")
def test_hunks_make_the_one_of_the_other_and_nothing_between_them_changed(before: bytes, after: bytes) -> None:
    hunks = diff_lines(before, after)
    assert patched(before, after, hunks) == after
    assert bool(hunks) == (before != after)
    old, new = split_lines(before), split_lines(after)
    assert b"".join(old) == before
    ends = (0, 0)
    for hunk in [*hunks, Hunk(len(old), len(old), len(new), len(new))]:
        # What is between two hunks is equal, and there is at least one such line: runs are maximal.
        assert old[ends[0] : hunk.before_start] == new[ends[1] : hunk.after_start]
        assert ends == (0, 0) or hunk.before_start > ends[0] or hunk.before_start == len(old)
        ends = (hunk.before_end, hunk.after_end)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 40), unique=True, max_size=25), st.lists(st.integers(0, 40), unique=True, max_size=25))
def test_lines_that_are_unique_on_both_sides_keep_about_as_many_as_difflib(one: list[int], other: list[int]) -> None:
    before, after = (b"".join(b"line %d\n" % number for number in side) for side in (one, other))
    kept = len(one) - sum(hunk.before_end - hunk.before_start for hunk in diff_lines(before, after))
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    assert kept >= sum(block.size for block in matcher.get_matching_blocks())


@pytest.mark.parametrize(
    ("before", "after", "hunks"),
    [
        (b"", b"", []),
        (b"a\n", b"a\n", []),
        (b"", b"a\nb", [Hunk(0, 0, 0, 2)]),
        (b"a\nb", b"", [Hunk(0, 2, 0, 0)]),
        (b"a\nb\nc\n", b"a\nc\n", [Hunk(1, 2, 1, 1)]),
        (b"a\nc\n", b"a\nb\nc\n", [Hunk(1, 1, 1, 2)]),
        (b"a\nb\nc\n", b"A\nb\nC\n", [Hunk(0, 1, 0, 1), Hunk(2, 3, 2, 3)]),
        (b"a\nb", b"a\nb\n", [Hunk(1, 2, 1, 2)]),
        (b"a\r\nb\r\n", b"a\nb\n", [Hunk(0, 2, 0, 2)]),
        (b"\0\n\0\0\n", b"\0\n\0\n", [Hunk(1, 2, 1, 2)]),
        (b"a\rb\n", b"a\rc\n", [Hunk(0, 1, 0, 1)]),
        (b"\xef\xbb\xbfa\n", b"a\n", [Hunk(0, 1, 0, 1)]),
    ],
)
def test_hunks(before: bytes, after: bytes, hunks: list[Hunk]) -> None:
    assert diff_lines(before, after) == hunks


def test_an_added_function_is_one_run_that_starts_where_it_starts() -> None:
    before = b"def one():\n    return 1\n\n\ndef two():\n    return 1\n"
    after = b"def one():\n    return 1\n\n\ndef new():\n    return 1\n\n\ndef two():\n    return 1\n"
    assert diff_lines(before, after) == [Hunk(4, 4, 4, 8)]


def test_the_users_configuration_changes_nothing(hermetic: Path) -> None:
    before = b"".join(b"{\n  %d\n}\n" % number for number in range(30))
    after = before.replace(b"  7\n}\n", b"").replace(b"  20\n", b"{\n}\n  20\n")
    plain = diff_lines(before, after)
    (hermetic / ".gitconfig").write_text(
        "[diff]\n\talgorithm = minimal\n\tcontext = 9\n\tinterHunkContext = 9\n\tnoprefix = true\n\texternal = false\n"
    )
    assert diff_lines(before, after) == plain
    assert patched(before, after, plain) == after


def test_long_lines_and_many_lines() -> None:
    before = b"x" * 2_000_000 + b"\n" + b"".join(b"%d\n" % number for number in range(50_000))
    after = before.replace(b"\n25000\n", b"\nchanged\n")
    assert diff_lines(before, after) == [Hunk(25_001, 25_002, 25_001, 25_002)]


def whole(before: bytes, after: bytes) -> list[Hunk]:
    """What libgit2 says of the whole images."""
    flags = DiffOption.FORCE_TEXT | DiffOption.SKIP_BINARY_CHECK | DiffOption.PATIENCE | DiffOption.INDENT_HEURISTIC
    patch = pygit2.Patch.create_from(before, after, flag=flags, context_lines=0, interhunk_lines=0)
    return [
        Hunk(old, old + found.old_lines, new, new + found.new_lines)
        for found in patch.hunks
        for old, new in [(found.old_start - (found.old_lines > 0), found.new_start - (found.new_lines > 0))]
    ]


LINE = st.sampled_from([b"a", b"b", b"  a", b"", b"}", b"x = 1", b"cr\r"])


@settings(max_examples=400, deadline=None)
@given(
    st.lists(LINE, max_size=30),
    st.lists(LINE, max_size=3),
    st.lists(LINE, max_size=3),
    st.lists(LINE, max_size=30),
    st.sampled_from([b"", b"\n"]),
)
def test_what_an_edit_left_alone_changes_nothing_of_its_diff(
    above: list[bytes], old: list[bytes], new: list[bytes], below: list[bytes], end: bytes
) -> None:
    before, after = (b"\n".join([*above, *middle, *below]) + end for middle in (old, new))
    found = diff_lines(before, after)

    assert found == ([] if before == after else whole(before, after))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 300), st.integers(0, 300), st.lists(LINE, max_size=4), st.integers(0, 3))
def test_a_change_in_a_long_file_is_found_where_it_is(start: int, more: int, new: list[bytes], gone: int) -> None:
    lines = [b"line %d\n" % (number % 90) for number in range(start + more + gone)]
    before = b"".join(lines)
    after = b"".join([*lines[:start], *(line + b"\n" for line in new), *lines[start + gone :]])

    hunks = diff_lines(before, after)
    made = split_lines(before)
    for hunk in reversed(hunks):
        made[hunk.before_start : hunk.before_end] = split_lines(after)[hunk.after_start : hunk.after_end]
    assert made == split_lines(after)
    size = sum(hunk.before_end - hunk.before_start + hunk.after_end - hunk.after_start for hunk in hunks)
    assert size <= len(new) + gone
