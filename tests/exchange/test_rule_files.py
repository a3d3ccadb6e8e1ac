"""Rules files as people write them: what they say, where it stands, and where it holds."""

from __future__ import annotations

import pytest

from hivemind_git.exchange import rule_files

MARKDOWN = """\
# Shop

Prices are in cents,
always.

## Logging

- Use `logger.info`,
  never `print`.
- [ ] Tests first
  - nested one
1. Numbered

```python
- not a statement
```
<!-- a comment
- that hides this
--> After the comment
| a | table |
---
> quoted
~~~
- open to the end
"""


def said(path: str, text: str, folder: str = "") -> list[tuple[int, str, str]]:
    return [(one.line, one.text, one.heading) for one in rule_files.read(path, text.encode(), folder)]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_items_and_paragraphs_are_statements_with_their_lines(ends: str) -> None:
    assert said("CLAUDE.md", MARKDOWN.replace("\n", ends)) == [
        (3, "Prices are in cents, always.", "Shop"),
        (8, "Use `logger.info`, never `print`.", "Logging"),
        (10, "Tests first", "Logging"),
        (11, "nested one", "Logging"),
        (12, "Numbered", "Logging"),
        (19, "After the comment", "Logging"),
        (22, "quoted", "Logging"),
    ]


@pytest.mark.parametrize(
    ("front", "scope"),
    [
        ("description: logging\nglobs: app/**/*.py\nalwaysApply: false", ("app/**/*.py",)),
        ("globs: *.py, **/*.{ts,tsx}, docs/", ("*.py", "**/*.{ts,tsx}", "docs/")),
        ('globs: ["a/*.py", b.py]', ("a/*.py", "b.py")),
        ("paths:\n  - src/**\n  - 'lib/*'\nother: 1", ("src/**", "lib/*")),
        ('applyTo: "**"', ()),
        ("description: : - [ not yaml\nalwaysApply: true", ()),
        ("", ()),
    ],
)
def test_the_frontmatter_says_where_it_holds(front: str, scope: tuple[str, ...]) -> None:
    text = f"---\n{front}\n---\nUse logger.info, never print."
    (one,) = rule_files.read(".cursor/rules/log.mdc", text.encode())
    assert (one.scope, one.text) == (scope, "Use logger.info, never print.")
    assert one.line == text.count("\n") + 1


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("CLAUDE.md", ""),
        ("docs/AGENTS.md", "docs"),
        (".claude/CLAUDE.md", ""),
        (".cursorrules", ""),
        (".cursor/rules/deep/er/log.mdc", ""),
        ("packages/a/.cursor/rules/log.mdc", "packages/a"),
        (".claude/rules/log.md", ""),
        (".github/copilot-instructions.md", ""),
        (".github/instructions/py.instructions.md", ""),
        (".windsurf/rules/log.md", ""),
        ("README.md", None),
        (".cursor/rules/log.txt", None),
        ("my.cursor/rules/log.mdc", None),
        ("docs/CLAUDE.md.bak", None),
    ],
)
def test_rules_files_are_known_by_their_places(path: str, folder: str | None) -> None:
    assert rule_files.home(path) == folder


def test_what_stands_in_a_folder_holds_below_it() -> None:
    (plain,) = rule_files.read("docs/AGENTS.md", b"- One", "docs")
    (narrow,) = rule_files.read("a/.cursor/rules/x.mdc", b"---\nglobs: *.py, src/*.ts\n---\nTwo", "a")
    assert (plain.scope, narrow.scope) == (("docs/**",), ("a/**/*.py", "a/src/*.ts"))


def test_no_bytes_are_too_odd_to_be_read() -> None:
    for data in (b"", b"---\n", b"---\nglobs: x", b"\xff\xfe\x00", b"```\n" * 3, b"<!--", b"- " * 50_000, b"* \n1.\n#"):
        assert all(one.text.strip() and one.line > 0 for one in rule_files.read("CLAUDE.md", data))
