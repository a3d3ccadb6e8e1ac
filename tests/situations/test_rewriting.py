"""Situations of rewriting: the same work in commits that are made anew, joined or taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from situations.scene import AGENT, BASE, CORRECTED, FIXED, PATH

if TYPE_CHECKING:
    from situations.scene import Scene


def _both_sides_changed(scene: Scene) -> None:
    """An agent's commit on a branch of its own, where we are, and a person's on the main one, both to one file."""
    scene.git("switch", "-qc", "topic")
    scene.agent(AGENT)
    scene.commit()
    scene.git("switch", "-q", "main")
    scene.person(BASE.replace("run()", "run(1)"))
    scene.commit()
    scene.git("switch", "-q", "topic")


def test_amend(scene: Scene) -> None:
    """The agent's text is committed as it is, and the person's change goes into the same commit by `--amend`."""
    scene.agent(AGENT)
    scene.commit()
    scene.person(FIXED)
    scene.commit("--amend")
    scene.loop(CORRECTED)


def test_amend_partly_staged(scene: Scene) -> None:
    """Of two changes only one is staged for the `--amend`; the other one comes with the next commit."""
    scene.agent(AGENT)
    scene.commit()
    scene.person(FIXED)
    scene.git("add", PATH)
    scene.person(FIXED.replace("print('done')", "logging.info('done')"))
    scene.git("commit", "-q", "--amend", "-m", "staged only")
    assert scene.corrections() == CORRECTED
    scene.commit()
    scene.loop([*CORRECTED, ("replaced", "    print('done')\n", "    logging.info('done')\n")])


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param("1s/pick/pick/", id="rebase -i, nothing changed"),
        pytest.param("2s/pick/reword/", id="reword"),
        pytest.param("2s/pick/squash/", id="squash"),
        pytest.param("2s/pick/fixup/", id="fixup"),
        pytest.param("2s/pick/edit/", id="edit"),
        pytest.param("1{h;d};2{G}", id="reorder"),
        pytest.param("2a exec true", id="exec"),
    ],
)
def test_rebase_interactive(scene: Scene, steps: str) -> None:
    """A correction counts once, however `rebase -i` makes its commit anew."""
    scene.agent(AGENT)
    scene.commit()
    scene.person("notes\n", "notes.md")
    scene.commit()
    scene.person(FIXED)
    scene.commit()
    todo = "2s/pick/pick/" if steps.startswith("1{") else steps
    editor = f"sed -i -e '{todo}'" if not steps.startswith("1{") else "sed -i -e '1{h;d}' -e '2{G}'"
    scene.git("rebase", "-q", "-i", "HEAD~2", GIT_SEQUENCE_EDITOR=editor, GIT_EDITOR="true")
    scene.git("rebase", "--continue", check=False, GIT_EDITOR="true")
    assert scene.git("show", f"HEAD:{PATH}") + "\n" == FIXED
    scene.loop(CORRECTED)


def test_rebase_autosquash(scene: Scene) -> None:
    """The person's change is a `fixup!` of the agent's commit, and `--autosquash` folds it in."""
    scene.agent(AGENT)
    scene.commit()
    scene.person(FIXED)
    scene.git("commit", "-qa", "--fixup", "HEAD")
    scene.git("rebase", "-q", "-i", "--autosquash", "HEAD~2", GIT_SEQUENCE_EDITOR="true")
    assert scene.git("log", "-1", "--format=%s") == "change"
    scene.loop(CORRECTED)


def test_rebase_drop(scene: Scene) -> None:
    """The commit with the correction is dropped: it had been accepted before, and stays a correction."""
    scene.committed()
    scene.git("rebase", "-q", "-i", "HEAD~1", GIT_SEQUENCE_EDITOR="sed -i 1s/pick/drop/")
    assert scene.git("show", f"HEAD:{PATH}") + "\n" == AGENT
    scene.loop(CORRECTED)


def test_rebase_abort(scene: Scene) -> None:
    """A rebase that is aborted leaves everything as it was."""
    scene.accepted()
    scene.git("rebase", "-q", "-i", "--root", GIT_SEQUENCE_EDITOR="sed -i '1i break'")
    scene.git("rebase", "--abort")
    scene.loop(CORRECTED)


def test_rebase_root(scene: Scene) -> None:
    """All commits are made anew, the first one too."""
    scene.committed()
    scene.git("rebase", "-q", "--root", "--no-ff")
    scene.loop(CORRECTED)


def test_rebase_onto(scene: Scene) -> None:
    """A branch is put onto another commit, whose own change to the file is nobody's correction."""
    scene.git("switch", "-qc", "topic")
    scene.committed()
    scene.git("switch", "-q", "main")
    scene.person(BASE.replace("import logging", "import logging\nimport os"))
    scene.commit()
    scene.git("rebase", "-q", "--onto", "main", "main~1", "topic")
    assert "import os" in scene.git("show", f"HEAD:{PATH}")
    scene.loop(CORRECTED)


def test_rebase_conflict(scene: Scene) -> None:
    """A conflict, resolved by hand to the agent's side, corrects nothing."""
    _both_sides_changed(scene)
    scene.git("rebase", "-q", "main", check=False)
    scene.person(AGENT)
    scene.git("add", "-A")
    scene.git("rebase", "--continue", GIT_EDITOR="true")
    scene.loop([])


def test_pull_rebase_autostash(scene: Scene) -> None:
    """What is pending is put aside by `pull --rebase --autostash` and comes back, and then a person changes it."""
    other = scene.repo.path.parent / "other"
    scene.git("clone", "-q", str(scene.repo.path), str(other))
    scene.git("remote", "add", "origin", str(other))
    scene.person("theirs\n", "theirs.md", top=other)
    scene.commit(top=other)
    scene.agent(AGENT)
    scene.git("pull", "-q", "--rebase", "--autostash", "origin", "main")
    scene.person(FIXED)
    scene.commit()
    scene.loop(CORRECTED)


def test_cherry_pick_range(scene: Scene) -> None:
    """Two commits are picked onto another branch: the same corrections, not new ones."""
    scene.git("switch", "-qc", "topic")
    scene.committed()
    scene.git("switch", "-q", "main")
    scene.person("other\n", "other.md")
    scene.commit()
    scene.git("cherry-pick", "topic~2..topic")
    scene.loop(CORRECTED)


def test_cherry_pick_without_commit(scene: Scene) -> None:
    """`cherry-pick -n` brings the text into the worktree, and an ordinary commit takes it in."""
    scene.git("switch", "-qc", "topic")
    scene.accepted()
    scene.git("switch", "-q", "main")
    scene.git("cherry-pick", "-n", "topic")
    scene.commit()
    scene.loop(CORRECTED)


def test_revert(scene: Scene) -> None:
    """A commit that takes the agent's work back corrects it."""
    scene.agent(AGENT)
    scene.commit()
    scene.git("revert", "--no-edit", "HEAD")
    scene.loop(
        [
            ("removed", "    print('start')\n", ""),
            ("removed", "    print('done')\n", ""),
        ]
    )


def test_squash_by_hand(scene: Scene) -> None:
    """`merge --squash` and the branch deleted: the corrections of its commits stay, once each."""
    scene.git("switch", "-qc", "topic")
    scene.committed()
    scene.git("switch", "-q", "main")
    scene.git("merge", "-q", "--squash", "topic")
    scene.commit()
    scene.git("branch", "-qD", "topic")
    scene.loop(CORRECTED)


@pytest.mark.parametrize("message", ["Add start (#12)\n\n* one\n\n* two", "Merge branch 'topic' into 'main'"])
def test_squash_by_a_forge(scene: Scene, message: str) -> None:
    """A forge squashes and deletes the branch; only the result is fetched, with GitHub's or GitLab's message."""
    scene.agent(AGENT)
    forge = scene.repo.path.parent / "forge"
    scene.git("clone", "-q", str(scene.repo.path), str(forge))
    scene.person(FIXED, top=forge)
    scene.git("add", "-A", top=forge)
    scene.git("commit", "-qm", message, top=forge)
    scene.git("restore", PATH)
    scene.git("pull", "-q", "--ff-only", str(forge), "main")
    scene.loop(CORRECTED)


def test_split_commit(scene: Scene) -> None:
    """One commit is taken back and made again as two."""
    scene.accepted()
    scene.git("reset", "-q", "HEAD~1")
    scene.git("add", "-p", stdin="s\ny\nn\n")
    scene.git("commit", "-qm", "one")
    scene.commit()
    scene.loop(CORRECTED)


def test_merge_fast_forward(scene: Scene) -> None:
    """A branch that is merged by moving the other one on brings nothing new."""
    scene.git("switch", "-qc", "topic")
    scene.accepted()
    scene.git("switch", "-q", "main")
    scene.git("merge", "-q", "--ff-only", "topic")
    scene.loop(CORRECTED)


def test_merge_no_ff(scene: Scene) -> None:
    """A merge commit holds what its second parent brought: no act of its own."""
    scene.git("switch", "-qc", "topic")
    scene.accepted()
    scene.git("switch", "-q", "main")
    scene.person("other\n", "other.md")
    scene.commit()
    scene.git("merge", "-q", "--no-ff", "--no-edit", "topic")
    scene.loop(CORRECTED)


def test_merge_octopus(scene: Scene) -> None:
    """One merge of three branches."""
    for name, text in (("one", "1\n"), ("two", "2\n")):
        scene.git("switch", "-qc", name, "main")
        scene.person(text, f"{name}.md")
        scene.commit()
    scene.git("switch", "-qc", "topic", "main")
    scene.accepted()
    scene.git("switch", "-q", "main")
    scene.git("merge", "-q", "--no-edit", "one", "two", "topic")
    scene.loop(CORRECTED)


def test_merge_conflict(scene: Scene) -> None:
    """Both sides changed the file, and a person resolves to one of them: no correction of the agent."""
    _both_sides_changed(scene)
    scene.git("merge", "-q", "main", check=False)
    scene.person(AGENT.replace("run()", "run(1)"))
    scene.git("add", "-A")
    scene.git("commit", "-q", "--no-edit")
    scene.loop([])
