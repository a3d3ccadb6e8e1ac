"""What git's hooks left in the journal reaches the store, and a commit that was thrown away still counts."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from pipeline.claude_log import Log
from repos import Repo
from waiting import wait_for

from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.journal import Journal
from hivemind_git.demo import days
from hivemind_git.model import Kind
from hivemind_git.pipeline import deriving, importing, installing, sealing
from hivemind_git.pipeline.workspace import Workspace, open_workspace, this_machine


@pytest.fixture
def sealing_itself(repo: Repo, hermetic: Path) -> Repo:
    repo.commit("Start", when=1793000000)
    space = open_workspace(repo.path)
    installing.install(space, this_machine(), installing.plan(space, this_machine(), ["claude-code"]))
    (repo.path / ".git/hivemind/journal").mkdir(mode=0o700, exist_ok=True)
    return repo


@pytest.fixture
def installed(sealing_itself: Repo) -> Repo:
    (sealing_itself.path / ".git/hivemind/sealer").unlink()  # nothing seals behind the test's back
    return sealing_itself


def kinds(space: Workspace) -> list[str]:
    return [event.kind.value for event in space.store().git_events()]


def test_commits_and_amends_are_events(installed: Repo) -> None:
    first = installed.commit("One", **{"a.py": "one\n"})
    installed.write("a.py", "two\n")
    installed.git("commit", "-qa", "--amend", "--no-edit")
    space = open_workspace(installed.path)
    sealing.seal(space)
    events = list(space.store().git_events())
    assert sorted(event.kind.value for event in events) == ["commit", "commit", "rewrite"]
    rewrite = next(event for event in events if event.kind is Kind.REWRITE)
    assert dict(rewrite.fields) == {"old": first, "new": installed.git("rev-parse", "HEAD"), "by": "amend"}
    commit = next(event for event in events if event.fields.get("commit") == first)
    blob = installed.git("rev-parse", f"{first}:a.py")
    assert commit.fields["paths"] == [{"path": "a.py", "blob": blob}]


def test_sealing_twice_adds_nothing(installed: Repo) -> None:
    installed.commit("One", **{"a.py": "one\n"})
    sealing.seal(open_workspace(installed.path))
    tip = installed.git("rev-parse", "hivemind/sessions")
    assert sealing.seal(open_workspace(installed.path)).events == 0
    assert installed.git("rev-parse", "hivemind/sessions") == tip


def test_a_correction_in_a_commit_that_was_thrown_away_is_found(installed: Repo, tmp_path: Path) -> None:
    day = next(days())
    log = tmp_path / "1.jsonl"
    log.write_bytes(day.transcript)
    here = {"/home/ada/shop": str(installed.path)}
    importing.import_transcripts(open_workspace(installed.path), "claude-code", [log], here)
    when = int(datetime.fromisoformat(day.committed).timestamp())
    installed.commit(day.subject, when=when, **{day.path: day.accepted})
    sealing.seal(open_workspace(installed.path))
    installed.git("reset", "-q", "--hard", "HEAD~1")
    found = deriving.derive(open_workspace(installed.path)).corrections
    assert any(c.before.strip().startswith("print(") and "logger.info" in c.after for c in found)


def test_a_commit_seals_what_the_session_told_so_far(sealing_itself: Repo, hermetic: Path) -> None:
    """Its log too, of which no hook told; the person's index stays as it is."""
    repo = sealing_itself
    log = Log(hermetic, repo.path, "open")
    log.prompt("Make it.")
    log.hook(repo.path / ".git/hivemind", "UserPromptSubmit", prompt="Make it.", prompt_id="open-p0")
    log.says("On it.")
    log.writes("toolu_1", "a.py", "a = 1\n")
    commit = repo.commit("Take it", **{"a.py": "a = 1\n"})
    index = (repo.path / ".git/index").read_bytes()
    space = open_workspace(repo.path)
    wait_for(lambda: not Journal(space.repository.state_dir).pending())
    told = [event.kind.value for event in space.store().events() if event.session]
    assert told == ["session_start", "prompt", "response", "tool_use", "edit"]
    assert [event.fields["commit"] for event in space.store().git_events()] == [commit]
    (image,) = ImageStore(repo.path / ".git/hivemind/images").load("open").values()
    assert image.after == b"a = 1\n"
    assert (repo.path / ".git/index").read_bytes() == index
    assert not (repo.path / ".git/hivemind/due").exists()


def test_the_seal_survives_a_hint_that_makes_no_sense(installed: Repo) -> None:
    journal = installed.path / ".git/hivemind/journal"
    (journal / "git.1.0").write_text(json.dumps({"hook": "post-commit", "worktree": "main", "head": "f" * 40}))
    (journal / "git.2.0").write_text(json.dumps({"hook": 7}))
    space = open_workspace(installed.path)
    sealing.seal(space)
    assert kinds(space) == []
    assert list(journal.glob("git.*")) == []


def test_a_seal_that_found_only_commits_says_so_until_an_assistant_is_heard(installed: Repo, hermetic: Path) -> None:
    quiet = installed.path / ".git/hivemind/quiet"
    installed.commit("One", **{"a.py": "one\n"})
    sealing.seal(open_workspace(installed.path))
    assert quiet.exists()
    log = Log(hermetic, installed.path, "open")
    log.prompt("Make it.")
    log.hook(installed.path / ".git/hivemind", "UserPromptSubmit", prompt="Make it.", prompt_id="open-p0")
    installed.commit("Two", **{"a.py": "two\n"})
    sealing.seal(open_workspace(installed.path))
    assert not quiet.exists()
    sealing.seal(open_workspace(installed.path))
    assert not quiet.exists()
    log.says("On it.")
    installed.commit("Three", **{"a.py": "three\n"})
    sealing.seal(open_workspace(installed.path))
    assert not quiet.exists()
    installed.commit("Four", **{"a.py": "four\n"})
    sealing.seal(open_workspace(installed.path))
    assert quiet.exists()


def test_with_nothing_open_a_commit_leaves_no_hint(installed: Repo) -> None:
    installed.commit("One", **{"a.py": "one\n"})
    sealing.seal(open_workspace(installed.path))
    deriving.derive(open_workspace(installed.path))
    installed.commit("Two", **{"a.py": "two\n"})
    journal = installed.path / ".git/hivemind/journal"
    assert subprocess.run(["ls", journal], capture_output=True, text=True, check=True).stdout == ""
