"""Our lines in pre-push, in real pushes: no store by chance, others unharmed, a sync that delays nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from repos import Repo
from teams import REF, Team, an_event, keep, segments, team
from waiting import PATIENCE_SECONDS, wait_for

from hivemind_git.git import hooks
from hivemind_git.git.objects import Repository

PROGRAM = Path(sys.executable).with_name("git-hivemind")
CARRY = "hivemind: this push would carry your sessions (hivemind/sessions) to {}"


@pytest.fixture
def mates(tmp_path: Path) -> Team:
    found = team(tmp_path)
    found.clone("ada")
    return found


@pytest.fixture
def ada(mates: Team) -> Repo:
    """A clone with our hooks and a store."""
    ada = mates.clones["ada"]
    wire(ada)
    keep(ada, an_event("1", "a"))
    return ada


def wire(repo: Repo) -> None:
    opened = Repository.containing(repo.path)
    hooks.install(opened)
    (opened.state_dir / "sealer").write_text(f"{PROGRAM}\n")


def push(repo: Repo, *arguments: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    done = subprocess.run(
        ["git", "push", "-q", *arguments], cwd=repo.path, env={**os.environ, **(env or {})},
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.stdout == ""
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--all", "origin"),
        ("--mirror", "origin"),
        ("origin", "hivemind/sessions"),
        ("origin", "hivemind/sessions:refs/heads/other"),
        ("origin", "main", "hivemind/sessions"),
        ("origin", "tagged"),
    ],
)
def test_a_push_of_the_store_is_stopped_while_sync_is_off(mates: Team, ada: Repo, arguments: tuple[str, ...]) -> None:
    ada.git("tag", "tagged", REF)
    ada.commit("work")
    before = mates.hub.git("for-each-ref")
    code, said = push(ada, *arguments)
    assert code == 1
    assert said.splitlines()[:2] == [
        f"{CARRY.format('origin')}, and sync is off; nothing was pushed",
        "  Push branches by name, as `git push origin main`; all of it once: `git push --no-verify`. To share "
        "sessions: `git config hivemind.sync true`.",
    ]
    assert mates.hub.git("for-each-ref") == before


def test_by_its_object_id_and_from_a_linked_worktree_too(ada: Repo, tmp_path: Path) -> None:
    ada.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = Repo(tmp_path / "side")
    tip = ada.git("rev-parse", REF)
    assert push(side, "origin", f"{tip}:refs/heads/x")[0] == push(side, "--all")[0] == 1
    assert push(side, "origin", "side") == (0, "")


def test_what_carries_no_store_goes_in_silence(mates: Team, ada: Repo) -> None:
    ada.commit("work", format="hivemind? no\n")
    assert push(ada, "origin", "main") == (0, "")
    ada.git("push", "-q", "--no-verify", "--all")
    assert push(ada, "origin", ":hivemind/sessions") == (0, "")
    assert mates.hub.git("for-each-ref", REF) == ""


def test_it_may_go_to_where_it_syncs_and_nowhere_else(mates: Team, ada: Repo, tmp_path: Path) -> None:
    ada.git("init", "-q", "--bare", str(tmp_path / "other.git"))
    ada.git("remote", "add", "other", str(tmp_path / "other.git"))
    ada.git("config", "--global", "hivemind.sync", "true")
    ada.write(".hivemind.toml", "sync = false\n")
    assert push(ada, "--all", "origin")[0] == 1
    ada.git("config", "hivemind.sync", "true")
    code, said = push(ada, "--all", "other")
    assert (code, said.splitlines()[0]) == (
        1,
        f"{CARRY.format('other')}, and they sync with origin; nothing was pushed",
    )
    # By another spelling of the same place.
    assert push(ada, str(mates.hub.path), "hivemind/sessions") == (0, "")


def test_a_program_that_is_gone_leaks_nothing(mates: Team, ada: Repo) -> None:
    (ada.path / ".git/hivemind/sealer").write_text("/nowhere/git-hivemind\n")
    code, said = push(ada, "--all", "origin")
    assert code == 1
    assert "hivemind: this push would carry the session store, and git-hivemind could not say whether it may" in said
    assert push(ada, "origin", "main") == (0, "")


FOREIGN = '#!/bin/{shell}\nset -eu\necho "$1 $2" >>"$LOG"\ncat >>"$LOG"\nexit ${{STATUS:-0}}\n'


@pytest.mark.parametrize("shell", ["sh", "bash", "sh -eu"])
def test_a_pre_push_hook_of_others_has_its_input_and_its_say(
    mates: Team, tmp_path: Path, shell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, log = mates.clones["ada"], tmp_path / "log"
    monkeypatch.setenv("LOG", str(log))
    theirs = ada.write(".git/hooks/pre-push", FOREIGN.format(shell=shell))
    theirs.chmod(0o755)
    for number in range(3):
        ada.git("branch", f"b{number}")
    ada.commit("one")
    plain = push(ada, "--dry-run", "--all")
    expected = log.read_bytes()
    log.unlink()
    wire(ada)
    assert push(ada, "--dry-run", "--all") == plain
    assert log.read_bytes() == expected
    assert expected.count(b"\n") == 5
    log.unlink()
    assert push(ada, "origin", "main", env={"STATUS": "3"})[0] == 1
    assert push(ada, "origin", "main") == (0, "")
    log.unlink()
    assert push(ada, "origin", "main") == (0, "")  # nothing to push: the hook gets nothing at all
    assert log.read_text() == f"origin file://{mates.hub.path}\n"
    assert hooks.uninstall(Repository.containing(ada.path)) == []
    assert theirs.read_text() == FOREIGN.format(shell=shell)


def test_git_lfs_like_hooks_that_read_in_a_child(mates: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand refs are more than a pipe holds."""
    ada, log = mates.clones["ada"], tmp_path / "log"
    monkeypatch.setenv("LOG", str(log))
    theirs = ada.write(".git/hooks/pre-push", "#!/bin/sh\nsh -c 'wc -l >\"$LOG\"'\n")
    theirs.chmod(0o755)
    head = ada.git("rev-parse", "HEAD")
    ada.git("update-ref", "--stdin", stdin="".join(f"create refs/heads/n{n} {head}\n" for n in range(1000)))
    wire(ada)
    assert push(ada, "--all") == (0, "")
    assert log.read_text().strip() == "1000"


def test_with_sync_on_a_push_syncs_in_the_background(mates: Team, ada: Repo) -> None:
    ada.git("config", "hivemind.sync", "true")
    ada.commit("work")
    assert push(ada, "origin", "main") == (0, "")
    wait_for(lambda: segments(mates.hub) == ["a"])
    lock = ada.path / ".git/hivemind/sync.lock"
    subprocess.run(["flock", str(lock), "true"], check=True)  # the background's end
    assert not (ada.path / ".git/hivemind/log").exists()


def test_the_users_push_does_not_wait_for_it_and_its_failure_is_in_the_log(ada: Repo, tmp_path: Path) -> None:
    """The program hangs; whoever holds the output of the push sees its end all the same."""
    go = tmp_path / "go"
    slow = ada.write("../slow", f'#!/bin/sh\nuntil [ -e "{go}" ]; do sleep 0.02; done\nexec "{PROGRAM}" "$@"\n')
    slow.chmod(0o755)
    (ada.path / ".git/hivemind/sealer").write_text(f"{slow}\n")
    ada.git("config", "hivemind.sync", "true")
    ada.git("config", "hivemind.remote", str(tmp_path / "nowhere"))
    ada.commit("work")
    assert push(ada, "origin", "main") == (0, "")
    log = ada.path / ".git/hivemind/log"
    assert not log.exists()
    go.touch()
    wait_for(lambda: log.exists() and "sync: " in log.read_text())
    assert "nowhere could not be reached" in log.read_text()
