from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hivemind_git.capture import journal as module
from hivemind_git.capture.journal import Journal, Payload

NOW = 1_800_000_000.0


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    (tmp_path / "journal").mkdir()
    return Journal(tmp_path)


def spool(tmp_path: Path, name: str, content: bytes, age: float = 0.0) -> Path:
    path = tmp_path / "journal" / name
    path.write_bytes(content)
    os.utime(path, (NOW - age, NOW - age))
    return path


def names(journal: Journal) -> list[str]:
    return [entry.path.name for entry in journal.pending()]


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "never made")
    assert (journal.pending(), journal.lost(), journal.is_full()) == ([], 0, False)


def test_entries_come_in_the_order_in_which_they_were_written(tmp_path: Path, journal: Journal) -> None:
    spool(tmp_path, "claude-code.9.0", b"{}", age=1)
    spool(tmp_path, "codex.10.0", b"{}", age=3)
    spool(tmp_path, "claude-code.2.1", b"{}", age=1)
    spool(tmp_path, "notes.txt", b"{}", age=9)
    (tmp_path / "journal/cursor.1.1").mkdir()
    (tmp_path / "journal/pi.1.1").symlink_to("/etc/passwd")
    assert [(entry.path.name, entry.agent, entry.t, entry.size) for entry in journal.pending()] == [
        ("codex.10.0", "codex", NOW - 3, 2),
        ("claude-code.2.1", "claude-code", NOW - 1, 2),
        ("claude-code.9.0", "claude-code", NOW - 1, 2),
    ]


def test_a_payload_is_read_as_it_was_sent(tmp_path: Path, journal: Journal) -> None:
    spool(tmp_path, "codex.1.0", json.dumps({"session_id": "\ud800ü", "n": [1]}).encode())
    (entry,) = journal.pending()
    assert journal.read(entry, NOW) == Payload("codex.1.0", "codex", NOW, {"session_id": "\ud800ü", "n": [1]})
    assert names(journal) == ["codex.1.0"]
    journal.discard([entry, entry])
    assert journal.read(entry, NOW) is None
    assert (names(journal), journal.lost()) == ([], 0)


@pytest.mark.parametrize("content", [b"", b'{"prompt": "half', b"[1]", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_what_does_not_parse_is_left_for_a_minute_then_set_aside(
    tmp_path: Path, journal: Journal, content: bytes
) -> None:
    spool(tmp_path, "codex.1.0", content, age=59)
    assert (journal.read(journal.pending()[0], NOW), names(journal), journal.lost()) == (None, ["codex.1.0"], 0)
    spool(tmp_path, "codex.1.0", content, age=61)
    assert (journal.read(journal.pending()[0], NOW), names(journal), journal.lost()) == (None, [], 1)
    assert (tmp_path / "journal/broken/codex.1.0").read_bytes() == content


def test_a_clock_that_went_back_does_not_keep_an_entry_young(tmp_path: Path, journal: Journal) -> None:
    spool(tmp_path, "codex.1.0", b"{", age=-3600)
    assert journal.read(journal.pending()[0], NOW) is None
    assert (names(journal), journal.lost()) == ([], 1)


def test_a_payload_without_end_is_not_loaded(tmp_path: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAYLOAD", 10)
    spool(tmp_path, "codex.1.0", b'{"a":"' + b"x" * 10 + b'"}', age=100)
    assert journal.read(journal.pending()[0], NOW) is None
    assert journal.lost() == 1


def test_losses_of_the_hook_count_too(tmp_path: Path, journal: Journal) -> None:
    (tmp_path / "lost").write_text("codex write\ncodex full\n")
    spool(tmp_path, "codex.1.0", b"{", age=100)
    journal.read(journal.pending()[0], NOW)
    assert journal.lost() == 3


def test_a_journal_that_nobody_seals_stops_growing_until_it_is_sealed(tmp_path: Path, journal: Journal) -> None:
    days = 86400
    spool(tmp_path, "codex.1.0", b"{}", age=14 * days - 10)
    journal.tidy(NOW)
    assert not journal.is_full()
    journal.tidy(NOW + 10)
    assert journal.is_full()
    journal.discard(journal.pending())
    journal.tidy(NOW + 10)
    assert not journal.is_full()


def test_broken_entries_go_in_the_end_and_stay_counted(tmp_path: Path, journal: Journal) -> None:
    spool(tmp_path, "codex.1.0", b"{", age=100)
    journal.read(journal.pending()[0], NOW)
    aside = tmp_path / "journal/broken/codex.1.0"
    set_aside = aside.stat().st_mtime
    journal.tidy(set_aside + 14 * 86400 - 1)
    assert aside.exists()
    journal.tidy(set_aside + 14 * 86400)
    assert (list((tmp_path / "journal/broken").iterdir()), journal.lost()) == ([], 1)
