"""What recorded payloads and exported sessions tell, whole. As a program, this module writes the expectations anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from agents.goldens import GOLDEN, expect, heard, name, place, read, runs, shown, transcripts

from hivemind_git.agents import assistant
from hivemind_git.agents.hunks import trimmed
from hivemind_git.capture.journal import Payload

HERMES = assistant("hermes")
RUNS = runs("hermes")
PLAIN = GOLDEN / "hermes" / "0.19.0" / "plain"


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_what_the_hooks_told(run: Path) -> None:
    assert list(shown(heard(run, HERMES))) == json.loads((run / "heard.json").read_text())


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_what_the_log_tells(run: Path) -> None:
    assert list(shown(read(run, HERMES))) == json.loads((run / "read.json").read_text())


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_hooks_and_log_give_the_same_thing_the_same_id(run: Path) -> None:
    """Hooks alone tell of ends, of interrupts where the client is ended by one, and of hooks that refuse."""
    told, written = ({capture.event.id: capture for capture in each(run, HERMES)} for each in (heard, read))
    alone = [told[identity].event for identity in told if identity not in written]
    assert {event.kind.value for event in alone} <= {"session_end", "interrupt", "rejection"}
    assert {event.fields["by"] for event in alone if event.kind == "rejection"} <= {"hook"}
    missed = [written[identity].event for identity in written if identity not in told]
    assert [event.kind.value for event in missed if event.kind != "tool_use"] == []
    for identity in told.keys() & written.keys():
        hook, log = told[identity], written[identity]
        assert (hook.event.kind, hook.event.session) == (log.event.kind, log.event.session)
        if hook.event.kind == "edit":
            assert hook.after in {log.after, None}
            assert hook.event.fields["path"] == log.event.fields["path"]


@pytest.mark.parametrize("cut", range(1, 20))
def test_payloads_that_come_in_two_batches(cut: int) -> None:
    """A seal takes what is there. Only tokens of a turn's last answer are lost where it came between two batches."""
    told = json.loads((PLAIN / "payloads.json").read_text())
    payloads = [Payload(f"hermes.7.{n}", "hermes", 1795228467.0 + n, one) for n, one in enumerate(told)]
    whole = {capture.event.id for capture in HERMES.hear(payloads, place, trimmed)}
    parts = [payloads[:cut], payloads[cut:]]
    found = {capture.event.id for part in parts for capture in HERMES.hear(part, place, trimmed)}
    assert found <= whole
    assert {capture.event.kind.value for capture in heard(PLAIN, HERMES) if capture.event.id not in found} <= {
        "response"
    }


def test_what_a_session_mentions() -> None:
    (path,) = transcripts(PLAIN)
    files, folders = HERMES.mentions(path)
    assert files == {f"/home/dev/repo/{each}" for each in ("hello.txt", "patched.txt", "no.txt", "end.txt")}
    assert folders == {"/home/dev/repo"}


if __name__ == "__main__":
    for golden in sorted((GOLDEN / "hermes").glob("*/*")):
        expect(golden, "read", read(golden, HERMES))
        expect(golden, "heard", heard(golden, HERMES))
