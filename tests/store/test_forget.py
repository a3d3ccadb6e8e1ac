from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest
from repos import Repo
from store.conftest import REF, Fixture
from store.store_values import a_correction, an_event, an_id

from hivemind_git.errors import HivemindError
from hivemind_git.store import codec, forget, layout
from hivemind_git.store.layout import Area
from hivemind_git.store.tombstones import Tombstones
from hivemind_git.store.writer import Batch, append


def objects(repo: Repo) -> bytes:
    """Every object that is there at all, reachable or not."""
    command = ["git", "-C", str(repo.path), "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def collected(repo: Repo) -> bytes:
    repo.git("gc", "-q", "--prune=now")
    return objects(repo)


def test_a_forgotten_session_is_in_no_object_after_gc(stored: Fixture) -> None:
    stored.add(an_event(1, fields={"text": "hush"}), an_event(2, session="s2", fields={"text": "fine"}))
    stored.add(an_event(3, fields={"text": "hush again"}))
    stored.add_corrections(1, a_correction(1, after="hush"))
    done = forget.forget(stored.git, REF, forget.session("s1"), "Forget session s1")
    assert (done.segments, done.elsewhere) == (3, ())
    assert stored.repo.git("log", "--format=%P%s", REF) == "Forget session s1"
    assert [event.id for event in stored.store.events()] == [an_id(2)]
    assert stored.store.tombstones() == Tombstones(frozenset({"s1"}), frozenset({an_id(1), an_id(3)}))
    left = collected(stored.repo)
    assert (b"hush" in left, b"fine" in left, stored.verify()) == (False, True, [])


def test_a_forgotten_event_leaves_its_neighbours(stored: Fixture) -> None:
    stored.add(an_event(1, fields={"text": "hush"}), an_event(2), an_event(1, session="fork", fields={"text": "hush"}))
    before = stored.tree()
    forget.forget(stored.git, REF, forget.event(an_id(1)), "Forget an event")
    assert list(stored.store.events()) == [an_event(2)]
    assert len(set(stored.tree()) & set(before)) == 1
    assert (b"hush" in collected(stored.repo), stored.verify()) == (False, [])


def test_pruning_drops_whole_months_of_every_area(stored: Fixture) -> None:
    stored.add(an_event(1, t="2025-12-31T23:59:59.999Z"), an_event(2, session="s2"))
    stored.add(an_event(3, t="2026-02-01T00:00:00.000Z"), an_event(4, session="", t="2025-11-01T00:00:00.000Z"))
    forget.forget(stored.git, REF, forget.before("2026-01"), "Prune")
    assert ([event.id for event in stored.store.events()], list(stored.store.git_events())) == ([an_id(2)], [])
    assert {path.split("/")[0] for path in stored.tree()} == {"format", "sessions", "tombstones"}
    assert stored.verify() == []
    assert stored.add(an_event(3, t="2026-02-01T00:00:00.000Z")).segments == 1


def test_forgetting_again_changes_nothing(stored: Fixture) -> None:
    stored.add(an_event(1), an_event(2))
    what = forget.event(an_id(1)) | forget.before("2020-01")
    first = forget.forget(stored.git, REF, what, "Forget")
    assert forget.forget(stored.git, REF, what, "Forget").commit == first.commit


def test_a_kill_before_the_reflog_went_is_mended_by_forgetting_again(stored: Fixture) -> None:
    stored.add(an_event(1, fields={"text": "hush"}), an_event(2))
    log = stored.repo.path / ".git/logs" / REF
    kept = log.read_bytes()
    forget.forget(stored.git, REF, forget.event(an_id(1)), "Forget")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(kept)
    assert b"hush" in collected(stored.repo)
    forget.forget(stored.git, REF, forget.event(an_id(1)), "Forget")
    assert b"hush" not in collected(stored.repo)


def test_what_never_was_here_stays_away(stored: Fixture) -> None:
    stored.add(an_event(1))
    tip = stored.repo.git("rev-parse", REF)
    forget.forget(stored.git, REF, forget.session("s2"), "Forget session s2")
    assert stored.repo.git("rev-parse", f"{REF}~") == tip
    assert stored.add(an_event(2, session="s2")).forgotten == 1


def test_forgetting_before_the_first_seal_starts_a_store(stored: Fixture) -> None:
    forget.forget(stored.git, REF, forget.session("s1"), "Forget session s1")
    assert (stored.add(an_event(1)).forgotten, stored.verify()) == (1, [])
    assert stored.tree() == ["format", "tombstones/sessions/s1"]


def test_a_session_of_an_unsafe_id_is_forgotten_by_id_or_folder(stored: Fixture) -> None:
    stored.add(an_event(1, session="../a"), an_event(2, session="../b"), an_event(3))
    forget.forget(stored.git, REF, forget.session("../a"), "Forget")
    forget.forget(stored.git, REF, forget.session(layout.session_folder("../b")), "Forget")
    assert [event.id for event in stored.store.events()] == [an_id(3)]


def test_tracking_refs_go_and_what_people_made_is_named(stored: Fixture, make_repo: Callable[[str], Repo]) -> None:
    hub = make_repo("hub")
    stored.repo.commit(a="1")
    stored.repo.git("remote", "add", "company/origin", str(hub.path))
    stored.add(an_event(1))
    stored.repo.git("push", "-q", "company/origin", REF, "main:elsewhere")
    stored.repo.git("tag", "backup", REF)
    done = forget.forget(stored.git, REF, forget.session("s1"), "Forget")
    assert done.elsewhere == ("refs/tags/backup",)
    assert stored.repo.git("for-each-ref", "--format=%(refname)").splitlines() == [
        "refs/heads/hivemind/sessions",
        "refs/heads/main",
        "refs/remotes/company/origin/elsewhere",
        "refs/tags/backup",
    ]


def test_a_value_is_found_wherever_it_stands(stored: Fixture) -> None:
    secret = 'pass"word\\ü\x07'
    stored.add(
        an_event(1, fields={"text": f"it is {secret}!"}),
        an_event(2, fields={"hunks": [{"after": secret}]}),
        an_event(3, fields={"text": "password"}),
        an_event(4, session="", fields={"subject": secret}),
    )
    stored.add_corrections(1, a_correction("other", before=secret, session="s3"))
    what = forget.holding(stored.store, secret)
    assert what == Tombstones(events=frozenset({an_id(1), an_id(2), an_id(4), an_id(("correction", "other"))}))
    forget.forget(stored.git, REF, what, "Forget a value")
    assert [event.id for event in stored.store.events()] == [an_id(3)]
    assert (stored.store.corrections(), list(stored.store.git_events())) == ([], [])
    assert json.dumps(secret, ensure_ascii=False)[1:-1].encode() not in collected(stored.repo)


def test_an_id_that_hides_behind_escapes_is_found(stored: Fixture) -> None:
    stored.add(an_event(9))
    hidden = codec.encode_event(an_event(1)).data.replace(
        an_id(1).encode(), "".join(f"\\u{ord(char):04x}" for char in an_id(1)).encode()
    )
    torn = b'{"id":"%s","text":"hu' % an_id(1).encode()
    data = hidden + torn + b"\n" + codec.encode_event(an_event(2)).data
    path = layout.Segment(Area.SESSIONS, "2026-01", "s1", layout.segment_name(data)).path
    tree = stored.git.write_tree(REF, {path: (data, 0o100644)})
    stored.repo.git("update-ref", REF, stored.repo.git("commit-tree", "-m", "foreign", tree))
    forget.forget(stored.git, REF, forget.event(an_id(1)), "Forget")
    left = "".join(stored.repo.git("cat-file", "blob", f"{REF}:{path}") for path in stored.tree() if layout.parse(path))
    assert ("\\u00" in left, '"hu' in left, an_id(2) in left) == (False, False, True)


@pytest.mark.parametrize("wrong", ["", "s1", "../x", "G" * 32])
def test_what_is_no_event_is_refused(wrong: str) -> None:
    with pytest.raises(HivemindError, match="event's id"):
        forget.event(wrong)


@pytest.mark.parametrize("wrong", ["", "2026", "2026-13", "2026-01-01", "last month"])
def test_what_is_no_month_is_refused(wrong: str) -> None:
    with pytest.raises(HivemindError, match="month"):
        forget.before(wrong)


def test_a_newer_store_is_left_alone(stored: Fixture) -> None:
    tip = stored.repo.commit(format="hivemind-store 2\n")
    stored.repo.git("update-ref", REF, tip)
    with pytest.raises(HivemindError, match="newer"):
        forget.forget(stored.git, REF, forget.session("s1"), "Forget")
    assert stored.repo.git("rev-parse", REF) == tip


def test_offers_and_decisions_with_a_value_are_forgotten(stored: Fixture) -> None:
    lines = [codec.encode_record({"skill": name, "t": "x"}) for name in ("hush", "fine")]
    append(stored.git, REF, [Batch(Area.OFFERS, "2026-01", None, tuple(lines))], "Offer")
    append(stored.git, REF, [Batch(Area.DECISIONS, "2026-01", None, (lines[0],))], "Decide")
    what = forget.holding(stored.store, "hush")
    assert what == Tombstones(events=frozenset({codec.record_id(lines[0].data)}))
    forget.forget(stored.git, REF, what, "Forget a value")
    assert (list(stored.store.raw(Area.OFFERS)), list(stored.store.raw(Area.DECISIONS))) == (
        [{"skill": "fine", "t": "x"}],
        [],
    )
    assert (b"hush" in collected(stored.repo), stored.verify()) == (False, [])
    again = append(stored.git, REF, [Batch(Area.OFFERS, "2026-02", None, tuple(lines))], "Offer again")
    assert (again.forgotten, stored.verify()) == (1, [])
