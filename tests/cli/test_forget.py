from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli.conftest import Hivemind
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.store import layout

ELSEWHERE = "  other clones, until they sync; reflogs and backups elsewhere, and what was printed or pasted\n"
FREED = "\n`git gc --prune=now` frees what the store held here.\n"


@pytest.fixture
def log(repo: Repo, hermetic: Path, hivemind: Hivemind) -> Log:
    """A session of two events, imported."""
    repo.commit("Start")
    log = Log(hermetic, repo.path, "one-session")
    log.prompt("The word is Abracadabra.")
    assert hivemind(repo.path, "import", str(log.path)).code == 0
    return log


def test_it_says_what_went_and_what_it_cannot_reach(repo: Repo, log: Log, hivemind: Hivemind) -> None:
    beyond = f"\nOut of reach of this command:\n  the assistant's own log {log.path}\n{ELSEWHERE}"
    dry = hivemind(repo.path, "forget", "--dry-run", "one")
    assert (dry.code, dry.err, dry.out) == (0, "", f"Would forget 1 session, 2 events, 0 corrections.\n{beyond}")
    said = hivemind(repo.path, "forget", "one")
    assert (said.code, said.err, said.out) == (
        0,
        "",
        f"Forgot 1 session, 2 events, 0 corrections.\n{beyond}{FREED}",
    )
    assert repo.git("ls-tree", "--name-only", f"hivemind/sessions:{layout.TOMBSTONES}/sessions") == "one-session"


def test_below_sessions_they_are_the_same_commands(repo: Repo, log: Log, hivemind: Hivemind) -> None:
    for arguments in (("forget", "--dry-run", "one"), ("prune", "--dry-run", "--before", "2027-01"), ("prune",)):
        said, alone = hivemind(repo.path, "sessions", *arguments), hivemind(repo.path, *arguments)
        assert said == alone._replace(err=alone.err.replace("git hivemind prune", "git hivemind sessions prune"))
    assert hivemind(repo.path, "sessions", "forget", "--help").out.startswith(
        "Usage: git hivemind sessions forget [OPTIONS] [SESSION]..."
    )
    assert "The word is Abracadabra." in hivemind(repo.path, "sessions", "one").out
    assert hivemind(repo.path, "sessions", "forget", "one").out.startswith("Forgot 1 session, 2 events")
    assert hivemind(repo.path, "sessions").out.startswith("No session yet")


def test_a_value_comes_by_standard_input_and_is_in_no_output(repo: Repo, log: Log) -> None:
    command = [sys.executable, "-m", "hivemind_git", "forget", "--value-from-stdin", "--json"]
    done = subprocess.run(command, cwd=repo.path, input=b"Abracadabra\n", capture_output=True, check=True)
    assert json.loads(done.stdout) == {
        "version": 1,
        "dry_run": False,
        "sessions": [],
        "forks": [],
        "events": 1,
        "corrections": 0,
        "images": 0,
        "journal": 0,
        "log": 0,
        "segments": 1,
        "published": [],
        "transcripts": [str(log.path)],
        "remotes": [],
        "refs": [],
        "left": [],
    }
    assert b"Abracadabra" not in done.stdout + done.stderr
    assert "Abracadabra" not in repo.git("log", "--all", "--format=%B")


def test_prune_by_month(repo: Repo, log: Log, hivemind: Hivemind) -> None:
    assert hivemind(repo.path, "prune", "--before", "2026-01").out == (
        f"Nothing of it is stored here.\n\nOut of reach of this command:\n{ELSEWHERE}"
    )
    said = hivemind(repo.path, "prune", "--before", "2026-02")
    assert said.out.splitlines()[0] == "Forgot 1 session, 2 events, 0 corrections."
    wrong = hivemind(repo.path, "prune", "--before", "2026-13")
    assert (wrong.code, wrong.err.splitlines()[0]) == (2, "hivemind: '2026-13' is neither a month nor a day")


def test_a_published_skill_is_named_and_left(hivemind: Hivemind, tmp_path: Path) -> None:
    assert hivemind(tmp_path, "demo", "--keep", str(tmp_path / "demo")).code == 0
    shop = Repo(tmp_path / "demo/shop")
    branch = shop.git("for-each-ref", "--format=%(refname:short)", "refs/heads/hivemind/skill")
    tip = shop.git("rev-parse", branch)
    session = json.loads(hivemind(shop.path, "sessions", "--json").out)["sessions"][0]["session"]
    said = hivemind(shop.path, "forget", session)
    assert said.out.startswith(
        "Forgot 1 session, 8 events, 1 correction, images of 1 event.\n\n"
        "Published skills carry evidence of it. They are commits of people, and stay as they are:\n"
        f"  {branch}: .claude/skills/python-logging/rules.toml (rule 1f403488e5c5138c)\n"
    )
    assert shop.git("rev-parse", branch) == tip
