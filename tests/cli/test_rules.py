"""`rules`: what a person sees and decides of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli.conftest import RULE, SKILL, Hivemind
from repos import Repo

BRANCH = f"hivemind/skill/{SKILL}"
HEADLINE = 'print(f"$0") → logger.info(f"$0")'


def rules(hivemind: Hivemind, repo: Repo, *arguments: str) -> dict[str, Any]:
    said = hivemind(repo.path, "rules", "list", "--json", *arguments)
    assert (said.code, said.err) == (0, "")
    return {one["id"]: one for one in json.loads(said.out)["rules"]}


def mined(hivemind: Hivemind, repo: Repo) -> tuple[str, str]:
    """State and reason of the demo's rule."""
    said = hivemind(repo.path, "mine", "--json")
    return next((one["state"], one["why"]) for one in json.loads(said.out)["rules"] if one["id"] == RULE)


def test_a_published_rule_is_listed_and_shown_with_all_it_rests_on(skilled: Repo, hivemind: Hivemind) -> None:
    assert f"published  {RULE}  {SKILL}  {HEADLINE}\n" in hivemind(skilled.path, "rules").out
    assert list(rules(hivemind, skilled, "--state", "published")) == [RULE]
    said = hivemind(skilled.path, "rules", "show", RULE[:6])
    head, *evidence = said.out.rstrip("\n").split("\n\n")
    assert head.splitlines() == [
        f"rule {RULE} (published)",
        '    -print(f"$0")',
        '    +logger.info(f"$0")',
        "scope     src/shop/**/*.py",
        "language  python",
        "rests on  3 decisions in 3 sessions",
        f"stands    live in {SKILL}",
        "why       stands in a skill of this tree",
        "guard     3 corrected, 0 kept, 0 kept earlier",
    ]
    commits = skilled.git("rev-list", "--reverse", "HEAD", "--", "src").splitlines()
    paths = ("orders", "payment", "stock")
    for shown, path, commit in zip(evidence, paths, commits, strict=True):
        _, place, before, after = shown.splitlines()
        assert place == f"    src/shop/{path}.py {commit[:9]}"
        assert before.startswith('    -    print(f"')
        assert after.startswith('    +    logger.info(f"')
    data = json.loads(hivemind(skilled.path, "rules", "show", RULE, "--json").out)["rule"]
    assert data["guard"] == {"corrected": 3, "kept": 0, "earlier": 0}
    assert [one["path"] for one in data["evidence"]] == [f"src/shop/{path}.py" for path in paths]
    assert (data["skill"], data["places"], data["muted"]) == (SKILL, [f"live in {SKILL}"], False)


def test_stated_advice_is_a_candidate_at_once_and_codified(repo: Repo, hivemind: Hivemind) -> None:
    repo.commit("Start", **{"a.go": "package a\n"})
    said = hivemind(repo.path, "rules", "add", "Wrap  every error with its cause.", "--path", "*.go", "--json")
    stated = json.loads(said.out)
    assert (stated["advice"], stated["scope"]) == ("Wrap every error with its cause.", ["*.go"])
    (one,) = rules(hivemind, repo, "--state", "candidate").values()
    assert (one["id"], one["decisions"], one["why"]) == (stated["rule"], 1, "stated outright")
    assert hivemind(repo.path, "codify").code == 0
    (ref,) = repo.git("for-each-ref", "--format=%(refname)", "refs/heads/hivemind/skill").splitlines()
    skill = repo.git("ls-tree", "-r", "--name-only", ref, ".claude").splitlines()[0]
    assert "Wrap every error with its cause." in repo.git("show", f"{ref}:{skill}")
    assert hivemind(repo.path, "rules", "add", " ").code == 3


def test_a_secret_in_stated_advice_is_not_stored(repo: Repo, hivemind: Hivemind) -> None:
    repo.commit("Start")
    secret = "ghp_" + "x7Kq2mZpR4vT9wLb3nYc8sHd5fJg1aUe6iQo"
    said = hivemind(repo.path, "rules", "add", f"Use {secret} for uploads.")
    assert secret not in said.out
    assert secret not in repo.git("log", "-p", "hivemind/sessions")
    assert "for uploads." in repo.git("log", "-p", "hivemind/sessions")


def test_a_branch_deleted_unmerged_is_declined_and_restore_takes_that_back(taught: Repo, hivemind: Hivemind) -> None:
    assert hivemind(taught.path, "codify").code == 0
    assert mined(hivemind, taught)[0] == "candidate"
    taught.git("branch", "-qD", BRANCH)
    assert mined(hivemind, taught) == ("rejected", f"rejected in {BRANCH}, which was deleted unmerged")
    assert hivemind(taught.path, "codify").out.startswith("Nothing to codify")
    said = hivemind(taught.path, "rules", "restore", RULE)
    assert (said.code, said.out) == (0, f"{RULE} may be offered again: git hivemind codify\n")
    assert mined(hivemind, taught)[0] == "candidate"
    assert hivemind(taught.path, "codify").code == 0
    assert taught.git("rev-parse", BRANCH)
    taught.git("branch", "-qD", BRANCH)
    assert mined(hivemind, taught)[0] == "rejected", "declined once more"


@pytest.mark.parametrize("how", ["pushed", "squashed"])
def test_a_branch_that_is_gone_here_is_not_always_declined(taught: Repo, hivemind: Hivemind, how: str) -> None:
    assert hivemind(taught.path, "codify").code == 0
    if how == "pushed":
        bare = taught.path.parent / "hub.git"
        taught.git("init", "-q", "--bare", str(bare))
        taught.git("remote", "add", "origin", str(bare))
        taught.git("push", "-q", "origin", BRANCH)
    else:
        taught.git("merge", "-q", "--squash", BRANCH)
        taught.git("commit", "-qm", "Squashed")
    taught.git("branch", "-qD", BRANCH)
    assert mined(hivemind, taught)[0] == ("candidate" if how == "pushed" else "published")


def test_a_reverted_rule_is_restored_on_its_branch(skilled: Repo, hivemind: Hivemind) -> None:
    skilled.git("rm", "-rq", ".claude", ".agents")
    gone = skilled.commit("No skills, please")
    assert mined(hivemind, skilled) == ("held", f"reverted in {gone}")
    skilled.git("branch", "-qD", BRANCH)
    said = hivemind(skilled.path, "rules", "restore", RULE)
    tip = skilled.git("rev-parse", BRANCH)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0] == f"{RULE} is back in {SKILL}, committed on {BRANCH} ({tip[:9]})"
    assert skilled.git("rev-parse", f"{BRANCH}~1") == gone
    assert f'id = "{RULE}"' in skilled.git("show", f"{BRANCH}:.claude/skills/{SKILL}/rules.toml")
    assert hivemind(skilled.path, "codify").code == 0
    assert skilled.git("rev-parse", BRANCH) == tip, "codify leaves the restored branch as it is"
    skilled.git("merge", "-q", "--no-edit", BRANCH)
    assert mined(hivemind, skilled)[0] == "published"
    said = hivemind(skilled.path, "rules", "restore", RULE)
    assert (said.code, said.err.splitlines()[0]) == (3, f"hivemind: rule {RULE} was neither dropped nor rejected")


def test_mute_and_unmute(skilled: Repo, hivemind: Hivemind) -> None:
    assert hivemind(skilled.path, "rules", "mute", RULE[:7]).out == f"{RULE} is muted in this clone\n"
    assert hivemind(skilled.path, "rules", "mute", SKILL).out == f"{SKILL} is muted in this clone\n"
    assert skilled.git("config", "--get-all", "hivemind.mute").splitlines() == [RULE, SKILL]
    assert rules(hivemind, skilled)[RULE]["muted"] is True
    assert hivemind(skilled.path, "rules", "unmute", RULE[:7]).out == f"{RULE} is no longer muted\n"
    assert skilled.git("config", "--get-all", "hivemind.mute").splitlines() == [SKILL]
    said = hivemind(skilled.path, "rules", "unmute", RULE)
    assert (said.code, said.err.splitlines()[0]) == (3, f"hivemind: {RULE} is not muted in this clone")
    said = hivemind(skilled.path, "rules", "mute", "nothing")
    assert (said.code, said.err.splitlines()[0]) == (3, "hivemind: no rule starts with nothing")
