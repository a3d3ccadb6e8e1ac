from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.rules import template as tm
from hivemind_git.rules.template import Hole

CODE = st.text(alphabet="$0123456789{}ab( ", min_size=1, max_size=8)


def merged(parts: list[tm.Segment]) -> list[tm.Segment]:
    found: list[tm.Segment] = []
    for part in parts:
        if found and isinstance(part, str) and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return found


@given(st.lists(st.one_of(CODE, st.integers(0, 255)), max_size=6))
def test_any_code_and_any_holes_come_back(parts: list[tm.Segment]) -> None:
    assert tm.segments(tm.join(merged(parts))) == merged(parts)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["print(", 0, ")"], "print($0)"),
        (["$name = ", 0], "$name = $0"),
        (["echo $1 ", 0], "echo $$1 $0"),
        (["$", 0], "$$$0"),
        ([0, "2"], "${0}2"),
        (["`${0}` ", 1], "`$${0}` $1"),
        (["`${x}` ", 1], "`${x}` $1"),
    ],
)
def test_a_dollar_that_is_no_hole_is_doubled(parts: list[tm.Segment], text: str) -> None:
    assert tm.join(parts) == text
    assert tm.segments(text) == parts


def test_fill() -> None:
    assert tm.fill(tm.segments("log.info($1, $0, $$1)"), {0: "a", 1: "b"}) == "log.info(b, a, $1)"


@pytest.mark.parametrize(
    ("text", "fine", "expected"),
    [
        ("foo($0, b)", False, ("foo", "(", Hole(0), ",", "b", ")")),
        ("get$0($1)", True, ("get", Hole(0, glued=True), "(", Hole(1), ")")),
        ("$0Service", True, (Hole(0), "\x1fService")),
        ('f("$0 x")', True, ("f", "(", '"', Hole(0, glued=True), "\x1f ", "\x1fx", '\x1f"', ")")),
        ("//nolint:$0", True, ("/", "\x1f/", "\x1fnolint", "\x1f:", Hole(0, glued=True))),
        ("return $0", False, ("return", Hole(0))),
    ],
)
def test_elements(text: str, fine: bool, expected: tuple[object, ...]) -> None:
    assert tm.glued(text, "javascript") is fine
    assert tm.elements(text, "javascript", fine=fine) == expected
