from __future__ import annotations

import pytest

from hivemind_git.rules import delta as dt
from hivemind_git.rules import tokens as tk
from hivemind_git.rules.align import regions
from hivemind_git.rules.generalise import Template, generalise


def made(*edits: tuple[str, str], family: str = "python", exact: bool = False) -> Template | None:
    deltas = [dt.delta(tk.tokenise(one, family), tk.tokenise(other, family), exact=exact) for one, other in edits]
    found = [delta for delta in deltas if delta is not None]
    assert len(found) == len(edits)
    assert len({delta.skeleton for delta in found}) == 1
    return generalise(found)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("f ( a )", "f ( a , b )", [("", ", b")]),
        ("f ( a , c )", "f ( a , b , c )", [("", ", b")]),
        ("f ( ( n as any ) . m )", "f ( n . m )", [("(", ""), ("as any )", "")]),
        ("join ( a , f ( b ) )", "a / f ( b )", [("join (", ""), (",", "/"), (")", "")]),
        ("x", "f ( x )", [("", "f ("), ("", ")")]),
        ("a b", "a b", []),
    ],
)
def test_changed_regions_are_cut_where_their_brackets_belong(
    before: str, after: str, changed: list[tuple[str, str]]
) -> None:
    one, other = before.split(), after.split()
    found = [(" ".join(one[b0:b1]), " ".join(other[a0:a1])) for b0, b1, a0, a1 in regions(one, other)]
    assert found == changed
    if found and before.startswith("f ( ( n"):
        assert regions(one, other)[0][0] == 2
    if found and before.startswith("join"):
        assert regions(one, other)[-1][0] == 8


def test_equal_examples_have_no_hole() -> None:
    assert made(("a.load(x)", "a.read(x)"), ("a.load(x)", "a.read(x)")) == Template("a.load(x)", "a.read(x)")


def test_strings_of_one_kind_stay_strings() -> None:
    assert made(('fail("a")', 'stop("a")'), ('fail("b c")', 'stop("b c")')) == Template('fail("$0")', 'stop("$0")')
    assert made(('fail("a")', 'stop("a")'), ("fail('b')", "stop('b')")) == Template("fail($0)", "stop($0)")


def test_the_statement_around_is_not_part_of_the_lesson() -> None:
    assert made(("return old(a)", "return new(a)"), ("return old(b)", "return new(b)")) == Template(
        "old($0)", "new($0)"
    )


def test_an_after_that_needs_what_the_before_does_not_hold_is_no_template() -> None:
    assert made(("old(a)", "new(a, 1)"), ("old(b)", "new(b, 1)")) == Template("old($0)", "new($0, 1)")
    before, after = tk.tokenise("old(a)", "python"), tk.tokenise("new(b)", "python")
    other = tk.tokenise("new(c)", "python")
    first, second = dt.delta(before, after), dt.delta(before, other)
    assert first is not None
    assert second is not None
    assert first.skeleton != second.skeleton


def test_a_change_that_says_nothing_takes_in_its_neighbour_or_is_none() -> None:
    assert made(
        ("run(a, shell=True)", "run(a, shell=False)"), ("run(b, shell=True)", "run(b, shell=False)")
    ) == Template("shell=True", "shell=False")
    one, other = tk.tokenise("1", "python"), tk.tokenise("2", "python")
    assert dt.delta(one, other) is None


def test_unbalanced_changes_are_no_template() -> None:
    assert made(("; failed == nil {", ""), ("; failed == nil {", "")) is None
