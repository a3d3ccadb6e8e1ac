"""What Cursor's payloads and transcripts tell, whole. Run as a program, this module writes the expectations anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from agents.goldens import GOLDEN, TOP, expect, heard, name, payloads, place, read, runs, shown, transcripts

from hivemind_git.agents import assistant
from hivemind_git.agents.hunks import trimmed
from hivemind_git.capture.journal import Payload

CURSOR = assistant("cursor")
RUNS = runs("cursor")
EDITOR = GOLDEN / "cursor" / "3.15.19" / "editor"
THEN = 1795228467.0


def timed(run: Path) -> None:
    """A transcript's events have the time of its last change."""
    for path in transcripts(run):
        os.utime(path, (THEN, THEN))


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_what_the_hooks_told(run: Path) -> None:
    assert list(shown(heard(run, CURSOR))) == json.loads((run / "heard.json").read_text())


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_what_the_transcripts_tell(run: Path) -> None:
    timed(run)
    assert list(shown(read(run, CURSOR))) == json.loads((run / "read.json").read_text())


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_two_wired_files_tell_everything_once(run: Path) -> None:
    """Of two files the same command runs twice at each event, a moment apart, each with an entry of its own."""
    twice = [
        Payload(f"cursor.{pid}.0", "cursor", each.t + pid / 1000, each.data)
        for each in payloads(run, "cursor")
        for pid in (1, 2)
    ]
    once = [one.event.kind for one in heard(run, CURSOR)]
    assert [one.event.kind for one in CURSOR.hear(twice, place, trimmed)] == once


def test_an_edit_is_told_once_whichever_hook_is_first() -> None:
    told = payloads(EDITOR, "cursor")
    edit, use = (
        next(i for i, one in enumerate(told) if one.data["hook_event_name"] == event and i > 16)
        for event in ("afterFileEdit", "postToolUse")
    )
    told[edit], told[use] = told[use], told[edit]
    kinds = [(one.event.kind.value, one.event.fields.get("path")) for one in CURSOR.hear(told, place, trimmed)]
    assert kinds.count(("edit", "notes.txt")) == 1


def test_the_hook_of_all_tools_may_leave_the_pieces_to_the_hook_of_edits() -> None:
    """The use came first and said nothing; what came later is its edit."""
    told = payloads(EDITOR, "cursor")[7:9]
    told.reverse()
    events = [one.event for one in CURSOR.hear(told, place, trimmed)]
    assert [(event.kind.value, event.fields["tool_use"]) for event in events] == [
        ("tool_use", "tool_e1"),
        ("edit", "tool_e1"),
    ]
    assert events[1].fields["hunks"] == [
        {"before": '    print("up")', "after": '    logger.info("up")'},
        {"before": "import sys", "after": "import logging"},
    ]


def test_no_log_is_read_beside_the_hooks() -> None:
    """A transcript names nothing by the ids that hooks tell, so all would be told twice."""
    assert CURSOR.logs(payloads(EDITOR, "cursor")) == []
    assert not CURSOR.logs_match
    hooks, log = ({one.event.id for one in each(EDITOR, CURSOR)} for each in (heard, read))
    assert len(hooks & log) == 1, "the start of the session alone"


def test_what_a_transcript_mentions() -> None:
    (path,) = transcripts(EDITOR)
    assert CURSOR.mentions(path) == ({f"{TOP}/app.py", f"{TOP}/notes.txt"}, {f"{TOP}/tests"})


if __name__ == "__main__":
    for golden in sorted((GOLDEN / "cursor").glob("*/*")):
        timed(golden)
        expect(golden, "read", read(golden, CURSOR))
        expect(golden, "heard", heard(golden, CURSOR))
