"""Evidence that makes no sense is skipped; whatever comes in, a derivation ends, and says the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hivemind_git.corrections.attribution import attribute
from hivemind_git.corrections.derive import derive
from hivemind_git.corrections.evidence import (
    Command,
    CommitRecord,
    Edit,
    Evidence,
    FileChange,
    Item,
    Session,
    Sight,
)
from hivemind_git.corrections.lines import Writer
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Hunk

if TYPE_CHECKING:
    from corrections.conftest import Story

BASE = "def main():\n    run()\n    stop()\n"
AGENT = BASE.replace("run()", "run(quick=True)")
FIXED = BASE.replace("run()", "run(quick=False)")
FOUND = [("replaced", "    run(quick=True)\n", "    run(quick=False)\n", None)]


def test_no_evidence_at_all() -> None:
    nothing = derive(Evidence(sessions=(), commits=()), diff_lines)

    assert (nothing.corrections, nothing.explained) == ((), ())


def test_the_same_event_twice(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.sessions["s1"].append(story.sessions["s1"][-1])
    story.see(FIXED)

    assert story.corrections() == FOUND


def test_a_clock_that_was_set_back_keeps_the_order_of_the_session(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.wait(-3600)
    story.see(FIXED)

    assert story.corrections() == FOUND


def test_a_before_that_does_not_follow_from_the_last_after(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.edit("something else entirely\n", "still something else\n")

    assert story.corrections() == [("replaced", AGENT, "something else entirely\n", None)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends(story: Story, end: str) -> None:
    story.edit(BASE.replace("\n", end), AGENT.replace("\n", end))
    story.see(FIXED.replace("\n", end))

    assert story.corrections() == [(kind, b.replace("\n", end), a.replace("\n", end), c) for kind, b, a, c in FOUND]


def test_a_change_of_all_line_ends_is_layout(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.see(AGENT.replace("\n", "\r\n"))

    assert story.corrections() == []
    assert {why for why, _, _ in story.explained()} == {"formatter"}


def test_no_line_end_at_the_end(story: Story) -> None:
    story.edit(BASE, AGENT.removesuffix("\n").replace("stop()", "halt()"))
    story.see(AGENT.removesuffix("\n").replace("stop()", "shutdown()"))

    assert story.corrections() == [("replaced", "    halt()", "    shutdown()", None)]


def test_text_that_is_no_utf8(story: Story) -> None:
    story.edit(b"caf\xe9\n", b"caf\xe9\nth\xe9 = 1\n")
    story.commit(b"caf\xe9\n", b"caf\xe9\nth\xe9 = 2\n")

    assert story.corrections() == [("replaced", "th\ufffd = 1\n", "th\ufffd = 2\n", "c1")]


def test_binary_files_are_left_out(story: Story) -> None:
    story.edit(b"\0\1\2\n", b"\0\1\3\n")
    story.commit(b"\0\1\2\n", b"\0\1\4\n")

    assert (story.corrections(), story.explained()) == ([], [])


def test_files_larger_than_anybody_writes_are_left_out(story: Story) -> None:
    large = b"x = 1\n" * 800_000
    story.edit(large, large + b"y = 1\n")
    story.commit(large, large + b"y = 2\n")

    assert (story.corrections(), story.explained()) == ([], [])


def test_an_edit_whose_images_are_gone_breaks_the_chain(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.edit(None, None, before_known=False)
    story.see(FIXED)

    assert (story.corrections(), story.explained()) == ([], [])


def test_a_deleted_file(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)
    story.edit(AGENT, None)
    story.commit(AGENT, None)

    assert (story.corrections(), story.explained()) == ([], [])


def test_a_diff_that_lies(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, FIXED)

    derive(story.evidence(), lambda *_: [Hunk(5, 2, 9, 1), Hunk(0, 99, 0, 1)])


CONTENTS = st.one_of(
    st.none(),
    st.lists(st.sampled_from(["a\n", "b = 1\n", "\n", "  c()\n", "x\r\n", "}\n", "import q\n", "e"]), max_size=8).map(
        lambda lines: "".join(lines).encode()
    ),
    st.binary(max_size=12),
)
TIMES = st.one_of(st.integers(0, 9).map(float), st.sampled_from([-1.0, 1e18, float("inf"), float("-inf")]))
PATHS = st.sampled_from(["a.py", "b.py", "", "go.sum"])


@st.composite
def items(draw: st.DrawFn) -> Item:
    event, t, path = f"e{draw(st.integers(0, 9))}", draw(TIMES), draw(PATHS)
    worktree = draw(st.sampled_from(["", "w", "v"]))
    match draw(st.sampled_from(["edit", "sight", "command"])):
        case "edit":
            return Edit(
                event=event,
                t=t,
                tool_use="u",
                worktree=worktree,
                path=path,
                before=draw(CONTENTS),
                after=draw(CONTENTS),
                before_known=draw(st.booleans()),
            )
        case "sight":
            return Sight(event=event, t=t, worktree=worktree, path=path, content=draw(CONTENTS) or b"")
    text = draw(st.sampled_from(["git stash", "sed -i s/a/b/ a.py", "eslint --fix", "git commit -m x", "$(", ""]))
    return Command(event=event, t=t, tool_use="u", worktree=worktree, text=text, ok=None)


@st.composite
def records(draw: st.DrawFn) -> CommitRecord:
    changes = st.builds(FileChange, path=PATHS, previous_path=PATHS, before=CONTENTS, after=CONTENTS)
    return CommitRecord(
        id=f"c{draw(st.integers(0, 5))}",
        parents=tuple(f"c{n}" for n in draw(st.lists(st.integers(0, 5), max_size=2))),
        t=draw(TIMES),
        committed=draw(TIMES),
        author=draw(st.sampled_from(["A <a@x>", "B <b@x>", ""])),
        subject=draw(st.sampled_from(["", "fix a"])),
        body="",
        patch="",
        files=tuple(draw(st.lists(changes, max_size=3))),
    )


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    sessions = tuple(
        Session(id=name, agent="a", model=None, items=tuple(draw(st.lists(items(), max_size=7))))
        for name in draw(st.lists(st.sampled_from(["s1", "s2"]), max_size=2))
    )
    return Evidence(sessions=sessions, commits=tuple(draw(st.lists(records(), max_size=5))))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(evidence())
def test_anything_may_come_in(given_evidence: Evidence) -> None:
    first = derive(given_evidence, diff_lines)
    ids = [one.id for one in first.corrections]

    assert derive(given_evidence, diff_lines) == first
    assert len(set(ids)) == len(ids)
    assert all(one.before != one.after and 0.5 <= one.confidence <= 1 for one in first.corrections)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(evidence())
def test_only_lines_of_an_edit_are_the_agents(given_evidence: Evidence) -> None:
    edits = {item.event for session in given_evidence.sessions for item in session.items if isinstance(item, Edit)}

    for (_, content), origins in attribute(given_evidence, diff_lines).images.items():
        assert len(origins) == len(content.split(b"\n")) - content.endswith(b"\n") - (not content)
        assert all(origin.event in edits for origin in origins if origin.writer is Writer.AGENT)
