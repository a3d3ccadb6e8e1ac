"""When windows meet, what is kept of them, and which paths are never recorded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.capture.ignored import matcher, pathspecs
from hivemind_git.capture.windows import Side, Spans, Touch, Window, Windows, worktree_folder

DAY = 86400.0


def window(key: str, began: float, ended: float | None, worktree: str = "main", left: float | None = None) -> Window:
    return Window(
        session=key, tool_use="t", worktree=worktree, began=began, before="b", ended=ended, after="a", left=left
    )


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (window("a", 1, 2), window("b", 3, 4), False),
        (window("a", 1, 3), window("b", 2, 4), True),
        (window("a", 1, 9), window("b", 2, 3), True),
        (window("a", 1, 9), window("b", 2, 3, "worktree-x"), False),
        (window("a", 1, None), window("b", 5, 6), True),
        (window("a", 1, None, left=4), window("b", 5, 6), False),
        (window("a", 1, 3), window("a", 2, 4), False),
    ],
)
def test_windows_meet(one: Window, other: Window, meet: bool) -> None:
    assert (one.meets(other), other.meets(one)) == (meet, meet)


def test_a_window_opens_and_closes_once() -> None:
    spans = Spans()
    spans.begin("s", "t", Side("main", "1", 10.0))
    spans.begin("s", "t", Side("main", "2", 11.0))
    spans.end("s", "t", Side("main", "3", 12.0))
    spans.end("s", "t", Side("main", "4", 13.0))
    expected = Window(session="s", tool_use="t", worktree="main", began=10.0, before="1", ended=12.0, after="3")
    assert spans.windows == {"s t": expected}


def test_a_window_that_ends_in_another_worktree_or_was_never_opened_is_unknown() -> None:
    spans = Spans()
    spans.begin("s", "t", Side("main", "1", 10.0))
    spans.end("s", "t", Side("worktree-x", "2", 11.0))
    spans.end("s", "u", Side("main", "3", 12.0))
    assert [(one.before, one.after) for one in spans.windows.values()] == [("1", None), (None, "3")]


def test_the_end_of_a_turn_leaves_the_windows_of_its_session() -> None:
    spans = Spans()
    for session, tool_use, t in (("s", "open", 1.0), ("s", "later", 9.0), ("other", "open", 1.0)):
        spans.begin(session, tool_use, Side("main", "1", t))
    assert [one.tool_use for one in spans.leave("s", 5.0)] == ["open"]
    assert spans.leave("s", 6.0) == []
    assert spans.windows["s open"].until == 5.0


def test_a_window_that_a_killed_agent_left_open_crosses_others_for_an_hour() -> None:
    spans = Spans()
    spans.begin("killed", "t", Side("main", "1", 0.0))
    for now, crossed in ((3600.0, True), (3601.0, False)):
        spans.begin("s", str(now), Side("main", "2", now))
        spans.end("s", str(now), Side("main", "3", now + 0.5))
        spans.abandon(now)
        assert spans.crossed(spans.windows[f"s {now}"]) is crossed
    spans.end("killed", "t", Side("main", "4", 9000.0))
    assert spans.windows["killed t"].until == 9000.0


def test_a_day_is_kept(tmp_path: Path) -> None:
    (tmp_path / "windows").mkdir()
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "claude-code.2.0").touch()
    old, new = window("old", 1.0, 2.0), window("new", DAY, None)
    touches = [Touch("/x", "t", 1.0), Touch("/y", "t", DAY)]
    heard = {"claude-code.1.0 5.0", "claude-code.2.0 6.0"}
    windows = Windows(tmp_path)
    windows.keep(Spans({old.key: old, new.key: new}, touches, heard), DAY + 10)
    assert windows.spans() == Spans({new.key: new}, touches[1:], {"claude-code.2.0 6.0"})


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"windows":[{}],"touches":[],"heard":[]}'])
def test_damaged_spans_are_none(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / "windows").mkdir()
    (tmp_path / "windows" / "spans.json").write_bytes(damage)
    assert Windows(tmp_path).spans() == Spans()


def test_records_are_read_as_the_hook_writes_them(tmp_path: Path) -> None:
    folder = tmp_path / "windows" / "records"
    folder.mkdir(parents=True)
    written = {
        "a.1.0": "index main gone\n",
        "a.2.0": "unknown main busy\n",
        "a.3.0": "reads - -\n",
        "a.4.0": "",
        "a.5.0": "nonsense\n",
    }
    for name, text in written.items():
        (folder / name).write_text(text)
        os.utime(folder / name, (5, 5))
    assert Windows(tmp_path).sides() == {
        "a.1.0": Side("main", None, 5.0),
        "a.2.0": Side("main", None, 5.0),
        "a.3.0": Side("-", None, 5.0, reads=True),
    }


def test_tidy_takes_away_what_nothing_needs(tmp_path: Path) -> None:
    now = 10 * DAY
    top = tmp_path / "windows"
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "a.2.0").touch()
    ages = {
        "records/a.1.0": 100,
        "records/a.2.0": 100,
        "records/a.3.0": 10,
        "main/index": 5000,
        "main/index.lock": 5000,
        "main/slow": 3000,
        "worktree-x/index": 5000,
        "worktree-x/index.lock": 100,
        "worktree-x/slow": 4000,
        "told/old": 4 * DAY,
        "told/new": 2 * DAY,
        "states/a.1.0": 5000,
        "states/a.2.0": 5000,
        "states/a.4.0": 5000,
        "states/a.5.0": 10,
        "main/state": 5000,
    }
    for name, age in ages.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).touch()
        os.utime(top / name, (now - age, now - age))
    (top / "records/a.2.0").write_text("index main a.2.0\n")
    os.utime(top / "records/a.2.0", (now - 100, now - 100))
    (top / "main/state").write_text("a.4.0\n")
    (top / "worktree-half").mkdir()
    os.utime(top / "worktree-half", (now - 5000, now - 5000))
    Windows(tmp_path).tidy(now, 3)
    left = {str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()}
    assert left == ages.keys() - {"records/a.1.0", "main/index.lock", "worktree-x/slow", "told/old", "states/a.1.0"}
    assert not (top / "worktree-half").exists()


def test_what_was_told_is_remembered_once(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    windows.tell("s", ["1" * 32, "2" * 32])
    windows.tell("s", ["2" * 32])
    assert (windows.told("s"), windows.told("other")) == ({"1" * 32, "2" * 32}, set())
    assert len((tmp_path / "windows" / "told" / "s").read_text().split()) == 2


def test_worktrees_by_the_folder_that_git_keeps() -> None:
    names = ["main", "x", "worktrees/main"]
    assert [worktree_folder(name) for name in names] == ["main", "worktree-x", "worktree-main"]


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("*.pem", "a.pem", True),
        ("*.pem", "x/y/a.pem", True),
        ("*.pem", "a.pem.txt", False),
        ("secrets/**", "secrets/a/b", True),
        ("secrets/**", "x/secrets/a", False),
        ("secrets", "x/secrets/a", True),
        ("/secrets", "x/secrets", False),
        ("secrets/", "secrets/a", True),
        ("a/*/c", "a/b/c", True),
        ("a/*/c", "a/b/b/c", False),
        ("a/**/c", "a/c", True),
        ("a/**/c", "a/b/b/c", True),
        ("?.t[xy]t", "a.txt", True),
        ("[!a].txt", "a.txt", False),
        ("a.b", "axb", False),
    ],
)
def test_globs_match_as_gits_do(glob: str, path: str, matches: bool) -> None:
    assert matcher([glob])(path) is matches


def test_nothing_is_ignored_by_default() -> None:
    assert (matcher([])("x"), pathspecs([])) == (False, "")


def test_globs_as_pathspecs() -> None:
    assert pathspecs(["*.pem", "/secrets/"]) == ":(top,exclude,glob)**/*.pem\n:(top,exclude,glob)secrets\n"


@given(st.text(alphabet="ab*?[]!^/.-", min_size=1), st.text(alphabet="ab/.-", min_size=1))
def test_every_glob_is_a_pattern(glob: str, path: str) -> None:
    assert matcher([glob])(path) in {True, False}
