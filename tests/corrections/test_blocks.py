"""Blocks that were moved and changed at once: what went along is no change, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hivemind_git.corrections.lines import Writer

if TYPE_CHECKING:
    from corrections.conftest import Story

FIRST = "value_1 = load_one('key', more)\n"
SECOND = "total_2 = count_two(all)\n"
PASS = "pass\n"
REST = "limit_3 = three\nlimit_4 = four\nlimit_5 = five\nlimit_6 = six\n"
BETTER = "send_7(better)\n"
LAID_OUT = 'value_1 = load_one(\n    "key",\n    more,\n)\n'


def test_what_changed_in_a_block_that_was_moved_and_laid_out_is_found_alone(story: Story) -> None:
    story.edit(None, f"top\n{FIRST}{PASS}{SECOND}{REST}end\n")
    accepted = f"top\n{REST}{LAID_OUT}{BETTER}{SECOND}end\n"
    commit = story.commit(None, accepted)

    assert story.corrections() == [("replaced", PASS, BETTER, commit)]
    assert story.explained() == [("formatter", FIRST, LAID_OUT), ("formatter", SECOND, SECOND)]
    origins = story.attribute().of("src/app.py", accepted.encode()) or ()
    lines = accepted.splitlines(keepends=True)
    assert [line for line, one in zip(lines, origins, strict=True) if one.writer is Writer.HUMAN] == [BETTER]


def test_a_line_that_was_taken_out_of_a_block_that_was_moved_is_found_alone(story: Story) -> None:
    story.edit(None, f"top\n{FIRST}{PASS}{SECOND}{REST}end\n")
    commit = story.commit(None, f"top\n{REST}{FIRST}{SECOND}end\n")

    assert story.corrections() == [("removed", PASS, "", commit)]


def test_a_block_that_shares_little_with_one_that_went_is_another_one(story: Story) -> None:
    new = f"{PASS}one_8 = other(1)\ntwo_9 = other(2)\n"
    story.edit(None, f"top\n{FIRST}{PASS}{SECOND}{REST}end\n")
    commit = story.commit(None, f"top\n{REST}{new}end\n")

    assert story.corrections() == [
        ("removed", f"{FIRST}{PASS}{SECOND}", "", commit),
        ("extended", "", new, commit),
    ]


def test_what_was_taken_from_beside_a_line_that_went_back_is_found_alone(story: Story) -> None:
    start = f"top\n{REST}{FIRST}end\n"
    agents = f"top\n{PASS}{SECOND}{FIRST}{REST}end\n"
    story.edit(None, start)
    story.commit(None, start, made="main")
    story.edit(f"top\n{FIRST}{REST}end\n", agents)
    story.commit(start, agents, made="main")
    reverted = story.commit(agents, start, made="main", reverts=True)

    assert story.corrections() == [("removed", f"{PASS}{SECOND}", "", reverted)]
