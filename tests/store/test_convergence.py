"""Clones that append, forget, prune and join through a bare repository end with one tree; nothing is lost or back."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from repos import Repo
from store.conftest import REF, Fixture
from store.store_values import a_correction, an_event, an_id

from hivemind_git.model import Event
from hivemind_git.store import forget
from hivemind_git.store.tombstones import Tombstones
from hivemind_git.store.union import adopt, union

TRACKING = "refs/remotes/origin/hivemind/sessions"
MONTHS = ("2026-01", "2026-02", "2026-03")


@dataclass
class World:
    """A hub and its clones, what was appended, and what was forgotten by name."""

    hub: Repo
    clones: list[Fixture]
    choose: random.Random
    appended: dict[tuple[str, str], Event] = field(default_factory=dict)
    forgotten: Tombstones = field(default_factory=Tombstones)
    count: int = 0

    def step(self) -> None:
        clone = self.choose.choice(self.clones)
        action = self.choose.choices([self.append, self.forget, self.exchange], [6, 2, 4])[0]
        action(clone)

    def append(self, clone: Fixture) -> None:
        for _ in range(self.choose.randint(1, 3)):
            session = self.choose.choice("abcdef")
            if self.appended and self.choose.random() < 0.3:
                # A fork copies an event of another session.
                name = self.choose.randrange(self.count)
            else:
                name, self.count = self.count, self.count + 1
            month = MONTHS["abcdef".index(session) // 2]
            event = an_event(name, session, f"{month}-02T03:04:05.678Z", fields={"text": f"event-{name}-end"})
            done = clone.add(event)
            if not done.forgotten:
                self.appended[session, event.id] = event
            if self.choose.random() < 0.2:
                clone.add_corrections(1, a_correction(name, session, before=f"event-{name}-end", t=event.t))

    def forget(self, clone: Fixture) -> None:
        kind = self.choose.random()
        if kind < 0.4:
            what = forget.session(self.choose.choice("abcdef"))
        elif kind < 0.9 or not self.count:
            what = forget.event(an_id(self.choose.randrange(self.count + 1)))
        else:
            what = forget.before(self.choose.choice(MONTHS[1:]))
        forget.forget(clone.git, REF, what, "Forget")
        self.forgotten |= what

    def exchange(self, clone: Fixture) -> None:
        git = clone.repo.git
        git("fetch", "-q", "origin", f"+{REF}*:{TRACKING}*")
        repo = clone.git
        local, remote = repo.ref(REF), repo.ref(TRACKING)
        tip = union(repo, local, remote)
        if tip is None:
            return
        assert adopt(repo, REF, tip, local, "Join")
        git("push", "-q", f"--force-with-lease={REF}:{remote or ''}", "origin", REF)


def reachable(repo: Repo) -> bytes:
    """All that refs and reflogs lead to."""
    listed = repo.git("rev-list", "--objects", "--all", "--reflog")
    oids = "\n".join(line.split(" ")[0] for line in listed.splitlines())
    command = ["git", "-C", str(repo.path), "cat-file", "--batch"]
    return subprocess.run(command, input=oids.encode(), capture_output=True, check=True).stdout


def everything(repo: Repo) -> bytes:
    """All objects, once git has collected what it may."""
    repo.git("gc", "-q", "--prune=now")
    command = ["git", "-C", str(repo.path), "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.fixture
def world(tmp_path: Path, make_repo: Callable[[str], Repo]) -> World:
    hub = Repo(tmp_path / "hub.git")
    hub.path.mkdir()
    hub.git("init", "-q", "--bare")
    clones = [Fixture(make_repo(name)) for name in ("one", "two", "three")]
    for clone in clones:
        clone.repo.git("remote", "add", "origin", str(hub.path))
    return World(hub, clones, random.Random())


@pytest.mark.parametrize("seed", range(64))
def test_clones_converge_and_the_forgotten_stays_forgotten(world: World, seed: int) -> None:
    world.choose.seed(seed)
    for _ in range(12):
        world.step()
    for clone in (*world.clones, *world.clones):
        world.exchange(clone)
    repos = [world.hub, *(clone.repo for clone in world.clones)]
    assert len({repo.git("rev-parse", f"{REF}^{{tree}}", check=False) for repo in repos}) == 1
    if not world.appended and not world.forgotten:
        return
    tombstones = world.clones[0].store.tombstones()
    assert not world.forgotten - tombstones
    assert [clone.verify() for clone in world.clones] == [[], [], []]
    kept = {
        (session, event.id)
        for (session, _), event in world.appended.items()
        if not tombstones.covers_session(session)
        and not tombstones.covers_ids({event.id})
        and not tombstones.covers_month(event.t[:7])
    }
    store = world.clones[0].store
    assert {(session, event.id) for session in "abcdef" for event in store.events(session)} == kept
    # Which events a person forgot by session is known by where they were appended.
    gone = {
        event.fields["text"]
        for (session, _), event in world.appended.items()
        if tombstones.covers_ids({event.id}) or tombstones.covers_session(session)
    }
    still = {event.fields["text"] for event in store.events()}
    scan = everything if seed % 8 == 0 else reachable
    for repo in repos:
        held = scan(repo)
        assert [text for text in gone - still if str(text).encode() in held] == []
