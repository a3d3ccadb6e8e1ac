"""Full disks, read-only ones, clocks that go back, copied repositories and several machines: no event is lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from capture import seal_driver
from capture.conftest import Desk
from capture.seal_driver import REF
from repos import Repo
from store.store_values import an_id

from hivemind_git.capture.seal import SealResult, seal
from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.settings import Settings
from hivemind_git.store.union import adopt, union

TRACKING = "refs/remotes/origin/hivemind/sessions"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", place], capture_output=True, text=True, check=False
    )
    if done.returncode:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(f"mounting is not permitted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def small(disk: Path) -> Desk:
    """A repository on it."""
    repo = Repo(disk / "repo")
    repo.path.mkdir()
    repo.git("init", "-q", "--template=", "-b", "main")
    return Desk(repo)


def fill(disk: Path, left: int) -> Path:
    """Takes all room on a disk but `left` bytes."""
    filler = disk / "filler"
    stat = os.statvfs(disk)
    filler.write_bytes(b"\0" * max(stat.f_bavail * stat.f_frsize - left, 0))
    return filler


def whole(desk: Desk, names: range) -> None:
    """All events are in the store once, nothing waits, nothing was lost, and the store verifies."""
    assert {event.id for event in desk.events()} == {an_id(name) for name in names}
    assert (desk.journal.pending(), desk.journal.lost(), desk.verify()) == ([], 0, [])


def test_a_full_disk_fails_loudly_and_loses_nothing_whatever_room_is_left(small: Desk, disk: Path) -> None:
    failed = 0
    for name in range(24):
        small.hook(session=f"s{name % 3}", name=name, text=f"hunter{name % 10} " + "x" * 3000, after=f"image {name}")
        filler = fill(disk, left=(name % 12) * 4096)
        try:
            small.seal()
        except HivemindError:
            failed += 1
        filler.unlink()
    assert 0 < failed < 24, "some of it must fit, and some must not"
    small.seal()
    whole(small, range(24))
    images = {event for session in ("s0", "s1", "s2") for event in small.images.load(session)}
    assert images == {an_id(name) for name in range(24)}
    small.repo.git("fsck", "--strict")


def test_a_read_only_disk_keeps_the_journal(small: Desk, disk: Path) -> None:
    small.hook(session="s1", name=0)
    small.seal()
    small.hook(session="s1", name=1, text="hunter1", after="image")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        with pytest.raises(HivemindError) as caught:
            small.seal()
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert ("Read-only" in caught.value.sentence, bool(caught.value.step)) == (True, True)
    assert small.seal() == SealResult(events=1, sessions=1)
    whole(small, range(2))


@pytest.mark.parametrize("clock", [0.0, 1.0, 4e9])
def test_a_clock_that_goes_anywhere_loses_nothing(desk: Desk, clock: float) -> None:
    repo = Repository.containing(desk.repo.path)

    def run() -> SealResult:
        return seal(repo, REF, Settings(), seal_driver.told, seal_driver.redactor, clock=lambda: clock)

    desk.hook(session="s1", name=0, after="image 0")
    desk.seal()
    for name, when in ((1, 5e9), (2, 1.0), (3, 1_700_000_000.0)):
        os.utime(desk.hook(session="s1", name=name, after=f"image {name}"), (when, when))
    run()
    os.utime(desk.state / "tidied", (5e9, 5e9))
    desk.hook(session="s1", name=4, after="image 4")
    run()
    desk.hook(session="s1", name=5, after="image 5")
    desk.seal()
    whole(desk, range(6))
    if clock < 4e9:  # in the year 2096 images of today are old
        assert set(desk.images.load("s1")) == {an_id(name) for name in range(6)}


def test_an_entry_that_is_torn_and_from_the_future_is_set_aside(desk: Desk) -> None:
    torn = desk.hook(session="s1", name=0)
    torn.write_bytes(torn.read_bytes()[:-4])
    os.utime(torn, (5e9, 5e9))
    desk.hook(session="s1", name=1)
    assert desk.seal() == SealResult(events=1, sessions=1, lost=1)


def join(desk: Desk, other: str) -> None:
    """Joins the store with the one at a ref that was fetched."""
    repo = Repository.containing(desk.repo.path)
    tip = union(repo, repo.ref(REF), repo.ref(other))
    assert tip is not None
    assert adopt(repo, REF, tip, repo.ref(REF), "Join")


def tree(desk: Desk) -> str:
    return desk.repo.git("rev-parse", f"{REF}^{{tree}}")


def test_both_copies_of_a_repository_go_on_and_join(desk: Desk, tmp_path: Path) -> None:
    for name in range(4):
        desk.hook(session=f"s{name % 2}", name=name, text="hunter1")
    desk.seal()
    for name in range(4, 8):
        desk.hook(session=f"s{name % 2}", name=name, text="hunter1")
    shutil.copytree(desk.repo.path, tmp_path / "copy")
    copy = Desk(Repo(tmp_path / "copy"))
    desk.seal()  # the copy has the same four entries in its journal
    for name in range(8, 12):
        copy.hook(session="s3" if name % 2 else "s0", name=name, text="hunter1")
    copy.seal()
    whole(copy, range(12))
    desk.repo.git("fetch", "-q", str(copy.repo.path), f"{REF}:refs/copy")
    join(desk, "refs/copy")
    copy.repo.git("fetch", "-q", str(desk.repo.path), f"{REF}:refs/original")
    join(copy, "refs/original")
    assert tree(desk) == tree(copy)
    for each in (desk, copy):
        whole(each, range(12))
        assert {event.fields["text"] for event in each.events()} == {"<custom:1>"}


def test_two_machines_meet_through_a_bare_hub(make_repo: Callable[[str], Repo], tmp_path: Path) -> None:
    hub = Repo(tmp_path / "hub.git")
    hub.path.mkdir()
    hub.git("init", "-q", "--bare")
    desks = [Desk(make_repo(name)) for name in ("one", "two")]
    for desk in desks:
        desk.repo.git("remote", "add", "origin", str(hub.path))
    name = 0
    for _ in range(3):
        for number, desk in enumerate(desks):
            desk.hook(session=f"machine-{number}", name=name)
            desk.hook(session="both", name=name + 1)
            name += 2
            desk.seal()
        for desk in (*desks, desks[0]):
            exchange(desk)
    assert tree(desks[0]) == tree(desks[1]) == hub.git("rev-parse", f"{REF}^{{tree}}")
    for desk in desks:
        whole(desk, range(name))
    assert hub.git("log", "--merges", "--format=%H", REF) == ""


def exchange(desk: Desk) -> None:
    """Fetches, joins and pushes until nobody was faster."""
    git = desk.repo.git
    for _ in range(5):
        git("fetch", "-q", "origin", f"+{REF}*:{TRACKING}*")
        seen = Repository.containing(desk.repo.path).ref(TRACKING) or ""
        join(desk, TRACKING)
        with contextlib.suppress(AssertionError):
            git("push", "-q", f"--force-with-lease={REF}:{seen}", "origin", REF)
            return
    raise AssertionError("somebody else was always faster")
