"""Situations of work that is thrown away before any commit, or only put aside, which looks the same for a while."""

from __future__ import annotations

import json
import os

from situations.scene import AGENT, BASE, PATH, Scene, Told

GONE: list[Told] = [("removed", "    print('start')\n", ""), ("removed", "    print('done')\n", "")]
ASIDE = [("restored", before) for _, before, _ in GONE]


def test_restored_and_looked_at(scene: Scene) -> None:
    """A person restores the file, and an agent finds it without its lines."""
    scene.agent(AGENT)
    scene.git("restore", PATH)
    scene.look()
    scene.loop(GONE)


def test_checked_out_and_never_looked_at(scene: Scene) -> None:
    """A person brings the file back, `checkout -- PATH`, and no agent looks again: it stands as HEAD has it."""
    scene.agent(AGENT)
    assert scene.corrections() == []
    scene.git("checkout", "--", PATH)
    written = scene.now + 1
    os.utime(scene.repo.path / PATH, (written, written))
    scene.loop(GONE)


def test_undone_in_an_editor(scene: Scene) -> None:
    """A person takes all of it back by hand, and commits something else."""
    scene.agent(AGENT)
    scene.person(BASE)
    scene.person("notes\n", "notes.txt")
    scene.commit()
    scene.look()
    scene.loop(GONE)


def test_stashed_for_a_while(scene: Scene) -> None:
    """What is in the stash may come back: `stash push` moves HEAD to where it is, which its log tells."""
    scene.agent(AGENT)
    scene.git("stash", "push", "-q")
    scene.look()
    assert scene.explained() == ASIDE
    scene.git("stash", "pop", "-q")
    scene.loop([])


def test_one_file_stashed(scene: Scene) -> None:
    """`stash push -- PATH` leaves the log of HEAD alone; the stash's own log tells, as long as it is there."""
    scene.agent(AGENT)
    scene.git("stash", "push", "-q", "--", PATH)
    scene.look()
    assert scene.explained() == ASIDE
    scene.loop([])


def test_one_file_stashed_and_popped(scene: Scene) -> None:
    """`stash pop` drops the stash's own log as well, and then the lines stand in the worktree again."""
    scene.agent(AGENT)
    scene.git("stash", "push", "-q", "--", PATH)
    scene.look()
    assert scene.corrections() == []
    scene.git("stash", "pop", "-q")
    scene.loop([])


def test_undone_and_done_again_in_an_editor(scene: Scene) -> None:
    """A person takes it back, an agent looks, and the person lets it stand after all."""
    scene.agent(AGENT)
    scene.person(BASE)
    scene.look()
    assert scene.corrections() == GONE
    scene.person(AGENT)
    scene.loop([])


def test_restored_and_gone_on_from(scene: Scene) -> None:
    """What was seen to stand as HEAD has it stays seen, also when the person goes on and commits."""
    scene.agent(AGENT)
    scene.git("restore", PATH)
    os.utime(scene.repo.path / PATH, (scene.now, scene.now))
    assert scene.corrections() == GONE
    scene.person(BASE + "\n\nmain()\n")
    assert scene.corrections() == GONE
    scene.commit()
    scene.loop(GONE)


def test_a_line_in_place_of_an_older_one(scene: Scene) -> None:
    """The older line comes back, and a later commit holds it: that accepted nothing, so none is named."""
    scene.agent(BASE.replace("    run()\n", "    launch(1)\n"))
    scene.git("checkout", "--", PATH)
    scene.look()
    scene.person(BASE + "\n\nmain()\n")
    scene.commit()
    found = json.loads(scene.hivemind("corrections", "--json"))["corrections"]
    assert [(one["before"], one["after"], one["commit"]) for one in found if one["session"] == "s1"] == [
        ("    launch(1)\n", "    run()\n", None)
    ]
    scene.loop([("removed", "    launch(1)\n", "    run()\n")])


def test_restored_and_written_again(scene: Scene) -> None:
    """An agent writes the same again, and that is accepted: it was wanted after all."""
    scene.agent(AGENT)
    scene.git("restore", PATH)
    scene.look()
    assert scene.corrections() == GONE
    scene.agent(AGENT)
    scene.commit()
    scene.loop([])


def test_restored_after_head_moved(scene: Scene) -> None:
    """Where HEAD moved in between, git may have changed the file as well."""
    scene.agent(AGENT)
    scene.git("switch", "-q", "-c", "topic")
    scene.git("restore", PATH)
    scene.look()
    scene.loop([])


def test_one_act_on_several_files(scene: Scene) -> None:
    """`restore .` takes the same lines out of three files, never looked at again: a decision a change, not a file."""
    names = [f"src/part{number}.py" for number in range(3)]
    for name in names:
        scene.person(BASE, name)
    scene.commit()
    for name in names:
        scene.agent(AGENT, name)
    scene.git("restore", ".")
    for name in names:
        os.utime(scene.repo.path / name, (scene.now, scene.now))
    assert sorted(scene.corrections()) == sorted(GONE * 3)
    found = json.loads(scene.hivemind("corrections", "--json"))["corrections"]
    assert len({one["decision"] for one in found if one["session"] == "s1"}) == 2
    assert {one["commit"] for one in found if one["session"] == "s1"} == {None}
