"""What recorded payloads and transcripts tell, whole. Run as a program, this module writes the expectations anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from agents.goldens import GOLDEN, expect, heard, name, place, read, runs, shown, transcripts

from hivemind_git.agents import assistant
from hivemind_git.agents.claude_code.transcript import read_transcript
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.lines import Tally
from hivemind_git.capture.journal import Payload

CLAUDE = assistant("claude-code")
RUNS = runs("claude-code")


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_what_the_hooks_told(run: Path) -> None:
    assert list(shown(heard(run, CLAUDE))) == json.loads((run / "heard.json").read_text())


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_what_the_transcripts_tell(run: Path) -> None:
    assert list(shown(read(run, CLAUDE))) == json.loads((run / "read.json").read_text())


@pytest.mark.parametrize("run", [run for run in RUNS if run.parent.name == "2.1.329"], ids=name)
def test_hooks_and_transcripts_give_the_same_thing_the_same_id(run: Path) -> None:
    """Only where the transcript knows nothing of it, the hooks tell something of their own."""
    told, written = ({capture.event.id: capture for capture in each(run, CLAUDE)} for each in (heard, read))
    alone = [told[identity].event for identity in told if identity not in written]
    assert {event.kind.value for event in alone} - {"session_end", "response"} <= {"session_start"}
    assert {event.fields["how"] for event in alone if event.kind == "session_start"} <= {"resume"}
    for identity in told.keys() & written.keys():
        hook, log = told[identity], written[identity]
        assert (hook.event.kind, hook.event.session) == (log.event.kind, log.event.session)
        if hook.event.kind == "edit":
            assert (hook.before, hook.after, hook.event.fields) == (log.before, log.after, log.event.fields)


def test_a_fork_gives_its_root_no_second_event() -> None:
    run = GOLDEN / "claude-code" / "2.1.329" / "chain"
    root, fork = (list(CLAUDE.read(path, place, Tally(), trimmed)) for path in transcripts(run))
    ids = {capture.event.id for capture in root}
    copied = [capture.event for capture in fork if capture.event.session == root[0].event.session]
    assert len(copied) == 13
    assert {event.id for event in copied} <= ids
    assert {capture.event.session for capture in fork} == {
        "11111111-2222-4333-8444-555555555555",
        fork[-1].event.session,
    }


def test_a_fork_alone_keeps_the_prompts_it_copied(tmp_path: Path) -> None:
    path = transcripts(GOLDEN / "claude-code" / "2.1.329" / "chain")[1]
    alone = tmp_path / path.name
    alone.write_bytes(path.read_bytes())
    prompts = [c.event.fields["text"] for c in CLAUDE.read(alone, place, Tally(), trimmed) if c.event.kind == "prompt"]
    assert prompts == ["first prompt", "second prompt", "forked prompt"]
    with path.open("rb") as lines:
        beside = [c.event.fields["text"] for c in read_transcript(lines, place) if c.event.kind == "prompt"]
    assert beside == ["forked prompt"]


def test_the_logs_that_payloads_name(tmp_path: Path) -> None:
    session = tmp_path / "s.jsonl"
    agent = tmp_path / "s" / "subagents" / "agent-1.jsonl"
    agent.parent.mkdir(parents=True)
    for path in (session, agent):
        path.write_text("{}\n")
    told = [
        {"transcript_path": str(session)},
        {"transcript_path": str(tmp_path / "later.jsonl")},
        {"transcript_path": "/etc/passwd"},
        {"transcript_path": "relative.jsonl"},
        {},
    ]
    assert CLAUDE.logs([Payload(str(n), "claude-code", 0.0, one) for n, one in enumerate(told)]) == [
        session,
        agent,
        tmp_path / "later.jsonl",
    ]


if __name__ == "__main__":
    for golden in sorted((GOLDEN / "claude-code").glob("*/*")):
        expect(golden, "heard", heard(golden, CLAUDE))
        expect(golden, "read", read(golden, CLAUDE))
