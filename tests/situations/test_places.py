"""Situations of places: clones, worktrees and other repositories, and who else works there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from repos import Repo
from situations.scene import AGENT, BASE, CORRECTED, FIXED, PATH, beside

if TYPE_CHECKING:
    from pathlib import Path

    from situations.scene import Scene


def _added(scene: Scene, name: str = "side") -> Path:
    top = beside(scene, name)
    scene.git("worktree", "add", "-q", "-b", f"in-{name}", str(top))
    return top


def _moved_to(scene: Scene, *clone: str) -> None:
    """The scene goes on in a clone of its repository."""
    top = beside(scene, "clone")
    scene.git("clone", "-q", *clone, f"file://{scene.repo.path}", str(top))
    scene.repo = Repo(top)
    scene.wire()


def test_bare(unwired: Scene) -> None:
    """The worktree belongs to a bare repository: its name is that of the worktree, there is no main one."""
    bare, top = beside(unwired, "bare.git"), beside(unwired, "side")
    unwired.git("clone", "-q", "--bare", str(unwired.repo.path), str(bare))
    unwired.git("worktree", "add", "-q", str(top), "main", top=bare)
    unwired.repo = Repo(top)
    unwired.wire()
    unwired.accepted()
    unwired.loop(CORRECTED)


def test_shallow_clone(unwired: Scene) -> None:
    """History ends after one commit."""
    unwired.person("other\n", "other.md")
    unwired.commit()
    _moved_to(unwired, "--depth=1")
    unwired.accepted()
    unwired.loop(CORRECTED)


def test_partial_clone(unwired: Scene) -> None:
    """Blobs of older commits are not here, and are not fetched for this."""
    unwired.repo.git("config", "uploadpack.allowFilter", "true")
    unwired.person(BASE + "old()\n")
    unwired.commit()
    unwired.person(BASE)
    unwired.commit()
    _moved_to(unwired, "--filter=blob:none")
    unwired.accepted()
    unwired.git("remote", "set-url", "origin", "file:///nowhere")
    unwired.loop(CORRECTED)


@pytest.mark.parametrize("index", ["--no-sparse-index", "--sparse-index"])
def test_sparse_checkout(scene: Scene, index: str) -> None:
    """Only one folder is in the worktree, with and without the others in the index."""
    scene.person("other\n", "docs/other.md")
    scene.commit()
    scene.git("sparse-checkout", "set", index, "src")
    scene.accepted()
    scene.loop(CORRECTED)


def test_linked_worktree(scene: Scene) -> None:
    """The agent works in a linked worktree, with a configuration of its own (`extensions.worktreeConfig`)."""
    scene.git("config", "extensions.worktreeConfig", "true")
    top = _added(scene)
    scene.git("config", "--worktree", "core.autocrlf", "false", top=top)
    scene.agent(AGENT, top=top)
    scene.person(FIXED, top=top)
    scene.commit(top=top)
    scene.loop(CORRECTED)


def test_same_file_in_two_worktrees(scene: Scene) -> None:
    """What is pending in one worktree is not removed by a commit in the other one."""
    top = _added(scene)
    scene.agent(AGENT)
    scene.person(BASE.replace("run()", "run(1)"), top=top)
    scene.commit(top=top)
    assert scene.corrections() == []
    scene.person(FIXED)
    scene.commit()
    scene.loop(CORRECTED)


def test_worktree_removed_in_mid_session(scene: Scene) -> None:
    """The worktree goes, and its log with it; what was merged from it is found on the branch."""
    top = _added(scene)
    scene.agent(AGENT, top=top)
    scene.hivemind("seal", "--quiet")
    scene.person(FIXED, top=top)
    scene.commit(top=top)
    scene.git("worktree", "remove", "--force", str(top))
    scene.git("merge", "-q", "--ff-only", "in-side")
    scene.loop(CORRECTED)


def test_worktree_nested_in_the_main_one(scene: Scene) -> None:
    """A worktree below `.claude/worktrees` has the same relative paths as the one around it."""
    top = scene.repo.path / ".claude/worktrees/side"
    scene.repo.write(".git/info/exclude", ".claude/\n")
    scene.git("worktree", "add", "-q", "-b", "in-side", str(top))
    scene.agent(AGENT, top=top)
    scene.person(BASE.replace("stop()", "stop(1)"))
    scene.commit()
    assert scene.corrections() == []
    scene.person(FIXED, top=top)
    scene.commit(top=top)
    scene.loop(CORRECTED)


def test_submodule(scene: Scene) -> None:
    """A submodule's commit in the tree is no file; the agent's file beside it is."""
    library = Repo(beside(scene, "library"))
    library.path.mkdir()
    library.git("init", "-q", "-b", "main")
    library.commit("begin", **{"lib.py": "x\n"})
    scene.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.path), "lib")
    scene.commit()
    scene.agent(AGENT)
    scene.person(FIXED)
    Repo(scene.repo.path / "lib").commit("more", **{"lib.py": "y\n"})
    scene.commit()
    scene.loop(CORRECTED)


def test_agent_in_a_submodule(unwired: Scene) -> None:
    """The agent works in a submodule: its hooks and its store are below the outer repository's `.git/modules`."""
    outer = Repo(beside(unwired, "outer"))
    outer.path.mkdir()
    outer.git("init", "-q", "-b", "main")
    add = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(unwired.repo.path), "inner")
    outer.git(*add)
    outer.commit("Add the submodule")
    unwired.repo = Repo(outer.path / "inner")
    unwired.git("switch", "-q", "-C", "main")
    unwired.wire()
    assert unwired.state == outer.path / ".git/modules/inner/hivemind"
    unwired.accepted()
    unwired.loop(CORRECTED)


def test_symlinked_path(unwired: Scene) -> None:
    """People and agents work behind a link to the repository."""
    link = beside(unwired, "link")
    link.symlink_to(unwired.repo.path)
    unwired.repo = Repo(link)
    unwired.wire()
    unwired.accepted()
    unwired.loop(CORRECTED)


@pytest.mark.parametrize(("link", "leads", "path"), [("lib", "src", "lib/app.py"), ("main.py", PATH, "main.py")])
def test_a_link_in_the_worktree(scene: Scene, link: str, leads: str, path: str) -> None:
    """The agent edits a file behind a link to another folder, or file, of the repository: it is that one."""
    (scene.repo.path / link).symlink_to(leads)
    scene.commit()
    scene.agent(AGENT, path)
    scene.person(FIXED)
    scene.commit()
    scene.loop(CORRECTED)


def _elsewhere(scene: Scene, name: str) -> Path:
    """Another repository, wired too, in which the agent's session is from now on."""
    other = Repo(beside(scene, name))
    other.path.mkdir(parents=True)
    other.git("init", "-q", "-b", "main")
    other.commit("Start", README="x\n")
    scene.hivemind("install", "claude-code", top=other.path)
    scene.begin("s1", other.path)
    return other.path


@pytest.mark.parametrize("name", ["other", "repo/inner"], ids=["beside", "nested"])
def test_cwd_in_another_repository(scene: Scene, name: str) -> None:
    """The session is another repository's, beside this one or nested in it, and edits a file here: it comes home."""
    scene.repo.write(".git/info/exclude", "inner/\n")
    other = _elsewhere(scene, name)
    scene.accepted()
    assert "1 session" in scene.hivemind("seal", top=other)
    scene.loop(CORRECTED)


def test_inherited_git_dir_and_index(scene: Scene) -> None:
    """A hook's environment (`GIT_DIR`, `GIT_INDEX_FILE` of another index) makes the commit."""
    scene.agent(AGENT)
    scene.person(FIXED)
    index = str(scene.repo.path / ".git/index.other")
    scene.git("read-tree", "HEAD", GIT_INDEX_FILE=index)
    scene.git("add", "-A", GIT_INDEX_FILE=index)
    scene.git("commit", "-qm", "other index", GIT_INDEX_FILE=index, GIT_DIR=str(scene.repo.path / ".git"))
    scene.loop(CORRECTED)


def test_two_agents_in_one_checkout(scene: Scene) -> None:
    """One agent rewrites another one's line: an agent's text, and nobody's correction; each line has its writer."""
    scene.agent(AGENT, session="s1")
    scene.agent(FIXED, session="s2")
    scene.commit()
    scene.loop([])
    assert scene.writers(FIXED) == ["unknown"] * 4 + ["agent", "unknown", "agent", "unknown"]


def test_two_machines(scene: Scene) -> None:
    """The correction is made on another machine, and pulled."""
    scene.agent(AGENT)
    scene.commit()
    other = beside(scene, "other")
    scene.git("clone", "-q", str(scene.repo.path), str(other))
    scene.person(FIXED, top=other)
    scene.commit(top=other)
    scene.git("pull", "-q", "--ff-only", str(other), "main")
    scene.loop(CORRECTED)


def test_objects_that_git_collected(scene: Scene) -> None:
    """`gc --prune=now` took a commit that only a log had named: it is passed over."""
    scene.agent(AGENT)
    scene.commit()
    scene.git("commit", "-q", "--amend", "-m", "again")
    scene.git("reflog", "expire", "--expire=now", "--all")
    scene.git("gc", "-q", "--prune=now")
    scene.person(FIXED)
    scene.commit()
    scene.loop(CORRECTED)


def test_a_log_that_names_what_is_gone(scene: Scene) -> None:
    """The log of HEAD names a commit that is not here (a copy of the folder, a repair)."""
    scene.accepted()
    log = scene.repo.path / ".git/logs/HEAD"
    log.write_text(log.read_text() + f"{'0' * 40} {'ab' * 20} A <a@example.com> {scene.now} +0000\tcommit: gone\n")
    scene.loop(CORRECTED)
