"""The hook never fails the agent, never prints, reads its payload to the end, and runs nobody else's script."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hooks.installed_hook import Hook, install
from repos import Repo
from waiting import PATIENCE_SECONDS

EVENT = b'{"hook_event_name":"PreToolUse"}'


def write_all(hook: Hook, cwd: Path, size: int = 3_000_000) -> None:
    """Writes a payload far larger than a pipe as Codex does, which reports a pipe that nobody reads to the end."""
    reader, writer = os.pipe()
    with subprocess.Popen(
        hook.argv(),
        stdin=reader,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env=hook.environment(),
    ) as process:
        os.close(reader)
        view = memoryview(b'{"hook_event_name":"PostToolUse","x":"' + b"y" * size + b'"}')
        try:
            while view:
                view = view[os.write(writer, view) :]
        finally:
            os.close(writer)
        assert process.communicate(timeout=PATIENCE_SECONDS)[0] == b""
    assert process.returncode == 0


@pytest.mark.parametrize("value", ["false", "0", "off", "no", "False", "FALSE", "Off", "NO"])
def test_capture_is_switched_off_for_a_session(value: str, shell_hook: Hook) -> None:
    shell_hook.env = {"HIVEMIND_CAPTURE": value}
    write_all(shell_hook, shell_hook.cwd)
    assert shell_hook.journal() == Counter()


@pytest.mark.parametrize("value", ["", "true", "1"])
def test_capture_is_on(value: str, shell_hook: Hook) -> None:
    shell_hook.env = {"HIVEMIND_CAPTURE": value}
    shell_hook.silent(EVENT)
    assert shell_hook.journal() == Counter([EVENT])


def test_capture_is_switched_off_for_a_repository(shell_hook: Hook) -> None:
    (shell_hook.home / "off").touch()
    write_all(shell_hook, shell_hook.cwd)
    assert (shell_hook.journal(), shell_hook.lost()) == (Counter(), [])


def test_no_repository(shell_hook: Hook, tmp_path: Path) -> None:
    write_all(shell_hook, tmp_path)


def test_a_team_mate_without_us(shell_hook: Hook) -> None:
    shutil.rmtree(shell_hook.home)
    write_all(shell_hook, shell_hook.cwd)
    assert not shell_hook.home.exists()


def test_a_journal_that_was_deleted_comes_back(shell_hook: Hook) -> None:
    (shell_hook.home / "journal").rmdir()
    shell_hook.silent(EVENT)
    assert shell_hook.journal() == Counter([EVENT])
    assert (shell_hook.home / "journal").stat().st_mode & 0o777 == 0o700


def test_a_journal_that_another_agent_s_hook_made_meanwhile(shell_hook: Hook) -> None:
    """Two first events at one moment: as this one comes to make the folder, it is there."""
    (shell_hook.home / "journal").rmdir()
    assert shell_hook.path
    mkdir = shell_hook.path / "mkdir"
    mkdir.write_text(f'#!/bin/sh\n{shutil.which("mkdir")} "$@"\nexec {shutil.which("mkdir")} "$@"\n')
    mkdir.chmod(0o755)
    shell_hook.silent(EVENT)
    assert (shell_hook.journal(), shell_hook.lost()) == (Counter([EVENT]), [])


def test_a_journal_that_cannot_be_written(shell_hook: Hook) -> None:
    (shell_hook.home / "journal").rmdir()
    (shell_hook.home / "journal").touch()
    write_all(shell_hook, shell_hook.cwd)
    assert shell_hook.lost() == ["claude-code open"]


def test_a_read_only_file_system(shell_hook: Hook, small_disk: Path) -> None:
    shutil.move(shell_hook.home, small_disk / "home")
    shell_hook.home.symlink_to(small_disk / "home")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    write_all(shell_hook, shell_hook.cwd)
    assert (shell_hook.journal(), shell_hook.lost()) == (Counter(), [])


def test_a_full_disk_is_reported_and_tears_nothing(shell_hook: Hook, small_disk: Path) -> None:
    shutil.move(shell_hook.home, small_disk / "home")
    shell_hook.home.symlink_to(small_disk / "home")
    write_all(shell_hook, shell_hook.cwd)
    assert (shell_hook.journal(), shell_hook.lost()) == (Counter(), ["claude-code write"])
    shell_hook.silent(EVENT)
    assert shell_hook.journal() == Counter([EVENT])


def test_a_disk_without_room_for_one_more_file(shell_hook: Hook, small_disk: Path) -> None:
    (shell_hook.home / "lost").touch()
    shutil.move(shell_hook.home, small_disk / "home")
    shell_hook.home.symlink_to(small_disk / "home")
    for number in range(os.statvfs(small_disk).f_ffree):
        (small_disk / str(number)).touch()
    write_all(shell_hook, shell_hook.cwd)
    assert (shell_hook.journal(), shell_hook.lost()) == (Counter(), ["claude-code open"])


def test_a_full_journal_drops_and_counts(shell_hook: Hook) -> None:
    (shell_hook.home / "full").touch()
    for _ in range(3):
        write_all(shell_hook, shell_hook.cwd)
    assert (shell_hook.journal(), shell_hook.lost()) == (Counter(), ["claude-code full"] * 3)


def test_a_broken_script_does_not_block_the_agent(shell_hook: Hook) -> None:
    (shell_hook.home / "hook").write_text("if true; then (\n")
    shell_hook.silent(EVENT)


def test_the_script_of_a_bare_repository_inside_a_clone_is_not_run(shell: Path, hook: Hook, tmp_path: Path) -> None:
    hook.path = shell
    trap = hook.cwd / "fixtures"
    Repo(hook.cwd).git("init", "-q", "--bare", str(trap))
    (trap / "hivemind").mkdir()
    (trap / "hivemind" / "hook").write_text(f"touch '{tmp_path}/ran'\n")
    hook.silent(EVENT, cwd=trap)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("linked", [False, True])
def test_the_script_of_another_user_is_not_run(
    linked: bool, shell: Path, make_repo: Callable[[str], Repo], tmp_path: Path
) -> None:
    if os.getuid():
        pytest.skip("only root can give files away")
    repo = make_repo("planted")
    repo.commit()
    hook = install(repo.path / ".git", repo.path)
    hook.path = shell
    (hook.home / "hook").write_text(f"touch '{tmp_path}/ran'\n")
    if linked:
        repo.git("worktree", "add", "-q", "--detach", "tree")
        hook.cwd = repo.path / "tree"
    for path in [repo.path, *repo.path.rglob("*")]:
        os.chown(path, 65534, 65534)
    hook.silent(EVENT)
    assert not (tmp_path / "ran").exists()


def test_the_script_is_clean() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    script = Path(__file__).parents[2] / "hooks" / "agent" / "hook"
    done = subprocess.run(["shellcheck", script], capture_output=True, text=True, check=False)
    assert done.stdout == ""
