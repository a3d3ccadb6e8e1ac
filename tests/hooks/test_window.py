"""The window around a shell command: what the hook records, and what it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hooks.installed_hook import Hook
from repos import Repo

from hivemind_git import resources
from hivemind_git.git.snapshots import tree_of_index


@pytest.fixture
def watched(shell_hook: Hook) -> Hook:
    """A hook that looks at the worktree, run by each shell."""
    return watch(shell_hook)


@pytest.fixture
def one(hook: Hook) -> Hook:
    """The same, run by the system's sh."""
    return watch(hook)


def watch(hook: Hook) -> Hook:
    shutil.copy(resources.find("hooks") / "agent" / "window", hook.home / "window")
    repo = Repo(hook.cwd)
    repo.commit("Start", **{"a.txt": "one\n", "src/b.txt": "two\n"})
    return hook


def side(hook: Hook, command: str = "make", event: str = "PreToolUse", cwd: Path | None = None) -> str:
    """What the hook records of one side of a command."""
    before = records(hook)
    payload = {
        "session_id": "s",
        "cwd": str(cwd or hook.cwd),
        "hook_event_name": event,
        "tool_name": "Bash",
        "tool_input": {"command": command},
        "tool_use_id": "toolu_1",
    }
    hook.silent(json.dumps(payload, separators=(",", ":")).encode())
    (new,) = records(hook).items() - before.items()
    return new[1]


def records(hook: Hook) -> dict[str, str]:
    folder = hook.home / "windows" / "records"
    return {path.name: path.read_text() for path in folder.iterdir()} if folder.exists() else {}


def files(hook: Hook, record: str) -> dict[str, bytes]:
    """Path → content of a recorded state."""
    assert record.split()[:2] == ["index", "main"]
    env = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(hook.home / "windows" / "objects")}
    repo = Repo(hook.cwd)
    listing = repo.git("ls-tree", "-r", "-z", tree_of(hook, record), env=env).split("\0")[:-1]
    found = {}
    for line in listing:
        meta, _, path = line.partition("\t")
        content = subprocess.run(
            ["git", "cat-file", "blob", meta.split()[2]],
            cwd=hook.cwd,
            env={**os.environ, **env},
            capture_output=True,
            check=True,
        )
        found[path] = content.stdout
    return found


def tree_of(hook: Hook, record: str) -> str:
    """The tree of a recorded state, as the seal makes it."""
    _, worktree, state = record.split()
    top = hook.home / "windows"
    tree = tree_of_index(top / worktree, top / "objects", top / "states" / state)
    assert tree is not None
    return tree


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and content of all files below a folder, but for what is ours."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and "hivemind" not in path.parts
    }


START = {"a.txt": b"one\n", "src/b.txt": b"two\n"}


def test_both_sides_are_recorded(watched: Hook) -> None:
    before = everything(watched.cwd)
    first = side(watched)
    assert files(watched, first) == START
    assert everything(watched.cwd) == before
    (watched.cwd / "a.txt").write_text("ONE\n")
    (watched.cwd / "new\nname").write_bytes(b"\xff\r\n")
    (watched.cwd / "src/b.txt").unlink()
    before = everything(watched.cwd)
    second = side(watched, event="PostToolUse")
    assert files(watched, second) == {"a.txt": b"ONE\n", "new\nname": b"\xff\r\n"}
    assert tree_of(watched, side(watched)) == tree_of(watched, second)
    assert everything(watched.cwd) == before


def test_a_state_that_stands_is_named_once(one: Hook) -> None:
    for name in START:
        os.utime(one.cwd / name, (1_700_000_000, 1_700_000_000))  # what is as young as the index is doubted
    Repo(one.cwd).git("status")
    first = side(one)
    assert (side(one), side(one, event="PostToolUse")) == (first, first)
    assert len(list((one.home / "windows/states").iterdir())) == 1


READS = [
    "ls",
    "ls -la src | head -3",
    'grep -rn "two words" src 2>/dev/null',
    "cd src && git status && git log --oneline | cat -A || true",
    "git diff; cat a.txt 2>&1",
    "[ -f a.txt ] && echo yes",
]
WRITES = [
    "make",
    "ls > x",
    "ls >> x",
    "cat <<EOF\nx\nEOF",
    "echo $(touch x)",
    "echo `touch x`",
    "ls; touch x",
    "ls\ntouch x",
    "ls & touch x",
    "ls | tee x",
    "git diff --output=x",
    "git difftool",
    "git stash",
    "ls || rm x",
    "\\rm x",
    "FOO=1 touch x",
    'grep "a\\\\" x; touch y',
    "lsof",
    "rg --pre ./script x",
    "cat x && (touch y)",
    "{ touch y; }",
    "find . -delete",
    "sed -n p x",
    "date\u00e9",
]


@pytest.mark.parametrize("command", READS)
def test_a_command_that_only_reads_is_not_looked_at(command: str, watched: Hook) -> None:
    assert side(watched, command) == "reads - -\n"
    assert not (watched.home / "windows" / "main").exists()


@pytest.mark.parametrize("command", WRITES)
def test_a_command_that_may_write_is_looked_at(command: str, one: Hook) -> None:
    assert side(one, command).startswith("index main ")


def test_a_command_too_long_to_judge_is_looked_at(one: Hook) -> None:
    assert side(one, "ls " + "x" * 5000).startswith("index main ")


def test_other_tools_and_events_are_not_looked_at(one: Hook) -> None:
    for event, tool in (("PreToolUse", "Edit"), ("UserPromptSubmit", ""), ("PostToolUse", "Write")):
        payload = {"hook_event_name": event, "tool_name": tool, "prompt": '"tool_name":"Bash"', "cwd": str(one.cwd)}
        one.silent(json.dumps(payload, separators=(",", ":")).encode())
    assert records(one) == {}


@pytest.mark.parametrize("value", ["false", "off"])
def test_nothing_is_looked_at_while_capture_is_off(value: str, one: Hook) -> None:
    one.env = {"HIVEMIND_CAPTURE": value}
    one.silent(b'{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"make"}}')
    assert not (one.home / "windows").exists()


def test_images_are_for_their_owner_alone(one: Hook) -> None:
    os.umask(0o022)
    side(one)
    assert (one.home / "windows").stat().st_mode & 0o077 == 0
    assert (one.home / "windows" / "objects").stat().st_mode & 0o077 == 0


def test_ignored_files_and_excluded_ones_leave_no_image(one: Hook) -> None:
    repo = Repo(one.cwd)
    repo.write(".gitignore", "*.log\n")
    repo.write(".git/info/exclude", "mine/\n")
    repo.write("x.log", "log\n")
    repo.write("mine/x", "mine\n")
    repo.write("keys/deep/secret.pem", "key\n")
    (one.home / "ignored").write_text(":(top,exclude,glob)**/*.pem\n")
    assert files(one, side(one)) == {**START, ".gitignore": b"*.log\n"}


def test_images_are_what_stands_in_the_worktree(one: Hook) -> None:
    repo = Repo(one.cwd)
    repo.git("config", "core.autocrlf", "true")
    repo.git("config", "filter.up.clean", "tr a-z A-Z")
    repo.write(".gitattributes", "*.up filter=up\n*.t text eol=lf ident working-tree-encoding=UTF-16\n")
    repo.write("a.up", "low\n")
    repo.write("b.t", "x\r\n")
    repo.write("c.txt", "y\r\n")
    found = files(one, side(one))
    assert [found[name] for name in ("a.up", "b.t", "c.txt")] == [b"low\n", b"x\r\n", b"y\r\n"]


def test_nested_repositories_are_not_entered(one: Hook, make_repo: Callable[[str], Repo]) -> None:
    make_repo("repo/nested").commit("x", x="x\n")
    make_repo("repo/unborn").write("y", "y\n")
    other = make_repo("other")
    other.commit("z", z="z\n")
    repo = Repo(one.cwd)
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.path), "sub")
    repo.write("sub/z", "changed\n")
    before = everything(one.cwd)
    found = files_of_tree(one, side(one))
    assert found == {".gitmodules", "a.txt", "src/b.txt", "sub"}
    assert everything(one.cwd) == before


def files_of_tree(hook: Hook, record: str) -> set[str]:
    env = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(hook.home / "windows" / "objects")}
    return set(Repo(hook.cwd).git("ls-tree", "-r", "--name-only", tree_of(hook, record), env=env).split("\n"))


def test_huge_files_are_passed_over(one: Hook) -> None:
    side(one)
    with (one.cwd / "huge.bin").open("wb") as file:
        for _ in range(70):
            file.write(os.urandom(1 << 20))
    assert files_of_tree(one, side(one)) == {"a.txt", "src/b.txt"}
    (one.cwd / "a.txt").write_text("ONE\n")
    assert files(one, side(one, event="PostToolUse"))["a.txt"] == b"ONE\n"


def test_a_linked_worktree_is_looked_at_by_its_own(one: Hook, tmp_path: Path) -> None:
    repo = Repo(one.cwd)
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    (tmp_path / "linked" / "a.txt").write_text("linked\n")
    inside = tmp_path / "linked" / "src"
    assert side(one, cwd=inside).split()[:2] == ["index", "worktree-linked"]
    assert side(one, cwd=one.cwd / "src").split()[:2] == ["index", "main"]


def test_another_repository_is_not_looked_at(one: Hook, make_repo: Callable[[str], Repo], tmp_path: Path) -> None:
    make_repo("other")
    assert side(one, cwd=tmp_path / "other") == "unknown none elsewhere\n"
    assert side(one, cwd=tmp_path) == "unknown none elsewhere\n"


def test_an_unborn_repository_without_an_index(hook: Hook) -> None:
    shutil.copy(resources.find("hooks") / "agent" / "window", hook.home / "window")
    (hook.cwd / "x").write_text("x\n")
    assert files(hook, side(hook)) == {"x": b"x\n"}


def test_a_split_index(one: Hook) -> None:
    Repo(one.cwd).git("update-index", "--split-index")
    assert files(one, side(one)) == START


def test_a_lock_that_a_killed_process_left_gives_up(one: Hook) -> None:
    side(one)
    (one.home / "windows/main/index.lock").touch()
    assert side(one) == "unknown main busy\n"


def test_a_worktree_that_was_slow_is_left_alone(one: Hook) -> None:
    side(one)
    (one.home / "windows/main/slow").touch()
    assert side(one) == "unknown main slow\n"


def test_a_kill_before_a_state_has_its_name_is_made_good(one: Hook) -> None:
    first = side(one)
    (one.cwd / "a.txt").write_text("ONE\n")
    own, objects = one.home / "windows/main", one.home / "windows/objects"
    env = {"GIT_DIR": str(own), "GIT_WORK_TREE": str(one.cwd), "GIT_OBJECT_DIRECTORY": str(objects)}
    Repo(one.cwd).git("add", "-A", env=env)
    assert files(one, side(one, event="PostToolUse"))["a.txt"] == b"ONE\n"
    assert files(one, first) == START


def test_without_hard_links_a_state_is_a_copy(one: Hook, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/ln").symlink_to("/bin/false")
    one.env = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    first = side(one)
    (one.cwd / "a.txt").write_text("ONE\n")
    second = side(one, event="PostToolUse")
    assert (files(one, first), files(one, second)["a.txt"]) == (START, b"ONE\n")


def test_a_hook_of_git_that_inherits_variables(one: Hook, tmp_path: Path) -> None:
    one.env = {"GIT_INDEX_FILE": str(tmp_path / "index"), "GIT_LITERAL_PATHSPECS": "1"}
    assert files(one, side(one)) == START
    assert not (tmp_path / "index").exists()
