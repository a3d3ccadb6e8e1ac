"""What an agent put elsewhere, laid out anew or renamed: it has not written that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from corrections.conftest import Story

HEAD = "import os\n\n\ndef main():\n    run_everything(1)\n\n\n"
PART = "def helper(first):\n    first.prepare(1)\n    if first.ready:\n        return 1\n    return first.run(1)\n"
FIXED = PART.replace("first.prepare(1)", "first.prepare(2)")
OWN = "    print('helper called')\n"


def _writers(story: Story, path: str, content: str) -> dict[str, str]:
    origins = story.attribute().of(path, content.encode())
    assert origins is not None
    return {line: str(origin.writer) for line, origin in zip(content.splitlines(), origins, strict=True)}


def _only(story: Story, path: str, content: str, *lines: str) -> bool:
    """Whether the agent wrote these lines, and no other ones; who wrote blank ones nobody asks."""
    found = _writers(story, path, content)
    return {line for line, who in found.items() if line and who == "agent"} == set(lines)


@pytest.mark.parametrize("first", ["create", "delete"])
def test_a_file_that_an_agent_renames(story: Story, first: str) -> None:
    """The first commit of the new name has a person's change already: it corrects nobody."""
    content = HEAD + PART
    if first == "create":
        story.edit(None, content, "new.py")
    story.edit(content, None, "old.py")
    if first == "delete":
        story.edit(None, content, "new.py")
    story.commit(None, HEAD + FIXED, "new.py")

    assert _only(story, "new.py", content)
    assert story.corrections() == []


def test_its_own_lines_stay_the_agents_when_it_renames_the_file(story: Story) -> None:
    grown = PART.replace("    first.prepare(1)\n", OWN + "    first.prepare(1)\n")
    story.edit(HEAD + PART, HEAD + grown, "old.py")
    story.edit(HEAD + grown, None, "old.py")
    story.edit(None, HEAD + grown, "new.py")
    commit = story.commit(None, HEAD + grown.replace("print(", "log("), "new.py")

    assert _only(story, "new.py", HEAD + grown, OWN.strip("\n"))
    assert story.corrections() == [("replaced", OWN, OWN.replace("print(", "log("), commit)]


def test_what_it_had_just_written_stays_the_agents_when_it_cuts_the_file_in_two(story: Story) -> None:
    story.edit(None, HEAD + PART, "old.py")
    story.edit(HEAD + PART, HEAD, "old.py")
    story.edit(None, PART, "part.py")
    commit = story.commit(None, FIXED, "part.py")

    assert _only(story, "part.py", PART, *PART.splitlines())
    assert story.corrections() == [("replaced", "    first.prepare(1)\n", "    first.prepare(2)\n", commit)]


def test_a_persons_line_among_the_agents_own_stays_the_persons_where_an_agent_puts_them_all(story: Story) -> None:
    story.edit(None, HEAD + PART, "old.py")
    story.commit(None, HEAD + FIXED, "old.py")
    story.edit(None, FIXED, "part.py")
    story.edit(HEAD + FIXED, HEAD, "old.py")

    assert _only(story, "part.py", FIXED, *(line for line in PART.splitlines() if "prepare" not in line))


def test_a_file_that_an_agent_renames_twice(story: Story) -> None:
    """And what agents wrote elsewhere in the same words says nothing of it."""
    story.edit(None, PART, "other.py", session="s2")
    for old, new in (("old.py", "new.py"), ("new.py", "newest.py")):
        story.edit(HEAD + PART, None, old)
        story.edit(None, HEAD + PART, new)

    assert _only(story, "newest.py", HEAD + PART)


def test_a_file_that_an_agent_cuts_in_two(story: Story) -> None:
    story.edit(None, "import sys\n\n\n" + PART, "part.py")
    story.edit(HEAD + PART, HEAD, "old.py")
    story.see("import sys\n\n\n" + FIXED, "part.py")

    assert _only(story, "part.py", "import sys\n\n\n" + PART, "import sys")
    assert story.corrections() == []


@pytest.mark.parametrize("why", ["little", "later", "another session"])
def test_lines_that_stand_elsewhere_by_chance(story: Story, why: str) -> None:
    """Few lines, or ones that another edit took out at another time, were written here."""
    part = "def helper(first):\n    first.prepare(1)\n" if why == "little" else PART
    story.edit(HEAD + part, HEAD, "old.py")
    if why == "later":
        story.wait(7200)
    story.edit(None, part, "part.py", session="s2" if why == "another session" else "s1")

    assert _only(story, "part.py", part, *(line for line in part.splitlines()))


def test_what_an_agent_indents_and_moves_within_a_file(story: Story) -> None:
    """A person then changes a line that was there before."""
    indented = "if True:\n" + "".join(f"    {line}" for line in PART.splitlines(keepends=True))
    story.edit(HEAD + PART, indented + "\n\n" + HEAD)
    story.see(indented.replace("prepare(1)", "prepare(2)") + "\n\n" + HEAD)

    found = _writers(story, "src/app.py", indented + "\n\n" + HEAD)
    assert [line.strip() for line, who in found.items() if line and who == "agent"] == ["if True:"]
    assert story.corrections() == []


def test_of_two_equal_lines_that_went_each_is_found_again_once(story: Story) -> None:
    """One line too many is the agent's."""
    line = "    first.prepare(1)\n"
    story.edit(HEAD + line, HEAD.replace("import os\n", "import os\n\n\n" + line * 2))

    origins = story.attribute().of("src/app.py", HEAD.replace("import os\n", "import os\n\n\n" + line * 2).encode())
    assert origins is not None
    assert [str(one.writer) for one in origins[3:5]] == ["unknown", "agent"]
