from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from repos import Repo
from store.conftest import REF, Fixture, batches
from store.store_values import a_correction, an_event, an_id

from hivemind_git.errors import HivemindError
from hivemind_git.git import refs
from hivemind_git.store import codec, layout
from hivemind_git.store.layout import Area
from hivemind_git.store.writer import Appended, Batch, append, store_ref


def segment_path(stored: Fixture, *events: object) -> str:
    (batch,) = batches(*events)  # type: ignore[arg-type]
    data = b"".join(line.data for line in batch.lines)
    folder = None if batch.session is None else layout.session_folder(batch.session)
    return layout.Segment(batch.area, batch.month, folder, layout.segment_name(data)).path


def test_the_first_append_makes_an_orphan_branch(stored: Fixture) -> None:
    head = stored.repo.commit(a="1")
    done = stored.add(an_event(), message="Seal 1 session: 1 event")
    assert done == Appended(stored.repo.git("rev-parse", REF), 1, 0)
    assert stored.tree() == ["format", segment_path(stored, an_event())]
    assert stored.repo.git("log", "--format=%an <%ae>|%cn <%ce>|%P|%B", REF) == (
        "Ada <ada@example.com>|Ada <ada@example.com>||Seal 1 session: 1 event"
    )
    assert stored.repo.git("cat-file", "blob", f"{REF}:format") == "hivemind-store 1"
    assert (stored.repo.git("rev-parse", "HEAD"), stored.repo.git("status", "--porcelain")) == (head, "")
    stored.repo.git("fsck", "--strict")


def test_events_of_git_stand_in_no_session(stored: Fixture) -> None:
    stored.add(an_event(session=""))
    assert stored.tree() == ["format", segment_path(stored, an_event(session=""))]
    assert stored.tree()[1].startswith("git/2026-01/")


def test_a_repeated_append_changes_nothing(stored: Fixture) -> None:
    first = stored.add(an_event(1), an_event(2, session="s2"))
    assert stored.add(an_event(1), an_event(2, session="s2")) == Appended(first.commit, 0, 0)
    second = stored.add(an_event(3))
    assert second.segments == 1
    assert stored.repo.git("rev-list", REF) == f"{second.commit}\n{first.commit}"
    assert stored.add(an_event(1)) == Appended(second.commit, 0, 0)


def test_an_empty_append_makes_no_store(stored: Fixture) -> None:
    assert stored.add() == Appended(None, 0, 0)
    assert stored.repo.git("for-each-ref") == ""


def test_a_session_stays_in_the_month_in_which_it_began(stored: Fixture) -> None:
    stored.add(an_event(1, t="2026-01-31T23:59:59.999Z"))
    stored.add(an_event(2, t="2026-02-01T00:00:00.000Z"))
    stored.add_corrections(1, a_correction(t="2026-03-01T00:00:00.000Z"))
    stored.add(an_event(3, session="s2", t="2026-02-01T00:00:00.000Z"))
    assert [path.split("/")[:2] for path in stored.tree()] == [
        ["corrections", "2026-01"],
        ["format"],
        ["sessions", "2026-01"],
        ["sessions", "2026-01"],
        ["sessions", "2026-02"],
    ]


def test_a_session_new_in_one_append_has_one_month(stored: Fixture) -> None:
    early, late = batches(an_event(1)), batches(an_event(2, t="2026-02-01T00:00:00.000Z"))
    append(stored.git, REF, [*early, *late], "Seal")
    assert [path.split("/")[1] for path in stored.tree()[1:]] == ["2026-01", "2026-01"]


def test_a_segment_in_another_month_of_its_session_is_not_written_again(stored: Fixture) -> None:
    late = an_event(2, t="2026-02-01T00:00:00.000Z")
    stored.add(late)
    blob = stored.repo.git("rev-parse", f"{REF}:{segment_path(stored, late)}")
    # What a union with another machine makes, which knew an earlier event of the session.
    changes = {
        segment_path(stored, an_event(1)): (b"".join(line.data for line in batches(an_event(1))[0].lines), 0o100644)
    }
    tree = stored.git.write_tree(REF, changes)
    stored.repo.git("update-ref", REF, stored.repo.git("commit-tree", "-m", "union", tree))
    assert stored.add(late).segments == 0
    assert stored.repo.git("rev-parse", f"{REF}:{segment_path(stored, late)}") == blob


def test_hostile_session_ids_never_become_paths(stored: Fixture) -> None:
    for session in ("../../../hooks/x", "a/b", ".git", "x\ny", "-rf"):
        stored.add(an_event(session, session=session))
    assert all(layout.parse(path) for path in stored.tree()[1:])
    assert {event.session for event in stored.store.events()} == {"../../../hooks/x", "a/b", ".git", "x\ny", "-rf"}
    assert [event.session for event in stored.store.events("a/b")] == ["a/b"]
    stored.repo.git("fsck", "--strict")


def tombstone(stored: Fixture, *paths: str) -> None:
    tree = stored.git.write_tree(REF, dict.fromkeys(paths, (layout.TOMBSTONE, 0o100644)))
    stored.repo.git("update-ref", REF, stored.repo.git("commit-tree", "-m", "forget", tree))


def test_what_was_forgotten_is_dropped_and_counted(stored: Fixture) -> None:
    stored.add(an_event("start", session="s0", t="2026-05-01T00:00:00.000Z"))
    tombstone(
        stored,
        layout.session_tombstone("s1"),
        layout.event_tombstone(an_id("secret")),
        layout.month_tombstone("2026-01"),
        layout.month_tombstone("2026-02"),
    )
    before = stored.tree()
    assert stored.add(an_event(1), an_event(2)).forgotten == 2
    assert stored.add(an_event(3, session="s3", t="2026-01-31T00:00:00.000Z")).forgotten == 1
    assert stored.add_corrections(1, a_correction("secret", session="s3", t="2026-05-01T00:00:00.000Z")).forgotten == 1
    assert stored.tree() == before
    kept = an_event(4, session="s3", t="2026-02-01T00:00:00.000Z")
    done = stored.add(kept, an_event("secret", session="s3", t="2026-02-01T00:00:00.000Z"))
    assert (done.segments, done.forgotten, list(stored.store.events("s3"))) == (1, 1, [kept])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "hivemind-store 2\n",
            "a newer hivemind-git wrote hivemind/sessions (format 2), and this one leaves it as it is",
        ),
        ("something else\n", "hivemind/sessions is not a session store"),
    ],
)
def test_a_store_of_another_format_is_refused_and_left_alone(stored: Fixture, content: str, sentence: str) -> None:
    tip = stored.repo.commit(format=content)
    stored.repo.git("update-ref", REF, tip)
    with pytest.raises(HivemindError) as caught:
        stored.add(an_event())
    assert (caught.value.sentence, bool(caught.value.step)) == (sentence, True)
    assert stored.repo.git("rev-parse", REF) == tip
    assert stored.store.sessions() == []


def test_without_an_identity_nothing_is_written(stored: Fixture) -> None:
    stored.repo.git("config", "--global", "--unset", "user.email")
    with pytest.raises(HivemindError) as caught:
        stored.add(an_event())
    assert "git config user.email" in caught.value.step
    assert stored.repo.git("for-each-ref") == ""


def test_an_empty_message_is_refused(stored: Fixture) -> None:
    with pytest.raises(ValueError, match="message"):
        append(stored.git, REF, batches(an_event()), " \n")


def test_the_store_makes_way_for_a_branch_of_its_first_name(stored: Fixture) -> None:
    assert store_ref(stored.git) == REF
    assert store_ref(stored.git, "refs/hivemind/sessions") == "refs/hivemind/sessions"
    stored.repo.commit()
    stored.repo.git("branch", "hivemind")
    assert store_ref(stored.git) == "refs/heads/hivemind-sessions"
    assert store_ref(stored.git, "traces") == "refs/heads/traces"
    append(stored.git, store_ref(stored.git), batches(an_event()), "Seal")
    stored.repo.git("branch", "-D", "hivemind")
    assert store_ref(stored.git) == "refs/heads/hivemind-sessions"


def test_only_the_subtrees_that_change_are_written(stored: Fixture) -> None:
    many = [an_event(number, session=f"session-{number}") for number in range(300)]
    stored.add(*many)
    before = int(stored.repo.git("count-objects").split()[0])
    stored.add(an_event("new", session="session-7"))
    # The segment, its session's folder, the fan, the month, `sessions`, the root and the commit.
    assert int(stored.repo.git("count-objects").split()[0]) - before == 7


APPENDER = """
import sys
from hivemind_git.git.objects import Repository
from store.conftest import REF, batches
from store.store_values import an_event
from hivemind_git.store.writer import append
repo = Repository.containing(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for turn in range(3):
    append(repo, REF, batches(an_event((sys.argv[2], turn), session=sys.argv[2])), f"Seal {sys.argv[2]}")
"""


def test_twenty_processes_at_once_all_land(stored: Fixture) -> None:
    tests = str(Path(__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": tests}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(stored.repo.path), f"s{number}"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(20)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    results = []
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        results.append(writer.returncode)
    assert results == [0] * 20
    assert sorted(event.id for event in stored.store.events()) == sorted(
        an_id((f"s{number}", turn)) for number in range(20) for turn in range(3)
    )
    assert (len(stored.repo.git("rev-list", REF).splitlines()), stored.verify()) == (60, [])


def test_a_linked_worktree_writes_to_the_same_store(stored: Fixture, tmp_path: Path) -> None:
    stored.repo.commit()
    stored.repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    Fixture(Repo(tmp_path / "linked")).add(an_event())
    assert list(stored.store.events()) == [an_event()]


def test_offers_stand_by_month(stored: Fixture) -> None:
    record = {"rule": "r1", "state": "declined"}
    append(stored.git, REF, [Batch(Area.DECISIONS, "2026-01", None, (codec.encode_record(record),))], "Decide")
    assert list(stored.store.raw(Area.DECISIONS)) == [record]
    assert stored.verify() == []


def test_a_lock_that_a_killed_process_left_is_broken_when_it_is_old(
    stored: Fixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refs, "_PATIENCE_SECONDS", 0.05)
    stored.add(an_event(1))
    lock = stored.repo.path / ".git" / f"{REF}.lock"
    lock.touch()
    with pytest.raises(HivemindError, match="locked"):
        stored.add(an_event(2))
    assert lock.exists()
    os.utime(lock, (1, 1))
    assert stored.add(an_event(2)).segments == 1
    assert not lock.exists()
