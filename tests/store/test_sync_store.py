"""Stores exchanged over real remotes: what both hold, what neither forgot, and nothing from a bad one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from repos import Repo
from teams import REF, Team, an_event, keep, segments, team

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.git.porcelain import Remote
from hivemind_git.store import forget, layout
from hivemind_git.store.sync import Synced, Terms, sync
from hivemind_git.store.verify import verify

BRANCH = "hivemind/sessions"


@pytest.fixture
def mates(tmp_path: Path) -> Team:
    """Two clones of one hub."""
    found = team(tmp_path)
    found.clone("ada")
    found.clone("bob")
    return found


def exchange(repo: Repo, ref: str = REF, branch: str = BRANCH, **how: object) -> Synced:
    opened = Repository.containing(repo.path)
    terms = Terms(permit=lambda _: None, patience=30.0, **how)  # type: ignore[arg-type]
    return sync(opened, ref, branch, Remote(opened, "origin"), terms)


def state(repo: Repo) -> tuple[str, list[str]]:
    """All refs and reflogs: what must not change where nothing may."""
    logs = [str(path) + path.read_text() for path in sorted((repo.path / ".git/logs").rglob("*")) if path.is_file()]
    return repo.git("for-each-ref"), logs


def sound(repo: Repo) -> list[str]:
    """The sessions of a store without a fault."""
    assert verify(Repository.containing(repo.path), REF) == []
    return segments(repo)


def test_two_clones_come_to_the_same_store(mates: Team) -> None:
    ada, bob = mates.clones.values()
    one = keep(ada, an_event("1", "a"))
    assert exchange(ada) == Synced(
        target=REF, there=one, before=one, commit=one, pushed=True, received=0, sent=1, gone=0, rounds=1
    )
    two = keep(bob, an_event("2", "b"), an_event("3", "b"))
    done = exchange(bob)
    assert done == Synced(
        target=REF, there=done.commit, before=two, commit=done.commit, pushed=True, received=1, sent=2, gone=0, rounds=1
    )
    assert ada.git("log", "--format=%P", "-1", done.commit or "", check=False) == ""
    assert bob.git("log", "--format=%P", "-1", REF) == one
    assert exchange(ada) == Synced(
        target=REF,
        there=done.commit,
        before=one,
        commit=done.commit,
        pushed=False,
        received=2,
        sent=0,
        gone=0,
        rounds=1,
    )
    assert sound(ada) == sound(bob) == segments(mates.hub) == ["a", "b", "b"]
    assert exchange(bob).rounds == 1
    for repo in mates.repositories:
        assert repo.git("rev-parse", REF) == done.commit
        assert repo.git("for-each-ref", "refs/hivemind") == ""


def test_nothing_anywhere_and_a_dry_run_change_nothing(mates: Team) -> None:
    ada, bob = mates.clones.values()
    assert exchange(ada).commit is None
    keep(ada, an_event("1", "a"))
    exchange(ada)
    keep(bob, an_event("2", "b"))
    before, there = state(bob), mates.hub.git("for-each-ref")
    done = exchange(bob, dry_run=True)
    assert (done.pushed, done.received, done.sent) == (True, 1, 1)
    assert (state(bob), mates.hub.git("for-each-ref")) == (before, there)
    taken = exchange(bob, push=False)
    assert (taken.pushed, taken.received, segments(bob)) == (False, 1, ["a", "b"])
    assert mates.hub.git("for-each-ref") == there


def test_a_forgotten_session_is_gone_everywhere_and_old_tips_with_it(mates: Team) -> None:
    """Local tip, reflog and tracking ref of each clone let go, so that gc frees it, at the hub as well."""
    ada, bob = mates.clones.values()
    keep(ada, an_event("1", "a", text="AKIA-leaked"), an_event("2", "b"))
    exchange(ada)
    exchange(bob)
    for repo in (ada, bob):
        repo.git("fetch", "-q")
        assert repo.git("rev-parse", "refs/remotes/origin/hivemind/sessions")
    forget.forget(Repository.containing(ada.path), REF, forget.session("a"), "Forget")
    keep(bob, an_event("3", "c"))
    done = exchange(ada)
    assert (done.pushed, done.gone) == (True, 0)
    assert exchange(bob).gone == 1
    exchange(ada)
    assert sound(ada) == sound(bob) == segments(mates.hub) == ["b", "c"]
    mates.collect()
    assert mates.holding(b"AKIA-leaked") == []


def test_months_pruned_here_go_there(mates: Team) -> None:
    ada, bob = mates.clones.values()
    keep(ada, an_event("1", "a", t="2025-11-02T03:04:05.678Z"), an_event("2", "b"))
    exchange(ada)
    exchange(bob)
    forget.forget(Repository.containing(bob.path), REF, forget.before("2026-01"), "Prune")
    exchange(bob)
    assert exchange(ada).gone == 1
    assert sound(ada) == segments(mates.hub) == ["b"]


def test_a_seal_that_writes_meanwhile_is_joined(mates: Team) -> None:
    ada, bob = mates.clones.values()
    keep(bob, an_event("1", "b"))
    exchange(bob)
    keep(ada, an_event("2", "a"))
    late = iter(["3", "4"])

    def busy(*_: object) -> None:
        for name in late:
            keep(ada, an_event(name, f"late{name}"))
            return

    done = exchange(ada, progress=busy)
    assert done.rounds > 1
    assert exchange(ada).pushed is False
    assert segments(mates.hub) == segments(ada) == ["a", "b", "late3", "late4"]


def test_who_loses_a_race_fetches_and_tries_again(mates: Team) -> None:
    """The hub moves between fetch and push, twice."""
    ada, bob = mates.clones.values()
    keep(ada, an_event("1", "a"))
    names = iter(["2", "3"])

    def faster(_: bool) -> None:
        keep(bob, an_event(next(names), "b"))
        exchange(bob)

    opened = Repository.containing(ada.path)
    done = sync(opened, REF, BRANCH, Remote(opened, "origin"), Terms(permit=faster, patience=30.0))
    assert done.rounds == 2
    assert sound(ada) == segments(mates.hub) == ["a", "b"]


def test_a_hub_that_refuses_is_a_sentence_and_the_store_stays(mates: Team) -> None:
    ada = mates.clones["ada"]
    keep(ada, an_event("1", "a"))
    exchange(ada)
    mates.hub.git("config", "receive.denyNonFastForwards", "true")
    forget.forget(Repository.containing(ada.path), REF, forget.session("a"), "Forget")
    before = ada.git("rev-parse", REF)
    with pytest.raises(HivemindError, match=r"^origin refused hivemind/sessions: \[remote rejected\]") as caught:
        exchange(ada)
    assert "allow forced pushes to hivemind/sessions there" in caught.value.step
    assert ada.git("rev-parse", REF) == before
    hook = mates.hub.path / "hooks/pre-receive"
    mates.hub.git("config", "receive.denyNonFastForwards", "false")
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    keep(ada, an_event("9", "z"))
    with pytest.raises(HivemindError, match="pre-receive hook declined"):
        exchange(ada)


def test_another_ref_and_a_branch_in_the_way(mates: Team) -> None:
    """`hivemind` as a branch makes `hivemind/sessions` impossible, here or there; a plain ref is nobody's branch."""
    ada, bob = mates.clones.values()
    mates.hub.git("branch", "hivemind", "main")
    beside = "refs/heads/hivemind-sessions"
    keep(ada, an_event("1", "a"))
    assert exchange(ada).target == beside
    keep(bob, an_event("2", "b"), ref=beside)
    assert exchange(bob, ref=beside).target == beside
    assert segments(mates.hub, beside) == ["a", "b"]
    custom = "refs/hivemind/store"
    keep(ada, an_event("3", "c"), ref=custom)
    assert exchange(ada, custom, custom).target == custom
    assert segments(mates.hub, custom) == ["c"]


@pytest.mark.parametrize(
    "options",
    [
        ["--depth=1"],
        ["--depth=1", "--no-single-branch"],
        ["--single-branch"],
        ["--filter=blob:none"],
        ["--filter=tree:0"],
    ],
)
def test_shallow_partial_and_single_branch_clones(mates: Team, options: list[str]) -> None:
    ada = mates.clones["ada"]
    mates.hub.git("config", "uploadpack.allowFilter", "true")
    for name in "ab":
        keep(ada, an_event(name, name))
        exchange(ada)
    some = mates.clone("some", *options)
    keep(some, an_event("3", "c"))
    done = exchange(some)
    assert (done.received, done.sent) == (2, 1)
    assert sound(some) == segments(mates.hub) == ["a", "b", "c"]
    assert all(repo.git("show", f"{REF}:format") == "hivemind-store 1" for repo in (some, mates.hub))
    forget.forget(Repository.containing(some.path), REF, forget.event("62".rjust(32, "0")), "Forget")
    assert exchange(some).pushed is True
    keep(ada, an_event("4", "d"))
    exchange(ada)
    assert exchange(some).received == 1
    assert sound(some) == sound(ada) == ["a", "c", "d"]


SEGMENT = "sessions/2026-01/" + layout.parent(layout.Area.SESSIONS, "2026-01", "s1").split("/", 2)[2]
GOOD = b'{"v":1}\n'
NAME = layout.segment_name(GOOD)


def planted(hub: Repo, entries: dict[str, tuple[str, bytes]], format_: bytes = layout.FORMAT) -> None:
    """Puts a tree of somebody's making on the hub's store branch, by plumbing that checks nothing."""

    def written(kind: str, data: bytes) -> str:
        command = ["git", "hash-object", "-w", "--stdin", "--literally", "-t", kind]
        done = subprocess.run(command, cwd=hub.path, input=data, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def tree(rows: dict[str, tuple[str, str]]) -> str:
        ordered = sorted(rows.items(), key=lambda row: row[0] + "/" * (row[1][0] == "40000"))
        entry = b"%s %s\0%s"
        return written(
            "tree",
            b"".join(entry % (mode.encode(), name.encode(), bytes.fromhex(oid)) for name, (mode, oid) in ordered),
        )

    def folder(rows: dict[str, tuple[str, bytes]]) -> str:
        found: dict[str, tuple[str, str]] = {}
        deeper: dict[str, dict[str, tuple[str, bytes]]] = {}
        for path, (mode, data) in rows.items():
            name, slash, rest = path.partition("/")
            if slash:
                deeper.setdefault(name, {})[rest] = (mode, data)
            else:
                found[name] = (mode, data.decode() if mode == "160000" else written("blob", data))
        return tree(found | {name: ("40000", folder(below)) for name, below in deeper.items()})

    made = folder({"format": ("100644", format_), **entries} if format_ else entries)
    hub.git("update-ref", REF, hub.git("commit-tree", made, "-m", "planted"))


HOSTILE = {
    "foreign": ({"src/main.py": ("100644", b"x")}, "'src', which has no place"),
    "traversal": ({"sessions/2026-01/../../x": ("100644", GOOD)}, "could not be reached"),
    "git folder": ({".git/hooks/x": ("100755", GOOD)}, "could not be reached"),
    "control characters": ({"sessions/2026-01/\x1b[2J": ("100644", b"x")}, r"'sessions/2026-01/\\x1b\[2J'"),
    "link": ({f"{SEGMENT}/{NAME}.jsonl": ("120000", b"../../../../format")}, "which has no place"),
    "link to itself": ({"sessions": ("120000", b"sessions")}, "'sessions', which has no place"),
    "link around": ({"sessions/2026-01": ("120000", b"..")}, "'sessions/2026-01', which has no place"),
    "executable": ({f"{SEGMENT}/{NAME}.jsonl": ("100755", GOOD)}, "which has no place"),
    "submodule": ({"sessions": ("160000", b"1" * 40)}, "'sessions', which has no place"),
    "another name": ({f"{SEGMENT}/{'0' * 16}.jsonl": ("100644", GOOD)}, "a content that is not its own"),
    "truncated": ({f"{SEGMENT}/{NAME}.jsonl": ("100644", GOOD[:-3])}, "a content that is not its own"),
    "huge": ({f"{SEGMENT}/{NAME}.jsonl": ("100644", b"x" * (4 << 20) + b"y")}, "of 4194305 bytes"),
    "deep": ({f"{SEGMENT}/{'a/' * 50}x.jsonl": ("100644", b"x")}, "which has no place"),
    "wrong fan": ({f"sessions/2026-01/00/s1/{NAME}.jsonl": ("100644", GOOD)}, "which has no place"),
    "odd tombstone": ({"tombstones/sessions/s1": ("100644", b"kept")}, "a content that is not its own"),
    "tombstone of a path": ({"tombstones/events/..x": ("100644", layout.TOMBSTONE)}, "which has no place"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_bad_store_is_a_sentence_and_changes_nothing(mates: Team, how: str) -> None:
    entries, sentence = HOSTILE[how]
    ada = mates.clones["ada"]
    keep(ada, an_event("1", "a"))
    planted(mates.hub, entries)
    before, there = state(ada), mates.hub.git("for-each-ref")
    with pytest.raises(HivemindError, match=sentence) as caught:
        exchange(ada)
    assert caught.value.step
    assert (state(ada), mates.hub.git("for-each-ref")) == (before, there)


@pytest.mark.parametrize(
    ("format_", "sentence"),
    [
        (b"hivemind-store 2\n", r"a newer hivemind-git wrote hivemind/sessions at origin \(format 2\)"),
        (b"hello\n", "hivemind/sessions at origin is not a session store"),
        (b"", "hivemind/sessions at origin is not a session store"),
        (b"hivemind-store " + b"9" * 5000, "is not a session store"),
    ],
)
def test_a_newer_store_or_none_is_left_as_it_is(mates: Team, format_: bytes, sentence: str) -> None:
    ada = mates.clones["ada"]
    keep(ada, an_event("1", "a"))
    planted(mates.hub, {"new/thing": ("100644", b"x")}, format_)
    before, there = state(ada), mates.hub.git("for-each-ref")
    with pytest.raises(HivemindError, match=sentence):
        exchange(ada)
    assert (state(ada), mates.hub.git("for-each-ref")) == (before, there)


def test_a_bomb_of_trees_is_not_walked(mates: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every month of the calendar leads to the same tree: small to send, without end to walk."""
    monkeypatch.setattr("hivemind_git.store.admit.MOST_ENTRIES", 500)
    ada = mates.clones["ada"]
    data = {f"git/{year:04}-{month:02}/{NAME}.jsonl": ("100644", GOOD) for year in range(30) for month in range(1, 13)}
    planted(mates.hub, data)
    with pytest.raises(HivemindError, match="has more than 500 new entries"):
        exchange(ada)


def test_refs_that_lead_to_each_other_are_a_sentence(mates: Team) -> None:
    """At the hub, then here; and a store's name that leads to a branch of the user's is not written through."""
    ada = mates.clones["ada"]
    tip = keep(ada, an_event("1", "a"))

    def refused(sentence: str) -> None:
        with pytest.raises(HivemindError, match=sentence):
            exchange(ada)

    def loop(repo: Repo) -> None:
        repo.git("symbolic-ref", REF, "refs/heads/loop")
        repo.git("symbolic-ref", "refs/heads/loop", REF)

    loop(mates.hub)
    refused("origin refused hivemind/sessions")
    assert ada.git("rev-parse", REF) == tip
    for name in (REF, "refs/heads/loop"):
        mates.hub.git("symbolic-ref", "-d", name)
    exchange(ada)
    ada.git("update-ref", "-d", REF)
    loop(ada)
    refused("cannot be written")
    assert (ada.path / ".git" / REF).read_text() == "ref: refs/heads/loop\n"
    main = ada.git("rev-parse", "main")
    ada.git("symbolic-ref", REF, "refs/heads/main")
    refused("the local store is not a session store")
    assert ada.git("rev-parse", "main") == main
    assert mates.hub.git("rev-parse", REF) == tip


def test_a_store_whose_objects_are_gone_is_a_sentence(mates: Team, tmp_path: Path) -> None:
    """A hub that lost an object cannot serve it; the clone is as before."""
    ada = mates.clones["ada"]
    keep(ada, an_event("1", "a"))
    planted(mates.hub, {f"{SEGMENT}/{NAME}.jsonl": ("100644", GOOD)})
    lost = mates.hub.git("rev-parse", f"{REF}:{SEGMENT}/{NAME}.jsonl")
    (mates.hub.path / "objects" / lost[:2] / lost[2:]).unlink()
    before = state(ada)
    with pytest.raises(HivemindError, match="could not be reached"):
        exchange(ada)
    assert state(ada) == before
