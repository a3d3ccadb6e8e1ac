from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from hivemind_git.capture import files


def test_a_log_says_when_and_never_acts_on_a_terminal(tmp_path: Path) -> None:
    log = tmp_path / "made/log"
    files.note(log, "seal: \x1b[31mred\nline \ud800 é")
    lines = [line for line in log.read_text().split("\n") if line]
    assert len(lines) == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\+00:00 seal: \\x1b\[31mred\\x0aline \\xd800 é", lines[0])
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_log_keeps_the_newest_and_stays_small(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for number in range(400):
        files.note(log, f"{number:04d} " + "x" * 1000)
    numbers = [int(line.split(" ")[1]) for line in log.read_text().split("\n") if line]
    assert numbers == list(range(numbers[0], 400))
    assert 100 < len(numbers) < 300
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_a_log_where_a_folder_stands_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    files.note(tmp_path / "log", "lost")
    assert (tmp_path / "log").is_dir()


def test_a_lock_has_one_holder_and_never_goes_stale(tmp_path: Path) -> None:
    lock = tmp_path / "made/lock"
    with files.exclusive(lock) as mine, files.exclusive(lock, patience=0.1) as other:
        assert (mine, other) == (True, False)
    with files.exclusive(lock) as mine:
        assert mine
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_placed_leaves_what_stood_there(tmp_path: Path) -> None:
    target = tmp_path / "file"
    files.place(target, b"one")
    files.place(target, b"two")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        files.place(tmp_path / "folder", b"three")
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder"}
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"two", 0o600)
