"""A repository with the capture hook, for each shell that may be `sh` somewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hooks.installed_hook import Hook, install

SHELLS = ("sh", "dash", "bash", "busybox", "mksh", "zsh")


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder for the front of PATH in which `sh` is this shell."""
    found = shutil.which(request.param)
    if found is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sh").symlink_to(found)
    return folder


@pytest.fixture
def hook(make_repo: Callable[[str], object], tmp_path: Path) -> Hook:
    """A hook in a plain repository, run by the system's sh."""
    make_repo("repo")
    return install(tmp_path / "repo" / ".git", tmp_path / "repo")


@pytest.fixture
def shell_hook(hook: Hook, shell: Path) -> Hook:
    """The same, run by each shell."""
    hook.path = shell
    return hook


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB with its own limit of files."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = "size=1m,nr_inodes=64,mode=0777"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", disk], capture_output=True, check=False)
    if done.returncode:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(f"mounting is not permitted here: {done.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)
