from __future__ import annotations

import pytest

from hivemind_git.skills import lineage
from hivemind_git.skills.lineage import ChangeState, Lineage

from .conftest import SKILLS, Desk, a_rule, advice

NAME = "python-logging"
BRANCH = f"hivemind/skill/{NAME}"
ONE, TWO = "0000000000000001", "0000000000000002"


def story(found: Lineage) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.skill, one.state.value, one.added, one.removed) for one in found.changes]


def merged(desk: Desk) -> str:
    """Publishes rule one and merges it with a merge commit; returns the merge."""
    desk.publish(NAME, a_rule())
    desk.repo.commit("meanwhile", **{"src/b.py": "b\n"})
    desk.repo.git("merge", "-q", "--no-ff", "--no-edit", BRANCH)
    return desk.repo.git("rev-parse", "HEAD")


def squashed(desk: Desk) -> str:
    """Publishes rule one and merges it as a squash, without our trailers."""
    desk.publish(NAME, a_rule())
    desk.repo.git("merge", "-q", "--squash", BRANCH)
    desk.repo.git("commit", "-qm", "skills (#12)")
    desk.repo.git("branch", "-D", BRANCH)
    return desk.repo.git("rev-parse", "HEAD")


def test_tells_what_a_merged_skill_rests_on(desk: Desk) -> None:
    merged(desk)
    found = desk.lineage()
    assert story(found) == [(NAME, "live", (ONE,), ())]
    change = found.changes[0]
    assert change.path == f"{SKILLS}/{NAME}"
    assert change.commit == desk.repo.git("rev-parse", BRANCH)
    assert (change.author, change.subject) == ("Ada", "Add the skill python-logging")
    assert change.sessions == ("session-1-0", "session-1-1")
    assert change.corrections == tuple(f"00000001{n:024x}" for n in (1, 2, 3))
    assert (found.live, found.dropped) == ({ONE: NAME}, ())


def test_nothing_there_is_no_lineage(desk: Desk) -> None:
    assert desk.lineage() == Lineage((), {}, ())


@pytest.mark.parametrize("how", [merged, squashed])
def test_a_revert_drops_and_its_revert_restores(desk: Desk, how: object) -> None:
    commit = how(desk)  # type: ignore[operator]
    parent = ["-m", "1"] if how is merged else []
    desk.repo.git("revert", "--no-edit", *parent, commit)
    revert = desk.repo.git("rev-parse", "HEAD")
    found = desk.lineage()
    assert story(found) == [(NAME, "reverted", (), (ONE,)), (NAME, "reverted", (ONE,), ())]
    assert [(one.rule.id, one.skill, one.commit) for one in found.dropped] == [(ONE, NAME, revert)]
    assert found.dropped[0].corrections == tuple(f"00000001{n:024x}" for n in (1, 2, 3))
    assert found.live == {}
    desk.repo.git("revert", "--no-edit", "HEAD")
    found = desk.lineage()
    assert story(found) == [
        (NAME, "live", (ONE,), ()),
        (NAME, "reverted", (), (ONE,)),
        (NAME, "live", (ONE,), ()),
    ]
    assert (found.live, found.dropped) == ({ONE: NAME}, ())


def test_a_revert_on_a_merged_branch_counts(desk: Desk) -> None:
    desk.publish(NAME, a_rule())
    desk.repo.git("merge", "-q", "--ff-only", BRANCH)
    desk.repo.git("checkout", "-qb", "undo")
    desk.repo.git("revert", "--no-edit", "HEAD")
    revert = desk.repo.git("rev-parse", "HEAD")
    desk.repo.git("checkout", "-q", "main")
    desk.repo.commit("meanwhile", **{"src/b.py": "b\n"})
    desk.repo.git("merge", "-q", "--no-edit", "undo")
    assert [one.commit for one in desk.lineage().dropped] == [revert]


def test_a_skill_taken_back_on_its_own_branch_before_the_merge_is_dropped(desk: Desk) -> None:
    desk.publish(NAME, a_rule())
    desk.repo.git("checkout", "-q", BRANCH)
    desk.repo.git("revert", "--no-edit", "HEAD")
    revert = desk.repo.git("rev-parse", "HEAD")
    desk.repo.git("checkout", "-q", "main")
    desk.repo.git("merge", "-q", "--no-ff", "--no-edit", BRANCH)
    assert [one.commit for one in desk.lineage().dropped] == [revert]


def test_a_merge_that_keeps_our_side_drops(desk: Desk) -> None:
    desk.publish(NAME, a_rule())
    desk.repo.git("merge", "-q", "--no-ff", "--no-edit", "-s", "ours", BRANCH)
    merge = desk.repo.git("rev-parse", "HEAD")
    desk.repo.commit("later", **{"src/b.py": "b\n"})
    assert [(one.rule.id, one.commit) for one in desk.lineage().dropped] == [(ONE, merge)]


def test_what_is_merged_nowhere_is_neither_live_nor_dropped(desk: Desk) -> None:
    desk.publish(NAME, a_rule())
    assert desk.lineage() == Lineage((), {}, ())
    assert desk.lineage(BRANCH).live == {ONE: NAME}


@pytest.mark.parametrize("how", ["rebase", "cherry-pick", "reword"])
def test_survives_what_people_do_to_commits(desk: Desk, how: str) -> None:
    desk.publish(NAME, a_rule())
    desk.repo.commit("meanwhile", **{"src/b.py": "b\n"})
    if how == "rebase":
        desk.repo.git("checkout", "-q", BRANCH)
        desk.repo.git("rebase", "-q", "main")
        desk.repo.git("checkout", "-q", "main")
        desk.repo.git("merge", "-q", "--ff-only", BRANCH)
    else:
        desk.repo.git("cherry-pick", BRANCH)
    if how == "reword":
        desk.repo.git("commit", "-q", "--amend", "-m", "no trailers here")
    found = desk.lineage()
    assert story(found) == [(NAME, "live", (ONE,), ())]
    assert found.changes[0].commit == desk.repo.git("rev-parse", "HEAD")


def test_a_person_edits_and_a_second_rule_joins(desk: Desk) -> None:
    squashed(desk)
    skill = desk.repo.path / SKILLS / NAME / "SKILL.md"
    skill.write_text(skill.read_text().replace("Python logging", "How we log"))
    desk.repo.commit("our words")
    desk.publish(NAME, advice(2, "Log in English"))
    desk.repo.git("merge", "-q", "--ff-only", BRANCH)
    assert "How we log" in skill.read_text()
    found = desk.lineage()
    assert story(found) == [
        (NAME, "live", (TWO,), ()),
        (NAME, "edited", (), ()),
        (NAME, "live", (ONE,), ()),
    ]
    desk.repo.git("revert", "--no-edit", "HEAD")
    assert [one.rule.id for one in desk.lineage().dropped] == [TWO]
    assert desk.lineage().live == {ONE: NAME}


def test_a_rule_taken_out_by_hand_is_dropped(desk: Desk) -> None:
    desk.publish(NAME, a_rule(), advice(2, "Log in English"))
    desk.repo.git("merge", "-q", "--ff-only", BRANCH)
    rules = desk.repo.path / SKILLS / NAME / "rules.toml"
    text = rules.read_text()
    rules.write_text(text[: text.index(f'\n[[rule]]\nid = "{TWO}"')])
    commit = desk.repo.commit("not this one")
    found = desk.lineage()
    assert [(one.rule.id, one.commit) for one in found.dropped] == [(TWO, commit)]
    assert found.changes[0].state is ChangeState.REVERTED


def test_a_deleted_folder_is_dropped_and_a_renamed_one_is_not(desk: Desk) -> None:
    squashed(desk)
    desk.repo.git("mv", f"{SKILLS}/{NAME}", f"{SKILLS}/logs")
    desk.repo.commit("shorter name")
    found = desk.lineage()
    assert story(found) == [("logs", "edited", (), ()), (NAME, "live", (ONE,), ())]
    assert found.live == {ONE: "logs"}
    assert [one.skill for one in lineage.of_skill(found, "logs")] == ["logs", NAME]
    desk.repo.git("rm", "-qr", f"{SKILLS}/logs")
    commit = desk.repo.commit("no skills")
    assert [(one.rule.id, one.skill, one.commit) for one in desk.lineage().dropped] == [(ONE, "logs", commit)]


def test_skills_of_others_and_copies_are_not_in_it(desk: Desk) -> None:
    desk.repo.git("config", "core.symlinks", "false")
    squashed(desk)
    desk.repo.commit("by hand", **{f"{SKILLS}/mine/SKILL.md": "---\nname: mine\n---\n"})
    assert (desk.repo.path / ".agents/skills" / NAME / "SKILL.md").is_file()
    assert story(desk.lineage()) == [(NAME, "live", (ONE,), ())]


def test_a_typing_error_drops_nothing(desk: Desk) -> None:
    squashed(desk)
    rules = desk.repo.path / SKILLS / NAME / "rules.toml"
    good = rules.read_text()
    rules.write_text(good + "\n[[rule\n")
    desk.repo.commit("oops")
    found = desk.lineage()
    assert (found.live, found.dropped) == ({ONE: NAME}, ())
    rules.write_text(good)
    desk.repo.commit("mended")
    assert story(desk.lineage()) == [(NAME, "edited", (), ()), (NAME, "edited", (), ()), (NAME, "live", (ONE,), ())]


def test_answers_in_both_directions(desk: Desk) -> None:
    desk.publish(NAME, a_rule())
    desk.publish("style", advice(2, "Be brief"))
    desk.repo.git("merge", "-q", "--no-edit", BRANCH, "hivemind/skill/style")
    found = desk.lineage()
    first, second = desk.repo.git("rev-parse", BRANCH), desk.repo.git("rev-parse", "hivemind/skill/style")

    def commits(changes: tuple[lineage.SkillChange, ...]) -> set[str]:
        return {change.commit for change in changes}

    assert commits(lineage.of_skill(found, NAME)) == {first}
    assert commits(lineage.of_path(found, f"{SKILLS}/style/SKILL.md")) == {second}
    assert commits(lineage.of_path(found, "src/m2.py")) == {first, second}
    assert commits(lineage.of_path(found, "src")) == {first, second}
    assert commits(lineage.of_path(found, "sr")) == set()
    assert commits(lineage.of_session(found, "session-2-1")) == {second}
    assert commits(lineage.of_correction(found, "00000001")) == {first}
    assert commits(lineage.of_commit(found, first)) == {first}
    assert commits(lineage.of_commit(found, "1" * 40)) == {first, second}


def test_a_shallow_clone_has_the_lineage_of_what_it_has(desk: Desk) -> None:
    squashed(desk)
    desk.repo.commit("later", **{"src/b.py": "b\n"})
    desk.repo.git("clone", "-q", "--depth", "1", f"file://{desk.repo.path}", "../shallow")
    shallow = Desk(type(desk.repo)(desk.repo.path.parent / "shallow"))
    found = shallow.lineage()
    assert (story(found), found.live) == ([(NAME, "live", (ONE,), ())], {ONE: NAME})
