from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hivemind_git.errors import HivemindError
from hivemind_git.wiring import FileChange, apply, files, plan_restore, recorded, restore


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """The record of a repository at `tmp_path/repo`."""
    (tmp_path / "repo/.git").mkdir(parents=True)
    return tmp_path / "repo/.git/hivemind/installed.json"


def tree(top: Path) -> dict[str, tuple[int, bytes | None]]:
    """Every folder and file below, with its mode."""
    return {
        str(path.relative_to(top)): (
            stat.S_IMODE(path.lstat().st_mode),
            None if path.is_dir() else path.read_bytes(),
        )
        for path in sorted(top.rglob("*"))
    }


def test_what_was_applied_is_taken_back_byte_for_byte(record: Path, tmp_path: Path) -> None:
    top = tmp_path / "repo"
    existing = top / "settings.json"
    existing.write_bytes(b'{\r\n\t"a": 1}\r\n\xff')
    existing.chmod(0o640)
    before = tree(top)
    changes = [
        FileChange.to(existing, b"changed\n"),
        FileChange.to(top / "new/deep/hook", b"#!/bin/sh\n", 0o755),
        FileChange.to(top / "same", None),
    ]
    assert apply(changes, record) == [existing, top / "new/deep/hook"]
    assert existing.read_bytes() == b"changed\n"
    assert stat.S_IMODE(existing.stat().st_mode) == 0o640
    assert stat.S_IMODE((top / "new/deep/hook").stat().st_mode) == 0o755
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert recorded(record) == {existing: b"changed\n", top / "new/deep/hook": b"#!/bin/sh\n"}
    assert restore(record) == []
    assert tree(top) == before


def test_the_same_again_writes_no_byte(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "repo/file"
    apply([FileChange.to(target, b"x", 0o644)], record)
    for path in (target, record):
        os.utime(path, (1, 1))
    assert apply([FileChange.to(target, b"x", 0o644)], record) == []
    assert (target.stat().st_mtime, record.stat().st_mtime) == (1, 1)


def test_a_file_that_is_to_go_comes_back(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "repo/file"
    target.write_bytes(b"old")
    target.chmod(0o600)
    apply([FileChange.to(target, None)], record)
    assert not target.exists()
    restore(record)
    assert target.read_bytes() == b"old"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"


LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"\n", b"c", b"\r\n"]), max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.data())
def test_edits_around_our_lines_survive_the_uninstall(
    record: Path, tmp_path: Path, lines: list[bytes], data: st.DataObject
) -> None:
    """Whatever a person adds before or after, the file ends as if we had never been there."""
    target = tmp_path / "repo/file"
    record.unlink(missing_ok=True)
    lines = [*map(ended, lines), b"last\n"]
    where = data.draw(st.integers(0, len(lines)))
    ours = [b"# ours 1\n", b"# ours 2\n"]
    target.write_bytes(b"".join(lines))
    apply([FileChange.to(target, b"".join(lines[:where] + ours + lines[where:]))], record)
    head, tail = [*map(ended, data.draw(LINES))], data.draw(LINES)
    target.write_bytes(b"".join(head + lines[:where] + ours + lines[where:] + tail))
    assert restore(record) == []
    assert target.read_bytes() == b"".join(head + lines + tail)
    assert not record.exists()


def test_an_edit_inside_our_lines_is_left_to_a_person_and_stays_remembered(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "repo/file"
    target.write_bytes(b"a\n")
    apply([FileChange.to(target, b"a\nours 1\nours 2\n")], record)
    target.write_bytes(b"a\nours 1 edited\nours 2\n")
    assert plan_restore(record) == ([], [target])
    assert restore(record) == [target]
    assert target.read_bytes() == b"a\nours 1 edited\nours 2\n"
    assert list(recorded(record)) == [target]
    assert restore(record, untangle=lambda path, content: b"a\n" if b"edited" in content else None) == []
    assert target.read_bytes() == b"a\n"


def test_a_file_of_ours_goes_unless_somebody_wrote_into_it(record: Path, tmp_path: Path) -> None:
    one, two, three = (tmp_path / f"repo/{name}" for name in ("one", "two", "three"))
    apply([FileChange.to(path, b"{\n ours\n}\n") for path in (one, two, three)], record)
    one.write_bytes(b"{\n}\n")
    two.write_bytes(b"{\n ours\n}\ntheirs\n")
    three.unlink()
    assert restore(record) == []
    assert (one.exists(), two.read_bytes(), three.exists()) == (False, b"theirs\n", False)


def test_an_upgrade_keeps_the_first_state_and_what_was_edited_since(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "repo/file"
    target.write_bytes(b"a\n")
    apply([FileChange.to(target, b"a\nours 1\n")], record)
    apply([FileChange.to(target, b"a\nours 2\n")], record)
    target.write_bytes(b"theirs\na\nours 2\n")
    apply([FileChange.to(target, b"theirs\na\nours 3\n")], record)
    restore(record)
    assert target.read_bytes() == b"theirs\na\n"


def test_a_file_that_somebody_replaced_is_theirs(record: Path, tmp_path: Path) -> None:
    """Wired again after that, it still comes back as they wrote it."""
    one, two = tmp_path / "repo/one", tmp_path / "repo/two"
    apply([FileChange.to(path, b"#!/bin/sh\nours 1\nours 2\n") for path in (one, two)], record)
    one.write_bytes(b"#!/bin/sh\ntheirs\n")
    two.write_bytes(b"quite another\n\n")
    apply([FileChange.to(one, b"#!/bin/sh\nours 1\nours 2\ntheirs\n")], record)
    assert restore(record) == []
    assert (one.read_bytes(), two.read_bytes()) == (b"#!/bin/sh\ntheirs\n", b"quite another\n\n")


def test_only_some_are_restored(record: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "repo/one", tmp_path / "repo/two"
    apply([FileChange.to(one, b"1"), FileChange.to(two, b"2")], record)
    assert restore(record, only=[one]) == []
    assert (one.exists(), two.exists(), list(recorded(record))) == (False, True, [two])


def test_a_crash_between_record_and_write_is_undone_too(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "repo/one", tmp_path / "repo/two"
    one.write_bytes(b"old\n")
    real = files.write

    def dies(target: Path, content: bytes | None, mode: int) -> None:
        if target == two:
            raise KeyboardInterrupt
        real(target, content, mode)

    monkeypatch.setattr(files, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        apply([FileChange.to(one, b"new\n"), FileChange.to(two, b"2\n")], record)
    monkeypatch.undo()
    assert restore(record) == []
    assert (one.read_bytes(), two.exists()) == (b"old\n", False)


def test_all_or_none(record: Path, tmp_path: Path) -> None:
    one, wall = tmp_path / "repo/one", tmp_path / "repo/wall"
    one.write_bytes(b"old\n")
    wall.write_bytes(b"a file, no folder")
    before = tree(tmp_path)
    with pytest.raises(HivemindError, match=r"cannot be (written|read)"):
        apply([FileChange.to(one, b"new\n"), FileChange(wall / "below", None, b"x")], record)
    assert tree(tmp_path) == before


def test_a_write_that_fails_half_way_is_taken_back(record: Path, tmp_path: Path) -> None:
    """A name that fits, while that of the new file beside it does not."""
    one, gone, long = tmp_path / "repo/one", tmp_path / "repo/gone", tmp_path / "repo/deep" / ("n" * 250)
    one.write_bytes(b"old\n")
    gone.write_bytes(b"x\n")
    before = tree(tmp_path / "repo")
    changes = [FileChange.to(one, b"new\n"), FileChange.to(gone, None), FileChange.to(long, b"x\n")]
    with pytest.raises(HivemindError, match=r"cannot be written: File name too long$"):
        apply(changes, record)
    after = tree(tmp_path / "repo")
    after.pop(".git/hivemind", None)
    assert after == before


def test_a_line_that_we_took_out_comes_back_among_later_edits(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "repo/file"
    target.write_bytes(b"a\nb\nc\nd\n")
    apply([FileChange.to(target, b"a\nc\nd\n")], record)
    target.write_bytes(b"top\na\nc\nD\nend\n")
    assert restore(record) == []
    assert target.read_bytes() == b"top\na\nb\nc\nD\nend\n"


def test_a_file_that_changed_since_the_plan_is_not_overwritten(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "repo/file"
    change = FileChange.to(target, b"ours\n")
    target.write_bytes(b"theirs\n")
    with pytest.raises(HivemindError, match="was changed by somebody else just now"):
        apply([change], record)
    assert target.read_bytes() == b"theirs\n"
    assert not record.exists()


def test_links_are_followed_inside_the_tree_and_stay_links(record: Path, tmp_path: Path) -> None:
    (tmp_path / "repo/real").mkdir()
    (tmp_path / "repo/real/file").write_bytes(b"old\n")
    (tmp_path / "repo/file").symlink_to("real/file")
    apply([FileChange.to(tmp_path / "repo/file", b"new\n")], record)
    assert (tmp_path / "repo/file").is_symlink()
    assert (tmp_path / "repo/real/file").read_bytes() == b"new\n"
    restore(record)
    assert (tmp_path / "repo/real/file").read_bytes() == b"old\n"


@pytest.mark.parametrize("how", ["file", "folder", "dangling"])
def test_links_out_of_the_tree_are_refused(record: Path, tmp_path: Path, how: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"secret\n")
    if how == "folder":
        (tmp_path / "repo/.claude").symlink_to(outside)
    else:
        (tmp_path / "repo/.claude").mkdir()
        (tmp_path / "repo/.claude/file").symlink_to(outside / ("file" if how == "file" else "new"))
    with pytest.raises(HivemindError, match="is a link to"):
        apply([FileChange.to(tmp_path / "repo/.claude/file", b"x\n")], record)
    assert tree(outside) == {"file": (0o644, b"secret\n")}
    assert not record.exists()


def test_a_home_that_is_itself_a_link(record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "home").symlink_to("disk")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    apply([FileChange.to(tmp_path / "home/.x/file", b"x\n")], record)
    assert (tmp_path / "disk/.x/file").read_bytes() == b"x\n"
    restore(record)
    assert tree(tmp_path / "disk") == {}


def test_a_copied_repository_leaves_the_first_one_alone(record: Path, tmp_path: Path) -> None:
    apply([FileChange.to(tmp_path / "repo/.claude/file", b"ours\n")], record)
    assert "repo" not in json.loads(record.read_text())["files"].popitem()[0]
    (tmp_path / "repo").rename(tmp_path / "moved")
    (tmp_path / "repo/.claude").mkdir(parents=True)
    (tmp_path / "repo/.claude/file").write_bytes(b"ours\n")
    restore(tmp_path / "moved/.git/hivemind/installed.json")
    assert tree(tmp_path / "moved") == {".git": (0o755, None)}
    assert (tmp_path / "repo/.claude/file").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"files": {"a": 1}}', b'{"files": {"a": {}}}'])
def test_a_damaged_record_is_a_sentence(record: Path, content: bytes) -> None:
    record.parent.mkdir()
    record.write_bytes(content)
    with pytest.raises(HivemindError, match="is damaged"):
        restore(record)
    assert record.read_bytes() == content


def test_names_that_are_not_utf8_are_remembered(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "repo" / os.fsdecode(b"caf\xe9 \n")
    apply([FileChange.to(target, b"x\n")], record)
    assert list(recorded(record)) == [target]
    restore(record)
    assert not target.exists()


def test_the_diff_of_a_change(tmp_path: Path) -> None:
    target = tmp_path / "f"
    target.write_bytes(b"a\nb")
    assert FileChange.to(target, b"a\nc\n").diff() == (
        f"--- {target}\n+++ {target}\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n"
    )
    assert FileChange.to(tmp_path / "n", b"x\n").diff() == f"--- /dev/null\n+++ {tmp_path}/n\n@@ -0,0 +1 @@\n+x\n"
    assert FileChange.to(target, None).diff().splitlines()[1] == "+++ /dev/null"
    with pytest.raises(HivemindError, match="cannot be read"):
        FileChange.to(tmp_path, b"")
