"""What counts as added, and how rules are named."""

from __future__ import annotations

import pytest

from hivemind_git.git.changed import ChangedFile
from hivemind_git.pipeline.checking import added, named


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, b"a\nb\n", [1, 2]),
        (b"a\n", b"a\nb", [2]),
        (b"a\nb\n", b"x\na\ny\nb\n", [1, 3]),
        (b"a\nb\n", b"a\r\nb\r\nc\r\n", [3]),
        (b"a\nb\n", b"a\n", []),
        (b"a\r\n", b"a\n", []),
    ],
)
def test_lines_that_a_change_added(before: bytes | None, after: bytes, expected: list[int]) -> None:
    assert added(ChangedFile("a.py", "a.py", before, after)) == expected


def test_a_rule_is_named_by_its_id_the_start_of_it_or_its_skill() -> None:
    names = {"0123456789abcdef": True, "0123456": True, "012345": False, "": False, "area": True, "are": False}
    assert {name: named("0123456789abcdef", "area", [name]) for name in names} == names
