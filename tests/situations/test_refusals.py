"""Situations in which we do not work, and say so, and are in nobody's way."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from repos import Repo
from situations.scene import AGENT, CORRECTED, FIXED, PATH, beside

from hivemind_git.cli import COMMANDS, root
from hivemind_git.errors import HivemindError

if TYPE_CHECKING:
    from pathlib import Path

    from situations.scene import Scene

WITHOUT_REPOSITORY = {"completion", "demo", "eval"}
ARGUMENTS = {
    "answer": ["claude-code"], "blame": ["x"], "export": ["trl"], "forget": ["x"], "guard": ["origin", "/x"],
    "prune": ["--before", "2026-01"], "rules": ["list"], "search": ["x"], "show": ["x"], "sql": ["select 1"],
}  # fmt: skip


def refused(scene: Scene, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command that is about a repository says this, and changes nothing in it."""
    before = _files(scene.repo.path)
    for name in COMMANDS.keys() - WITHOUT_REPOSITORY:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
        with pytest.raises(HivemindError) as caught:
            root.run(["-C", str(scene.repo.path), name, *ARGUMENTS.get(name, [])])
        assert (caught.value.sentence, caught.value.exit_code, bool(caught.value.step)) == (sentence, 3, True), name
    assert _files(scene.repo.path) == before


def _files(top: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in top.rglob("*") if path.is_file() and not path.is_symlink()}


def _inherits(scene: Scene, top: Path) -> None:
    """A repository that has our hooks and what they source, as a template folder or a conversion leaves them."""
    for name in ("hooks", "hivemind"):
        shutil.rmtree(top / ".git" / name, ignore_errors=True)
        shutil.copytree(scene.repo.path / ".git" / name, top / ".git" / name)
    scene.repo = Repo(top)
    scene.state = top / ".git/hivemind"


def test_sha_256(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects named by SHA-256: the agent's work and git's commit are as they would be without our hooks."""
    top = beside(scene, "long")
    scene.git("init", "-q", "--object-format=sha256", str(top))
    _inherits(scene, top)
    scene.agent(AGENT, session="long")
    scene.person(FIXED)
    assert len(scene.commit()) == 64
    assert scene.git("show", f"HEAD:{PATH}") + "\n" == FIXED
    refused(scene, "this repository names its objects by SHA256, which libgit2 cannot read", monkeypatch)
    assert scene.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert scene.hook("Stop", "long") == ""


def test_reftable(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refs kept as reftable. A git that cannot read them either is here without a commit."""
    top = beside(scene, "tables")
    made = subprocess.run(["git", "init", "-q", "--ref-format=reftable", top], check=False, capture_output=True)
    if made.returncode:
        scene.git("init", "-q", str(top))
        Repo(top).git("config", "core.repositoryFormatVersion", "1")
        Repo(top).git("config", "extensions.refStorage", "reftable")
    _inherits(scene, top)
    scene.agent(AGENT, session="tables")
    if not made.returncode:
        scene.person(FIXED)
        scene.commit()
    refused(scene, "this repository keeps its refs as reftable, which libgit2 cannot read", monkeypatch)
    assert scene.hook("Stop", "tables") == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository away")
def test_safe_directory(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository is another user's: nothing of it is trusted. With `safe.directory` the whole loop works."""
    scene.agent(AGENT, session="before")
    subprocess.run(["chown", "-R", "65534:65534", scene.repo.path], check=True)
    assert scene.state is not None
    kept = len(list(scene.state.glob("journal/*")))
    assert scene.hook("PostToolUse", "before", tool_name="Write") == ""
    assert len(list(scene.state.glob("journal/*"))) == kept
    refused(scene, f"this repository belongs to another user: {scene.repo.path}", monkeypatch)
    scene.git("config", "--global", "--add", "safe.directory", str(scene.repo.path), top=scene.home)
    scene.accepted()
    scene.loop(CORRECTED)
