"""Situations of size: many files, many objects, long lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from situations.scene import AGENT, BASE, CORRECTED, FIXED, PATH
from waiting import wait_for

if TYPE_CHECKING:
    from situations.scene import Scene

LONG = "#" + "x" * (1 << 20) + "\n"


def _imported(scene: Scene, branch: str, stream: str) -> None:
    """A branch as `git fast-import` makes it, each object a file of its own where there are few enough."""
    head = f"commit refs/heads/{branch}\ncommitter Ada <ada@example.com> {scene.now} +0000\ndata 0\n"
    scene.git("-c", "fastimport.unpackLimit=20000", "fast-import", "--quiet", stdin=head + stream)


def _loose(scene: Scene) -> int:
    """How many objects are files of their own."""
    return int(scene.git("count-objects").split()[0])


def test_commit_of_more_than_a_thousand_paths(scene: Scene) -> None:
    """One commit of 1,200 files, one of them the agent's."""
    for number in range(1200):
        scene.person(f"{number}\n", f"data/{number}.txt")
    scene.accepted()
    scene.loop(CORRECTED)


def test_event_of_more_than_a_thousand_paths(scene: Scene) -> None:
    """One shell command of the agent writes 1,200 files: it unpacks or generates, and tells nothing of them."""
    scene.run({PATH: AGENT, **{f"data/{number}.txt": f"{number}\n" for number in range(1200)}})
    scene.person(FIXED)
    scene.commit()
    scene.loop([])


def test_hundred_thousand_files(unwired: Scene) -> None:
    """100,000 files in the tree and in the index, of which one folder is in the worktree."""
    _imported(
        unwired,
        "main",
        "from refs/heads/main^0\nM 100644 inline data/0/0.txt\ndata 2\nx\n\n"
        + "".join(
            f"M 100644 587be6b4c3f93f93c489c0111bba5596147a26cb data/{n % 317}/{n}.txt\n" for n in range(100_000)
        ),
    )
    unwired.git("sparse-checkout", "set", "src")
    unwired.git("reset", "-q", "--hard")
    assert unwired.git("ls-files").count("\n") >= 100_000
    unwired.wire()
    unwired.accepted()
    unwired.loop(CORRECTED)


def test_line_of_a_megabyte(scene: Scene) -> None:
    """A line of 1 MB beside the corrected one."""
    scene.person(BASE + LONG)
    scene.commit()
    scene.agent(AGENT + LONG)
    scene.person(FIXED + LONG)
    scene.commit()
    scene.loop(CORRECTED)


def test_packed_and_indexed(unwired: Scene) -> None:
    """Packs with bitmaps, a commit-graph with changed paths, an untracked cache, an index that is split."""
    unwired.git("repack", "-adbq")
    unwired.git("commit-graph", "write", "--reachable", "--changed-paths")
    for name in ("untrackedCache", "splitIndex"):
        unwired.git("config", f"core.{name}", "true")
    unwired.git("update-index", "--untracked-cache", "--split-index")
    unwired.wire()
    unwired.accepted()
    unwired.loop(CORRECTED)


def _sealed(scene: Scene) -> int:
    """Seals all that is in the journal; gives how many commits the store has."""
    assert scene.state is not None
    journal = scene.state / "journal"
    wait_for(lambda: scene.hivemind("seal") and not list(journal.glob("*.*")))
    return int(scene.git("rev-list", "--count", "hivemind/sessions"))


def test_loose_objects_of_many_seals(scene: Scene) -> None:
    """A seal adds seven objects: the events, the five folders to them, the commit."""
    seals, before = _sealed(scene), _loose(scene)
    for number in range(20):
        scene.agent(f"{number}\n", "notes.md")
        after = _sealed(scene)
    assert _loose(scene) - before <= 7 * (after - seals) <= 7 * 20
    scene.accepted()
    _sealed(scene)
    scene.loop(CORRECTED)


def test_flood_of_loose_objects(scene: Scene) -> None:
    """More loose objects than `gc.auto` allows: a seal lets git pack them, unless `maintenance.auto` says no."""
    files = "".join(f"M 100644 inline {n}\ndata {len(str(n))}\n{n}\n" for n in range(7000))
    _imported(scene, "flood", files)
    scene.git("config", "gc.auto", "5000")
    scene.git("config", "gc.autoDetach", "false")
    scene.git("config", "maintenance.auto", "false")
    scene.agent(AGENT)
    scene.hivemind("seal")
    assert _loose(scene) > 7000
    scene.git("config", "--unset", "maintenance.auto")
    scene.look()
    scene.hivemind("seal")
    assert _loose(scene) == 0
    scene.person(FIXED)
    scene.commit()
    scene.loop(CORRECTED)
