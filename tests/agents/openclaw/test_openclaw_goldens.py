"""What recorded payloads and sessions tell, whole. Run as a program, this module writes the expectations anew."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from pathlib import Path

import pytest
from agents.goldens import GOLDEN, expect, heard, place, shown

from hivemind_git.agents import assistant
from hivemind_git.agents.base import Checkout, KeepsDatabase, Machine
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.lines import Tally
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture

OPENCLAW = assistant("openclaw")
RUN = GOLDEN / "openclaw" / "2026.9.6" / "plain"
SESSIONS = tuple(
    dict.fromkeys(json.loads(line)["session_id"] for line in (RUN / "transcript_events.jsonl").read_text().splitlines())
)
MINE = f"WHERE session_id = '{SESSIONS[1]}'"
TABLE = """CREATE TABLE transcript_events
    (session_id TEXT, seq INTEGER, event_json TEXT, created_at INTEGER, event_zstd BLOB)"""


def database(folder: Path) -> Path:
    """The recorded rows, in a database as the client makes it."""
    path = folder / "agents/main/agent/openclaw-agent.sqlite"
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path)
    connection.execute(TABLE)
    for line in (RUN / "transcript_events.jsonl").read_text().splitlines():
        row = json.loads(line)
        values = (row["session_id"], row["seq"], json.dumps(row["event_json"]), row["created_at"], None)
        connection.execute("INSERT INTO transcript_events VALUES (?, ?, ?, ?, ?)", values)
    connection.commit()
    connection.close()
    return path


def written(folder: Path) -> list[Capture]:
    return list(OPENCLAW.read(database(folder), place, Tally(), trimmed))


def test_what_the_plugin_told() -> None:
    assert list(shown(heard(RUN, OPENCLAW))) == json.loads((RUN / "heard.json").read_text())


def test_what_the_database_tells(tmp_path: Path) -> None:
    assert list(shown(written(tmp_path))) == json.loads((RUN / "read.json").read_text())


def test_plugin_and_database_give_the_same_thing_the_same_id(tmp_path: Path) -> None:
    told = {capture.event.id: capture for capture in heard(RUN, OPENCLAW)}
    log = {capture.event.id: capture for capture in written(tmp_path)}
    assert log.keys() <= told.keys()
    # The client does not keep the use of a tool that it does not have.
    alone = [told[identity].event for identity in told.keys() - log.keys()]
    assert [(event.kind, event.fields.get("tool")) for event in alone if event.kind != "session_end"] == [
        ("tool_use", "zap")
    ]
    for identity in told.keys() & log.keys():
        one, other = told[identity], log[identity]
        assert (one.event.kind, one.event.session) == (other.event.kind, other.event.session)
        if one.event.kind in {"prompt", "response", "edit"}:
            names = ("text", "tokens", "path", "op")
            assert [one.event.fields.get(n) for n in names] == [other.event.fields.get(n) for n in names]


def test_sessions_of_other_folders_are_left_out(tmp_path: Path) -> None:
    path, tally = database(tmp_path), Tally()
    assert list(OPENCLAW.read(path, lambda _path, _cwd: None, tally, trimmed)) == []
    connection = sqlite3.connect(path)
    connection.execute("UPDATE transcript_events SET event_json = NULL, event_zstd = x'00' WHERE seq = 5")
    connection.execute("UPDATE transcript_events SET event_json = '[]' WHERE seq = 6")
    connection.commit()
    connection.close()
    list(OPENCLAW.read(path, place, tally, trimmed))
    assert (tally.too_long, tally.broken) == (2, 1)


def test_databases_with_sessions_of_this_repository(tmp_path: Path) -> None:
    home = tmp_path / "home/.openclaw"
    path = database(home)
    sessions = [path / name for name in SESSIONS]
    other = home / "agents/other/agent/openclaw-agent.sqlite"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"no database")
    here = Checkout(Path("/home/dev/repo"), Path("/home/dev/repo/.git"), (Path("/home/dev/repo"),))
    elsewhere = Checkout(tmp_path, tmp_path / ".git", (tmp_path,))
    machine = Machine(tmp_path / "home", {})
    assert OPENCLAW.transcripts(here, machine) == sessions
    assert OPENCLAW.transcripts(elsewhere, machine) == []
    assert OPENCLAW.transcripts(here, Machine(tmp_path, {"OPENCLAW_STATE_DIR": str(home)})) == sessions
    assert OPENCLAW.transcripts(here, Machine(tmp_path, {"OPENCLAW_HOME": "~/home"})) == sessions
    with pytest.raises(OSError, match="file is not a database"):
        list(OPENCLAW.read(other, place, Tally(), trimmed))
    with pytest.raises(OSError, match="file is not a database"):
        OPENCLAW.mentions(other)


def test_a_broken_row_hides_no_other_session(tmp_path: Path) -> None:
    path = database(tmp_path / "home/.openclaw")
    connection = sqlite3.connect(path)
    for session, told, begun in (("broken", "{", 1), ("zipped", b"\x28\xb5", 2), ("undated", "{}", None)):
        values = (session, 0, told, begun, None)
        connection.execute("INSERT INTO transcript_events VALUES (?, ?, ?, ?, ?)", values)
    connection.execute("UPDATE transcript_events SET created_at = 'long ago' WHERE session_id = ?", SESSIONS[:1])
    connection.commit()
    connection.close()
    here = Checkout(Path("/home/dev/repo"), Path("/home/dev/repo/.git"), (Path("/home/dev/repo"),))
    assert OPENCLAW.transcripts(here, Machine(tmp_path / "home", {})) == [path / name for name in SESSIONS]


def test_what_a_database_mentions(tmp_path: Path) -> None:
    files, folders = OPENCLAW.mentions(database(tmp_path))
    assert files == {"a.py", "old.txt", "seen.txt", "nope", "nope.py", "secret.txt"}
    assert folders == {"/home/dev/repo"}


def test_one_session_of_a_database_is_a_log(tmp_path: Path) -> None:
    path = database(tmp_path)
    first, second = (path / name for name in SESSIONS)
    told = [str(first), str(first), str(tmp_path / "x.jsonl"), str(second), "", f"relative/{path.name}/x"]
    payloads = [Payload(str(n), "openclaw", 0.0, {"transcript_path": one}) for n, one in enumerate(told)]
    assert OPENCLAW.logs(payloads) == [first, second]
    whole = [one.event.id for one in OPENCLAW.read(path, place, Tally(), trimmed)]
    parts = [[one.event.id for one in OPENCLAW.read(log, place, Tally(), trimmed)] for log in (first, second)]
    assert parts[0] + parts[1] == whole
    assert all(parts)


def test_a_session_is_measured_by_its_own_entries(tmp_path: Path) -> None:
    path = database(tmp_path)
    assert isinstance(OPENCLAW, KeepsDatabase)
    before = OPENCLAW.measured(path / SESSIONS[1])
    connection = sqlite3.connect(path)
    count, last = connection.execute(f"SELECT count(*), max(created_at) FROM transcript_events {MINE}").fetchone()
    assert before == (count, last * 1_000_000)
    connection.execute("DELETE FROM transcript_events WHERE seq = 2")
    connection.commit()
    connection.close()
    assert OPENCLAW.measured(path / SESSIONS[1]) == (count - 1, last * 1_000_000)
    assert OPENCLAW.measured(path / "gone") is None
    assert OPENCLAW.measured(tmp_path / "nowhere/openclaw-agent.sqlite/x") is None


if __name__ == "__main__":
    expect(RUN, "heard", heard(RUN, OPENCLAW))
    with tempfile.TemporaryDirectory() as scratch:
        expect(RUN, "read", written(Path(scratch)))
