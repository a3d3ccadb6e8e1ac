from __future__ import annotations

import hashlib

import pytest
from store.conftest import REF, Fixture
from store.store_values import a_correction, an_event, an_id

from hivemind_git.model import CorrectionKind, Event, Source
from hivemind_git.store import codec, layout
from hivemind_git.store.layout import Area
from hivemind_git.store.reader import Skipped, StoredSession
from hivemind_git.store.tombstones import Tombstones


def plant(stored: Fixture, files: dict[str, bytes], mode: int = 0o100644) -> None:
    """Puts foreign files into the store, as somebody else's program would."""
    tree = stored.git.write_tree(REF, {path: (data, mode) for path, data in files.items()})
    parent = stored.repo.git("rev-parse", REF)
    stored.repo.git("update-ref", REF, stored.repo.git("commit-tree", "-p", parent, "-m", "foreign", tree))


def path_of(data: bytes, session: str = "s1", area: Area = Area.SESSIONS) -> str:
    folder = layout.session_folder(session) if area.by_session else None
    return layout.Segment(area, "2026-01", folder, hashlib.sha256(data).hexdigest()[:16]).path


def test_no_store_is_an_empty_store(stored: Fixture) -> None:
    store = stored.store
    assert (store.tip, store.sessions(), list(store.events()), store.corrections()) == (None, [], [], [])
    assert (list(store.raw(Area.OFFERS)), store.tombstones(), stored.verify()) == ([], Tombstones(), [])


def test_sessions_are_listed_with_their_months_and_segments(stored: Fixture) -> None:
    stored.add(an_event(1), an_event(2, session="s0", t="2026-02-01T00:00:00.000Z"))
    stored.add(an_event(3))
    sessions = stored.store.sessions()
    listed = [
        StoredSession(
            session.folder,
            session.months,
            tuple((place, stored.repo.git("rev-parse", f"{REF}:{place.path}")) for place, _ in session.segments),
        )
        for session in sessions
    ]
    assert sessions == listed
    assert [(session.folder, session.months, len(session.segments)) for session in sessions] == [
        ("s1", ("2026-01",), 2),
        ("s0", ("2026-02",), 1),
    ]


def test_events_are_folded_over_segments_and_ordered(stored: Fixture) -> None:
    stored.add(an_event(1, seq=2), an_event(2, seq=1))
    stored.add(an_event(1, seq=2, source=Source.TRANSCRIPT, model="m", fields={"text": "whole"}))
    stored.add(an_event(3, session="s2", t="2026-01-01T00:00:00.000Z"))
    folded = an_event(1, seq=2, source=Source.TRANSCRIPT, model="m", fields={"text": "whole"})
    assert list(stored.store.events()) == [
        an_event(3, session="s2", t="2026-01-01T00:00:00.000Z"),
        an_event(2, seq=1),
        folded,
    ]
    assert list(stored.store.events("s1")) == [an_event(2, seq=1), folded]
    assert list(stored.store.events(since="2026-01-02T00:00:00.000Z")) == [an_event(2, seq=1), folded]
    assert list(stored.store.events("nobody")) == []


def test_a_copy_in_a_fork_is_one_event(stored: Fixture) -> None:
    stored.add(an_event(1), an_event(1, session="fork"), an_event(2, session="fork"))
    assert {event.id for event in stored.store.events()} == {an_id(1), an_id(2)}
    assert {event.id for event in stored.store.events("fork")} == {an_id(1), an_id(2)}


def test_events_of_git_are_read_apart(stored: Fixture) -> None:
    stored.add(an_event(1), an_event(2, session=""))
    assert list(stored.store.git_events()) == [an_event(2, session="")]
    assert list(stored.store.events()) == [an_event(1)]


def test_a_store_is_a_snapshot(stored: Fixture) -> None:
    stored.add(an_event(1))
    store = stored.store
    stored.add(an_event(2))
    assert [event.id for event in store.events()] == [an_id(1)]


def test_of_one_derivation_the_one_that_had_seen_most_counts_whole(stored: Fixture) -> None:
    stored.add_corrections(1, a_correction(1), a_correction(2), as_of="2026-01-01T00:00:00.000Z")
    stored.add_corrections(1, a_correction(2), as_of="2026-01-02T00:00:00.000Z")
    assert stored.store.corrections() == [a_correction(2)]


def test_only_the_highest_derivation_of_a_session_counts(stored: Fixture) -> None:
    stored.add_corrections(1, a_correction(1), a_correction(2))
    stored.add_corrections(2, a_correction(2, confidence=0.5))
    stored.add_corrections(1, a_correction(3, session="s2"))
    store = stored.store
    by_id = sorted([a_correction(2, confidence=0.5), a_correction(3, session="s2")], key=lambda found: found.id)
    assert store.corrections() == by_id
    assert store.corrections("s1") == [a_correction(2, confidence=0.5)]
    assert [found and found[0] for found in map(store.derivation, ("s1", "s2", "s3"))] == [2, 1, None]


def test_a_correction_id_counts_once_with_its_latest_text(stored: Fixture) -> None:
    later = a_correction(1, t="2026-01-05T00:00:00.000Z", after="log.info(x)\n", kind=CorrectionKind.EXTENDED)
    stored.add_corrections(1, later)
    stored.add_corrections(1, a_correction(1))
    assert stored.store.corrections() == [later]


def test_hostile_content_is_skipped_and_counted(stored: Fixture) -> None:
    stored.add(an_event(1))
    good, other = codec.encode_event(an_event(2)).data, codec.encode_event(an_event(3, session="victim")).data
    mixed = b"\xff\x00\n{}\n" + good + b'{"v":2}\n' + other + b"[1]\n"
    huge = b"[" * (codec.MAX_SEGMENT + 1)
    plant(
        stored,
        {
            path_of(mixed): mixed,
            path_of(huge): huge,
            "sessions/2026-01/zz/s1/0123456789abcdef.jsonl": good,
            "sessions/2026-99/x.jsonl": good,
            "sessions/\x1b[31mred.jsonl": good,
            "README.md": b"hello",
        },
    )
    plant(stored, {path_of(b"/etc/passwd", "link"): b"/etc/passwd"}, 0o120000)
    store = stored.store
    assert list(store.events()) == sorted([an_event(1), an_event(2)], key=lambda event: event.id)
    assert store.skipped == Skipped(broken=3, newer=1, foreign=6)
    assert [session.folder for session in store.sessions()] == ["s1"]


def test_a_segment_whose_blob_is_gone_is_skipped(stored: Fixture) -> None:
    stored.add(an_event(1))
    stored.add(an_event(2))
    oid = stored.store.sessions()[0].segments[0][1]
    (stored.repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    store = stored.store
    assert (len(list(store.events())), store.skipped.foreign) == (1, 1)
    assert [problem.what for problem in stored.verify()] == ["is missing"]


@pytest.mark.parametrize("content", [b"hivemind-store 2\n", b"x"])
def test_another_format_is_read_as_empty(stored: Fixture, content: bytes) -> None:
    stored.add(an_event(1))
    plant(stored, {"format": content})
    assert (stored.store.sessions(), list(stored.store.events())) == ([], [])
    assert [(problem.path, problem.what) for problem in stored.verify()] == [
        ("format", "is not the format of this version")
    ]


def test_tombstones_are_read_and_nonsense_among_them_is_not(stored: Fixture) -> None:
    stored.add(an_event(1))
    plant(
        stored,
        {
            layout.session_tombstone("gone"): layout.TOMBSTONE,
            layout.event_tombstone(an_id("gone")): layout.TOMBSTONE,
            layout.month_tombstone("2025-11"): layout.TOMBSTONE,
            layout.month_tombstone("2025-12"): layout.TOMBSTONE,
            layout.month_tombstone("9999-99"): layout.TOMBSTONE,
            layout.event_tombstone("nonsense"): layout.TOMBSTONE,
            layout.session_tombstone("bad.lock"): layout.TOMBSTONE,
        },
    )
    assert stored.store.tombstones() == Tombstones(frozenset({"gone"}), frozenset({an_id("gone")}), "2025-12")


def test_a_whole_store_verifies(stored: Fixture) -> None:
    stored.add(an_event(1), an_event(2, session="../s"), an_event(3, session=""))
    stored.add_corrections(4, a_correction(1))
    plant(stored, {layout.month_tombstone(month): layout.TOMBSTONE for month in ("2025-11", "2025-12")})
    assert stored.verify() == []


def events(*found: Event) -> bytes:
    return b"".join(codec.encode_event(event).data for event in found)


def test_verify_names_every_problem(stored: Fixture) -> None:
    stored.add(an_event(1))
    misnamed = path_of(b"other", "s2")
    forgotten = events(an_event("secret", session="s3"), an_event(4, session="stranger"))
    wrong = {
        misnamed: events(an_event(2, session="s2")),
        path_of(forgotten, "s3"): forgotten,
        path_of(b'nonsense\n{"v":7}\n', "s4"): b'nonsense\n{"v":7}\n',
        path_of(b"nonsense\n", "s4", Area.CORRECTIONS): b"nonsense\n",
        path_of(b"1", "", Area.OFFERS): b"1",
        path_of(events(an_event(5, session="s5")), "s5"): events(an_event(5, session="s5")),
        layout.event_tombstone(an_id("secret")): layout.TOMBSTONE,
        layout.session_tombstone("s5"): b"for now",
        "hooks/post-checkout": b"#!/bin/sh",
    }
    plant(stored, wrong)
    plant(stored, {"link": b"x"}, 0o120000)
    first = stored.repo.git("rev-parse", f"{REF}~2")
    merge = stored.repo.git("commit-tree", "-m", "merge", "-p", REF, "-p", first, f"{REF}^{{tree}}")
    stored.repo.git("update-ref", REF, merge)
    assert [(problem.path, problem.what) for problem in stored.verify()] == sorted(
        [
            ("", f"commit {merge} is a merge, which can bring back what was forgotten"),
            ("hooks/post-checkout", "has no place in a session store"),
            ("link", "is not a plain file"),
            (misnamed, "does not hold what its name says"),
            (path_of(forgotten, "s3"), "line 2 is of another session"),
            (path_of(forgotten, "s3"), "holds a forgotten event"),
            (path_of(b'nonsense\n{"v":7}\n', "s4"), "line 2 is of a newer version: version 7"),
            (path_of(b'nonsense\n{"v":7}\n', "s4"), "line 1 is out of form: it is not JSON"),
            (path_of(b"nonsense\n", "s4", Area.CORRECTIONS), "line 1 does not say which derivation made the rest"),
            (path_of(b"1", "", Area.OFFERS), "line 1 is out of form: not an object"),
            (path_of(events(an_event(5, session="s5")), "s5"), "was forgotten and is there"),
            (layout.session_tombstone("s5"), "is not what a tombstone holds"),
        ]
    )


def test_verify_finds_content_that_only_history_holds(stored: Fixture) -> None:
    stored.add(an_event(1), an_event(2, session="s2"))
    (path,) = [path for path in stored.tree() if "/s2/" in path]
    tree = stored.git.write_tree(REF, {path: None})
    commit = stored.repo.git("commit-tree", "-m", "drop", "-p", REF, tree)
    stored.repo.git("update-ref", REF, commit)
    assert [(problem.path, problem.what) for problem in stored.verify()] == [
        (path, f"was deleted in commit {commit}, whose history still holds it")
    ]
