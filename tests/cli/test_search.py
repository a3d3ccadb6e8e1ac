"""`search` and `sql` over a real loop."""

from __future__ import annotations

import json

from cli.conftest import RULE, SKILL, Hivemind
from repos import Repo


def test_words_are_found_in_all_that_the_loop_made(skilled: Repo, hivemind: Hivemind) -> None:
    said = hivemind(skilled.path, "search", "logger*", "--json")
    hits = json.loads(said.out)["hits"]
    assert (said.code, said.err) == (0, "")
    assert {hit["kind"] for hit in hits} >= {"skill", "rule", "correction"}
    assert [hit["id"] for hit in hits if hit["kind"] == "rule"] == [RULE]
    rule = hivemind(skilled.path, "search", "--kind", "rule", "logger")
    assert (rule.out.splitlines()[0], rule.code) == (f"rule       {RULE}  src/shop/**/*.py", 0)


def test_nothing_found_and_nothing_asked(skilled: Repo, hivemind: Hivemind) -> None:
    assert hivemind(skilled.path, "search", "xyzzyplugh") == (1, "", "Nothing found.\n")
    assert hivemind(skilled.path, "search", "()") == (
        2,
        "",
        "hivemind: there is no word to search for\n  git hivemind search WORDS…\n",
    )


def test_sql_piped_is_tabs_and_json_is_typed(skilled: Repo, hivemind: Hivemind) -> None:
    question = "SELECT name, state, json_array_length(rules) AS rules FROM skills"
    assert hivemind(skilled.path, "sql", question) == (0, f"name\tstate\trules\n{SKILL}\tlive\t1\n", "")
    assert json.loads(hivemind(skilled.path, "sql", question, "--json").out) == {
        "version": 1,
        "columns": ["name", "state", "rules"],
        "rows": [[SKILL, "live", 1]],
    }


def test_sql_that_writes_is_refused(skilled: Repo, hivemind: Hivemind) -> None:
    said = hivemind(skilled.path, "sql", "DELETE FROM rules")
    assert (said.code, said.out, said.err.splitlines()[0]) == (2, "", "hivemind: SQLite says: not authorized")


def test_a_reverted_skill_and_rule_are_found_as_such(skilled: Repo, hivemind: Hivemind) -> None:
    hivemind(skilled.path, "search", "logger")
    skilled.git("revert", "--no-edit", f"hivemind/skill/{SKILL}")
    rows = "SELECT skills.state, rules.state FROM skills, rules"
    assert hivemind(skilled.path, "sql", rows).out == "state\tstate\nreverted\theld\n"


def test_an_empty_repository_answers_too(repo: Repo, hivemind: Hivemind) -> None:
    assert hivemind(repo.path, "search", "anything").code == 1
    assert hivemind(repo.path, "sql", "SELECT count(*) AS n FROM sessions").out == "n\n0\n"
