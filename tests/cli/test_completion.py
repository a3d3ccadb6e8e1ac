"""Completion, asked of the real shells."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli.conftest import SKILL, Hivemind
from repos import Repo
from waiting import PATIENCE_SECONDS

_GIT_COMPLETION = Path("/usr/share/bash-completion/completions/git")


def need(shell: str) -> str:
    found = shutil.which(shell)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"{shell} is not installed: CI must install it")
    if found is None:
        pytest.skip(f"{shell} is not installed")
    return found


@pytest.fixture(autouse=True)
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def ask_bash(folder: Path, function: str, assign: str) -> list[str]:
    script = f'eval "$(git hivemind completion bash)"; {assign}; {function}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run([need("bash"), "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def ask_fish(folder: Path, line: str) -> list[str]:
    script = f"git hivemind completion fish | source; complete -C '{line}'"
    done = subprocess.run([need("fish"), "-N", "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return [found.split("\t")[0] for found in done.stdout.splitlines()]


def typed_in_zsh(folder: Path, typed: str, wanted: str) -> str:
    """What stands on the screen once `wanted` does, after `typed` and a tab; what stood at last where it never does."""
    command = [need("zsh"), "-f", "-i"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.environ.update(TERM="dumb", PS1="$ ")
        os.execv(command[0], command)
    setup = 'autoload -Uz compinit; compinit -u -D; eval "$(git hivemind completion zsh)"; echo rea""dy\n'
    os.write(terminal, setup.encode())
    seen = _until(terminal, "ready")
    os.write(terminal, f"{typed}\t".encode())
    seen = _until(terminal, wanted)
    os.write(terminal, b"\x15exit\n")
    os.close(terminal)
    os.waitpid(pid, 0)
    return seen


def _until(terminal: int, wanted: str) -> str:
    seen, last = "", time.monotonic() + PATIENCE_SECONDS
    while wanted not in seen and time.monotonic() < last:
        if select.select([terminal], [], [], 0.2)[0]:
            seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\x07", "", os.read(terminal, 4096).decode("utf-8", "replace"))
    return seen


def test_bash_completes_commands_options_and_choices(repo: Repo) -> None:
    assert ask_bash(repo.path, "_hivemind", "COMP_WORDS=(hivemind cod) COMP_CWORD=1") == ["codify"]
    assert ask_bash(repo.path, "_hivemind", "COMP_WORDS=(hivemind search --lim) COMP_CWORD=2") == ["--limit"]
    kinds = ask_bash(repo.path, "_hivemind", "COMP_WORDS=(hivemind corrections --kind re) COMP_CWORD=3")
    assert kinds == ["replaced", "removed", "rejected", "restated"]
    for command in ("sessions", "corrections", "rules list"):
        count = len(command.split()) + 1
        assert ask_bash(repo.path, "_hivemind", f"COMP_WORDS=(hivemind {command} --auth) COMP_CWORD={count}") == [
            "--author"
        ]
    agents = ask_bash(repo.path, "_hivemind", "COMP_WORDS=(hivemind sessions --agent clau) COMP_CWORD=3")
    assert agents == ["claude-code"]
    assert ask_bash(repo.path, "_hivemind", "COMP_WORDS=(hivemind sessions f) COMP_CWORD=2") == ["forget"]
    assert ask_bash(repo.path, "_hivemind", "COMP_WORDS=(hivemind sessions forget --val) COMP_CWORD=3") == [
        "--value-from-stdin"
    ]


def test_bash_completes_below_git_with_gits_own_variables(skilled: Repo) -> None:
    found = ask_bash(skilled.path, "_git_hivemind", "words=(git -C . hivemind blame py) cword=5")
    assert found == [SKILL]


@pytest.mark.skipif(not _GIT_COMPLETION.exists(), reason="git's bash completion is not installed")
def test_bash_completes_through_gits_own_completion(repo: Repo) -> None:
    load = f"source {_GIT_COMPLETION}; COMP_LINE='git hivemind cod'; COMP_POINT=16"
    asked = f"{load}; COMP_WORDS=(git hivemind cod); COMP_CWORD=2; COMP_TYPE=9"
    assert ask_bash(repo.path, "__git_wrap__git_main", asked) == ["codify"]


def test_fish_completes_both_spellings(skilled: Repo) -> None:
    assert ask_fish(skilled.path, "hivemind cod") == ["codify"]
    assert ask_fish(skilled.path, "git hivemind blame py") == [SKILL]


def test_zsh_completes_both_spellings(skilled: Repo) -> None:
    assert "hivemind codify" in typed_in_zsh(skilled.path, "hivemind cod", "codify")
    assert f"blame {SKILL}" in typed_in_zsh(skilled.path, "git hivemind blame py", SKILL)


def test_outside_a_repository_completion_is_silent(tmp_path: Path) -> None:
    assert ask_bash(tmp_path, "_hivemind", "COMP_WORDS=(hivemind blame x) COMP_CWORD=2") == [""]


def test_an_unknown_shell_is_named(repo: Repo, hivemind: Hivemind) -> None:
    said = hivemind(repo.path, "completion", "tcsh")
    assert (said.code, "'tcsh' is not one of 'bash', 'zsh', 'fish'" in said.err) == (2, True)
