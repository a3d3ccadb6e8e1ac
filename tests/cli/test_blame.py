"""`blame`: each line of a skill leads to its rule."""

from __future__ import annotations

import json

from cli.conftest import RULE, SKILL, Hivemind
from repos import Repo


def test_each_line_leads_to_its_rule_corrections_and_sessions(skilled: Repo, hivemind: Hivemind) -> None:
    commit = skilled.git("rev-parse", f"hivemind/skill/{SKILL}")
    path = f".claude/skills/{SKILL}/SKILL.md"
    text = skilled.git("show", f"HEAD:{path}").splitlines()
    lines = json.loads(hivemind(skilled.path, "blame", SKILL, "--json").out)["lines"]
    assert [one["text"] for one in lines] == text
    assert [one["number"] for one in lines] == list(range(1, len(text) + 1))
    ruled = [one for one in lines if one["rule"]]
    assert {(one["rule"], one["commit"], len(one["corrections"]), len(one["sessions"])) for one in ruled} == {
        (RULE, commit, 3, 3)
    }
    block = text.index(f"<!-- hivemind:rule {RULE} -->")
    assert [one["rule"] for one in lines[block : text.index("<!-- /hivemind:rule -->") + 1]] == [RULE] * (
        text.index("<!-- /hivemind:rule -->") + 1 - block
    )
    assert all(one["rule"] is one["commit"] is None and one["corrections"] == [] for one in lines[:3])
    for name in (f".claude/skills/{SKILL}/", path):
        assert json.loads(hivemind(skilled.path, "blame", name, "--json").out)["lines"] == lines


def test_a_persons_line_is_nobodys_rule_and_an_edited_one_has_both(skilled: Repo, hivemind: Hivemind) -> None:
    path = f".claude/skills/{SKILL}/SKILL.md"
    text = (skilled.path / path).read_text()
    first = skilled.git("rev-parse", f"hivemind/skill/{SKILL}")[:9]
    skilled.git("config", "user.name", "Bob")
    bob = skilled.commit("In my words", **{path: text.replace("## Write", "## Always write") + "\nAsk Bob.\n"})[:9]
    out = hivemind(skilled.path, "blame", SKILL).out.splitlines()
    number = text.splitlines().index(f"<!-- hivemind:rule {RULE} -->") + 1
    assert out[number - 1] == f"{first} Ada 1f403488e   3/3   {number}) <!-- hivemind:rule {RULE} -->"
    assert (
        out[number]
        == f'{bob} Bob 1f403488e   3/3   {number + 1}) ## Always write `logger.info(f"$0")`, not `print(f"$0")`'
    )
    assert out[-1] == f"{bob} Bob                   {len(out)}) Ask Bob."
    assert out[0] == f"{first} Ada                    1) ---"
    told = [line for line in hivemind(skilled.path, "blame", SKILL, "--evidence").out.splitlines() if line not in out]
    assert told[0] == f"    rule {RULE}, which came in {first}"
    assert [line[:15] for line in told[1:]] == ["    correction "] * 3
    before = hivemind(skilled.path, "blame", SKILL, f"hivemind/skill/{SKILL}").out.splitlines()
    assert before == [line.replace(bob, first) for line in before]
    assert len(before) == len(out) - 2


def test_no_skill_is_a_sentence(repo: Repo, hivemind: Hivemind) -> None:
    said = hivemind(repo.path, "blame", "nothing")
    assert (said.code, said.err.splitlines()[0]) == (3, "hivemind: no skill nothing stands in HEAD")
    assert hivemind(repo.path, "blame", "nothing", "nowhere").err.splitlines()[0] == (
        "hivemind: nowhere is no revision here"
    )
