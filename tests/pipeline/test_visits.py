"""Each repository keeps what was done in it: worktrees that are gone, other repositories, copies and moves."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.capture.watch import Watch
from hivemind_git.model import Event
from hivemind_git.pipeline import deciding, installing, sealing
from hivemind_git.pipeline.workspace import open_workspace, this_machine

Make = Callable[[str], Repo]


def captured(repo: Repo) -> Repo:
    """With one commit, and wired."""
    repo.commit("Start")
    space = open_workspace(repo.path)
    installing.install(space, this_machine(), installing.plan(space, this_machine(), ["claude-code"]))
    return repo


def seal(repo: Repo) -> int:
    return sealing.seal(open_workspace(repo.path)).events


def told(repo: Repo) -> list[str]:
    """What the store has, in words."""
    return [" ".join(filter(None, words(event))) for event in open_workspace(repo.path).store().events()]


def words(event: Event) -> tuple[str, str, str]:
    return event.kind.value, event.worktree or "", str(event.fields.get("path") or event.fields.get("text", ""))


def writes_elsewhere(log: Log, *tops: Path) -> None:
    log.prompt("Only here.")
    log.writes("toolu_0", "a.py", "a = 0\n")
    log.prompt("There too.")
    for number, top in enumerate(tops, 1):
        Log(log.home, log.top, log.session, agent=log.agent, count=log.count).writes(
            f"toolu_{number}", str(top / "b.py"), f"b = {number}\n"
        )


def test_an_edit_goes_home(make_repo: Make, hermetic: Path, tmp_path: Path) -> None:
    ours, other = captured(make_repo("ours")), captured(make_repo("other"))
    alone = make_repo("alone")
    log = Log(hermetic, ours.path, "s")
    writes_elsewhere(log, other.path, alone.path, tmp_path)
    log.hook(ours.path / ".git/hivemind", "Stop")
    seal(ours)
    assert [line for line in told(ours) if line.startswith("edit")] == ["edit main a.py"]
    assert seal(other) == 4
    assert told(other) == ["session_start", "prompt There too.", "tool_use main b.py", "edit main b.py"]
    assert not (alone.path / ".git/hivemind").exists()
    # What the visitor does next is found without a note: the log is watched there by now.
    log.prompt("And again.")
    log.writes("toolu_9", str(other.path / "c.py"), "c = 1\n")
    seal(ours)
    assert not list((other.path / ".git/hivemind/journal").iterdir())
    assert (seal(other), seal(other)) == (3, 0)
    assert told(other)[4:] == ["prompt And again.", "tool_use main c.py", "edit main c.py"]


def test_a_visitor_that_stays_is_read_whole(make_repo: Make, hermetic: Path) -> None:
    ours, other = captured(make_repo("ours")), captured(make_repo("other"))
    log = Log(hermetic, ours.path, "s")
    writes_elsewhere(log, other.path)
    log.hook(ours.path / ".git/hivemind", "Stop")
    seal(ours)
    seal(other)
    log.hook(other.path / ".git/hivemind", "Stop")
    seal(other)
    assert [line for line in told(other) if line.startswith("prompt")] == ["prompt Only here.", "prompt There too."]


def test_a_nested_repository_keeps_its_own(make_repo: Make, hermetic: Path) -> None:
    ours = captured(make_repo("ours"))
    nested = captured(make_repo("ours/vendor/nested"))
    log = Log(hermetic, ours.path, "s")
    writes_elsewhere(log, nested.path)
    log.hook(ours.path / ".git/hivemind", "Stop")
    seal(ours)
    seal(nested)
    assert [line for repo in (ours, nested) for line in told(repo) if line.startswith("edit")] == [
        "edit main a.py",
        "edit main b.py",
    ]


@pytest.mark.parametrize("place", ["side", "ours/.claude/worktrees/side"])
def test_a_worktree_that_was_removed_is_one_still(make_repo: Make, hermetic: Path, tmp_path: Path, place: str) -> None:
    ours = captured(make_repo("ours"))
    side = tmp_path / place
    ours.git("worktree", "add", "-q", str(side))
    log = Log(hermetic, ours.path, "s")
    log.prompt("Go.")
    log.hook(ours.path / ".git/hivemind", "UserPromptSubmit", prompt="Go.", prompt_id="s-p0")
    seal(ours)
    log.writes("toolu_1", str(side / "deep/b.py"), "b = 1\n")
    ours.git("worktree", "remove", "--force", str(side))
    log.hook(ours.path / ".git/hivemind", "Stop")
    seal(ours)
    assert told(ours)[-1] == "edit side deep/b.py"


def test_a_worktree_of_claude_s_own_that_nobody_ever_saw(make_repo: Make, hermetic: Path) -> None:
    ours = captured(make_repo("ours"))
    log = Log(hermetic, ours.path, "s")
    log.prompt("Go.")
    log.writes("toolu_1", ".claude/worktrees/gone/b.py", "b = 1\n")
    log.hook(ours.path / ".git/hivemind", "Stop")
    seal(ours)
    assert told(ours)[-1] == "edit gone b.py"


def test_a_copy_lets_go_of_the_originals_logs_and_a_move_keeps_them(make_repo: Make, hermetic: Path) -> None:
    ours = captured(make_repo("ours"))
    log = Log(hermetic, ours.path, "s")
    log.prompt("First.")
    log.hook(ours.path / ".git/hivemind", "Stop")
    seal(ours)
    copy, moved = ours.path.with_name("copy"), ours.path.with_name("moved")
    shutil.copytree(ours.path, copy)
    log.prompt("Second.")
    assert seal(Repo(copy)) == 0
    assert Watch(copy / ".git/hivemind").logs() == []
    ours.path.rename(moved)
    log.writes("toolu_1", "a.py", "a = 1\n")
    seal(Repo(moved))
    assert told(Repo(moved))[2:] == ["prompt main Second.", "tool_use main a.py", "edit main a.py"]


def test_two_copies_never_call_two_secrets_the_same(make_repo: Make, hermetic: Path) -> None:
    ours = captured(make_repo("ours"))
    ours.git("config", "hivemind.redact", "hunter[0-9]+")
    log = Log(hermetic, ours.path, "s")
    log.prompt("Use hunter1.")
    log.hook(ours.path / ".git/hivemind", "Stop")
    seal(ours)
    copy = Repo(ours.path.with_name("copy"))
    shutil.copytree(ours.path, copy.path)
    machines = set()
    for number, repo in enumerate((ours, copy), 2):
        elsewhere = Log(hermetic / str(number), repo.path, "s")
        elsewhere.prompt("Use hunter1.")
        elsewhere.prompt(f"Not hunter1: hunter{number}.")
        elsewhere.hook(repo.path / ".git/hivemind", "Stop")
        seal(repo)
        machines.add(deciding._machine(open_workspace(repo.path)))
    assert len(machines) == 2
    said = [told(repo)[-1] for repo in (ours, copy)]
    assert said[0] == "prompt main Not <custom:1>: <custom:2>."
    (number,) = re.findall(r"^prompt main Not <custom:1>: <custom:(\d+)>\.$", said[1])
    assert 2 < int(number) < 10**9
    # The one after it goes on from there, and a session that the original never had begins anew.
    last = Log(hermetic / "last", copy.path, "t")
    last.prompt("hunter9")
    last.hook(copy.path / ".git/hivemind", "Stop")
    seal(copy)
    assert "prompt main <custom:1>" in told(copy)
