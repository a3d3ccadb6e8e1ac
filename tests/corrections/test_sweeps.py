"""Words of the language itself that were changed everywhere in a file at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hivemind_git.corrections.sweeps import swept
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import CorrectionOrigin

if TYPE_CHECKING:
    from corrections.conftest import Story

OLD = """var fs = require('fs');

function load(path) {
  var text = fs.readFileSync(path);

  for (var i = 0; i < text.length; i++) {
    check(text, i);
  }
  return text;
}
"""
ESLINT = """const fs = require('fs');

function load(path) {
  const text = fs.readFileSync(path);

  for (let i = 0; i < text.length; i++) {
    check(text, i);
  }
  return text;
}
"""


def _swept(before: str, after: str) -> list[int]:
    old, new = (text.encode() for text in (before, after))
    lines = (old.splitlines(keepends=True), new.splitlines(keepends=True))
    return sorted(swept(*lines, enumerate(diff_lines(old, new))))


def test_every_one_of_a_word_was_changed() -> None:
    assert _swept(OLD, ESLINT) == [0, 1, 2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OLD, ESLINT.replace("const text", "var text")),
        (OLD, OLD.replace("var fs", "const fs")),
        ("a(x)\n1\na(y)\n2\na(z)\n", "b(x)\n1\nb(y)\n2\nb(z)\n"),
        ("do a\n1\ndo b\n2\ndo c\n", "do a.x\n1\ndo b.x\n2\ndo c.x\n"),
    ],
    ids=["one is left", "one alone was changed", "a name", "another change"],
)
def test_a_persons_change(before: str, after: str) -> None:
    assert _swept(before, after) == []


def test_a_change_beside_one_of_them_is_not_a_part_of_it() -> None:
    assert _swept(OLD, ESLINT.replace("check(text, i)", "check(text)")) == [0, 1]


def test_an_autofix_that_nobody_saw_is_a_linters_and_a_persons_line_is_hers(story: Story) -> None:
    story.edit(None, OLD, path="load.js")
    story.commit(None, ESLINT.replace("return text", "return text.trim()"), path="load.js")

    found = [(one.after.strip(), one.origin) for one in story.derive().corrections]

    assert found == [
        ("const fs = require('fs');", CorrectionOrigin.LINTER),
        ("const text = fs.readFileSync(path);", CorrectionOrigin.LINTER),
        ("for (let i = 0; i < text.length; i++) {", CorrectionOrigin.LINTER),
        ("return text.trim();", CorrectionOrigin.HUMAN),
    ]
