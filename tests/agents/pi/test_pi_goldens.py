"""What recorded payloads and sessions tell, whole. Run as a program, this module writes the expectations anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from agents.goldens import GOLDEN, expect, heard, name, place, read, runs, shown, transcripts

from hivemind_git.agents import assistant
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.lines import Tally
from hivemind_git.capture.journal import Payload

PI = assistant("pi")
RUNS = runs("pi")
NEWEST = GOLDEN / "pi" / "0.87.1"


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_what_the_extension_told(run: Path) -> None:
    assert list(shown(heard(run, PI))) == json.loads((run / "heard.json").read_text())


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_what_the_session_files_tell(run: Path) -> None:
    assert list(shown(read(run, PI))) == json.loads((run / "read.json").read_text())


@pytest.mark.parametrize("run", [run for run in RUNS if run.name != "unsaved"], ids=name)
def test_extension_and_file_give_the_same_thing_the_same_id(run: Path) -> None:
    """Only of an end, a resume, and a refusal the extension tells something of its own."""
    told, written = ({capture.event.id: capture for capture in each(run, PI)} for each in (heard, read))
    alone = [told[identity].event for identity in told if identity not in written]
    assert {event.kind.value for event in alone} <= {"session_end", "session_start", "rejection"}
    assert {event.fields["how"] for event in alone if event.kind == "session_start"} <= {"resume"}
    for identity in told.keys() & written.keys():
        hook, log = told[identity], written[identity]
        assert (hook.event.kind, hook.event.session) == (log.event.kind, log.event.session)
        if hook.event.kind == "edit":
            assert hook.event.fields["path"] == log.event.fields["path"]
            assert log.after in {hook.after, None}
            assert log.before == hook.before or not log.before_known


def test_a_fork_tells_what_it_copied_as_its_root_does() -> None:
    root, fork = (
        [one.event for one in PI.read(path, place, Tally(), trimmed)] for path in transcripts(NEWEST / "forked")
    )
    copied = [event for event in fork if event.session == root[0].session]
    assert [event.kind.value for event in copied] == ["prompt", "response", "tool_use", "edit", "response"]
    assert {event.id for event in copied} < {event.id for event in root}
    assert fork[0].fields == {"how": "fork", "root": root[0].session}


def test_the_logs_that_payloads_name(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-21T15-59-11-604Z_01a1fed5.jsonl"
    told = [
        {"transcript_path": str(path)},
        {"transcript_path": str(path)},
        {"transcript_path": "relative.jsonl"},
        {"transcript_path": str(tmp_path / "secret.txt")},
        {"transcript_path": 7},
        {},
    ]
    assert PI.logs([Payload(str(n), "pi", 0.0, one) for n, one in enumerate(told)]) == [path]


def test_what_a_session_mentions() -> None:
    (path,) = transcripts(NEWEST / "plain")
    files, folders = PI.mentions(path)
    assert files == {"a.py", "seen.txt", "nope", "old.txt", "crlf.txt", "../outside.txt"}
    assert folders == {"/home/dev/repo"}


@pytest.mark.parametrize("images", [{"before": None}, {"after": "x"}, {"before": "%", "after": "eA=="}, {"after": 1}])
def test_images_that_are_none_are_not_taken_for_any(images: dict[str, object]) -> None:
    told = {
        "hook_event_name": "PostToolUse",
        "session_id": "s",
        "cwd": "/home/dev/repo",
        "tool_name": "Write",
        "tool_use_id": "call",
        "tool_input": {"path": "a.txt", "content": "x"},
        "failed": False,
        **images,
    }
    captures = list(PI.hear([Payload("pi.1.0", "pi", 0.0, told)], place, trimmed))  # type: ignore[arg-type]
    assert [(one.before, one.after, one.before_known) for one in captures[1:]] == [(None, b"x", False)]


if __name__ == "__main__":
    for golden in sorted((GOLDEN / "pi").glob("*/*")):
        expect(golden, "read", read(golden, PI))
        expect(golden, "heard", heard(golden, PI))
