"""Whether a file that a client calls new was new."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hivemind_git.corrections.creations import settled
from hivemind_git.corrections.evidence import CommitRecord, Edit, Evidence, FileChange, Item, Session, Sight

MADE = Edit(
    event="e",
    t=100.4,
    tool_use="u",
    worktree="",
    path="a.py",
    before=None,
    after=b"x\n",
    before_known=False,
    created=True,
)


def commit(second: int, *files: FileChange) -> CommitRecord:
    return CommitRecord(
        id=f"c{second}",
        parents=(),
        t=second,
        committed=second,
        author="Ada",
        subject="",
        body="",
        patch="",
        files=files,
    )


def change(before: bytes | None, after: bytes | None, path: str = "a.py", previous: str = "a.py") -> FileChange:
    return FileChange(path=path, previous_path=previous, before=before, after=after)


def was_new(*commits: CommitRecord, others: tuple[Item, ...] = ()) -> bool:
    sessions = (
        Session(id="t", agent="codex", model=None, items=others),
        Session(id="s", agent="codex", model=None, items=(MADE,)),
    )
    evidence = settled(Evidence(sessions=sessions, commits=commits))
    found = evidence.sessions[1].items[0]
    assert found in {MADE, replace(MADE, before_known=True)}
    assert evidence.sessions[0] is sessions[0]
    assert isinstance(found, Edit)
    return found.before_known


@pytest.mark.parametrize(
    ("commits", "new"),
    [
        ((), True),
        ((commit(100, change(None, b"x\n")),), True),
        ((commit(101, change(b"old\n", b"x\n")),), False),
        ((commit(50, change(None, b"old\n")), commit(101, change(b"old\n", b"x\n"))), False),
        ((commit(50, change(b"old\n", None)), commit(101, change(None, b"x\n"))), True),
        ((commit(50, change(b"old\n", b"old\n", "b.py", "a.py")),), True),
        ((commit(101, change(b"old\n", b"x\n", "a.py", "b.py")),), True),
        ((commit(101, change(b"old\n", b"old\n", "b.py", "a.py")),), False),
        ((commit(101, change(None, b"x\n", "other.py", "other.py")),), True),
    ],
)
def test_commits_tell(commits: tuple[CommitRecord, ...], new: bool) -> None:
    assert was_new(*commits) is new


def test_another_session_tells() -> None:
    seen = Sight(event="s", t=99.0, worktree="", path="a.py", content=b"y\n")
    assert was_new(others=(seen,)) is False
    assert was_new(others=(replace(seen, t=101.0),)) is True
    written = replace(MADE, event="w", t=50.0, before_known=True)
    assert was_new(others=(written,)) is False
    assert was_new(others=(written, replace(written, event="d", t=60.0, after=None))) is True


def test_what_is_known_stays() -> None:
    for known in (replace(MADE, before=b"w\n", before_known=True), replace(MADE, created=False)):
        session = Session(id="s", agent="codex", model=None, items=(known,))
        assert settled(Evidence(sessions=(session,), commits=())).sessions == (session,)


def test_an_image_that_is_gone_is_no_empty_file() -> None:
    gone = replace(MADE, after=None)
    evidence = Evidence(sessions=(Session(id="s", agent="codex", model=None, items=(gone,)),), commits=())
    assert settled(evidence) == evidence
