from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

import pytest

from hivemind_git.errors import HivemindError
from hivemind_git.settings import Settings
from hivemind_git.skills.base import base
from hivemind_git.skills.compose import compose
from hivemind_git.skills.folder import standing
from hivemind_git.skills.layout import Standing
from hivemind_git.skills.publish import direct_base, publish, publish_direct

from .conftest import SKILLS, Desk, a_rule, advice

NAME = "python-logging"
BRANCH = f"hivemind/skill/{NAME}"


def test_commits_on_a_branch_and_touches_nothing_else(desk: Desk, validated: Callable[[str, str], None]) -> None:
    desk.repo.write("src/a.py", "import y\n")
    desk.repo.write("new.txt", "untracked\n")
    before = desk.untouched()
    made = desk.publish(NAME, a_rule())
    assert made is not None
    assert desk.untouched() == before
    assert (made.skill, made.ref, made.created, made.notes) == (NAME, f"refs/heads/{BRANCH}", True, ())
    assert desk.repo.git("rev-parse", BRANCH) == made.commit
    assert desk.repo.git("rev-parse", f"{BRANCH}^") == desk.repo.git("rev-parse", "main")
    assert desk.repo.git("ls-tree", "-r", "--format=%(objectmode) %(path)", BRANCH).split("\n") == [
        f"120000 .agents/skills/{NAME}",
        f"100644 {SKILLS}/{NAME}/SKILL.md",
        f"100644 {SKILLS}/{NAME}/rules.toml",
        "100644 src/a.py",
    ]
    assert desk.repo.git("show", f"{BRANCH}:.agents/skills/{NAME}") == f"../../{SKILLS}/{NAME}"
    validated(NAME, desk.repo.git("show", f"{BRANCH}:{SKILLS}/{NAME}/SKILL.md"))


def test_says_what_it_rests_on(desk: Desk) -> None:
    desk.publish(NAME, a_rule())
    assert (
        desk.repo.git("log", "-1", "--format=%an <%ae>%n%B", BRANCH)
        == """\
Ada <ada@example.com>
Add the skill python-logging

- Write `logger.info($0)`, not `print($0)` (3 decisions in 2 sessions, commits `1111111111`, `2222222222`, `3333333333`)

Reverting this commit drops this rule for good; reverting the revert brings it back.

Hivemind-Skill: python-logging
Hivemind-Rule: 0000000000000001
Hivemind-Session: session-1-0
Hivemind-Session: session-1-1
Hivemind-Correction: 00000001000000000000000000000001
Hivemind-Correction: 00000001000000000000000000000002
Hivemind-Correction: 00000001000000000000000000000003
Hivemind-Drafter: template
"""
    )
    read = desk.repo.git("log", "-1", "--format=%(trailers:key=Hivemind-Session,valueonly)", BRANCH)
    assert read.split() == ["session-1-0", "session-1-1"]


def test_no_change_makes_no_commit(desk: Desk) -> None:
    first = desk.publish(NAME, a_rule())
    assert desk.publish(NAME, a_rule(decisions=7)) is None
    assert first is not None
    assert desk.repo.git("rev-parse", BRANCH) == first.commit


def test_an_open_branch_is_updated(desk: Desk) -> None:
    first = desk.publish(NAME, a_rule())
    desk.repo.commit("meanwhile", **{"src/b.py": "b\n"})
    second = desk.publish(NAME, advice(2, "Log in English"))
    assert first is not None
    assert second is not None
    assert (second.parent, second.created, second.rules) == (first.commit, False, ("0000000000000002",))
    assert desk.repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads") == f"{BRANCH}\nmain"


@pytest.mark.parametrize("how", ["merge", "squash", "rebase", "fast-forward"])
def test_a_merged_branch_starts_anew_at_the_trunk(desk: Desk, how: str) -> None:
    desk.publish(NAME, a_rule())
    if how != "fast-forward":
        desk.repo.commit("meanwhile", **{"src/b.py": "b\n"})
    if how == "squash":
        desk.repo.git("merge", "-q", "--squash", BRANCH)
        desk.repo.git("commit", "-qm", "skill")
    elif how == "rebase":
        desk.repo.git("cherry-pick", BRANCH)
    else:
        desk.repo.git("merge", "-q", "--no-edit", BRANCH)
    made = desk.publish(NAME, advice(2, "Log in English"))
    assert made is not None
    assert made.parent == desk.repo.git("rev-parse", "main")
    assert "Log in English" in desk.repo.git("show", f"{BRANCH}:{SKILLS}/{NAME}/SKILL.md")
    assert "print($0)" in desk.repo.git("show", f"{BRANCH}:{SKILLS}/{NAME}/SKILL.md")


def test_what_the_trunk_dropped_does_not_come_back_with_a_new_rule(desk: Desk) -> None:
    desk.publish(NAME, a_rule())
    desk.repo.git("merge", "-q", "--squash", BRANCH)
    desk.repo.git("commit", "-qm", "skill")
    desk.repo.git("revert", "--no-edit", "HEAD")
    made = desk.publish(NAME, advice(2, "Log in English"))
    assert made is not None
    assert made.parent == desk.repo.git("rev-parse", "main")
    assert "print($0)" not in desk.repo.git("show", f"{BRANCH}:{SKILLS}/{NAME}/rules.toml")


def test_a_branch_that_another_clone_offered_is_continued(desk: Desk) -> None:
    made = desk.publish(NAME, a_rule())
    assert made is not None
    desk.repo.git("update-ref", f"refs/remotes/origin/{BRANCH}", made.commit)
    desk.repo.git("branch", "-D", BRANCH)
    second = desk.publish(NAME, advice(2, "Log in English"))
    assert second is not None
    assert (second.parent, second.created) == (made.commit, True)


def test_a_branch_named_hivemind_leaves_another_name(desk: Desk) -> None:
    desk.repo.git("branch", "hivemind")
    made = desk.publish(NAME, a_rule())
    assert made is not None
    assert made.ref == f"refs/heads/hivemind-skill/{NAME}"
    assert desk.publish(NAME, a_rule()) is None
    desk.repo.git("branch", "-D", f"hivemind-skill/{NAME}")
    desk.repo.git("branch", "hivemind-skill")
    with pytest.raises(HivemindError, match="leave no name"):
        desk.publish(NAME, a_rule())


def test_a_branch_that_is_checked_out_is_left_alone(desk: Desk) -> None:
    desk.publish(NAME, a_rule())
    desk.repo.git("worktree", "add", "-q", "../other", BRANCH)
    with pytest.raises(HivemindError, match="is checked out"):
        desk.publish(NAME, advice(2, "Log in English"))


def test_a_branch_that_is_being_rebased_is_left_alone(desk: Desk) -> None:
    desk.publish(NAME, a_rule())
    desk.repo.git("checkout", "-q", BRANCH)
    edit = {"GIT_SEQUENCE_EDITOR": "sed -i s/^pick/edit/"}
    desk.repo.git("rebase", "-q", "-i", "--no-ff", "HEAD~1", env=edit)
    with pytest.raises(HivemindError, match="is checked out"):
        desk.publish(NAME, advice(2, "Log in English"))


def test_a_branch_that_moved_meanwhile_is_not_overwritten(desk: Desk) -> None:
    draft, where = desk.draft(NAME, a_rule())
    desk.repo.git("branch", BRANCH)
    with pytest.raises(HivemindError, match="moved while"):
        publish(desk.repository, draft, where, Settings())
    assert desk.repo.git("rev-parse", BRANCH) == desk.repo.git("rev-parse", "main")


@pytest.mark.parametrize(
    ("path", "text"),
    [(f"{SKILLS}/{NAME}/SKILL.md", "---\nname: python-logging\n---\nmine\n"), (f"{SKILLS}/{NAME}/notes.md", "x")],
)
def test_what_is_not_ours_is_never_touched(desk: Desk, path: str, text: str) -> None:
    desk.repo.commit("by hand", **{path: text})
    where = base(desk.repository, NAME, SKILLS)
    with pytest.raises(HivemindError, match="is not a skill of hivemind's"):
        publish(desk.repository, compose(NAME, [a_rule()], Standing()), where, Settings())
    assert desk.repo.git("for-each-ref", "refs/heads/hivemind") == ""


@pytest.mark.parametrize("place", [".claude", SKILLS, f"{SKILLS}/{NAME}"])
@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_stands_where_a_folder_must_be_is_never_touched(desk: Desk, place: str, kind: str) -> None:
    target = desk.repo.path / place
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind == "file":
        target.write_text("x")
    else:
        target.symlink_to("elsewhere")
    desk.repo.commit("in the way")
    where = base(desk.repository, NAME, SKILLS)
    with pytest.raises(HivemindError, match="is no folder" if kind == "file" else "is a link"):
        publish(desk.repository, compose(NAME, [a_rule()], Standing()), where, Settings())


def agents(desk: Desk) -> list[str]:
    shown = desk.repo.git("ls-tree", "-r", "--format=%(objectmode) %(path)", BRANCH, ".agents")
    return shown.split("\n") if shown else []


def test_the_link_is_left_out_where_it_is_not_wanted(desk: Desk) -> None:
    desk.publish(NAME, a_rule(), settings=Settings(agents_link=False))
    assert agents(desk) == []


def test_a_copy_stands_where_links_do_not_work_and_is_kept_in_step(desk: Desk) -> None:
    desk.repo.git("config", "core.symlinks", "false")
    for rule in (a_rule(), advice(2, "Log in English")):
        desk.publish(NAME, rule)
        assert agents(desk) == [f"100644 .agents/skills/{NAME}/SKILL.md"]
        assert desk.repo.git("rev-parse", f"{BRANCH}:.agents/skills/{NAME}/SKILL.md") == desk.repo.git(
            "rev-parse", f"{BRANCH}:{SKILLS}/{NAME}/SKILL.md"
        )


def test_a_foreign_skill_of_the_same_name_in_the_common_folder_stays(desk: Desk) -> None:
    desk.repo.commit("theirs", **{f".agents/skills/{NAME}/SKILL.md": "theirs\n"})
    made = desk.publish(NAME, a_rule())
    assert made is not None
    assert made.notes == (f".agents/skills/{NAME} is not hivemind's and stays as it is",)
    assert desk.repo.git("show", f"{BRANCH}:.agents/skills/{NAME}/SKILL.md") == "theirs"


@pytest.mark.parametrize(
    ("place", "target", "notes"),
    [
        (".agents/skills", "../.claude/skills", ()),
        (".agents", ".claude", ()),
        (".agents/skills", "../other", (".agents/skills is no folder: assistants that read it do not see the skill",)),
    ],
)
def test_a_common_folder_that_is_a_link_stays(desk: Desk, place: str, target: str, notes: tuple[str, ...]) -> None:
    link = desk.repo.path / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    desk.repo.commit("linked")
    made = desk.publish(NAME, a_rule())
    assert made is not None
    assert made.notes == notes
    assert agents(desk) == [f"120000 {place}"]


def test_says_when_git_knows_nobody(desk: Desk) -> None:
    desk.repo.git("config", "user.name", "")
    with pytest.raises(HivemindError, match="git does not know who commits"):
        desk.publish(NAME, a_rule())


def test_says_when_there_is_no_commit(desk: Desk, make_repo: Callable[[str], object]) -> None:
    empty = Desk(make_repo("empty"))  # type: ignore[arg-type]
    with pytest.raises(HivemindError, match="there is no commit yet"):
        base(empty.repository, NAME, SKILLS)


def test_signs_as_the_user_does(desk: Desk) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    key = desk.repo.path.parent / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in {"gpg.format": "ssh", "user.signingKey": str(key), "commit.gpgSign": "true"}.items():
        desk.repo.git("config", name, value)
    draft, where = desk.draft(NAME, a_rule())
    assert publish(desk.repository, draft, where, Settings()) is not None
    assert "\ngpgsig -----BEGIN SSH SIGNATURE-----\n" in desk.repo.git("cat-file", "commit", BRANCH)
    assert "Hivemind-Drafter: template" in desk.repo.git("log", "-1", "--format=%B", BRANCH)
    desk.repo.git("config", "user.signingKey", "/nowhere")
    with pytest.raises(HivemindError, match="git could not sign the commit"):
        desk.publish(NAME, advice(2, "Log in English"))


def direct(desk: Desk) -> object:
    where = direct_base(desk.repository)
    stands = standing(desk.repository, str(where.commit), SKILLS, NAME) if where.commit else Standing()
    return publish_direct(desk.repository, compose(NAME, [a_rule()], stands), where, Settings())


def test_a_direct_commit_updates_only_its_own_paths(desk: Desk) -> None:
    desk.repo.write("src/a.py", "import y\n")
    desk.repo.write("staged.txt", "x\n")
    desk.repo.git("add", "staged.txt")
    assert direct(desk) is not None
    assert desk.repo.git("status", "--porcelain") == "M  src/a.py\nA  staged.txt".replace("M ", " M", 1)
    assert desk.repo.git("log", "--format=%s", "main") == "Add the skill python-logging\nstart"
    assert (desk.repo.path / ".agents/skills" / NAME / "SKILL.md").read_text().startswith("---\nname: python-logging\n")
    assert direct(desk) is None


@pytest.mark.parametrize("path", [f"{SKILLS}/{NAME}/SKILL.md", f".agents/skills/{NAME}"])
@pytest.mark.parametrize("staged", [True, False])
def test_a_direct_commit_refuses_dirty_paths(desk: Desk, path: str, staged: bool) -> None:
    desk.repo.write(path, "mine\n")
    if staged:
        desk.repo.git("add", path)
    before = desk.untouched()
    with pytest.raises(HivemindError, match="has changes that are not committed"):
        direct(desk)
    assert desk.untouched() == before


def test_a_direct_commit_on_a_branch_without_commits(make_repo: Callable[[str], object]) -> None:
    desk = Desk(make_repo("empty"))  # type: ignore[arg-type]
    assert direct(desk) is not None
    assert desk.repo.git("status", "--porcelain") == ""
    assert desk.repo.git("log", "--format=%s", "main") == "Add the skill python-logging"


def test_a_direct_commit_needs_a_branch_at_rest(desk: Desk) -> None:
    desk.repo.git("checkout", "-q", "--detach")
    with pytest.raises(HivemindError, match="HEAD is detached"):
        direct_base(desk.repository)
    desk.repo.git("checkout", "-q", "main")
    desk.repo.git("checkout", "-qb", "side")
    desk.repo.commit("one", **{"src/a.py": "one\n"})
    desk.repo.git("checkout", "-q", "main")
    desk.repo.commit("two", **{"src/a.py": "two\n"})
    desk.repo.git("merge", "side", check=False)
    with pytest.raises(HivemindError, match="git waits for an operation"):
        direct_base(desk.repository)
