from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from repos import Repo

from hivemind_git.git import hints, hook_lines, hooks
from hivemind_git.git.hints import Hint
from hivemind_git.git.objects import Repository

Fixture: TypeAlias = Callable[..., Any]


def test_a_commit_an_amend_and_a_rebase_leave_hints(
    repo: Repo, opened: Repository, pending: Fixture, found: Fixture
) -> None:
    base = repo.commit("base", a="0")
    hooks.install(opened)
    assert hooks.wired(opened) == {"post-commit": True, "post-rewrite": True, "pre-push": True}
    pending(opened)
    one = repo.commit("one", a="1")
    repo.git("commit", "-q", "--amend", "-m", "one, better")
    amended = repo.git("rev-parse", "HEAD")
    two = repo.commit("two", b="1")
    three = repo.commit("three", c="1")
    repo.git("rebase", "-q", "--onto", base, amended)
    new = repo.git("rev-parse", "HEAD~1", "HEAD").splitlines()
    assert found(opened) == [
        Hint("post-commit", "main", one),
        Hint("post-commit", "main", amended),
        Hint("post-rewrite", "main", amended, by="amend", rewritten=((one, amended),)),
        Hint("post-commit", "main", two),
        Hint("post-commit", "main", three),
        *[Hint("post-commit", "main", oid) for oid in new],
        Hint("post-rewrite", "main", new[1], by="rebase", rewritten=((two, new[0]), (three, new[1]))),
    ]


def test_nothing_pending_leaves_nothing(
    repo: Repo, opened: Repository, monkeypatch: pytest.MonkeyPatch, pending: Fixture, found: Fixture
) -> None:
    hooks.install(opened)
    repo.commit("before any session")
    assert not (opened.state_dir / "journal").exists()
    journal = pending(opened)
    hooks.settle(opened.state_dir, time.time() + 1)
    repo.commit("settled")
    assert found(opened) == []
    monkeypatch.setenv("HIVEMIND_CAPTURE", "false")
    hooks.settle(opened.state_dir, 0)
    repo.commit("capture is off")
    monkeypatch.delenv("HIVEMIND_CAPTURE")
    for switch in ("off", "full"):
        (opened.state_dir / switch).touch()
        repo.commit(switch)
        (opened.state_dir / switch).unlink()
    assert found(opened) == []
    os.utime(journal, (time.time() + 2, time.time() + 2))
    hooks.settle(opened.state_dir, time.time())
    head = repo.commit("an event came after the derivation began")
    assert found(opened) == [Hint("post-commit", "main", head)]


def test_idle_and_busy_start_no_more_processes_than_they_may(
    repo: Repo, opened: Repository, tmp_path: Path, pending: Fixture, found: Fixture
) -> None:
    """Counted by a git that counts: post-commit starts none at all."""
    repo.commit("base")
    counter = tmp_path / "bin/git"
    counter.parent.mkdir()
    real = subprocess.run(["sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
    counter.write_text(f'#!/bin/sh\necho "$1" >>"{tmp_path}/count"\nexec {real} "$@"\n')
    counter.chmod(0o755)
    hooks.install(opened)
    pending(opened)
    for name in ("post-commit", "post-rewrite"):
        path = f"{counter.parent}:{os.environ['PATH']}"
        subprocess.run([f".git/hooks/{name}", "rebase"], cwd=repo.path, env={"PATH": path}, check=True)
    assert not (tmp_path / "count").exists()
    assert len(found(opened)) == 2


def test_a_foreign_hook_keeps_its_input_arguments_and_exit_status(
    repo: Repo,
    opened: Repository,
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
    hook: Fixture,
    tree: Fixture,
    pending: Fixture,
    found: Fixture,
) -> None:
    repo.commit("base", a="0")
    for name in ("post-commit", "post-rewrite"):
        hook(repo, name)
    before = tree(repo.path / ".git/hooks")
    repo.git("commit", "-q", "--amend", "-m", "first", stdin="typed\n")
    plain = log.read_text()
    log.unlink()
    hooks.install(opened)
    repo.git("reset", "-q", "--hard", "HEAD@{1}")
    pending(opened)
    repo.git("commit", "-q", "--amend", "-m", "first", stdin="typed\n")
    assert log.read_text().splitlines()[0::2] == plain.splitlines()[0::2]
    assert len(log.read_text().splitlines()) == len(plain.splitlines())
    assert len(found(opened)) == 2
    hooks.uninstall(opened)
    assert tree(repo.path / ".git/hooks") == before


def test_a_failing_pre_commit_hook_still_fails_the_commit(
    repo: Repo, opened: Repository, monkeypatch: pytest.MonkeyPatch, hook: Fixture, pending: Fixture, staged: Fixture
) -> None:
    repo.commit("base", a="0")
    hook(repo, "pre-commit")
    hooks.install(opened)
    pending(opened)
    monkeypatch.setenv("STATUS", "7")
    repo.write("a", "1")
    assert "base" not in repo.git("commit", "-qam", "refused", check=False)
    assert repo.git("log", "--format=%s") == "base"
    assert [list(one) for one in staged(opened)] == [["a"]]
    monkeypatch.setenv("STATUS", "0")
    repo.git("commit", "-qam", "let through")
    assert repo.git("log", "--format=%s").splitlines() == ["let through", "base"]


def test_pre_commit_notes_what_was_staged_before_a_formatter_changed_it(
    repo: Repo, opened: Repository, hook: Fixture, pending: Fixture, found: Fixture, staged: Fixture
) -> None:
    repo.commit("base", gone="x", **{'q"u\\o\tt\nü': "0"})
    hook(repo, "pre-commit", "#!/bin/sh\nexec 2>/dev/null\necho formatted >a\ngit add a\n")
    hooks.install(opened)
    assert hooks.wired(opened) == {"pre-commit": True, "post-commit": True, "post-rewrite": True, "pre-push": True}
    pending(opened)
    (repo.path / "gone").unlink()
    repo.write("a", "as the agent wrote it\n")
    repo.write('q"u\\o\tt\nü', "1")
    repo.write("not staged", "x")
    wanted = {
        "a": repo.git("hash-object", "a"),
        "gone": None,
        'q"u\\o\tt\nü': repo.git("hash-object", 'q"u\\o\tt\nü'),
    }
    head = repo.git("rev-parse", "HEAD")
    repo.git("add", "a", "gone", 'q"u\\o\tt\nü')
    repo.git("commit", "-qm", "change")
    (note, _) = found(opened)
    assert note == Hint("pre-commit", "main", head)
    assert staged(opened) == [wanted]
    assert repo.git("show", "HEAD:a") == "formatted"


def test_an_index_stands_beside_a_hint_that_is_there(
    repo: Repo,
    opened: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hook: Fixture,
    pending: Fixture,
    staged: Fixture,
) -> None:
    """A seal that is at work takes away one that stands alone."""
    hook(repo, "pre-commit", "#!/bin/sh\nexit 0\n")
    hooks.install(opened)
    pending(opened)
    real = shutil.which("ln")
    linker = tmp_path / "bin/ln"
    linker.parent.mkdir()
    linker.write_text(f'#!/bin/sh\n[ -e "${{3%.index}}" ] || >"{tmp_path}/alone"\nexec {real} "$@"\n')
    linker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{linker.parent}:{os.environ['PATH']}")
    repo.commit("first", a="1")
    assert [list(one) for one in staged(opened)] == [["a"]]
    assert not (tmp_path / "alone").exists()


def test_staged_of_a_first_commit_of_a_partial_one_and_of_many(
    repo: Repo, opened: Repository, hook: Fixture, pending: Fixture, found: Fixture, staged: Fixture
) -> None:
    hook(repo, "pre-commit", "#!/bin/sh\nexit 0\n")
    hooks.install(opened)
    pending(opened)
    repo.commit("first", a="1")
    repo.write("a", "2")
    repo.write("b", "1")
    repo.git("add", "b")
    repo.git("commit", "-qm", "only a", "--", "a")
    repo.commit("many", **{f"d/{number:04}": "x" for number in range(150)})
    assert found(opened)[0].head is None
    first, only, many = [list(one) for one in staged(opened)]
    assert first == only == ["a"]
    assert many == ["b", *[f"d/{number:04}" for number in range(99)]]


def test_hints_of_linked_worktrees_submodules_and_odd_names(
    repo: Repo, opened: Repository, make_repo: Callable[[str], Repo], tmp_path: Path, pending: Fixture, found: Fixture
) -> None:
    repo.commit("base")
    hooks.install(opened)
    pending(opened)
    names = {}
    for folder in ('q"uo', "main", "plain"):
        side = Repo(tmp_path / "trees" / folder)
        repo.git("worktree", "add", "-q", "--detach", str(side.path))
        head = side.commit("there", a=folder)
        names[head] = Repository.containing(side.path).worktree
        assert hooks.wired(Repository.containing(side.path)) == {
            "post-commit": True,
            "post-rewrite": True,
            "pre-push": True,
        }
    assert {hint.head: hint.worktree for hint in found(opened)} == names
    assert set(names.values()) == {'q"uo', "worktrees/main", "plain"}
    outer = make_repo("outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repo.path), "lib")
    inner = Repository.containing(outer.path / "lib")
    hooks.install(inner)
    pending(inner)
    head = Repo(outer.path / "lib").commit("inside", a="1")
    assert found(inner) == [Hint("post-commit", "main", head)]


def test_commits_of_all_kinds_are_noted(
    repo: Repo, opened: Repository, tmp_path: Path, pending: Fixture, found: Fixture
) -> None:
    repo.commit("base", a="0", b="0")
    repo.git("pack-refs", "--all")
    hooks.install(opened)
    pending(opened)
    heads = []

    def noted(*args: str, **how: object) -> None:
        repo.git(*args, **how)  # type: ignore[arg-type]
        heads.append(repo.git("rev-parse", "HEAD"))

    repo.write("a", "1")
    noted("commit", "-qam", "all")
    repo.write("a", "2")
    noted("commit", "-qm", "only", "--only", "a")
    repo.write("a", "3")
    noted("commit", "-qam", "no verify", "--no-verify")
    repo.git("checkout", "-q", "--detach")
    noted("commit", "-qm", "detached", "--allow-empty")
    noted("cherry-pick", "--allow-empty", "HEAD")
    noted("revert", "--no-edit", "HEAD~2")
    repo.git("checkout", "-q", "--orphan", "new")
    noted("commit", "-qm", "orphan")
    noted("--git-dir", str(repo.path / ".git"), "--work-tree", str(repo.path), "commit", "-qm", "x", "--allow-empty")
    repo.write("deep/er/f", "x")
    repo.git("add", ".")
    subprocess.run(["git", "commit", "-qm", "below"], cwd=repo.path / "deep/er", check=True)
    heads.append(repo.git("rev-parse", "HEAD"))
    assert [hint.head for hint in found(opened)] == heads


@pytest.mark.parametrize(
    "shebang", ["#!/bin/sh -eu", "#!/bin/bash -eux", "#!/usr/bin/env -S bash -eu", "#!/bin/zsh", "#!/bin/ksh"]
)
def test_strict_and_other_shells(
    repo: Repo, opened: Repository, log: Path, shebang: str, hook: Fixture, pending: Fixture, found: Fixture
) -> None:
    shell = shebang.removeprefix("#!").split()[0]
    if not Path(shell).exists():
        pytest.skip(f"{shell} is not here")
    hook(repo, "post-commit", f'{shebang}\necho "ran $# $-" >>"$LOG"\n')
    repo.commit("plain")
    plain = log.read_text()
    hooks.install(opened)
    pending(opened)
    head = repo.commit("base")
    assert found(opened) == [Hint("post-commit", "main", head)]
    assert log.read_text() == plain * 2
    (opened.state_dir / hook_lines.HINT_SCRIPT).write_text("syntax ( error\n")
    repo.commit("a broken script of ours")
    (opened.state_dir / hook_lines.HINT_SCRIPT).unlink()
    repo.commit("no script of ours")
    assert log.read_text() == plain * 4


def test_prints_nothing(repo: Repo, opened: Repository, pending: Fixture) -> None:
    hooks.install(opened)
    pending(opened)
    repo.write("a", "1")
    repo.git("add", "a")
    done = subprocess.run(["git", "commit", "-qm", "x"], cwd=repo.path, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_a_full_disk_leaves_no_torn_hint_and_counts_the_loss(
    repo: Repo, opened: Repository, tmp_path: Path, pending: Fixture
) -> None:
    """A file size limit of nothing plays the full disk; whoever counts the loss writes elsewhere."""
    repo.commit("base")
    hooks.install(opened)
    journal = pending(opened)
    done = subprocess.run(
        ["sh", "-c", "trap '' XFSZ; ulimit -f 0; exec .git/hooks/post-commit"], cwd=repo.path, check=False
    )
    assert done.returncode == 0
    assert list(journal.iterdir()) == []
    (opened.state_dir / "lost").unlink()
    os.mkfifo(opened.state_dir / "lost")
    reader = os.open(opened.state_dir / "lost", os.O_RDWR)
    subprocess.run(["sh", "-c", "trap '' XFSZ; ulimit -f 0; exec .git/hooks/post-commit"], cwd=repo.path, check=False)
    assert os.read(reader, 100) == b"git write\n"
    os.close(reader)


def test_a_journal_that_cannot_be_written_costs_the_commit_nothing(
    repo: Repo, opened: Repository, pending: Fixture
) -> None:
    hooks.install(opened)
    journal = pending(opened)
    journal.rmdir()
    journal.symlink_to("/proc/self/fdinfo")
    repo.commit("goes through")
    assert repo.git("log", "--format=%s") == "goes through"


def test_twenty_at_once_keep_all_their_hints(repo: Repo, opened: Repository, pending: Fixture, found: Fixture) -> None:
    repo.commit("base")
    hooks.install(opened)
    pending(opened)
    running = [subprocess.Popen([".git/hooks/post-commit"], cwd=repo.path) for _ in range(20)]
    assert [process.wait() for process in running] == [0] * 20
    assert len(found(opened)) == 20


def test_the_script_is_posix() -> None:
    script = Path(__file__).parents[2] / "hooks/git/hint"
    for shell in ("dash", "bash", "ksh", "zsh", "busybox sh"):
        words = [*shell.split(), "-n", str(script)]
        if subprocess.run(["sh", "-c", f"command -v {words[0]}"], capture_output=True, check=False).returncode == 0:
            subprocess.run(words, check=True)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"1", b'{"hook":"x"}', b'{"hook":"post-commit","worktree":"main","head":1}'],
)
def test_a_hint_that_is_cut_or_none_is_none(content: bytes) -> None:
    assert hints.read(content) is None


def test_a_hint_cut_short_anywhere_is_none(repo: Repo, opened: Repository, hook: Fixture, pending: Fixture) -> None:
    hook(repo, "pre-commit", "#!/bin/sh\n:\n")
    hooks.install(opened)
    pending(opened)
    repo.commit("one", ä="1")
    for path in (opened.state_dir / "journal").glob("git.*[0-9]"):
        whole = path.read_bytes()
        json.loads(whole)
        assert [at for at in range(len(whole) - 1) if hints.read(whole[:at]) is not None] == []
