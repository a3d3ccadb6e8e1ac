"""What recorded payloads and rollouts tell, whole. Run as a program, this module writes the expectations anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from agents.goldens import GOLDEN, expect, heard, name, place, read, runs, shown, transcripts

from hivemind_git.agents import assistant
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.lines import Tally
from hivemind_git.capture.journal import Payload

CODEX = assistant("codex")
RUNS = runs("codex")
HOOKED = [run for run in RUNS if (run / "payloads.json").exists()]
NEWEST = GOLDEN / "codex" / "0.169.0"


@pytest.mark.parametrize("run", HOOKED, ids=name)
def test_what_the_hooks_told(run: Path) -> None:
    assert list(shown(heard(run, CODEX))) == json.loads((run / "heard.json").read_text())


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_what_the_rollouts_tell(run: Path) -> None:
    assert list(shown(read(run, CODEX))) == json.loads((run / "read.json").read_text())


@pytest.mark.parametrize("run", HOOKED, ids=name)
def test_hooks_and_rollouts_give_the_same_thing_the_same_id(run: Path) -> None:
    """Only of an end, a resume, and a patch that did not fit in code mode the hooks tell something of their own.

    Where no rollout can be read, as here, they tell the last response too.
    """
    told, written = ({capture.event.id: capture for capture in each(run, CODEX)} for each in (heard, read))
    alone = [told[identity].event for identity in told if identity not in written]
    assert {event.kind.value for event in alone} <= {"session_end", "session_start", "response", "tool_use"}
    assert {event.fields["how"] for event in alone if event.kind == "session_start"} <= {"resume"}
    assert [event.fields["input"] for event in alone if event.kind == "tool_use"] == ["update app.py"] * (
        run.name == "code"
    )
    for identity in told.keys() & written.keys():
        hook, log = told[identity], written[identity]
        assert (hook.event.kind, hook.event.session) == (log.event.kind, log.event.session)
        if hook.event.kind == "edit":
            assert hook.after in {log.after, None}
            assert hook.event.fields["path"] == log.event.fields["path"]


def test_a_sub_agent_speaks_in_the_session_of_its_parent() -> None:
    parent, child = (list(CODEX.read(path, place, Tally(), trimmed)) for path in transcripts(NEWEST / "agents"))
    assert {capture.event.session for capture in parent} == {capture.event.session for capture in child}
    assert [capture.event.kind.value for capture in child] == ["tool_use", "edit"]
    assert all(capture.event.fields["subagent"] for capture in child)


def test_the_logs_that_payloads_name(tmp_path: Path) -> None:
    session, agent = tmp_path / "rollout-1.jsonl", tmp_path / "rollout-2.jsonl"
    for path in (session, agent, tmp_path / "secret.jsonl"):
        path.write_text("{}\n")
    told = [
        {"transcript_path": str(session)},
        {"transcript_path": str(session), "agent_transcript_path": str(agent)},
        {"transcript_path": str(tmp_path / "rollout-gone.jsonl")},
        {"transcript_path": str(tmp_path / "secret.jsonl")},
        {"transcript_path": 7},
        {},
    ]
    assert CODEX.logs([Payload(str(n), "codex", 0.0, one) for n, one in enumerate(told)]) == [session, agent]


def test_what_a_rollout_mentions() -> None:
    (path,) = transcripts(NEWEST / "files")
    files, folders = CODEX.mentions(path)
    names = ("a.txt", "crlf.txt", "gone.txt", "old.py", "sub/via2.py", "via.py")
    assert files == {f"/home/dev/repo/{each}" for each in names}
    assert folders == {"/home/dev/repo", "/home/dev/repo/sub"}


def test_payloads_of_a_batch_that_starts_in_a_turn() -> None:
    """A seal takes what is there: the rest of a turn comes with the next."""
    run = NEWEST / "chain"
    whole = {capture.event.id for capture in heard(run, CODEX)}
    told = json.loads((run / "payloads.json").read_text())
    from_three = [Payload(f"codex.7.{n}", "codex", 1795228467.0 + n, one) for n, one in enumerate(told)][3:]
    assert {capture.event.id for capture in CODEX.hear(from_three, place, trimmed)} < whole


if __name__ == "__main__":
    for golden in sorted((GOLDEN / "codex").glob("*/*")):
        expect(golden, "read", read(golden, CODEX))
        if (golden / "payloads.json").exists():
            expect(golden, "heard", heard(golden, CODEX))
