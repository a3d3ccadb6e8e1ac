"""Every way to undo a lesson is understood, holds whatever evidence comes, and is taken back by `rules restore`."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from cli.conftest import RULE, SKILL, Hivemind
from cli.test_codify_pr import Remote, forge
from cli.test_review import answered
from repos import Repo
from taught import corrected, teach

from hivemind_git.model import RuleState
from hivemind_git.pipeline import codifying, mining
from hivemind_git.pipeline.workspace import open_workspace

__all__ = ["forge"]

BRANCH = f"hivemind/skill/{SKILL}"
FOLDER = f".claude/skills/{SKILL}"
LIVE = (RuleState.CANDIDATE, RuleState.PUBLISHED)


def revert_of_a_commit(repo: Repo) -> None:
    repo.git("merge", "-q", "--ff-only", BRANCH)
    repo.git("revert", "--no-edit", "HEAD")


def revert_of_a_merge(repo: Repo) -> None:
    repo.git("merge", "-q", "--no-ff", "--no-edit", BRANCH)
    repo.git("revert", "--no-edit", "-m", "1", "HEAD")


def revert_of_a_squash(repo: Repo) -> None:
    repo.git("merge", "-q", "--squash", BRANCH)
    repo.git("commit", "-q", "-m", "Our skills (#12)")
    repo.git("branch", "-q", "-D", BRANCH)
    repo.git("revert", "--no-edit", "HEAD")


def revert_of_a_revert_of_a_revert(repo: Repo) -> None:
    revert_of_a_merge(repo)
    repo.git("revert", "--no-edit", "HEAD")
    assert _states(repo)[RULE][0] is RuleState.PUBLISHED
    repo.git("revert", "--no-edit", "HEAD")


def revert_on_a_branch_that_is_merged(repo: Repo) -> None:
    repo.git("merge", "-q", "--ff-only", BRANCH)
    repo.git("checkout", "-q", "-b", "side")
    repo.git("revert", "--no-edit", "HEAD")
    repo.git("checkout", "-q", "main")
    repo.commit("meanwhile", other="x\n")
    repo.git("merge", "-q", "--no-edit", "side")


def taken_out_by_hand(repo: Repo) -> None:
    repo.git("merge", "-q", "--ff-only", BRANCH)
    rules = repo.path / FOLDER / "rules.toml"
    rules.write_text(rules.read_text().partition("\n[[rule]]")[0])
    repo.commit("Not this one")


def removed_with_its_folder(repo: Repo) -> None:
    repo.git("merge", "-q", "--ff-only", BRANCH)
    repo.git("rm", "-q", "-r", FOLDER)
    repo.git("commit", "-q", "-m", "No such skill")


def branch_deleted_unmerged(repo: Repo) -> None:
    repo.git("branch", "-q", "-D", BRANCH)


def rejected_in_review(repo: Repo) -> None:
    assert answered(repo, "r\n").code == 0


@pytest.mark.parametrize(
    ("undo", "why"),
    [
        (revert_of_a_commit, r"reverted in \w{40}"),
        (revert_of_a_merge, r"reverted in \w{40}"),
        (revert_of_a_squash, r"reverted in \w{40}"),
        (revert_of_a_revert_of_a_revert, r"reverted in \w{40}"),
        (revert_on_a_branch_that_is_merged, r"reverted in \w{40}"),
        (taken_out_by_hand, r"reverted in \w{40}"),
        (removed_with_its_folder, r"reverted in \w{40}"),
        (branch_deleted_unmerged, rf"rejected in {BRANCH}, which was deleted unmerged"),
        (rejected_in_review, r"rejected in a review by Ada <ada@example.com>, \d{4}-\d\d-\d\d"),
    ],
)
def test_it_holds_whatever_comes_and_is_taken_back(
    taught: Repo, hivemind: Hivemind, undo: Callable[[Repo], None], why: str
) -> None:
    codifying.run(open_workspace(taught.path))
    undo(taught)
    _stays_away(taught, why)
    for ref in taught.git("for-each-ref", "--format=%(refname)", "refs/heads/hivemind/skill").splitlines():
        assert taught.git("rev-list", f"main..{ref}") == ""
    assert hivemind(taught.path, "rules", "restore", RULE).code == 0
    _comes_back(taught)


def test_a_closed_request_holds_too(forge: Callable[[str], Remote], hivemind: Hivemind) -> None:
    remote = forge("gh")
    assert remote.run("--pr").returncode == 0
    remote.set(1, state="CLOSED")
    assert remote.run("--pr").returncode == 0
    _stays_away(remote.repo, r"rejected in https://github.com/ada/shop/pull/1, which was closed unmerged")
    assert hivemind(remote.repo.path, "rules", "restore", RULE).code == 0
    _comes_back(remote.repo)


def test_what_a_person_edits_stays_and_the_rule_with_it(taught: Repo) -> None:
    """An edit of the words is no undo: the next codify builds on it."""
    codifying.run(open_workspace(taught.path))
    taught.git("merge", "-q", "--ff-only", BRANCH)
    skill = taught.path / FOLDER / "SKILL.md"
    skill.write_text(skill.read_text().replace("## Write", "## Here we always write"))
    taught.commit("Our words")
    _later(taught)
    assert _states(taught)[RULE][0] is RuleState.PUBLISHED
    done = codifying.run(open_workspace(taught.path))
    for made in done.published:
        assert "## Here we always write" in taught.git("show", f"{made.commit}:{FOLDER}/SKILL.md")


def _stays_away(repo: Repo, why: str) -> None:
    """Nothing is offered: not with the same evidence, not with more of it, nor with a wider pattern of the same."""
    for more in (lambda _: None, _later, _wider):
        more(repo)
        states = _states(repo)
        assert re.fullmatch(why, states[RULE][1]), states[RULE]
        assert [rule for rule, (state, _) in states.items() if state in LIVE] == []
        assert codifying.run(open_workspace(repo.path)).published == []


def _comes_back(repo: Repo) -> None:
    codifying.run(open_workspace(repo.path))
    offered = repo.git("show", f"{BRANCH}:{FOLDER}/rules.toml")
    assert f'id = "{RULE}"' in offered
    repo.git("merge", "-q", "--no-edit", BRANCH)
    repo.git("update-ref", "refs/remotes/origin/main", "main", check=False)
    assert _states(repo)[RULE][0] is RuleState.PUBLISHED


def _later(repo: Repo) -> None:
    lines = ((f'    print(f"later {n} {{x}}")\n', f'    logger.info(f"later {n} {{x}}")\n', n) for n in (4, 5, 6))
    teach(repo, *(corrected(f"src/shop/m{n}.py", before, after, n) for before, after, n in lines))


def _wider(repo: Repo) -> None:
    lines = ((f"    print(value{n})\n", f"    logger.info(value{n})\n", n) for n in (7, 8))
    teach(repo, *(corrected(f"src/shop/m{n}.py", before, after, n) for before, after, n in lines))


def _states(repo: Repo) -> dict[str, tuple[RuleState, str]]:
    return {rule.id: (rule.state, rule.why) for rule in mining.mine(open_workspace(repo.path)).rules}
