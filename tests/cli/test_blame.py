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


def test_a_persons_line_is_nobodys_rule(skilled: Repo, hivemind: Hivemind) -> None:
    path = f".claude/skills/{SKILL}/SKILL.md"
    text = (skilled.path / path).read_text()
    skilled.commit("In my words", **{path: text + "\nAsk Ada.\n"})
    out = hivemind(skilled.path, "blame", SKILL).out.splitlines()
    assert out[0] == "commit    rule             corrections / sessions"
    assert out[-1].split(") ", 1) == [" " * 37 + f" {text.count(chr(10)) + 2}", "Ask Ada."]
    commit = skilled.git("rev-parse", f"hivemind/skill/{SKILL}")
    number = text.splitlines().index(f"<!-- hivemind:rule {RULE} -->") + 1
    assert f"{commit[:9]} {RULE}    3 / 3   {number}) <!-- hivemind:rule {RULE} -->" in out
    told = [line for line in hivemind(skilled.path, "blame", SKILL, "--evidence").out.splitlines() if line not in out]
    assert len(told) == 3
    assert all(line.startswith("    correction ") for line in told)


def test_no_skill_is_a_sentence(repo: Repo, hivemind: Hivemind) -> None:
    said = hivemind(repo.path, "blame", "nothing")
    assert (said.code, said.err.splitlines()[0]) == (3, "hivemind: no skill nothing stands in HEAD")
