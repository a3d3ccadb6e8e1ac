"""`log`: the lineage as people read it, whatever became of the skill's commits, on any branch."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli.conftest import RULE, SKILL, Hivemind
from repos import Repo

BRANCH = f"hivemind/skill/{SKILL}"


def changes(hivemind: Hivemind, repo: Repo, *arguments: str) -> list[dict[str, Any]]:
    said = hivemind(repo.path, "log", "--json", *arguments)
    assert (said.code, said.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(said.out)["skills"]
    return found


def rebased(repo: Repo) -> None:
    repo.commit("meanwhile", other="x\n")
    repo.git("rebase", "-q", "main", BRANCH)


def squashed(repo: Repo) -> None:
    repo.commit("meanwhile", other="x\n")
    repo.git("checkout", "-q", "-b", "release")
    repo.git("merge", "-q", "--squash", BRANCH)
    repo.git("commit", "-q", "-m", "Our skills (#12)")


def picked(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "release")
    repo.commit("meanwhile", other="x\n")
    repo.git("cherry-pick", BRANCH)


def reverted_twice(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "release")
    repo.git("merge", "-q", "--no-ff", "--no-edit", BRANCH)
    repo.git("revert", "--no-edit", "-m", "1", "HEAD")
    repo.git("revert", "--no-edit", "HEAD")


@pytest.mark.parametrize(
    ("what", "rev", "states"),
    [
        (rebased, BRANCH, ["live"]),
        (squashed, "release", ["live"]),
        (picked, "release", ["live"]),
        (reverted_twice, "release", ["live", "reverted", "live"]),
        (reverted_twice, "release~1", ["reverted", "reverted"]),
    ],
)
def test_whatever_became_of_its_commits_on_any_branch(
    taught: Repo, hivemind: Hivemind, what: Any, rev: str, states: list[str]
) -> None:
    """`log`, `show` and `blame` from a branch that is not checked out: the rule, and all that it rests on."""
    hivemind(taught.path, "codify")
    what(taught)
    taught.git("checkout", "-q", "--detach", "main")
    assert changes(hivemind, taught) == []
    found = changes(hivemind, taught, "--rev", rev)
    assert [(one["name"], one["state"], one["rules"]) for one in found] == [(SKILL, state, [RULE]) for state in states]
    assert {len(one["sessions"]) for one in found} == {len(one["corrections"]) for one in found} == {3}
    session, correction = found[0]["sessions"][0], found[0]["corrections"][0]
    source = taught.git("log", "-1", "--format=%h", "main", "--", "src/shop/stock.py")
    for question in (SKILL, session, correction[:9], source, "src/shop/stock.py", ".claude/skills"):
        assert changes(hivemind, taught, question, "--rev", rev) == found
    drawn = hivemind(taught.path, "log", "--graph", "--oneline", "--rev", rev).out.splitlines()
    assert [line[:11] for line in drawn] == [f"* {one['commit'][:9]}" for one in found]
    lines = json.loads(hivemind(taught.path, "blame", SKILL, rev, "--json").out) if states[0] == "live" else None
    if lines:
        ruled = [one for one in lines["lines"] if one["rule"]]
        assert {(one["rule"], one["commit"], len(one["corrections"])) for one in ruled} == {
            (RULE, found[0]["commit"], 3)
        }
        skill = json.loads(hivemind(taught.path, "show", SKILL, "--rev", rev, "--json").out)["skill"]
        assert (skill["offered"], skill["changes"]) == (False, found)


def test_it_reads_like_git_log(skilled: Repo, hivemind: Hivemind) -> None:
    skilled.git("revert", "--no-edit", "HEAD")
    revert, first = skilled.git("rev-parse", "HEAD", "HEAD~1").splitlines()
    commits = {
        name: skilled.git("log", "-1", "--format=%h", "--abbrev=9", "--", f"src/shop/{name}.py")
        for name in ("orders", "payment", "stock")
    }
    assert (
        hivemind(skilled.path, "log", "-n", "1").out
        == f"""skill {SKILL} (reverted)
commit  {revert}
author  Ada, 2026-01-01
path    .claude/skills/{SKILL}

    Revert "Add the skill {SKILL}"

  - rule {RULE}  print(f"$0") → logger.info(f"$0")
      correction 4445b9e65a2a  session 0f075bf3-1f8
        src/shop/orders.py {commits["orders"]}
        -    print(f"placed order {{len(orders)}}")
        +    logger.info(f"placed order {{len(orders)}}")
      correction 0c65416ba635  session e5be6f68-2dc
        src/shop/payment.py {commits["payment"]}
        -    print(f"charging {{customer}}")
        +    logger.info(f"charging {{customer}}")
      correction 0fb4a14ad9b9  session 459ebb0c-37e
        src/shop/stock.py {commits["stock"]}
        -    print(f"reserved {{item}}")
        +    logger.info(f"reserved {{item}}")
"""
    )
    assert hivemind(skilled.path, "log", "--oneline").out == (
        f'{revert[:9]} (reverted) {SKILL} -1f403488e: Revert "Add the skill {SKILL}"\n'
        f"{first[:9]} (reverted) {SKILL} +1f403488e: Add the skill {SKILL}\n"
    )
    assert hivemind(skilled.path, "log", "nowhere.py").out == "Nothing came of or from nowhere.py.\n"
    said = hivemind(skilled.path, "log", "--rev", "nowhere")
    assert (said.code, said.err.splitlines()[0]) == (3, "hivemind: nowhere is no revision here")


def test_the_graph_joins_what_was_merged(skilled: Repo, hivemind: Hivemind) -> None:
    """Two branches that changed one skill: git's own edges, our text beside them, a merge of nothing new dim."""
    path = f".claude/skills/{SKILL}/SKILL.md"
    text = (skilled.path / path).read_text()
    skilled.git("checkout", "-q", "-b", "side")
    side = skilled.commit("Their words", **{path: text + "\nAsk Bob.\n"})[:9]
    skilled.git("checkout", "-q", "main")
    first = skilled.git("rev-parse", "HEAD")[:9]
    main = skilled.commit("Our words", when=1767225700, **{path: text.replace("What people here", "What we")})[:9]
    skilled.git("merge", "-q", "--no-edit", "side", env={"GIT_COMMITTER_DATE": "1767225800 +0000"})
    merge = skilled.git("rev-parse", "HEAD")[:9]
    assert hivemind(skilled.path, "log", "--graph", "--oneline").out.splitlines() == [
        f"*   {merge} (edited) {SKILL}: Merge branch 'side'",
        "|\\",
        f"| * {side} (edited) {SKILL}: Their words",
        f"* | {main} (edited) {SKILL}: Our words",
        "|/",
        f"* {first} (live) {SKILL} +1f403488e: Add the skill {SKILL}",
    ]
    drawn = hivemind(skilled.path, "log", "--graph", "-n", "2").out
    assert drawn.startswith(f"*   skill {SKILL} (edited)\n|\\  commit  {merge}")
    assert "\n| |   print" not in drawn
    assert all(line[0] in "*|" for line in drawn.splitlines())


def test_what_came_from_elsewhere_cannot_act_on_the_terminal(skilled: Repo, hivemind: Hivemind) -> None:
    path = f".claude/skills/{SKILL}/rules.toml"
    text = (skilled.path / path).read_text()
    skilled.write(path, text.replace("src/shop/stock.py", "src/\\u001b]0;owned\\u0007.py"))
    skilled.git("commit", "-qam", "words\x1b[31m red\u202e")
    for arguments in (("log",), ("log", "--graph"), ("log", "--oneline"), ("show", SKILL), ("show", RULE)):
        for colour in ("--color=never", "--color"):
            out = hivemind(skilled.path, *arguments, colour).out
            assert "\x07" not in out
            assert "\u202e" not in out
            assert "\x1b]" not in out
            assert "\x1b[31m red" not in out
