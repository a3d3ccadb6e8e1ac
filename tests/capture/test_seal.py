from __future__ import annotations

import os
import stat
import subprocess
from dataclasses import replace

import pytest
from capture.conftest import Desk
from capture.seal_driver import REF
from store.store_values import an_event, an_id

from hivemind_git.capture.files import exclusive
from hivemind_git.capture.images import Image
from hivemind_git.capture.memory import Memory
from hivemind_git.capture.seal import SealResult
from hivemind_git.errors import HivemindError
from hivemind_git.model import Kind, Source
from hivemind_git.settings import Settings
from hivemind_git.store import layout


def test_what_the_hook_kept_is_sealed_in_order(desk: Desk) -> None:
    desk.hook(session="s1", name=1, text="make it so")
    desk.hook(session="s2", name=2, text="hello")
    desk.hook(agent="codex", session="s1", name=3, after="x = 1\n")
    assert desk.seal() == SealResult(events=3, sessions=2)
    assert desk.events("s1") == [
        an_event(1, fields={"text": "make it so"}),
        an_event(3, agent="codex", kind=Kind.EDIT, seq=1, fields={"text": "", "path": "a.py"}),
    ]
    assert desk.events("s2") == [an_event(2, session="s2", fields={"text": "hello"})]
    assert dict(desk.images.load("s1")) == {an_id(3): Image(None, b"x = 1\n", True)}
    assert (desk.commits(), desk.journal.pending(), desk.verify()) == (["Seal 2 sessions: 3 events"], [], [])


def test_an_empty_journal_costs_nothing(desk: Desk) -> None:
    assert desk.seal() == SealResult()
    assert desk.repo.git("for-each-ref") == ""
    assert not (desk.state / "seal.lock").exists()


def test_numbers_go_on_over_seals_and_a_transcript_keeps_its_own(desk: Desk) -> None:
    desk.hook(session="s1", name=1)
    desk.hook(session="s1", name=2)
    desk.seal()
    desk.hook(session="s1", name=3)
    desk.hook(session="s1", name=9, source="transcript", seq=40)
    desk.hook(session="s1", name=2, text="again, longer")
    desk.hook(session="s1", name=4)
    desk.seal()
    assert {event.id: event.seq for event in desk.events()} == {
        an_id(1): 0,
        an_id(2): 1,
        an_id(3): 2,
        an_id(9): 40,
        an_id(4): 41,
    }


def test_what_is_told_again_is_not_written_again(desk: Desk) -> None:
    for _ in range(3):
        for source in ("hook", "transcript"):
            desk.hook(session="s1", name=1, text=source, source=source)
        desk.hook(session="s1", name=2, after="x\n")
        desk.seal()
    assert desk.commits() == ["Seal 1 session: 3 events"]
    assert [event.fields["text"] for event in desk.events() if event.id == an_id(1)] == ["transcript"]


def test_secrets_keep_their_numbers_over_seals_and_never_reach_git(desk: Desk) -> None:
    desk.hook(session="s1", name=1, fields={"text": "hunter1 then hunter2", "hunter3": [{"hunter4": "hunter1"}]})
    desk.seal()
    desk.hook(session="s1", name=2, text="hunter2, hunter5", after="hunter6")
    desk.hook(session="s2", name=3, text="hunter5")
    desk.seal()
    texts = {event.id: event.fields for event in desk.events()}
    assert texts == {
        an_id(1): {"text": "<custom:1> then <custom:2>", "hunter3": [{"hunter4": "<custom:1>"}]},
        an_id(2): {"text": "<custom:2>, <custom:3>", "path": "a.py"},
        an_id(3): {"text": "<custom:1>"},
    }
    # Names of fields are the client's and stay; nothing else that is secret stands in any object.
    objects = ["git", "-C", str(desk.repo.path), "cat-file", "--batch-all-objects", "--batch"]
    stored = subprocess.run(objects, check=True, capture_output=True).stdout
    assert b"hunter3" in stored
    assert [secret for secret in (b"hunter1", b"hunter2", b"hunter5", b"hunter6") if secret in stored] == []
    assert desk.images.load("s1")[an_id(2)] == Image(None, b"hunter6", True)


def test_local_files_are_the_owners_alone(desk: Desk) -> None:
    before = os.umask(0)
    try:
        desk.hook(session="s1", name=1, text="hunter1", after="x")
        desk.seal()
    finally:
        os.umask(before)
    made = [path for path in desk.state.rglob("*") if "journal" not in path.parts]
    modes = {path.relative_to(desk.state).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in made}
    assert {mode for path, mode in modes.items() if (desk.state / path).is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if (desk.state / path).is_dir()} == {0o700}


def test_a_payload_that_nobody_understands_is_set_aside_alone(desk: Desk) -> None:
    desk.hook(session="s1", name=1)
    desk.hook(session="s1", nonsense="\x1b[31m")
    desk.hook(session="s1", name=2)
    desk.hook(session="s1", nonsense="refused")
    assert desk.seal() == SealResult(events=2, sessions=1, lost=2)
    assert {event.id for event in desk.events()} == {an_id(1), an_id(2)}
    broken = sorted(path.name for path in (desk.state / "journal/broken").iterdir())
    assert broken == ["claude-code.1.0", "claude-code.3.0"]
    log = (desk.state / "log").read_text()
    assert "KeyError: 'nonsense'" in log
    assert "HivemindError: it is nonsense" in log


def test_a_seal_tells_what_it_saw_and_not_what_came_since(desk: Desk) -> None:
    first = desk.hook(session="s1", name=1)
    torn = desk.state / "journal/claude-code.9.0"

    def came(step: str) -> None:
        if step == "journal":
            torn.write_text("{")

    done = desk.seal(came)
    assert done.seen == {torn}
    assert not first.exists()
    assert done.pending == 1


def test_what_a_seal_lacks_makes_no_payload_nonsense(desk: Desk) -> None:
    """As where git is missing, or does not trust the repository: later it is all there."""
    git = desk.repo.path / "git"
    desk.hook(session="s1", name=1)
    desk.hook(session="s1", name=2, needs=str(git))
    with pytest.raises(HivemindError, match="git was not found"):
        desk.seal()
    assert (len(desk.journal.pending()), desk.journal.lost()) == (2, 0)
    git.touch()
    assert desk.seal() == SealResult(events=2, sessions=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": 5, "id": "../../evil\nx"},
        {"name": 5, "t": "yesterday"},
        {"name": 5, "fields": {"session": "another"}},
        {"name": 5, "session": "s" * 300_000},
    ],
)
def test_an_event_that_cannot_stand_in_a_store_is_counted_once(desk: Desk, wrong: dict[str, object]) -> None:
    desk.hook(session="s1", name=1)
    desk.hook(**{"session": "s1", **wrong})
    result = desk.seal()
    assert (result.events, result.lost, result.pending) == (1, 1, 0)
    assert [event.id for event in desk.events()] == [an_id(1)]
    assert "refused" in (desk.state / "log").read_text()
    assert desk.seal().lost == 1


def test_an_event_that_is_still_being_written_waits(desk: Desk) -> None:
    path = desk.hook(session="s1", name=1)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    desk.hook(session="s1", name=2)
    assert desk.seal() == SealResult(events=1, sessions=1, pending=1)
    path.write_bytes(whole)
    assert desk.seal() == SealResult(events=1, sessions=1)
    assert {event.id for event in desk.events()} == {an_id(1), an_id(2)}


def test_what_arrives_meanwhile_is_sealed_too(desk: Desk) -> None:
    arriving = iter(range(1, 4))

    def checkpoint(step: str) -> None:
        number = next(arriving, None) if step == "journal" else None
        if number is not None:
            desk.hook(session="s1", name=number)

    desk.hook(session="s1", name=0)
    assert desk.seal(checkpoint) == SealResult(events=4, sessions=1)


def test_a_second_seal_just_leaves(desk: Desk) -> None:
    desk.hook(session="s1", name=1)
    with exclusive(desk.state / "seal.lock") as mine:
        assert mine
        assert desk.seal() == SealResult(pending=1, busy=True)
    assert desk.seal() == SealResult(events=1, sessions=1)


def test_without_an_identity_the_journal_stays_and_the_log_says_why(desk: Desk) -> None:
    desk.hook(session="s1", name=1)
    desk.repo.git("config", "--global", "--unset", "user.name")
    with pytest.raises(HivemindError, match="who you are"):
        desk.seal()
    assert (len(desk.journal.pending()), desk.journal.lost()) == (1, 0)
    assert "git does not know who you are" in (desk.state / "log").read_text()
    desk.repo.git("config", "user.name", "Ada")
    assert desk.seal() == SealResult(events=1, sessions=1)


def test_a_journal_full_for_want_of_a_seal_grows_again_after_one(desk: Desk) -> None:
    path = desk.hook(session="s1", name=1)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    desk.repo.git("config", "--global", "--unset", "user.name")
    with pytest.raises(HivemindError):
        desk.seal()
    assert desk.journal.is_full()
    desk.repo.git("config", "user.name", "Ada")
    desk.seal()
    assert not desk.journal.is_full()


def test_the_forgotten_is_not_sealed_and_leaves_no_image(desk: Desk) -> None:
    desk.hook(session="s0", name=0)
    desk.seal()
    git = desk.repo.git
    blob = git("hash-object", "-w", "--stdin", stdin="forgotten\n")
    paths = [layout.session_tombstone("s1"), layout.event_tombstone(an_id(2))]
    entries = "".join(f"100644 {blob}\t{path}\n" for path in paths)
    index = {"GIT_INDEX_FILE": str(desk.repo.path / "index")}
    git("read-tree", REF, env=index)
    git("update-index", "--index-info", stdin=entries, env=index)
    git("update-ref", REF, git("commit-tree", "-m", "forget", git("write-tree", env=index)))
    desk.hook(session="s1", name=1, after="secret")
    desk.hook(session="s0", name=2, after="secret")
    desk.hook(session="s0", name=3, after="kept")
    assert desk.seal() == SealResult(events=1, sessions=1, forgotten=2)
    assert ({event.id for event in desk.events()}, list(desk.images.load("s1"))) == ({an_id(0), an_id(3)}, [])
    assert list(desk.images.load("s0")) == [an_id(3)]


def test_a_session_of_an_unsafe_id_is_found_by_its_folder(desk: Desk) -> None:
    desk.hook(session="../a", name=1, text="hunter1", after="x")
    desk.seal()
    folder = layout.session_folder("../a")
    memory = Memory(desk.state)
    assert [memory.holds(name) for name in ("../a", folder, "a")] == [True, True, False]
    assert memory.placeholders(folder) == memory.placeholders("../a") != {}
    assert list(desk.images.load(folder)) == [event.id for event in desk.events(folder)] == [an_id(1)]


def test_events_of_no_session_stand_under_git(desk: Desk) -> None:
    desk.hook(agent="git", session="", name=1, t="2026-01-31T00:00:00.000Z")
    desk.hook(agent="git", session="", name=2, t="2026-02-01T00:00:00.000Z")
    assert desk.seal() == SealResult(events=2)
    assert desk.commits() == ["Seal 2 events of git"]
    paths = desk.repo.git("ls-tree", "-r", "--name-only", REF).splitlines()
    assert [path.rpartition("/")[0] for path in paths] == ["", "git/2026-01", "git/2026-02"]


def test_the_workspace_labels_events(desk: Desk) -> None:
    desk.hook(session="s1", name=1)
    desk.seal(settings=Settings(workspace="shop"))
    assert desk.events() == [an_event(1, workspace="shop", fields={"text": ""})]


def test_a_day_old_memory_is_pruned_by_age(desk: Desk) -> None:
    desk.hook(session="old", name=1, text="hunter1", after="x")
    desk.seal()
    for folder in ("sealed", "placeholders", "images/sessions"):
        os.utime(desk.state / folder / "old", (1, 1))
    desk.hook(session="new", name=2)
    desk.seal()
    assert (desk.state / "sealed/old").exists()
    os.utime(desk.state / "tidied", (1, 1))
    desk.hook(session="new", name=3)
    desk.seal()
    assert [(desk.state / folder / "old").exists() for folder in ("sealed", "placeholders", "images/sessions")] == [
        False,
        False,
        False,
    ]


def test_memory_that_was_deleted_costs_a_second_copy_and_nothing_else(desk: Desk) -> None:
    desk.hook(session="s1", name=1, source=Source.TRANSCRIPT, seq=3)
    desk.seal()
    (desk.state / "sealed/s1").unlink()
    desk.hook(session="s1", name=1, source=Source.TRANSCRIPT, seq=3)
    desk.hook(session="s1", name=2)
    desk.seal()
    first = an_event(1, source=Source.TRANSCRIPT, seq=3, fields={"text": ""})
    assert sorted(desk.events(), key=lambda event: event.seq) == [
        first,
        replace(an_event(2, fields={"text": ""}), seq=4),
    ]
