from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from store.store_values import an_event, an_id

from hivemind_git.capture.images import MAX_IMAGE, Image, ImageStore, Pruned
from hivemind_git.model import Capture, Kind

NOW = 1_800_000_000.0
DAY = 86400.0


def a_capture(name: object, before: bytes | None = None, after: bytes | None = b"x\n", known: bool = True) -> Capture:
    return Capture(an_event(name, kind=Kind.EDIT), before, after, known)


@pytest.fixture
def images(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "images")


def objects(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "images/objects").glob("*/*"))


def age(tmp_path: Path, session: str, days: float) -> None:
    """Makes a session and every object `days` old."""
    for path in [tmp_path / "images/sessions" / session, *objects(tmp_path)]:
        os.utime(path, (NOW - days * DAY, NOW - days * DAY))


def test_images_come_back_as_they_were(images: ImageStore) -> None:
    noise = bytes(range(256)) * 3
    captures = [
        a_capture("changed", b"a\n" * 5000, noise),
        a_capture("created", None, b""),
        a_capture("deleted", b"gone", None),
        a_capture("unknown", None, b"seen", known=False),
    ]
    assert images.put("s1", captures) == 4
    assert dict(images.load("s1")) == {
        an_id("changed"): Image(b"a\n" * 5000, noise, True),
        an_id("created"): Image(None, b"", True),
        an_id("deleted"): Image(b"gone", None, True),
        an_id("unknown"): Image(None, b"seen", False),
    }
    assert dict(images.load("s2")) == {}


def test_events_without_images_or_with_huge_ones_are_not_kept(images: ImageStore, tmp_path: Path) -> None:
    huge = b"x" * (MAX_IMAGE + 1)
    assert images.put("s1", [a_capture("prompt", None, None), a_capture("huge", b"small", huge)]) == 0
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_may_look(images: ImageStore, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        images.put("../odd", [a_capture("e")])
    finally:
        os.umask(before)
    found = {path.relative_to(tmp_path).as_posix(): path.stat().st_mode & 0o7777 for path in tmp_path.rglob("*")}
    assert {mode for path, mode in found.items() if (tmp_path / path).is_dir()} == {0o700}
    assert {mode for path, mode in found.items() if (tmp_path / path).is_file()} == {0o600}
    assert next(path for path in found if path.startswith("images/sessions/")).startswith("images/sessions/x-")


def test_equal_images_are_kept_once_and_pack_where_it_pays(images: ImageStore, tmp_path: Path) -> None:
    text = b"the same line\n" * 1000
    images.put("s1", [a_capture(1, None, text), a_capture(2, text, os.urandom(500))])
    images.put("s2", [a_capture(3, None, text)])
    assert [path.stat().st_size < 600 for path in objects(tmp_path)] == [True, True]


def test_a_repeated_put_changes_nothing(images: ImageStore, tmp_path: Path) -> None:
    images.put("s1", [a_capture(1)])
    before = (tmp_path / "images/sessions/s1").read_bytes()
    images.put("s1", [a_capture(1)])
    assert (tmp_path / "images/sessions/s1").read_bytes() == before


def test_who_knows_what_stood_before_is_believed(images: ImageStore) -> None:
    images.put("s1", [a_capture(1, None, b"2", known=False)])
    images.put("s1", [a_capture(1, b"1", b"2")])
    images.put("s1", [a_capture(1, None, b"3", known=False)])
    assert dict(images.load("s1")) == {an_id(1): Image(b"1", b"2", True)}


def test_a_torn_line_and_a_damaged_image_cost_only_themselves(images: ImageStore, tmp_path: Path) -> None:
    images.put("s1", [a_capture(1, None, b"one"), a_capture(2, None, b"two"), a_capture(3, None, b"three")])
    with (tmp_path / "images/sessions/s1").open("ab") as index:
        index.write(b'{"event":"torn","bef')
    images.put("s1", [a_capture(4, None, b"four")])
    (gone,) = [path for path in objects(tmp_path) if path.read_bytes() == b"rone"]
    gone.unlink()
    (damaged,) = [path for path in objects(tmp_path) if path.read_bytes() == b"rtwo"]
    damaged.write_bytes(b"rTWO")
    loaded = images.load("s1")
    assert set(loaded) == {an_id(2), an_id(3), an_id(4)}
    assert [loaded.get(an_id(name)) for name in (2, 3, 4)] == [
        None,
        Image(None, b"three", True),
        Image(None, b"four", True),
    ]


def test_old_sessions_are_pruned_and_shared_images_stay(images: ImageStore, tmp_path: Path) -> None:
    images.put("old", [a_capture(1, b"shared", b"old only")])
    images.put("new", [a_capture(2, b"shared", None)])
    age(tmp_path, "new", 2)
    age(tmp_path, "old", 89)
    assert images.prune(90, 1 << 30, NOW) == Pruned(0, 0)
    age(tmp_path, "old", 91)
    assert images.prune(90, 1 << 30, NOW) == Pruned(1, len(b"rold only"))
    assert (dict(images.load("old")), list(images.load("new"))) == ({}, [an_id(2)])


def test_beyond_the_limit_the_oldest_go(images: ImageStore, tmp_path: Path) -> None:
    for number in range(4):
        images.put(f"s{number}", [a_capture(number, None, bytes([number]) * 10 + os.urandom(90))])
    for number in range(4):
        age(tmp_path, f"s{number}", 10 - number)
    assert images.prune(90, 2 * 101, NOW) == Pruned(2, 2 * 101)
    assert [bool(images.load(f"s{number}")) for number in range(4)] == [False, False, True, True]


def test_an_image_that_was_just_written_is_never_pruned(images: ImageStore, tmp_path: Path) -> None:
    images.put("s1", [a_capture(1)])
    (tmp_path / "images/sessions/s1").unlink()
    now = objects(tmp_path)[0].stat().st_mtime
    assert images.prune(90, 1 << 30, now + 3000) == Pruned(0, 0)
    assert images.prune(90, 1 << 30, now + 4000) == Pruned(0, 3)


def test_a_forgotten_session_leaves_nothing(images: ImageStore, tmp_path: Path) -> None:
    images.put("s1", [a_capture(1, b"shared", b"secret")])
    images.put("s2", [a_capture(2, b"shared", None)])
    assert images.forget("s1") == len(b"rsecret")
    assert [path.read_bytes() for path in objects(tmp_path)] == [b"rshared"]
    assert (dict(images.load("s1")), list(images.load("s2"))) == ({}, [an_id(2)])
    assert images.forget("never seen") == 0


def test_a_forgotten_event_leaves_its_neighbours(images: ImageStore, tmp_path: Path) -> None:
    images.put("s1", [a_capture(1, None, b"secret"), a_capture(2, None, b"kept")])
    assert images.forget("s1", {an_id(1), an_id("unknown")}) == len(b"rsecret")
    assert dict(images.load("s1")) == {an_id(2): Image(None, b"kept", True)}
    assert [path.read_bytes() for path in objects(tmp_path)] == [b"rkept"]


PUTTER = """
import sys
from pathlib import Path
from capture.test_images import ImageStore, a_capture
store = ImageStore(Path(sys.argv[1]))
for turn in range(50):
    store.put("s1", [a_capture((sys.argv[2], turn), b"shared %d" % turn, sys.argv[2].encode())])
"""


def test_many_processes_put_at_once(images: ImageStore, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    putters = [
        subprocess.Popen([sys.executable, "-c", PUTTER, str(tmp_path / "images"), str(n)], env=environment)
        for n in range(8)
    ]
    assert [putter.wait() for putter in putters] == [0] * 8
    assert dict(images.load("s1")) == {
        an_id((str(n), turn)): Image(b"shared %d" % turn, str(n).encode(), True) for n in range(8) for turn in range(50)
    }
