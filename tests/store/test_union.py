from __future__ import annotations

from collections.abc import Callable

import pytest
from repos import Repo
from store.conftest import REF, Fixture, batches
from store.store_values import a_correction, an_event, an_id

from hivemind_git.errors import HivemindError
from hivemind_git.store import forget, layout
from hivemind_git.store.tombstones import Tombstones
from hivemind_git.store.union import adopt, union
from hivemind_git.store.writer import append

OTHER = "refs/heads/other"


def add(stored: Fixture, ref: str, *events: object) -> str:
    done = append(stored.git, ref, batches(*events), "Seal")  # type: ignore[arg-type]
    assert done.commit is not None
    return done.commit


def joined(stored: Fixture, local: str | None, remote: str | None) -> str:
    """The union, whose tree must not depend on which side is called local."""
    tip, mirrored = union(stored.git, local, remote), union(stored.git, remote, local)
    assert tip is not None
    assert mirrored is not None
    assert tree(stored, tip) == tree(stored, mirrored)
    return tip


def tree(stored: Fixture, tip: str) -> str:
    return stored.repo.git("rev-parse", f"{tip}^{{tree}}")


def parents(stored: Fixture, tip: str) -> list[str]:
    return stored.repo.git("show", "-s", "--format=%P", tip).split()


def ids(stored: Fixture, tip: str) -> set[str]:
    stored.repo.git("update-ref", REF, tip)
    assert stored.verify() == []
    return {event.id for event in stored.store.events()}


def test_one_side_alone_is_the_union(stored: Fixture) -> None:
    tip = add(stored, REF, an_event(1))
    assert (union(stored.git, None, None), union(stored.git, tip, None), union(stored.git, None, tip)) == (
        None,
        tip,
        tip,
    )
    assert union(stored.git, tip, tip) == tip


def test_a_union_holds_both_and_stands_on_the_remote_alone(stored: Fixture) -> None:
    local, remote = add(stored, REF, an_event(1)), add(stored, OTHER, an_event(2), an_event(3, session="s3"))
    tip = joined(stored, local, remote)
    assert (parents(stored, tip), ids(stored, tip)) == ([remote], {an_id(1), an_id(2), an_id(3)})
    assert joined(stored, local, tip) == tip


def test_what_the_remote_holds_already_needs_no_commit(stored: Fixture) -> None:
    local = add(stored, REF, an_event(1))
    stored.repo.git("update-ref", OTHER, local)
    remote = add(stored, OTHER, an_event(2))
    assert union(stored.git, local, remote) == remote


def test_what_the_remote_forgot_is_gone_here_too(stored: Fixture) -> None:
    local = add(stored, REF, an_event(1), an_event(2), an_event(3, session="s3"))
    stored.repo.git("update-ref", OTHER, local)
    forget.forget(stored.git, OTHER, forget.event(an_id(1)) | forget.session("s3"), "Forget")
    remote = stored.repo.git("rev-parse", OTHER)
    assert union(stored.git, local, remote) == remote
    assert (parents(stored, remote), ids(stored, remote)) == ([], {an_id(2)})


def test_what_was_forgotten_here_makes_a_new_root(stored: Fixture) -> None:
    remote = add(stored, OTHER, an_event(1), an_event(2), an_event(4, session="s4", t="2025-12-31T00:00:00.000Z"))
    stored.repo.git("update-ref", REF, remote)
    what = forget.event(an_id(1)) | forget.before("2026-01")
    local = forget.forget(stored.git, REF, what, "Forget").commit
    remote = add(stored, OTHER, an_event(3))
    tip = joined(stored, local, remote)
    assert (parents(stored, tip), ids(stored, tip)) == ([], {an_id(2), an_id(3)})
    assert union(stored.git, local, stored.repo.git("rev-parse", f"{OTHER}~")) == local


def test_two_who_forget_apart_agree(stored: Fixture) -> None:
    start = add(stored, REF, *(an_event(number) for number in range(4)))
    stored.repo.git("update-ref", OTHER, start)
    local = forget.forget(stored.git, REF, forget.event(an_id(0)), "Forget").commit
    remote = forget.forget(stored.git, OTHER, forget.event(an_id(1)), "Forget").commit
    tip = joined(stored, local, remote)
    assert (parents(stored, tip), ids(stored, tip)) == ([], {an_id(2), an_id(3)})


def test_a_copy_in_a_fork_on_the_other_side_goes_with_its_session(stored: Fixture) -> None:
    add(stored, REF, an_event(1), an_event(9, session="s9"))
    local = forget.forget(stored.git, REF, forget.session("s1"), "Forget").commit
    add(stored, OTHER, an_event(1), an_event(2))
    remote = add(stored, OTHER, an_event(2, session="fork"), an_event(3, session="fork"))
    tip = joined(stored, local, remote)
    assert ids(stored, tip) == {an_id(3), an_id(9)}
    assert stored.store.tombstones() == Tombstones(frozenset({"s1"}), frozenset({an_id(1), an_id(2)}))


def test_corrections_go_with_the_events_they_came_from(stored: Fixture) -> None:
    stored.add(an_event(1), an_event(2))
    stored.add_corrections(1, a_correction(1), a_correction(2))
    forget.forget(stored.git, REF, forget.event(an_id(1)), "Forget")
    assert stored.store.corrections() == [a_correction(2)]
    forget.forget(stored.git, REF, forget.event(an_id(2)), "Forget")
    # The derivation that found nothing else still says so, or what it withdrew would count again.
    assert (stored.store.corrections(), (stored.store.derivation("s1") or ())[:1], stored.verify()) == ([], (1,), [])


def test_a_store_of_another_kind_is_refused(stored: Fixture) -> None:
    local = add(stored, REF, an_event(1))
    for content in ("hivemind-store 2\n", "nonsense"):
        foreign = stored.repo.commit(format=content)
        with pytest.raises(HivemindError, match="the fetched store"):
            union(stored.git, local, foreign)


def test_hostile_names_are_not_carried_on(stored: Fixture) -> None:
    remote = add(stored, OTHER, an_event(2))
    local = add(stored, REF, an_event(1))
    blob = stored.repo.git("hash-object", "-w", "--stdin", stdin="x")
    deep = "/".join("deep" for _ in range(50))
    entries = stored.repo.git("ls-tree", local) + f"\n100644 blob {blob}\t\x1b[31mred\n120000 blob {blob}\tlink"
    bad = stored.repo.git("mktree", stdin=entries + "\n")
    changed = stored.git.write_tree(bad, {deep: (b"x", 0o100644)})
    hostile = stored.repo.git("commit-tree", "-m", "hostile", changed)
    other = stored.git.write_tree(remote, {deep + "/other": (b"x", 0o100644)})
    remote = stored.repo.git("commit-tree", "-m", "deep", other)
    tip = union(stored.git, hostile, remote)
    names = stored.repo.git("ls-tree", "--name-only", str(tip)).splitlines()
    assert names == ["deep", "format", "sessions"]


def test_of_two_segments_of_one_name_the_true_one_stays(stored: Fixture) -> None:
    local = add(stored, REF, an_event(1))
    (path,) = [path for path in stored.tree() if layout.parse(path)]
    forged = stored.git.write_tree(local, {path: (b"forged\n", 0o100644)})
    remote = stored.repo.git("commit-tree", "-m", "forged", forged)
    tip = joined(stored, local, remote)
    assert tree(stored, tip) == tree(stored, local)


def test_adopting_a_union_lets_the_old_tip_go(stored: Fixture, make_repo: Callable[[str], Repo]) -> None:
    hub = make_repo("hub")
    stored.repo.git("remote", "add", "origin", str(hub.path))
    stored.add(an_event("secret"), an_event(2))
    stored.repo.git("push", "-q", "origin", REF)
    old = stored.repo.git("rev-parse", REF)
    other = Fixture(hub)
    forget.forget(other.git, REF, forget.event(an_id("secret")), "Forget")
    hub.git("update-ref", "refs/heads/keep", REF)
    stored.repo.git("fetch", "-q", "origin", "+refs/heads/keep:refs/remotes/origin/keep")
    new = union(stored.git, old, stored.repo.git("rev-parse", "refs/remotes/origin/keep"))
    assert new is not None
    assert not adopt(stored.git, REF, new, new, "Join")
    assert adopt(stored.git, REF, new, old, "Join")
    assert stored.repo.git("for-each-ref", "--format=%(refname)") == f"{REF}\nrefs/remotes/origin/keep"
    stored.repo.git("gc", "-q", "--prune=now")
    assert stored.repo.git("cat-file", "-t", old, check=False) == ""
