"""A hub and the clones of a team, as real repositories; and what all of their objects hold."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from repos import Repo

from hivemind_git.git.objects import Repository
from hivemind_git.model import Event, Kind, Source
from hivemind_git.store import codec, layout
from hivemind_git.store.layout import Area
from hivemind_git.store.writer import Batch, append

REF = "refs/heads/hivemind/sessions"


@dataclass
class Team:
    """Clones of one hub, which has a branch `main`."""

    top: Path
    hub: Repo
    clones: dict[str, Repo] = field(default_factory=dict)

    def clone(self, name: str, *options: str, url: str = "") -> Repo:
        """A team-mate's clone."""
        subprocess.run(
            ["git", "clone", "-q", *options, url or f"file://{self.hub.path}", str(self.top / name)], check=True
        )
        self.clones[name] = Repo(self.top / name)
        return self.clones[name]

    @property
    def repositories(self) -> list[Repo]:
        return [self.hub, *self.clones.values()]

    def collect(self) -> None:
        """`git gc --prune=now` everywhere."""
        for repo in self.repositories:
            repo.git("gc", "-q", "--prune=now")

    def holding(self, needle: bytes) -> list[str]:
        """Where a text stands in any object, reachable or not, or in any other file of a repository."""
        return [
            f"{repo.path.name}: {place}"
            for repo in self.repositories
            for place in [*objects(repo, needle), *files(repo, needle)]
        ]


def team(top: Path) -> Team:
    """A hub with one commit on main."""
    first = Repo(top / "first")
    first.path.mkdir()
    first.git("init", "-q", "-b", "main")
    first.commit("Start", README="x\n")
    first.git("clone", "-q", "--bare", str(first.path), str(top / "hub.git"))
    return Team(top, Repo(top / "hub.git"))


def objects(repo: Repo, needle: bytes) -> list[str]:
    """The objects of a repository that hold a text: all there are, whether anything leads to them or not."""
    command = ["git", "cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered"]
    data = subprocess.run(command, cwd=repo.path, capture_output=True, check=True).stdout
    found, at = [], 0
    while at < len(data):
        end = data.index(b"\n", at)
        oid, _, size = data[at:end].split()
        at = end + 1 + int(size) + 1
        if needle in data[end + 1 : at]:
            found.append(oid.decode())
    return found


def files(repo: Repo, needle: bytes) -> list[str]:
    """The files below a repository, objects aside, that hold a text."""
    return [
        str(path.relative_to(repo.path))
        for path in sorted(repo.path.rglob("*"))
        if path.is_file() and "objects" not in path.parts and needle in path.read_bytes()
    ]


def an_event(name: str, session: str, t: str = "2026-01-02T03:04:05.678Z", text: str = "") -> Event:
    """A prompt."""
    return Event(
        id=name.encode().hex().rjust(32, "0"),
        t=t,
        session=session,
        kind=Kind.PROMPT,
        agent="claude-code",
        source=Source.HOOK,
        fields={"text": text or f"prompt {name}"},
    )


def keep(repo: Repo, *events: Event, ref: str = REF) -> str:
    """Adds events to the store of a repository, as a seal does, and gives its tip."""
    batches = [
        Batch(Area.SESSIONS, layout.month_of(event.t), event.session, (codec.encode_event(event),)) for event in events
    ]
    done = append(Repository.containing(repo.path), ref, batches, "Seal")
    assert done.commit
    return done.commit


def segments(repo: Repo, ref: str = REF) -> list[str]:
    """The sessions in a store, by their folders, one for each segment."""
    listed = repo.git("ls-tree", "-r", "--name-only", ref, "--", "sessions", check=False)
    return sorted(path.split("/")[3] for path in listed.splitlines())
