"""A repository that somebody prepared: nothing in it runs a program, writes elsewhere, or speaks to the terminal."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.conftest import RULE, SKILL, Hivemind
from hooks.installed_hook import Hook
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.pipeline import codifying, deriving, importing, mining, sealing
from hivemind_git.pipeline.workspace import open_workspace

READERS = (
    ("status",),
    ("sessions",),
    ("corrections",),
    ("rules",),
    ("mine",),
    ("log",),
    ("show", RULE),
    ("show", SKILL),
    ("blame", SKILL),
    ("check", "HEAD~1"),
    ("effect",),
    ("search", "logger"),
    ("sql", "SELECT * FROM sessions"),
    ("skillify",),
)
"""What looks, and writes nothing but what is ours."""


def hostile(command: str) -> dict[str, str]:
    """Git's configuration that names programs to run, each leaving a mark."""
    return {
        "core.fsmonitor": command,
        "core.sshCommand": command,
        "core.editor": command,
        "core.pager": command,
        "core.askPass": command,
        "core.gitProxy": command,
        "diff.external": command,
        "diff.evil.textconv": command,
        "filter.evil.process": command,
        "merge.evil.driver": command,
        "gpg.program": command,
        "credential.helper": f"!{command}",
        "sequence.editor": command,
        "pager.log": command,
        "trailer.evil.cmd": command,
        "trailer.evil.command": command,
        "alias.write-tree": f"!{command}",
        "uploadpack.packObjectsHook": command,
        "interactive.diffFilter": command,
    }


@pytest.fixture
def mark(skilled: Repo, tmp_path: Path) -> Path:
    """A file that is there once a program of the configuration has run."""
    there = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >>{there}\nexit 1\n')
    program.chmod(0o755)
    for key, value in hostile(str(program)).items():
        skilled.git("config", key, value)
    skilled.write(".gitattributes", "*.py diff=evil merge=evil\n")
    return there


@pytest.mark.parametrize("arguments", READERS, ids=lambda arguments: arguments[0])
def test_looking_runs_no_program_of_the_configuration(
    skilled: Repo, hivemind: Hivemind, mark: Path, arguments: tuple[str, ...]
) -> None:
    said = hivemind(skilled.path, *arguments)

    assert (said.code in {0, 1}, said.err) == (True, "")
    ran = mark.read_text().splitlines() if mark.exists() else []
    # What changed is asked of git, which asks its file system monitor: no more than `git status` there does.
    assert [line for line in ran if arguments[0] != "check" or not re.fullmatch(r"\S+/program [12] \d+", line)] == []


def test_the_stages_run_no_program_of_the_configuration(skilled: Repo, mark: Path, hermetic: Path) -> None:
    log = Log(hermetic, skilled.path, "later")
    log.prompt("Write it.")
    log.writes("toolu_1", "src/later.py", "print(1)\n")
    log.hook(skilled.path / ".git/hivemind", "Stop")
    sealing.seal(open_workspace(skilled.path))
    deriving.derive(open_workspace(skilled.path))
    mining.mine(open_workspace(skilled.path))
    codifying.run(open_workspace(skilled.path))

    assert not mark.exists()


@pytest.mark.parametrize("link", [".claude", ".claude/skills", f".claude/skills/{SKILL}", ".agents", ".agents/skills"])
def test_a_linked_skill_folder_leads_nobody_out(taught: Repo, tmp_path: Path, link: str, hivemind: Hivemind) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "SKILL.md").write_text("mine\n")
    place = taught.path / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside)
    taught.commit("A link")
    for how in ("--branch", "--direct"):
        hivemind(taught.path, "codify", how)

    assert {path.name: path.read_text() for path in outside.iterdir()} == {"SKILL.md": "mine\n"}


ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\u200f"


@pytest.fixture
def spoken(repo: Repo, hermetic: Path) -> Repo:
    """A repository whose sessions, paths, branch, author and subjects carry what terminals and readers obey."""
    repo.git("config", "user.name", f"Eve {ESCAPES}")
    repo.commit(f"Start {ESCAPES}", **{f"a{ESCAPES}.py": "print(1)\n"})
    for number in range(3):
        log = Log(hermetic, repo.path, f"session{number}", minute=number, day=f"2026-01-0{number + 2}")
        name = f"n{number}{ESCAPES}.py"
        log.prompt(f"Use the logger {ESCAPES} please.")
        log.refuses(f"toolu_r{number}", name, "print(0)\n", f"Use the logger, never print {ESCAPES}!")
        log.writes(f"toolu_{number}", name, f"x = 1\nprint(value{number})  # {ESCAPES}\n")
        log.says(f"Done {ESCAPES}")
        repo.commit(f"Add {ESCAPES}", **{name: f"x = 1\nlogger.info(value{number})  # {ESCAPES}\n"})
        importing.import_transcripts(open_workspace(repo.path), "claude-code", [log.path])
    return repo


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("sessions",),
        ("corrections",),
        ("corrections", "--rejected"),
        ("rules",),
        ("mine",),
        ("codify",),
        ("review", "--help"),
        ("search", "logger"),
        ("sql", "SELECT * FROM events"),
        ("sql", "SELECT * FROM corrections"),
        ("export", "trl", "--output", "-"),
        ("report", "--output", "report.html"),
        ("skillify",),
        ("effect",),
        *((name, "--json") for name in ("status", "sessions", "corrections", "mine", "log", "check")),
        ("check", "--format", "sarif", "HEAD~1"),
    ],
    ids=" ".join,
)
def test_no_escape_reaches_the_terminal(spoken: Repo, hivemind: Hivemind, arguments: tuple[str, ...]) -> None:
    said = hivemind(spoken.path, *arguments)

    assert said.code in {0, 1}, said.err
    for stream in (said.out, said.err):
        assert not [char for char in stream if char in set(ESCAPES) and not char.isascii()]
        assert "\x1b" not in stream
        assert "\x07" not in stream


def test_published_skills_hold_no_hidden_characters(spoken: Repo) -> None:
    published = codifying.run(open_workspace(spoken.path)).published
    assert published
    for one in published:
        for name in spoken.git("ls-tree", "-r", "-z", "--name-only", one.commit).split("\0"):
            if "skills/" in name:
                text = spoken.git("show", f"{one.commit}:{name}")
                assert not set(text) & (set(ESCAPES) - set("0123456789abcdefghijklmnopqrstuvwxyz;[]. JmW"))


def test_everything_local_is_for_its_owner_alone(skilled: Repo, hivemind: Hivemind, hermetic: Path) -> None:
    hivemind(skilled.path, "install", "claude-code")
    log = Log(hermetic, skilled.path, "later")
    log.writes("toolu_1", "src/later.py", "print(1)\n")
    log.hook(skilled.path / ".git/hivemind", "Stop")
    (skilled.path / ".git/hivemind/journal").chmod(0o700)  # as the hook makes it
    hivemind(skilled.path, "seal")
    hivemind(skilled.path, "search", "logger")

    assert open_to_others(skilled.path / ".git/hivemind") == {}


def open_to_others(state: Path) -> dict[str, str]:
    """What others may touch of the state folder, itself included."""
    found = {path: stat.S_IMODE(path.lstat().st_mode) for path in (state, *state.rglob("*"))}
    return {str(path.relative_to(state)): oct(mode) for path, mode in found.items() if mode & 0o077}


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
def test_a_fresh_install_its_hook_and_a_seal_leave_nothing_to_others(repo: Repo, hivemind: Hivemind) -> None:
    state = repo.path / ".git/hivemind"
    assert not state.exists()
    assert hivemind(repo.path, "install", "claude-code").code == 0
    assert (stat.S_IMODE(state.stat().st_mode), open_to_others(state)) == (0o700, {})

    (state / "lost").unlink()
    (state / "sealer").write_text("/nowhere\n")
    payload = {"session_id": "s1", "hook_event_name": "UserPromptSubmit", "cwd": str(repo.path), "prompt": "Write it."}
    for full in (False, True):  # with a journal that is full the hook counts what it loses
        if full:
            (state / "full").touch(mode=0o600)
        hook = Hook(repo.path / ".git", repo.path)
        hook.silent(json.dumps(payload).encode())
        assert open_to_others(state) == {}
    assert hook.lost() == ["claude-code full"]
    (state / "full").unlink()
    assert len(list((state / "journal").iterdir())) == 1
    assert hivemind(repo.path, "seal").code == 0
    assert list((state / "journal").iterdir()) == []
    assert open_to_others(state) == {}
    assert stat.S_IMODE((repo.path / ".claude").stat().st_mode) == 0o755, "what others share is not ours to close"


@pytest.mark.parametrize("arguments", [("install", "claude-code"), ("seal",)], ids=" ".join)
def test_a_state_folder_that_stood_open_is_closed(repo: Repo, hivemind: Hivemind, arguments: tuple[str, ...]) -> None:
    state = repo.path / ".git/hivemind"
    state.mkdir()
    state.chmod(0o755)
    assert hivemind(repo.path, *arguments).code == 0
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_nothing_of_the_environment_is_stored(skilled: Repo, hermetic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary-3f9c1d7a55"
    for name in ("AWS_SECRET_ACCESS_KEY", "HIVEMIND_TOKEN", "ANTHROPIC_API_KEY", "EDITOR_NOTE"):
        monkeypatch.setenv(name, canary)
    log = Log(hermetic, skilled.path, "later")
    log.prompt("Write it.")
    log.writes("toolu_1", "src/later.py", "print(1)\n")
    log.hook(skilled.path / ".git/hivemind", "Stop")
    sealing.seal(open_workspace(skilled.path))
    codifying.run(open_workspace(skilled.path))
    every = subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch"], cwd=skilled.path, check=True, capture_output=True
    ).stdout
    files = b"".join(path.read_bytes() for path in (skilled.path / ".git").rglob("*") if path.is_file())

    assert canary.encode() not in every + files
