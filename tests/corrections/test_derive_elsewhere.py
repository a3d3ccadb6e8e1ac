"""Text that stands elsewhere, or in another encoding, is no correction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hivemind_git.corrections.derive import derive
from hivemind_git.corrections.evidence import FileChange
from hivemind_git.git.diff import diff_lines

if TYPE_CHECKING:
    from corrections.conftest import Story

BASE = "def main():\n    run()\n    stop()\n"


def test_lines_that_moved_within_the_file(story: Story) -> None:
    story.edit(None, "alpha = load_alpha()\nbeta = load_beta()\ngamma = load_gamma()\nzeta = 1\n")
    story.see("beta = load_beta()\ngamma = load_gamma()\nzeta = 1\nalpha = load_alpha()\n")

    assert story.corrections() == []
    assert story.explained() == [("moved", "alpha = load_alpha()\n", "")]


def test_lines_that_moved_to_another_file_of_the_commit(story: Story) -> None:
    helper = "def helper():\n    first()\n    second()\n    third()\n"
    story.edit(None, helper + "\n\n" + BASE)
    story.commit(None, helper + "\n\n" + BASE)
    other = FileChange(path="src/help.py", previous_path="src/help.py", before=None, after=helper.encode())
    story.commit(helper + "\n\n" + BASE, BASE, also=(other,))

    assert story.corrections() == []
    assert story.explained() == [("moved", helper + "\n\n", "")]


def test_lines_that_moved_to_a_file_that_no_agent_wrote(story: Story) -> None:
    """What a commit brought there is asked for only where enough went, and only lines that say something count."""
    helper = "def helper(first):\n    first.prepare()\n    return first.run()\n"
    story.edit(None, helper + "\n\n" + BASE)
    story.commit(None, helper + "\n\n" + BASE)
    commit = story.commit(helper + "\n\n" + BASE, BASE)

    def why(*come: bytes) -> list[str]:
        found = derive(story.evidence(), diff_lines, beside=lambda one: come if one.id == commit else ())
        return [str(one.why) for one in found.explained]

    lines = tuple(line.strip().encode() for line in helper.splitlines())
    assert why(*lines) == why(*lines[1:]) == ["moved"]
    assert why() == why(*lines[2:]) == []


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_another_encoding_is_no_change_of_the_text(story: Story, encoding: str) -> None:
    """A file of one byte a character is saved as UTF-8; what changed in another line is found."""
    text = "greeting = 'Grüße'\n\n\nprint(greeting)\n"
    story.edit(None, text.encode(encoding))
    story.commit(None, text.encode(encoding))
    commit = story.commit(text.encode(encoding), text.replace("print(", "log("))

    assert story.corrections() == [("replaced", "print(greeting)\n", "log(greeting)\n", commit)]
    assert [(why, after) for why, _, after in story.explained()] == [("formatter", "greeting = 'Grüße'\n")]
