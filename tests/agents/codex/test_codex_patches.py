from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.agents import marked
from hivemind_git.agents.codex import patches
from hivemind_git.agents.codex.patches import Chunk, FilePatch, PatchError


def patch(*lines: str) -> str:
    return "\n".join(["*** Begin Patch", *lines, "*** End Patch"])


def chunk(*lines: str, context: str | None = None, at_end: bool = False) -> Chunk:
    return Chunk(context, tuple((line[0], f"{line[1:]}\n") for line in lines), at_end)


def test_every_operation() -> None:
    text = patch(
        "*** Add File: src/new.py",
        "+one",
        "+",
        "+ three",
        "*** Delete File: gone.py",
        "*** Update File: old.py",
        "*** Move to: moved.py",
        "@@ class A:",
        " kept",
        "-out",
        "+in",
        "",
        "@@",
        "+last",
        "*** End of File",
        "*** Update File: bare.py",
        "-a",
    )
    assert patches.parse(f"\n{text}  \n") == [
        FilePatch("add", "src/new.py", content="one\n\n three\n"),
        FilePatch("delete", "gone.py"),
        FilePatch(
            "update",
            "old.py",
            move="moved.py",
            chunks=(chunk(" kept", "-out", "+in", " ", context="class A:"), chunk("+last", at_end=True)),
        ),
        FilePatch("update", "bare.py", chunks=(chunk("-a"),)),
    ]


def test_nothing_but_a_move() -> None:
    moved = patches.parse(patch("*** Update File: a", "*** Move to: b"))
    assert moved == [FilePatch("update", "a", move="b")]
    assert patches.apply(b"x\n", moved[0].chunks) == b"x\n"


def test_carriage_returns_end_the_lines_of_a_patch_too() -> None:
    assert patches.parse(patch("*** Add File: a", "+x").replace("\n", "\r\n")) == [FilePatch("add", "a", content="x\n")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "*** Begin Patch",
        "*** Begin Patch\n*** Add File: a\n+x",
        patch("*** Rename File: a"),
        patch("*** Update File: a"),
        patch("*** Update File: a", "@@"),
        patch("*** Update File: a", "@@", "*** End of File"),
        patch("*** Update File: a", "-x", "no mark"),
        patch("*** Add File: a", "+x", "no mark"),
        patch("*** Add File: a", "+x", "*** Delete File: a"),
        patch("*** Update File: a", "*** Move to: b", "@@", "-x", "*** Delete File: b"),
    ],
)
def test_what_is_no_patch(text: str) -> None:
    with pytest.raises(PatchError):
        patches.parse(text)


@pytest.mark.parametrize(
    ("before", "chunks", "after"),
    [
        ("a\nb\nc\n", [chunk(" a", "-b", "+B")], "a\nB\nc\n"),
        ("a\nb\nc", [chunk("-b", "+B")], "a\nB\nc\n"),
        ("x\nf:\n x\n", [chunk("- x", "+ y", context="f:")], "x\nf:\n y\n"),
        ("x\nx\nx\n", [chunk("-x", "+y", at_end=True)], "x\nx\ny\n"),
        ("x\nx\nx\n", [chunk("-x", "+y"), chunk("-x", "+z")], "y\nz\nx\n"),
        ("a\n", [chunk("+b")], "a\nb\n"),
        ("", [chunk("+b")], "b\n"),
        ("a\nb\n", [chunk("-b", "+c", " ")], "a\nc\n"),
        ("a\nb\n", [chunk("-a", "-b")], ""),
        ("a\u2028b\nc\n", [chunk("-c", "+d")], "a\u2028b\nd\n"),
        # Versions differ in what they make of a blank last line.
        ("a\n\n", [chunk("-a", "+b")], None),
        ("a\n", [chunk("+")], None),
        # What the client would find by leaving white space out is not found here.
        ("a \nb\n", [chunk("-a", "+c")], None),
        ("a\r\nb\r\n", [chunk("-a", "+c")], None),
        ("a\n", [chunk("-a", "+c", context="no such line")], None),
        ("a\nb\na\n", [chunk("-b"), chunk("-b")], None),
        ("a\nb\n", [chunk("-a", "+c", at_end=True)], None),
    ],
)
def test_what_a_patch_makes_of_a_file(before: str, chunks: list[Chunk], after: str | None) -> None:
    assert patches.apply(before.encode(), chunks) == (None if after is None else after.encode())


def test_a_file_that_is_no_text() -> None:
    assert patches.apply(b"caf\xe9\n", [chunk("-x", "+y")]) is None


LINES = st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=4), max_size=8)


@given(LINES, LINES, LINES, LINES)
def test_a_whole_file_as_one_chunk_gives_what_it_says(
    head: list[str], old: list[str], new: list[str], tail: list[str]
) -> None:
    lines = [f" {line}" for line in head] + [f"-{line}" for line in old] + [f"+{line}" for line in new]
    lines += [f" {line}" for line in tail]
    if not head + old + tail:
        return
    text = patch("*** Update File: a", "@@", *lines)
    (parsed,) = patches.parse(text)
    before = "".join(f"{line}\n" for line in head + old + tail)
    wanted = "".join(f"{line}\n" for line in head + new + tail)
    blank = [""] in ((head + old + tail)[-1:], (head + new + tail)[-1:])
    assert patches.apply(before.encode(), parsed.chunks) == (None if blank else wanted.encode())


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("apply_patch <<'EOF'\nP\nEOF", ("P\n", "")),
        ('  applypatch <<"X"\nP\nX\n', ("P\n", "")),
        ("cd src && apply_patch <<EOF\nP\nEOF", ("P\n", "src")),
        ("cd 'a b' && apply_patch <<EOF\nP\nEOF", ("P\n", "a b")),
        ("apply_patch <<'EOF'\nP\nEOF\necho done", None),
        ("echo x; apply_patch <<'EOF'\nP\nEOF", None),
        ("cd $X/y && apply_patch 'x'", None),
        ("cat <<'EOF'\nP\nEOF", None),
    ],
)
def test_a_patch_asked_for_through_the_shell(script: str, found: tuple[str, str] | None) -> None:
    assert patches.from_shell(script) == found


def test_what_marked_lines_change() -> None:
    lines = [(" ", "a\n"), ("-", "b\n"), ("-", "c\n"), ("+", "d\n"), (" ", "e\n"), ("+", "f\n"), ("-", "g\n")]
    assert marked.hunks(lines) == [{"before": "b\nc\n", "after": "d\n"}, {"before": "g\n", "after": "f\n"}]
    assert (marked.removed(lines), marked.added(lines)) == ("b\nc\ng\n", "d\nf\n")
