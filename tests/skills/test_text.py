from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.skills import text


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("print($0)", "`print($0)`"),
        ("a `b` c", "``a `b` c``"),
        ("`x`", "`` `x` ``"),
        ("one\n  two\n", "`one ⏎ two`"),
        ("", "` `"),
        ("a\x00b\u202e", "`a\\u0000b\\u202e`"),
        ("x" * 30, "`xxxxxxxxxxxxxxxxxxx…`"),
    ],
)
def test_shows_code_on_one_line(given_text: str, shown: str) -> None:
    assert text.code(given_text, 20) == shown


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("a < b", "a < b"),
        ("<!-- x", "\\<!-- x"),
        ("<img src=x>", "\\<img src=x>"),
        ("![x](http://e) [y][z]", "![x]\\(http://e) [y]\\[z]"),
        ("two\nlines\\", "two lines\\\\"),
    ],
)
def test_shows_words_as_words(given_text: str, shown: str) -> None:
    assert text.prose(given_text) == shown


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ('say "a": b', "\"say 'a': b\""),
        ("x -> y => z <t>", '"x → y → z t"'),
        ("a --- b", '"a -- b"'),
        ("C:\\x", '"C:\\\\x"'),
    ],
)
def test_writes_one_line_of_yaml(given_text: str, shown: str) -> None:
    assert text.yaml_line(given_text, 100) == shown


def test_a_diff_keeps_both_sides_within_its_lines() -> None:
    before, after = "\n".join(f"a{n}" for n in range(9)), "b0\nb1"
    assert text.diff(before, after) == "- a0\n- a1\n- a2\n- … (6 more lines)\n+ b0\n+ b1"
    assert text.diff(after, before) == "- b0\n- b1\n+ a0\n+ a1\n+ a2\n+ … (6 more lines)"
    assert text.diff(before, before).count("\n") == 5
    assert text.diff("", "x") == "+ x"


@given(st.text(), st.text())
def test_a_diff_never_leaves_its_fence(before: str, after: str) -> None:
    lines = text.diff(before, after).split("\n")
    assert len(lines) <= 6
    assert all(line[:1] in {"-", "+", ""} for line in lines)
    assert len(text.diff(before, after).splitlines()) <= 6


@given(st.text())
def test_a_slug_is_part_of_a_name(given_text: str) -> None:
    found = text.slug(given_text)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", found)
