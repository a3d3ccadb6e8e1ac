"""Situations of history: what a person does with commits after an agent wrote, and what is derived then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from repos import Repo
from situations.scene import AGENT, BASE, CORRECTED, FIXED, PATH

if TYPE_CHECKING:
    from situations.scene import Scene

THEIRS = BASE.replace("    run()\n", "    prepare()\n    run()\n")
BOTH = AGENT.replace("    print('start')\n", "    prepare()\n    print('start')\n").replace(
    "print('done')", "logging.info('done')"
)
DONE = [("replaced", "    print('done')\n", "    logging.info('done')\n")]


def test_unborn_branch(scene: Scene) -> None:
    """The first commit of a branch without a parent holds what an agent wrote and a person changed."""
    scene.git("switch", "-q", "--orphan", "fresh")
    scene.accepted()
    scene.loop(CORRECTED)


def test_detached_head(scene: Scene) -> None:
    """A commit on no branch at all accepts too, also when nothing reaches it any more."""
    scene.git("switch", "-q", "--detach")
    scene.accepted()
    scene.git("switch", "-q", "main")
    scene.loop(CORRECTED)


@pytest.mark.parametrize("how", ["--soft", "--mixed", "--keep", "--merge"])
def test_reset(scene: Scene, how: str) -> None:
    """The commit is taken back by `reset`, in each mode; what it had accepted stays a correction."""
    scene.accepted()
    scene.git("reset", "-q", how, "HEAD~1")
    if how in {"--soft", "--mixed"}:
        scene.commit()
    scene.loop(CORRECTED)


def test_reset_hard(scene: Scene) -> None:
    """`reset --hard` throws uncommitted work away and an agent finds the older text: explained as that."""
    scene.agent(AGENT)
    scene.git("reset", "-q", "--hard")
    scene.look()
    scene.loop([])
    assert scene.explained() == [("restored", "    print('start')\n"), ("restored", "    print('done')\n")]


def test_stash_push_and_pop(scene: Scene) -> None:
    """Pending work goes into the stash, something else is committed, and it comes back before a person changes it."""
    scene.agent(AGENT)
    scene.git("stash", "push", "-q")
    scene.person("other\n", "other.md")
    scene.commit()
    scene.git("stash", "pop", "-q")
    scene.person(FIXED)
    scene.commit()
    scene.loop(CORRECTED)


def test_stash_branch(scene: Scene) -> None:
    """The stash becomes a branch of its own."""
    scene.agent(AGENT)
    scene.person(FIXED)
    scene.git("stash", "push", "-q")
    scene.git("stash", "branch", "rescued")
    scene.commit()
    scene.loop(CORRECTED)


def test_stash_pop_with_a_conflict(scene: Scene) -> None:
    """A commit changes the place of lines that are in the stash: it took none out, for they come back."""
    scene.agent(AGENT)
    scene.git("stash", "push", "-q")
    scene.person(THEIRS)
    scene.commit()
    scene.git("stash", "pop", "-q", check=False)
    scene.person(BOTH)
    scene.commit()
    scene.git("stash", "drop", "-q")
    scene.loop(DONE)


def test_another_branch_at_the_same_place(scene: Scene) -> None:
    """After a switch to a branch that lacks the agent's lines somebody writes where they stood: none were there."""
    scene.git("switch", "-qc", "topic")
    scene.agent(AGENT)
    scene.commit()
    scene.git("switch", "-q", "main")
    scene.person(THEIRS)
    scene.commit()
    assert scene.corrections() == []
    scene.git("merge", "-q", "topic", check=False)
    scene.person(BOTH)
    scene.commit()
    scene.loop(DONE)


def test_switch_with_merge(scene: Scene) -> None:
    """`switch -m` carries pending work to another branch, where the file is another one."""
    scene.git("switch", "-qc", "topic")
    scene.person(BASE.replace("import logging", "import logging\nimport os"))
    scene.commit()
    scene.git("switch", "-q", "main")
    scene.agent(AGENT)
    scene.git("switch", "-q", "-m", "topic")
    carried = (scene.repo.path / PATH).read_text()
    scene.person(carried.replace("print('start')", "logging.info('start')"))
    scene.commit()
    scene.loop(CORRECTED)


def test_restore(scene: Scene) -> None:
    """A file is restored, and written again by the agent: no correction."""
    scene.agent(AGENT)
    scene.git("restore", PATH)
    scene.agent(AGENT)
    scene.commit()
    scene.loop([])


def test_add_patch(scene: Scene) -> None:
    """`add -p` stages the person's hunk alone; the agent's other line is left out and not removed."""
    scene.agent(AGENT)
    scene.person(FIXED)
    scene.git("add", "-p", stdin="s\ny\nn\n")
    scene.git("commit", "-qm", "part")
    scene.look()
    assert "done" not in scene.git("show", f"HEAD:{PATH}")
    scene.loop(CORRECTED)


def test_commit_patch(scene: Scene) -> None:
    """`commit -p` takes one of the two hunks from the terminal, through an index of its own for the moment."""
    scene.agent(AGENT)
    scene.person(FIXED)
    scene.git("commit", "-q", "-p", "-m", "part", stdin="s\ny\nn\n")
    assert "done" not in scene.git("show", f"HEAD:{PATH}")
    scene.loop(CORRECTED)


def test_commit_all(scene: Scene) -> None:
    """`commit -a` uses an index of its own for the moment."""
    scene.agent(AGENT)
    scene.person(FIXED)
    scene.git("commit", "-qam", "all")
    scene.loop(CORRECTED)


def test_no_verify_and_message_cleanup(scene: Scene) -> None:
    """`--no-verify`, a message template and another clean-up mode: no hook of ours is needed."""
    scene.repo.write(".git/template", "# only a comment\nsubject\n")
    scene.git("config", "commit.template", ".git/template")
    scene.agent(AGENT)
    scene.person(FIXED)
    scene.git("add", "-A")
    scene.git("commit", "-q", "--no-verify", "--cleanup=scissors", "--allow-empty-message", "-m", "")
    scene.loop(CORRECTED)


def test_commits_by_plumbing(scene: Scene) -> None:
    """A tool (jj, Graphite, GitButler) makes the commit without `git commit`, and moves the branch itself."""
    scene.agent(AGENT)
    scene.person(FIXED)
    blob = scene.git("hash-object", "-w", PATH)
    scene.git("update-index", "--cacheinfo", f"100644,{blob},{PATH}")
    commit = scene.git("commit-tree", scene.git("write-tree"), "-p", "HEAD", "-m", "plumbing")
    scene.git("update-ref", "refs/heads/main", commit)
    scene.loop(CORRECTED)


def test_branch_deleted(scene: Scene) -> None:
    """The branch goes without a trace (`branch -D`), and the log of HEAD still tells what it had accepted."""
    scene.git("switch", "-qc", "topic")
    scene.accepted()
    scene.git("switch", "-q", "main")
    scene.git("branch", "-qD", "topic")
    scene.loop(CORRECTED)


def test_no_log_of_head(scene: Scene) -> None:
    """With `core.logAllRefUpdates` off nothing tells where a commit was made; what is on a branch is still found."""
    scene.git("config", "core.logAllRefUpdates", "false")
    scene.accepted()
    (scene.repo.path / ".git/logs/HEAD").unlink()
    scene.loop(CORRECTED)


def test_clock_skew(scene: Scene) -> None:
    """The machine that corrects has a clock two hours behind: its commit follows the one that it stands on."""
    scene.agent(AGENT)
    scene.commit()
    other = scene.repo.path.parent / "other"
    scene.git("clone", "-q", str(scene.repo.path), str(other))
    scene.person(FIXED, top=other)
    behind = {"GIT_COMMITTER_DATE": f"{scene.now - 7200} +0000", "GIT_AUTHOR_DATE": f"{scene.now - 7200} +0000"}
    Repo(other).git("commit", "-qam", "late", env=behind)
    scene.git("pull", "-q", "--ff-only", str(other), "main")
    scene.loop(CORRECTED)
