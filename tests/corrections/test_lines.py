"""Origins of lines, and how they are carried from image to image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.corrections.inherit import written
from hivemind_git.corrections.lines import (
    UNKNOWN,
    Origin,
    Version,
    Writer,
    carry,
    count,
    sound,
    split,
    unknown,
)
from hivemind_git.git.diff import diff_lines, split_lines
from hivemind_git.model import Hunk

if TYPE_CHECKING:
    from corrections.conftest import Story

AGENT = Origin(Writer.AGENT, "s1", "e1", "u1")


@given(st.binary(max_size=60))
def test_lines_are_cut_as_the_diff_counts_them(content: bytes) -> None:
    assert list(split(content)) == split_lines(content)
    assert count(content) == len(split(content))
    assert b"".join(split(content)) == content


@pytest.mark.parametrize(
    ("hunks", "before", "after", "expected"),
    [
        ([], 3, 3, True),
        ([], 3, 4, False),
        ([Hunk(1, 2, 1, 3)], 3, 4, True),
        ([Hunk(1, 2, 0, 2)], 3, 3, False),
        ([Hunk(2, 1, 2, 1)], 3, 3, False),
        ([Hunk(0, 9, 0, 9)], 3, 3, False),
        ([Hunk(2, 3, 2, 3), Hunk(0, 1, 0, 1)], 3, 3, False),
    ],
)
def test_hunks_that_do_not_fit_the_images_are_told(hunks: list[Hunk], before: int, after: int, expected: bool) -> None:
    assert sound(hunks, before, after) is expected


def test_a_tool_use_writes_the_lines_it_changed_and_counts_them() -> None:
    version = written(unknown(b"a\nb\nc\n"), b"a\nB\nC\nc\nd", diff_lines, AGENT)

    assert version == Version(
        b"a\nB\nC\nc\nd",
        (b"a\n", b"B\n", b"C\n", b"c\n", b"d"),
        (
            UNKNOWN,
            Origin(Writer.AGENT, "s1", "e1", "u1", 0),
            Origin(Writer.AGENT, "s1", "e1", "u1", 1),
            UNKNOWN,
            Origin(Writer.AGENT, "s1", "e1", "u1", 2),
        ),
    )


def test_unchanged_lines_keep_their_origin_and_new_ones_are_unknown() -> None:
    version = written(unknown(b""), b"one\ntwo\nthree\n", diff_lines, AGENT)
    later = carry(version, b"one\n2\nthree\n", diff_lines)

    assert [origin.writer for origin in later.origins] == [Writer.AGENT, Writer.UNKNOWN, Writer.AGENT]


def test_a_diff_that_makes_no_sense_leaves_every_line_unknown() -> None:
    version = written(unknown(b""), b"one\ntwo\n", diff_lines, AGENT)

    assert carry(version, b"one\n", lambda *_: [Hunk(7, 9, 1, 2)]).origins == (UNKNOWN,)


@given(st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"\r\n", b"\xff\n"]), max_size=12), st.binary(max_size=20))
def test_there_is_an_origin_for_every_line(lines: list[bytes], content: bytes) -> None:
    version = carry(written(unknown(b"a\n"), b"".join(lines), diff_lines, AGENT), content, diff_lines)

    assert len(version.origins) == len(version.lines) == len(split(content))


BASE = "def main():\n    run()\n    stop()\n"


def _writers(story: Story, content: str, path: str = "src/app.py") -> list[str] | None:
    origins = story.attribute().of(path, content.encode())
    return None if origins is None else [str(origin.writer) for origin in origins]


def test_who_wrote_each_line_of_a_commit(story: Story) -> None:
    story.commit(None, BASE)
    agent = BASE.replace("    run()\n", "    print('start')\n    run()\n    print('done')\n")
    story.edit(BASE, agent)
    fixed = agent.replace("print('start')", "logging.info('start')")
    story.commit(BASE, fixed)

    assert _writers(story, agent) == ["unknown", "agent", "unknown", "agent", "unknown"]
    assert _writers(story, fixed) == ["unknown", "human", "unknown", "agent", "unknown"]


def test_an_image_that_was_never_met_has_no_origins(story: Story) -> None:
    story.commit(None, BASE)

    assert _writers(story, "something else\n") is None


def test_what_a_person_adds_beside_the_agents_lines_is_unknown(story: Story) -> None:
    story.commit(None, BASE)
    agent = BASE.replace("run()", "run(quick=True)")
    story.edit(BASE, agent)
    story.commit(BASE, agent + "\n\nmain()\n")

    assert _writers(story, agent + "\n\nmain()\n") == ["unknown", "agent", "unknown", "unknown", "unknown", "unknown"]


def test_what_nothing_accounts_for_is_never_human(story: Story) -> None:
    agent = BASE.replace("run()", "run(quick=True)")
    story.edit(BASE, agent)
    story.run("git pull")
    story.see(agent.replace("quick=True", "quick=False"))

    assert _writers(story, agent.replace("quick=True", "quick=False")) == ["unknown"] * 3


def test_a_reflow_keeps_the_writer(story: Story) -> None:
    story.edit(None, "const size = compute(first, second);\n")
    laid_out = "const size = compute(\n  first,\n  second,\n);\n"
    story.commit(None, laid_out)

    assert _writers(story, laid_out) == ["agent"] * 4


def test_the_same_content_elsewhere_in_history_has_the_same_writers(story: Story) -> None:
    agent = BASE.replace("run()", "run(quick=True)")
    story.edit(BASE, agent)
    story.commit(BASE, agent)
    story.commit("unrelated\n", agent)

    assert _writers(story, agent) == ["unknown", "agent", "unknown"]


def test_a_write_over_an_image_that_nobody_saw_is_unknown(story: Story) -> None:
    story.edit(None, BASE, before_known=False)

    assert _writers(story, BASE) == ["unknown"] * 3


def test_a_rename_keeps_the_writers(story: Story) -> None:
    agent = BASE.replace("run()", "run(quick=True)")
    story.edit(BASE, agent)
    story.commit(BASE, agent)
    story.commit(agent, agent + "# end\n", path="src/main.py", previous_path="src/app.py")

    assert _writers(story, agent + "# end\n", "src/main.py") == ["unknown", "agent", "unknown", "unknown"]
