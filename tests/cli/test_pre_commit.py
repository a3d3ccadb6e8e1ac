"""`.pre-commit-hooks.yaml`, as the real pre-commit installs and runs it from a clone of this repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from cli.conftest import RULE, SKILL
from repos import Repo

from hivemind_git.demo import days

SOURCE = Path(__file__).parents[2]
STOCK = "src/shop/stock.py"
CONFIG = """\
repos:
  - repo: {source}
    rev: {rev}
    hooks:
      - id: hivemind-check
"""


@pytest.fixture
def published(tmp_path: Path) -> Repo:
    """This project as it stands in the worktree, committed: what pre-commit clones."""
    if not (SOURCE / ".git").exists():
        pytest.skip("only a checkout of this project is a repository that pre-commit can clone")
    project = Repo(tmp_path / "project")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=SOURCE, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if not name.startswith("tests/") and (SOURCE / name).is_file():
            (project.path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(SOURCE / name, project.path / name)
    project.git("init", "-q", "-b", "main")
    project.commit("As it stands")
    return project


def offline(repo: Repo, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command without any network: what the hook needs is what these tests run with."""
    settings = {
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this one the wrong way round
        "PYTHONPATH": sysconfig.get_paths()["purelib"],
        "PRE_COMMIT_HOME": str(repo.path.parent / "pre-commit"),
    }
    return subprocess.run(
        command, cwd=repo.path, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )


def test_it_stops_a_commit_and_lets_a_mended_one_through(skilled: Repo, published: Repo) -> None:
    config = CONFIG.format(source=published.path, rev=published.git("rev-parse", "HEAD"))
    skilled.write(".pre-commit-config.yaml", config)
    skilled.commit("Use pre-commit")
    installed = offline(skilled, sys.executable, "-m", "pre_commit", "install")
    assert installed.returncode == 0, installed.stderr
    (day,) = [day for day in days() if day.path == STOCK]
    skilled.write(STOCK, day.written)
    stopped = offline(skilled, "git", "commit", "-qam", "Relapse")
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    said = stopped.stderr.splitlines()
    assert f'{STOCK}:10:5: {SKILL}: print(f"$0") → logger.info(f"$0") [{RULE}]' in said, stopped.stderr
    skilled.git("checkout", "-q", "HEAD", "--", STOCK)
    skilled.write("notes.md", "print nothing\n")
    skilled.git("add", "notes.md")
    passed = offline(skilled, "git", "commit", "-qm", "Write notes")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert passed.stderr.splitlines()[-1].startswith("hivemind check...")
    assert passed.stderr.rstrip().endswith("Passed")
    assert skilled.git("log", "-1", "--format=%s") == "Write notes"
