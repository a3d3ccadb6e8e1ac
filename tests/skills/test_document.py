from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.errors import HivemindError
from hivemind_git.skills.document import Part, listing_overflow, parse

SKILL = """\
---
name: python-logging
description: "Use the logger, not print."
metadata:
  hivemind: "1"
license: MIT
---

# Python logging

<!-- hivemind:rules -->
| Rule | When |
|---|---|
| `00000000000000aa` | here |
<!-- /hivemind:rules -->

<!-- hivemind:rule 00000000000000aa -->
## One
<!-- /hivemind:rule -->

My own words.
"""


def test_takes_a_skill_apart() -> None:
    document = parse(SKILL.encode(), "x")
    assert (document.name, document.description, document.ours) == (
        "python-logging",
        "Use the logger, not print.",
        True,
    )
    assert [entry.key for entry in document.front] == ["name", "description", "metadata", "license"]
    assert [(part.rule, part.table) for part in document.parts] == [
        ("", False),
        ("", True),
        ("", False),
        ("00000000000000aa", False),
        ("", False),
    ]
    assert document.body_lines == 14


PIECES = st.sampled_from(
    [
        *(
            "---\n",
            "---",
            "\r\n",
            "\n",
            "name: x\n",
            "metadata:\n",
            "  hivemind: 1\n",
            "\x0c",
            "\u2028",
            "text",
            ": ",
            '"',
        ),
        *("<!-- hivemind:rule 00000000000000aa -->\n", "<!-- /hivemind:rule -->\n", "<!-- hivemind:rules -->\n"),
        *("<!-- /hivemind:rules -->\n", "| `00000000000000aa` |\n"),
    ]
)


@given(st.lists(PIECES, max_size=20).map("".join) | st.text())
def test_renders_byte_for_byte_what_it_parsed(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert parse(text.encode(), "x").render() == text


@pytest.mark.parametrize(
    ("text", "name", "description", "ours"),
    [
        ("no front", "", "", False),
        ("---\nname: a\n", "", "", False),
        ("---\nname: a\ndescription: it's plain: really\n---\n", "a", "it's plain: really", False),
        ("---\nname: 'a'\ndescription: >\n  one\n  two\n---\n", "a", "one two", False),
        ('---\r\nname: "a"\r\nmetadata:\r\n  hivemind: "1"\r\n---\r\n', "a", "", True),
        ("---\nhivemind: 1\nmetadata:\n  author: hivemind\n---\n", "", "", False),
    ],
)
def test_reads_what_people_write(text: str, name: str, description: str, ours: bool) -> None:
    document = parse(text.encode(), "x")
    assert (document.name, document.description, document.ours) == (name, description, ours)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\xef\xbb\xbf---\nname: a\n---\n"])
def test_refuses_what_agents_refuse(content: bytes) -> None:
    with pytest.raises(HivemindError, match=r"skills/a/SKILL\.md"):
        parse(content, "skills/a/SKILL.md")


def test_a_mark_that_is_never_closed_is_text() -> None:
    body = "<!-- hivemind:rule 00000000000000aa -->\n<!-- hivemind:rules -->\n<!-- /hivemind:rules -->\n"
    assert parse(f"---\nname: a\n---\n{body}".encode(), "x").parts == (
        Part("<!-- hivemind:rule 00000000000000aa -->\n"),
        Part("<!-- hivemind:rules -->\n<!-- /hivemind:rules -->\n", table=True),
    )


def test_reports_what_the_listing_cannot_hold() -> None:
    skills = [parse(f"---\nname: s{n}\ndescription: {'x' * 400}\n---\n".encode(), "x") for n in range(21)]
    assert listing_overflow(tuple(skills[:19])) == ()
    assert listing_overflow(tuple(skills)) == ("s8", "s9")
