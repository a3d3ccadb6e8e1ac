from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.rules import tokens as tk

FAMILIES = ["python", "javascript", "go", "rust", "shell", "c", "jvm", "prose", "sql", "css", "markup", "unknown"]


@pytest.mark.parametrize(
    ("family", "text", "expected"),
    [
        ("python", 'print(f"a {b}", x)  # why', ["print", "(", 'f"a {b}"', ",", "x", ")", "# why"]),
        ("python", "a //= b ** 2", ["a", "//=", "b", "**", "2"]),
        ("python", 'x = """a\nb"""', ["x", "=", '"""a\nb"""']),
        ("javascript", "a?.b ?? `t ${c}`; // d", ["a", "?.", "b", "??", "`t ${c}`", ";", "// d"]),
        ("javascript", "x === 'it\\'s'", ["x", "===", "'it\\'s'"]),
        ("go", "x := `raw\nstring`", ["x", ":=", "`raw\nstring`"]),
        ("rust", "fn f<'a>(x: &'a str) -> char { 'c' }", None),
        ("rust", "foo()?.bar", ["foo", "(", ")", "?", ".", "bar"]),
        ("shell", 'if [ "$A" = 1 ]; then', ["if", "[", '"$A"', "=", "1", "]", ";", "then"]),
        ("sql", "a <> 1 -- note", ["a", "<", ">", "1", "-- note"]),
        ("prose", "Don't say it's done.", ["Don't", "say", "it's", "done", "."]),
        ("jvm", "List<List<A>> x", ["List", "<", "List", "<", "A", ">", ">", "x"]),
        ("c", 'u8"é" 0xFFu 1.5e-3f', ['u8"é"', "0xFFu", "1.5e-3f"]),
        ("python", 'say("unclosed', ["say", "(", '"', "unclosed"]),
    ],
)
def test_a_line_in_tokens(family: str, text: str, expected: list[str] | None) -> None:
    found = list(tk.tokenise(text, family).texts)
    if expected is None:
        expected = [
            "fn",
            "f",
            "<",
            "'",
            "a",
            ">",
            "(",
            "x",
            ":",
            "&",
            "'",
            "a",
            "str",
            ")",
            "->",
            "char",
            "{",
            "'c'",
            "}",
        ]
    assert found == expected


def test_line_ends_separate_statements_and_nothing_else() -> None:
    assert tk.tokenise("\n  foo(\n    a,\n    b,\n  )\n\n  bar()\n", "python").texts == (
        "foo", "(", "a", ",", "b", ",", ")", "\n", "bar", "(", ")",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("getHTTPResponse2", ["get", "HTTP", "Response", "2"]),
        ("get_user__name", ["get", "_", "user", "__", "name"]),
        ("MAX_SIZE", ["MAX", "_", "SIZE"]),
        ('f"user %s"', ["f", '"', "user", " ", "%", "s", '"']),
        ("//nolint:gosec // why", ["/", "/", "nolint", ":", "gosec", " ", "/", "/", " ", "why"]),
        ("===", ["==="]),
        ("größe", ["größe"]),
    ],
)
def test_sub_words(token: str, expected: list[str]) -> None:
    assert tk.pieces(token) == expected
    assert "".join(expected) == token


@given(st.text(max_size=200), st.sampled_from(FAMILIES))
def test_no_text_is_refused_and_none_is_lost(text: str, family: str) -> None:
    found = tk.tokenise(text, family)
    covered = "".join(text[start:end] for start, end in zip(found.starts, found.ends, strict=True))
    assert "".join(covered.split()) == "".join(text.split())
    fine = tk.split(found)
    assert "".join(part.removeprefix(tk.GLUE) for part in fine.texts).split() == "".join(found.texts).split()


def test_families() -> None:
    assert [tk.family(name) for name in ("TypeScript", "jsx", "kotlin", "bash", "markdown", "zig", "")] == [
        "javascript", "javascript", "jvm", "shell", "prose", "zig", "unknown",
    ]  # fmt: skip
