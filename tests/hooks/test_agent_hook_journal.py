"""What the hook accepts is in the journal, whole and once, whatever the folder, the load and the environment are."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hooks.installed_hook import Hook, install
from repos import Repo

from hivemind_git.agents.command import command_line

EVENT = b'{"hook_event_name":"PreToolUse","text":"caf\xc3\xa9 \\n \\u0000 \'\\"$HOME `x`"}'


def big(number: int) -> bytes:
    return b'{"hook_event_name":"PostToolUse","n":%d,"text":"%s"}' % (number, b"line\\n" * 66_000)


def test_an_event_is_one_private_file(shell_hook: Hook) -> None:
    shell_hook.silent(EVENT)
    (file,) = (shell_hook.home / "journal").iterdir()
    agent, pid, number = file.name.split(".")
    assert (agent, pid.isdigit(), number) == ("claude-code", True, "0")
    assert file.read_bytes() == EVENT
    assert file.stat().st_mode & 0o777 == 0o600


def test_sixty_at_once_lose_and_tear_nothing(shell_hook: Hook) -> None:
    events = [big(number) for number in range(60)]
    with ThreadPoolExecutor(60) as pool:
        list(pool.map(shell_hook.silent, events))
    assert shell_hook.journal() == Counter(events)
    assert shell_hook.lost() == []


def test_a_repeated_process_id_takes_the_next_number(shell_hook: Hook) -> None:
    squat = 'for n in 0 1; do echo stale >"$0/claude-code.$$.$n"; done; exec "$@"'
    argv = ["sh", "-c", squat, str(shell_hook.home / "journal"), *shell_hook.argv()]
    subprocess.run(argv, input=EVENT, cwd=shell_hook.cwd, env=shell_hook.environment(), check=True)
    assert shell_hook.journal() == Counter({b"stale\n": 2, EVENT: 1})


def test_containers_where_every_hook_is_process_1(shell_hook: Hook) -> None:
    fresh = ["unshare", "--pid", "--fork"]
    if subprocess.run([*fresh, "true"], capture_output=True, check=False).returncode:
        pytest.skip("process namespaces are not permitted here")

    def run(event: bytes) -> int:
        argv = [*fresh, *shell_hook.argv()]
        return subprocess.run(
            argv, input=event, cwd=shell_hook.cwd, env=shell_hook.environment(), check=False
        ).returncode

    events = [big(number) for number in range(16)]
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(run, events)) == {0}
    assert shell_hook.journal() == Counter(events)
    assert {file.name for file in (shell_hook.home / "journal").iterdir()} == {f"claude-code.1.{n}" for n in range(16)}


def test_thirty_megabytes(hook: Hook) -> None:
    event = b'{"hook_event_name":"PostToolUse","text":"%s"}' % (b"0123456789abcdef" * 2_000_000)
    hook.silent(event)
    assert hook.journal() == Counter([event])


@pytest.mark.parametrize("payload", [b"", b'{"conversation_id":"c","hook_event_name":"stop","cursor_version":"3"}'])
def test_what_is_no_event_leaves_nothing(shell_hook: Hook, payload: bytes) -> None:
    """Nothing at all, and what Cursor tells through Claude Code's hooks; nor is the workspace's name left beside it."""
    shell_hook.env["HIVEMIND_WORKSPACE_ID"] = "shop"
    shell_hook.silent(payload)
    assert shell_hook.journal() == Counter()


@pytest.mark.parametrize(
    "name", ["with space", "new\nline", "quo'te\"s", "$HOME `x`", "-dash", "dépôt ✓", "back\\slash"]
)
def test_any_folder_name(name: str, shell: Path, make_repo: Callable[[str], Repo]) -> None:
    repo = make_repo(name)
    hook = install(repo.path / ".git", repo.path)
    hook.path = shell
    hook.silent(EVENT)
    below = repo.path / "sub" / name
    below.mkdir(parents=True)
    hook.silent(EVENT, cwd=below)
    assert hook.journal() == Counter({EVENT: 2})


def test_linked_worktrees_share_the_journal(shell_hook: Hook, tmp_path: Path) -> None:
    repo = Repo(shell_hook.cwd)
    repo.commit()
    linked = tmp_path / "linked tree"
    repo.git("worktree", "add", "-q", "--detach", str(linked))
    (linked / "sub").mkdir()
    shell_hook.silent(EVENT, cwd=linked)
    shell_hook.silent(EVENT, cwd=linked / "sub")
    assert shell_hook.journal() == Counter({EVENT: 2})


def test_worktrees_of_a_bare_repository(shell: Path, repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "p" / ".bare"))
    (tmp_path / "p" / ".git").write_text("gitdir: ./.bare\n")
    Repo(tmp_path / "p").git("worktree", "add", "-q", "tree")
    hook = install(tmp_path / "p" / ".bare", tmp_path / "p" / "tree")
    hook.path = shell
    hook.silent(EVENT)
    assert hook.journal() == Counter([EVENT])


def test_a_submodule_has_its_own_journal(shell: Path, make_repo: Callable[[str], Repo], tmp_path: Path) -> None:
    make_repo("part").commit()
    whole = make_repo("whole")
    whole.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "part"), "part")
    outer = install(whole.path / ".git", whole.path)
    inner = install(whole.path / ".git" / "modules" / "part", whole.path / "part")
    inner.path = shell
    inner.silent(EVENT)
    assert (outer.journal(), inner.journal()) == (Counter(), Counter([EVENT]))


def test_the_project_folder_beats_the_current_one(shell_hook: Hook, make_repo: Callable[[str], Repo]) -> None:
    other = make_repo("other")
    elsewhere = install(other.path / ".git", other.path)
    shell_hook.env = {"CLAUDE_PROJECT_DIR": str(shell_hook.cwd), "CDPATH": str(other.path.parent)}
    shell_hook.silent(EVENT, cwd=other.path)
    assert (shell_hook.journal(), elsewhere.journal()) == (Counter([EVENT]), Counter())


def test_a_project_folder_that_is_gone_or_empty_leaves_the_current_one(shell_hook: Hook, tmp_path: Path) -> None:
    for folder in ("", str(tmp_path / "gone")):
        shell_hook.env = {"CLAUDE_PROJECT_DIR": folder, "CDPATH": str(tmp_path)}
        shell_hook.silent(EVENT)
    assert shell_hook.journal() == Counter({EVENT: 2})


def test_an_inherited_git_dir_does_not_decide(shell_hook: Hook, make_repo: Callable[[str], Repo]) -> None:
    other = make_repo("other")
    elsewhere = install(other.path / ".git", other.path)
    below = shell_hook.cwd / "sub"
    below.mkdir()
    shell_hook.env = {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_WORK_TREE": str(other.path),
        "GIT_INDEX_FILE": "nowhere",
    }
    shell_hook.silent(EVENT)
    shell_hook.silent(EVENT, cwd=below)
    assert (shell_hook.journal(), elsewhere.journal()) == (Counter({EVENT: 2}), Counter())


def test_an_empty_environment(shell_hook: Hook) -> None:
    shell_hook.silent(EVENT, env={})
    assert shell_hook.journal() == Counter([EVENT])


def test_no_git_on_the_path(shell_hook: Hook, shell: Path, tmp_path: Path) -> None:
    for tool in ("cat", "dd"):
        (shell / tool).symlink_to(str(shutil.which(tool)))
    bare = {"PATH": str(shell)}
    shell_hook.silent(EVENT, env=bare)
    shell_hook.silent(EVENT, env=bare, cwd=tmp_path)
    assert shell_hook.journal() == Counter([EVENT])


def test_no_program_at_all(shell_hook: Hook, shell: Path) -> None:
    shell_hook.silent(EVENT, env={"PATH": str(shell)})
    assert shell_hook.lost() == ["claude-code write"]


def test_a_client_that_reads_no_output(shell_hook: Hook) -> None:
    (shell_hook.home / "notice").write_text("{}\n")
    reader, writer = os.pipe()
    os.close(reader)
    event = b'{"hook_event_name":"SessionStart"}'
    argv = shell_hook.argv()
    done = subprocess.run(
        argv, input=event, stdout=writer, cwd=shell_hook.cwd, env=shell_hook.environment(), check=False
    )
    os.close(writer)
    assert done.returncode == 0
    assert shell_hook.journal() == Counter([event])


@pytest.mark.parametrize("login", ["sh", "bash", "zsh", "mksh", "fish", "tcsh"])
def test_the_user_s_own_shell_reads_the_line(login: str, hook: Hook) -> None:
    if shutil.which(login) is None:
        pytest.skip(f"{login} is not installed")
    argv = [login, "-c", command_line("codex")]
    done = subprocess.run(argv, input=EVENT, capture_output=True, cwd=hook.cwd, env=hook.environment(), check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert hook.journal() == Counter([EVENT])
