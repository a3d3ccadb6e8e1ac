from __future__ import annotations

import json
from pathlib import Path

import pytest
from agents.goldens import TOP, place
from agents.hermes.hermes_database import Database

from hivemind_git.agents import assistant, measured
from hivemind_git.agents.base import Checkout, Machine
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.lines import Tally
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture

HERMES = assistant("hermes")
SUMMARY = "[CONTEXT COMPACTION — REFERENCE ONLY] Earlier turns were compacted\nGoal: a."


@pytest.fixture
def database(hermetic: Path) -> Database:
    return Database(hermetic / ".hermes")


def read(log: Path) -> list[Capture]:
    return list(HERMES.read(log, place, Tally(), trimmed))


def story(found: list[Capture]) -> list[str]:
    shown = ("text", "speaker", "prompt", "tool", "status", "path", "by", "reason", "how", "root", "subagent")
    return [
        " ".join(
            [one.event.kind.value, *(f"{key}={one.event.fields[key]}" for key in shown if key in one.event.fields)]
        )
        for one in found
    ]


def write(database: Database, session: str, call: str, path: str, content: str) -> None:
    database.say(session, "assistant", "", (call, "write_file", {"path": path, "content": content}))
    size = len(content.encode())
    database.result(session, call, "write_file", bytes_written=size, resolved_path=f"{TOP}/{path}")


def conversation(database: Database, session: str) -> None:
    """Two turns of six messages."""
    database.say(session, "user", "Write a.")
    write(database, session, "c1", "a.py", "a\n")
    database.say(session, "assistant", "Written.")
    database.say(session, "user", "Go on.")
    database.say(session, "assistant", "Gone on.")


TOLD = [
    "session_start how=startup",
    "prompt text=Write a. speaker=unknown prompt=1",
    "response text=",
    "tool_use tool=write_file status=ok path=a.py",
    "edit path=a.py",
    "response text=Written.",
    "prompt text=Go on. speaker=unknown prompt=2",
    "response text=Gone on.",
]


def test_a_session_of_the_database(database: Database) -> None:
    log = database.session("s1", TOP)
    conversation(database, "s1")
    assert story(read(log)) == TOLD
    assert story(read(database.path)) == TOLD
    assert {one.event.t[:19] for one in read(log)} <= {f"2026-11-21T02:15:{second}" for second in range(14, 30)}


def test_what_a_compaction_copies_is_told_once(database: Database) -> None:
    log = database.session("s1", TOP)
    conversation(database, "s1")
    database.copied("s1", "s1", slice(0, 2), t=database.now)
    database.say("s1", "user", SUMMARY)
    database.copied("s1", "s1", slice(4, 6), t=database.now)
    database.say("s1", "user", "Go on.")
    assert story(read(log)) == [*TOLD, "compaction", "prompt text=Go on. speaker=unknown prompt=3"]
    before = {one.event.id for one in read(log)}
    database.copied("s1", "s1", slice(6, 8), t=database.now)
    database.say("s1", "user", SUMMARY)
    database.copied("s1", "s1", slice(11, 12), t=database.now)
    database.say("s1", "assistant", "Again.")
    assert story(read(log))[-2:] == ["compaction", "response text=Again."]
    assert before < {one.event.id for one in read(log)}


def test_a_branch_tells_only_what_is_its_own(database: Database) -> None:
    database.session("s1", TOP)
    conversation(database, "s1")
    log = database.session("s2", TOP, parent_session_id="s1", model_config=json.dumps({"_branched_from": "s1"}))
    database.copied("s2", "s1", slice(0, 4))
    database.say("s2", "user", "Another way.")
    assert story(read(log)) == [
        "session_start how=fork root=s1",
        "prompt text=Another way. speaker=unknown prompt=2",
    ]


def test_a_session_that_a_compaction_begins(database: Database) -> None:
    database.session("s1", TOP, end_reason="compression")
    conversation(database, "s1")
    log = database.session("s2", TOP, parent_session_id="s1")
    database.copied("s2", "s1", slice(0, 2), t=database.now)
    database.say("s2", "user", SUMMARY)
    database.copied("s2", "s1", slice(4, 6), t=database.now)
    database.say("s2", "user", "And now b.")
    assert story(read(log)) == [
        "session_start how=fork root=s1",
        "compaction",
        "prompt text=And now b. speaker=unknown prompt=2",
    ]


def test_a_sub_agent_works_in_the_session_of_who_asked(database: Database) -> None:
    log = database.session("s1", TOP)
    database.say("s1", "user", "Let another write b.")
    asked = json.dumps({"_delegate_from": "s1"})
    child = database.session("s2", TOP, parent_session_id="s1", model_config=asked, source="subagent")
    database.say("s2", "user", "Write b.")
    write(database, "s2", "c1", "b.py", "b\n")
    database.say("s2", "assistant", "Done.")
    deeper = json.dumps({"_delegate_from": "s2"})
    database.session("s3", TOP, parent_session_id="s2", model_config=deeper, source="subagent")
    write(database, "s3", "c1", "c.py", "c\n")
    found = read(log)
    assert story(found)[2:] == [
        "tool_use tool=write_file status=ok path=b.py subagent=True",
        "edit path=b.py subagent=True",
        "tool_use tool=write_file status=ok path=c.py subagent=True",
        "edit path=c.py subagent=True",
    ]
    assert {one.event.session for one in found} == {"s1"}
    assert len({one.event.id for one in found}) == len(found)
    assert HERMES.logs([told("s2"), told("s3"), told("s1")]) == [log]
    assert measured("hermes", log) == (7, int(database.now * 1e9))
    assert child != log
    # A hook of the sub-agent gives the same use the same id, in the same session.
    done = {"path": "b.py", "content": "b\n"}
    result = json.dumps({"bytes_written": 2, "resolved_path": f"{TOP}/b.py"})
    payload = told("s2", hook_event_name="post_tool_call", tool_name="write_file", tool_input=done, cwd=TOP)
    payload.data["extra"] = {"tool_call_id": "c1", "result": result, "status": "ok"}  # type: ignore[index]
    heard = list(HERMES.hear([payload], place, trimmed))
    assert [(one.event.id, one.event.session) for one in heard] == [
        (one.event.id, one.event.session) for one in found[2:4]
    ]


def told(session: str, **more: object) -> Payload:
    return Payload(f"hermes.7.{session}", "hermes", 1795228467.0, {"session_id": session, **more})  # type: ignore[dict-item]


def test_a_person_speaks_while_a_tool_runs(database: Database) -> None:
    log = database.session("s1", TOP, source="telegram")
    database.say("s1", "user", "Test it.")
    database.say("s1", "assistant", "", ("c1", "terminal", {"command": "make"}))
    steer = (
        "\n\n[OUT-OF-BAND USER MESSAGE — a direct message from the user, delivered mid-turn; not tool output]\n"
        "Use pytest.\n[/OUT-OF-BAND USER MESSAGE]"
    )
    result = json.dumps({"output": "ok", "exit_code": 0, "error": None}) + steer
    database.say("s1", "tool", result, tool_call_id="c1", tool_name="terminal")
    assert story(read(log))[1:] == [
        "prompt text=Test it. speaker=person prompt=1",
        "response text=",
        "tool_use tool=terminal status=ok",
        "prompt text=Use pytest. speaker=person prompt=1",
    ]


@pytest.mark.parametrize(
    ("error", "by", "reason"),
    [
        ("BLOCKED: User denied this command. The user has NOT consented", "person", ""),
        (
            'BLOCKED: Command denied by user. Reason given by the user: "use "git clean"". The user has NOT consented',
            "person",
            'use "git clean"',
        ),
        ("BLOCKED: Command timed out without user response. Silence is not consent.", None, None),
        ('BLOCKED: this command matches the user-defined deny rule "rm *"', "config", "the same"),
        ("Edit approval denied by ACP client; file was not modified.", "person", ""),
    ],
)
def test_who_refused_and_why(database: Database, error: str, by: str | None, reason: str | None) -> None:
    log = database.session("s1", TOP)
    database.say("s1", "assistant", "", ("c1", "terminal", {"command": "rm -rf build"}))
    status = {} if error.startswith("Edit") else {"status": "blocked", "exit_code": -1, "output": ""}
    database.result("s1", "c1", "terminal", error=error, **status)
    use, *rest = read(log)[2:]
    assert use.event.fields["status"] == "rejected"
    told = [(one.event.fields["by"], one.event.fields["reason"]) for one in rest]
    assert told == ([] if by is None else [(by, error if reason == "the same" else reason)])


def test_a_command_after_a_cd_is_placed_nowhere(database: Database) -> None:
    log = database.session("s1", TOP)
    for number, command in enumerate(("echo 1 > a.txt", "cd sub", "echo 2 > a.txt")):
        database.say("s1", "assistant", "", (f"c{number}", "terminal", {"command": command}))
        database.result("s1", f"c{number}", "terminal", output="", exit_code=0, error=None)
    edits = [one for one in read(log) if one.event.kind == "edit"]
    assert [(one.event.fields["path"], one.after) for one in edits] == [("a.txt", b"1\n")]


def test_crlf_and_byte_order_mark_are_those_of_the_file(database: Database) -> None:
    log = database.session("s1", TOP)
    for number, size in enumerate((4, 6, 9, 5)):
        content = {"path": f"{number}.txt", "content": "a\nb\n"}
        database.say("s1", "assistant", "", (f"c{number}", "write_file", content))
        result = {"bytes_written": size, "resolved_path": f"{TOP}/{number}.txt"}
        database.result("s1", f"c{number}", "write_file", **result)
    found = [one.after for one in read(log) if one.event.kind == "edit"]
    assert found == [b"a\nb\n", b"a\r\nb\r\n", "\ufeffa\r\nb\r\n".encode(), None]


def test_interrupted_uses_and_turns(database: Database) -> None:
    log = database.session("s1", TOP)
    database.say("s1", "user", "Run it.")
    database.say("s1", "assistant", "", ("c1", "terminal", {"command": "make"}), ("c2", "terminal", {"command": "ls"}))
    database.result("s1", "c1", "terminal", output="x\n[Command interrupted]", exit_code=130, error=None)
    skipped = "[Tool execution cancelled — terminal was skipped due to user interrupt]"
    database.say("s1", "tool", skipped, tool_call_id="c2", tool_name="terminal")
    database.say("s1", "assistant", "Operation interrupted: waiting for model response (1.0s).")
    database.say("s1", "assistant", "", ("c3", "terminal", {"command": "pwd"}))
    assert story(read(log))[3:] == [
        "tool_use tool=terminal status=interrupted",
        "tool_use tool=terminal status=interrupted",
        "interrupt",
        "response text=",
        "tool_use tool=terminal status=unknown",
    ]


def test_sessions_of_this_repository_in_all_profiles(tmp_path: Path, hermetic: Path, database: Database) -> None:
    top = tmp_path / "repo"
    top.mkdir()
    database.session("later", f"{top}/sub", started_at=9.0)
    database.session("other", f"{top}2")
    database.session("child", str(top), model_config=json.dumps({"_delegate_from": "later"}))
    work = Database(hermetic / ".hermes" / "profiles" / "work")
    work.session("early", str(top), started_at=1.0)
    checkout = Checkout(top, top / ".git", (top,))
    expected = [work.path / "early", database.path / "later"]
    assert HERMES.transcripts(checkout, Machine(hermetic, {})) == expected
    inside = Machine(hermetic, {"HERMES_HOME": str(work.path.parent)})
    assert HERMES.transcripts(checkout, inside) == expected
    assert HERMES.transcripts(checkout, Machine(tmp_path, {})) == []
    assert HERMES.logs([told("early"), told("nowhere")]) == [expected[0], database.path / "nowhere"]


def test_logs_that_are_not_there(database: Database, tmp_path: Path) -> None:
    assert measured("hermes", database.path / "nowhere") is None
    assert measured("hermes", tmp_path / "state.db" / "s1") is None
    assert read(database.path / "nowhere") == []
    (tmp_path / "state.db").write_bytes(b"no database" * 100)
    assert measured("hermes", tmp_path / "state.db" / "s1") is None
    with pytest.raises(OSError, match="cannot be read"):
        read(tmp_path / "state.db" / "s1")
    visit = Payload("v", "hermes", 0.0, {"transcript_path": str(database.path / "s1")})
    elsewhere = Payload("v", "hermes", 0.0, {"transcript_path": str(tmp_path / "x.jsonl")})
    assert HERMES.logs([visit, elsewhere]) == [database.path / "s1"]
