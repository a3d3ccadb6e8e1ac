"""Derive, mine, codify, trace and drop, on a real repository and the demo's recorded sessions."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from repos import Repo

from hivemind_git.errors import HivemindError
from hivemind_git.model import CorrectionKind, RuleState
from hivemind_git.pipeline import codifying, deriving, listing, mining, tracing
from hivemind_git.pipeline.workspace import Workspace, open_workspace

Take = Callable[..., Workspace]
RULE = "1f403488e5c5138c"


def states(space: Workspace) -> dict[str, tuple[RuleState, str]]:
    return {rule.id: (rule.state, rule.why) for rule in mining.mine(space).rules}


def codified(repo: Repo, space: Workspace) -> str:
    (published,) = codifying.run(space).published
    assert published.ref == "refs/heads/hivemind/skill/python-logging"
    return published.commit


def test_corrections_name_the_accepting_commit_and_both_sides(shop: Repo, take: Take) -> None:
    outcome = deriving.derive(take(shop))
    replaced = [c for c in outcome.corrections if c.kind is CorrectionKind.REPLACED]
    assert [(c.path, c.before, c.after) for c in replaced] == [
        (
            "src/shop/orders.py",
            '    print(f"placed order {len(orders)}")\n',
            '    logger.info(f"placed order {len(orders)}")\n',
        ),
        ("src/shop/payment.py", '    print(f"charging {customer}")\n', '    logger.info(f"charging {customer}")\n'),
        ("src/shop/stock.py", '    print(f"reserved {item}")\n', '    logger.info(f"reserved {item}")\n'),
    ]
    assert [c.commit for c in replaced] == shop.git("rev-list", "--reverse", "HEAD").splitlines()[1:]
    assert {c.author for c in replaced} == {"Ada <ada@example.com>"}


def test_a_second_derivation_writes_nothing(shop: Repo, take: Take) -> None:
    space = take(shop)
    first = deriving.derive(space)
    tip = shop.git("rev-parse", "hivemind/sessions")
    assert deriving.derive(open_workspace(shop.path)) == first
    (space.repository.state_dir / "derived.json").unlink()
    assert deriving.derive(open_workspace(shop.path)) == first
    assert shop.git("rev-parse", "hivemind/sessions") == tip


def test_a_commit_that_comes_later_is_found_without_a_hook(repo: Repo, shop: Repo, take: Take) -> None:
    last = shop.git("rev-parse", "HEAD")
    shop.git("reset", "-q", "--hard", "HEAD~1")
    shop.git("reflog", "expire", "--expire=now", "--all")
    space = take(shop)
    assert len([c for c in deriving.derive(space).corrections if c.kind is CorrectionKind.REPLACED]) == 2
    shop.git("reset", "-q", "--hard", last)
    found = deriving.derive(open_workspace(shop.path)).corrections
    assert len([c for c in found if c.kind is CorrectionKind.REPLACED]) == 3


def test_a_commit_that_was_reset_away_is_found_in_git_s_own_log(shop: Repo, take: Take) -> None:
    shop.git("reset", "-q", "--hard", "HEAD~1")
    found = deriving.derive(take(shop)).corrections
    assert len([c for c in found if c.kind is CorrectionKind.REPLACED]) == 3


def test_two_decisions_wait_for_a_third(shop: Repo, take: Take) -> None:
    space = take(shop, 1, 2)
    assert {(rule.before, rule.state, rule.why) for rule in mining.mine(space).rules if "print" in rule.before} == {
        ('print(f"$0")', RuleState.HELD, "2 of 3 decisions")
    }
    assert codifying.run(space).published == []
    assert shop.git("for-each-ref", "refs/heads/hivemind/skill") == ""


def test_codify_leaves_worktree_index_and_head_alone(shop: Repo, take: Take) -> None:
    space = take(shop)
    shop.write("src/shop/orders.py", "# half done\n")
    shop.write("new.txt", "untracked\n")
    before = (shop.git("status", "--porcelain"), shop.git("rev-parse", "HEAD"), (shop.path / ".git/index").read_bytes())
    codified(shop, space)
    after = (shop.git("status", "--porcelain"), shop.git("rev-parse", "HEAD"), (shop.path / ".git/index").read_bytes())
    assert after == before
    changed = shop.git("diff", "--name-only", "main", "hivemind/skill/python-logging").splitlines()
    assert changed == [
        ".agents/skills/python-logging",
        ".claude/skills/python-logging/SKILL.md",
        ".claude/skills/python-logging/rules.toml",
    ]


def test_codify_again_adds_no_commit(shop: Repo, take: Take) -> None:
    space = take(shop)
    tip = codified(shop, space)
    again = codifying.run(open_workspace(shop.path))
    assert again.published == []
    assert again.standing == 1
    assert shop.git("rev-parse", "hivemind/skill/python-logging") == tip


@pytest.mark.parametrize("how", ["merge", "squash", "reworded"])
def test_a_revert_drops_the_rule_for_good_and_a_revert_of_it_brings_it_back(shop: Repo, take: Take, how: str) -> None:
    space = take(shop)
    codified(shop, space)
    branch = "hivemind/skill/python-logging"
    if how == "merge":
        shop.git("merge", "-q", "--no-ff", "--no-edit", branch)
    elif how == "squash":
        shop.git("merge", "-q", "--squash", branch)
        shop.git("commit", "-qm", "Squashed, its trailers lost")
    else:
        shop.git("cherry-pick", branch)
        shop.git("commit", "-q", "--amend", "-m", "Other words, no trailer")
    assert states(open_workspace(shop.path))[RULE][0] is RuleState.PUBLISHED
    shop.git("revert", "--no-edit", *(["-m", "1"] if how == "merge" else []), "HEAD")
    revert = shop.git("rev-parse", "HEAD")
    assert states(open_workspace(shop.path))[RULE] == (RuleState.HELD, f"reverted in {revert}")
    assert codifying.run(open_workspace(shop.path)).published == []
    shop.git("revert", "--no-edit", "HEAD")
    assert states(open_workspace(shop.path))[RULE][0] is RuleState.PUBLISHED


def test_lineage_answers_in_both_directions(shop: Repo, take: Take) -> None:
    space = take(shop)
    commit = codified(shop, space)
    shop.git("merge", "-q", "--no-edit", "hivemind/skill/python-logging")
    space = open_workspace(shop.path)
    (change,) = tracing.log(space)
    assert (change.skill, change.commit, change.added) == ("python-logging", commit, (RULE,))
    assert len(change.sessions) == 3
    assert len(change.corrections) == 3
    session, correction = change.sessions[0], change.corrections[0]
    for question in (
        "python-logging",
        ".claude/skills/python-logging",
        "src/shop",
        commit,
        commit[:10],
        session,
        session[:8],
        correction[:12],
    ):
        assert tracing.log(space, question) == (change,), question
    assert tracing.log(space, "src/shop/nowhere.py") == ()
    assert deriving.published_rule_of(space)[correction] == RULE


def test_trailers_are_gits_own(shop: Repo, take: Take) -> None:
    codified(shop, take(shop))
    message = shop.git("log", "-1", "--format=%B", "hivemind/skill/python-logging")
    trailers = shop.git("interpret-trailers", "--parse", stdin=message).splitlines()
    names = [line.split(": ")[0] for line in trailers]
    assert names == [
        "Hivemind-Skill",
        "Hivemind-Rule",
        *["Hivemind-Session"] * 3,
        *["Hivemind-Correction"] * 3,
        "Hivemind-Drafter",
    ]


def test_the_direct_way_commits_here(shop: Repo, take: Take) -> None:
    space = take(shop)
    (published,) = codifying.run(space, direct=True).published
    assert shop.git("rev-parse", "HEAD") == published.commit
    assert shop.git("status", "--porcelain") == ""
    assert (shop.path / ".claude/skills/python-logging/SKILL.md").is_file()


def test_sessions_are_listed_newest_first_and_shown_by_the_start_of_their_id(shop: Repo, take: Take) -> None:
    space = take(shop)
    listed = listing.sessions(space)
    assert [one.t[:10] for one in listed] == ["2026-11-04", "2026-11-03", "2026-11-02"]
    assert [event.session for event in listing.events(space, listed[0].session[:6])] == [listed[0].session] * 8
    with pytest.raises(HivemindError, match="no session starts with zzz"):
        listing.events(space, "zzz")


def test_nothing_of_the_images_reaches_git(shop: Repo, take: Take) -> None:
    space = take(shop)
    deriving.derive(space)
    names = shop.git("ls-tree", "-r", "--name-only", "hivemind/sessions").splitlines()
    assert {name.split("/")[0] for name in names} == {"format", "sessions", "corrections"}
    for name in names:
        if name == "format":
            continue
        for line in shop.git("show", f"hivemind/sessions:{name}").splitlines():
            assert "image" not in json.loads(line)
