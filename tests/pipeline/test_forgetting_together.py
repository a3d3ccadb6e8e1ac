"""What one forgot is gone from every object of hub and clones, over each transport, and its space with it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from repos import Repo
from servers import http, ssh
from teams import REF, Team, an_event, keep, segments, team

from hivemind_git.demo import days
from hivemind_git.pipeline import codifying, forgetting, importing, syncing
from hivemind_git.pipeline.forgetting import Report, Request
from hivemind_git.pipeline.syncing import Wishes
from hivemind_git.pipeline.workspace import Workspace, open_workspace

LEAKED = "Add src/shop/orders.py with place(order)"
RULE = "1f403488e5c5138c"
SKILL = ".claude/skills/python-logging/rules.toml"


def sessions(space: Workspace) -> Report:
    return forgetting.forget(space, Request(sessions=("0f075bf3", "old")))


def value(space: Workspace) -> Report:
    return forgetting.forget(space, Request(value=LEAKED))


def day(space: Workspace) -> Report:
    return forgetting.prune(space, "2026-11-03")


def sync(repo: Repo, **wishes: bool) -> syncing.Report:
    return syncing.sync(open_workspace(repo.path), None, Wishes(**wishes))


def packed(repo: Repo) -> int:
    """Kibibytes of all objects."""
    lines = dict(line.split(": ") for line in repo.git("count-objects", "-v").splitlines())
    return int(lines["size"]) + int(lines["size-pack"])


@pytest.fixture
def mates(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    """A hub behind a transport, and clones: two whole ones and a shallow one."""
    found = team(tmp_path)
    found.hub.git("config", "http.receivepack", "true")

    def cloned(url: str) -> Team:
        for name, options in (("ada", ()), ("bob", ()), ("carol", ("--depth=1",))):
            found.clone(name, *options, url=url)
        return found

    if request.param == "file":
        yield cloned(f"file://{found.hub.path}")
    elif request.param == "http":
        with http(tmp_path, {"ada": "secret"}) as server:
            yield cloned(f"{server.url.replace('://', '://ada:secret@')}/hub.git")
    else:
        with ssh(tmp_path / "sshd") as server:
            monkeypatch.setenv("GIT_SSH_COMMAND", server.command)
            yield cloned(f"{server.url}{found.hub.path}")


def taught(ada: Repo, tmp_path: Path) -> None:
    """The demo's sessions, the skill that came of them on main, and a long session of another month; all synced."""
    logs = []
    for one in days():
        when = int(datetime.fromisoformat(one.committed).timestamp())
        ada.commit(one.subject, when=when, **{one.path: one.accepted})
        logs.append(tmp_path / f"{one.subject}.jsonl")
        logs[-1].write_bytes(one.transcript)
    importing.import_transcripts(open_workspace(ada.path), "claude-code", logs)
    codifying.run(open_workspace(ada.path), direct=True)
    noise = random.Random(6).randbytes(400_000).hex()  # what git cannot make smaller than a half
    texts = [f"{LEAKED} {noise[at : at + 200_000]}" for at in range(0, len(noise), 200_000)]
    keep(ada, *(an_event(str(n), "old", "2026-10-01T00:00:00.000Z", text) for n, text in enumerate(texts)))
    ada.git("push", "-q", "origin", "main")
    sync(ada)


@pytest.mark.parametrize(
    ("mates", "how"),
    [("file", sessions), ("file", value), ("file", day), ("http", value), ("ssh", value)],
    indirect=["mates"],
)
def test_it_reaches_every_clone_with_its_next_sync(
    mates: Team, tmp_path: Path, how: Callable[[Workspace], Report]
) -> None:
    ada, bob, carol = mates.clones.values()
    taught(ada, tmp_path)
    for repo in (bob, carol):
        sync(repo)
        repo.git("fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*")
    mates.collect()
    before = {repo.path.name: packed(repo) for repo in mates.repositories}
    assert {place.split(":")[0] for place in mates.holding(LEAKED.encode())} == {"hub.git", "ada", "bob", "carol"}
    keep(bob, an_event("b", "of-bob", "2026-12-01T00:00:00.000Z"))

    report = how(open_workspace(ada.path))
    assert report.remotes == ("origin",)
    if how is not value:
        assert [(one.branch, one.path, one.rules) for one in report.traces] == [
            ("main", SKILL, (RULE,)),
            ("remotes/origin/main", SKILL, (RULE,)),
        ]
    sync(ada)
    # Who was away seals on what has been forgotten meanwhile, and takes first; no order brings it back.
    sync(carol, push=False)
    assert "0f075bf3-1f8f-4ee6-82c0-2a3af92d0702" in sync(bob).sessions_gone or how is value
    for repo in (ada, carol, bob):
        sync(repo)
    assert len({repo.git("rev-parse", REF) for repo in mates.repositories}) == 1
    assert "of-bob" in segments(carol)
    mates.collect()
    assert mates.holding(LEAKED.encode()) == []
    for repo in mates.repositories:
        assert before[repo.path.name] - packed(repo) > 350, repo
    assert LEAKED.encode() not in (ada.path / SKILL).read_bytes()
    assert ada.git("status", "--porcelain") == ""
