from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.agents.excerpt import excerpt
from hivemind_git.agents.hunks import hunk_fields, lines, trimmed
from hivemind_git.agents.stamp import utc
from hivemind_git.model import Hunk

images = st.lists(st.sampled_from([b"a\n", b"b\n", b"ab\n", b"\n", b"\xff\n"]), max_size=6).map(b"".join)
endings = st.sampled_from([b"", b"a", b"b", b"ab"])


def line_by_line(before: bytes, after: bytes) -> list[Hunk]:
    """The same as `trimmed`, the plain way."""
    old, new = lines(before), lines(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    hunk = Hunk(head, len(old) - tail, head, len(new) - tail)
    return [] if old == new else [hunk]


@given(images, endings, images, endings)
def test_one_hunk_between_the_first_and_the_last_difference(one: bytes, end: bytes, other: bytes, stop: bytes) -> None:
    before, after = one + end, other + stop
    assert list(trimmed(before, after)) == line_by_line(before, after)


@given(images, endings, images, endings)
def test_a_hunk_put_in_gives_the_file_after(one: bytes, end: bytes, other: bytes, stop: bytes) -> None:
    before, after = one + end, other + stop
    old = lines(before)
    for hunk, cut in zip(trimmed(before, after), hunk_fields(before, after, trimmed), strict=True):
        text = cut["after"]
        kept = b"".join(old[: hunk.before_start]), b"".join(old[hunk.before_end :])
        assert kept[0].decode("utf-8", "replace") + text + kept[1].decode("utf-8", "replace") == after.decode(
            "utf-8", "replace"
        )


def test_hunks_of_any_diff() -> None:
    cut = hunk_fields(b"a\nb\nc", b"A\nb\nC\nd", lambda *_: [Hunk(0, 1, 0, 1), Hunk(2, 3, 2, 4)])
    assert cut == [
        {"before": "a\n", "after": "A\n", "before_start": 0, "after_start": 0},
        {"before": "c", "after": "C\nd", "before_start": 2, "after_start": 2},
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00.123Z"),
        ("2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00.000Z"),
        ("2026-01-01T00:00:00", "2026-01-01T00:00:00.000Z"),
        (1767225600123, "2026-01-01T00:00:00.123Z"),
        ("yesterday", None),
        (1e300, None),
        (None, None),
        ([], None),
    ],
)
def test_times(value: object, expected: str | None) -> None:
    assert utc(value) == expected


def test_excerpts() -> None:
    assert excerpt("abcdef", 3) == "abcdef"
    assert excerpt("abcdefg", 3) == "abc\n…[1 characters]…\nefg"
