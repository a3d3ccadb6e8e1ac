"""`show`: one thing, whatever it is, with the diffs and the words."""

from __future__ import annotations

import json
from typing import Any

from cli.conftest import RULE, SKILL, Hivemind
from repos import Repo

from hivemind_git.demo import days
from hivemind_git.pipeline.workspace import open_workspace


def shown(hivemind: Hivemind, repo: Repo, what: str) -> dict[str, Any]:
    said = hivemind(repo.path, "show", what, "--json")
    assert (said.code, said.err) == (0, "")
    return json.loads(said.out)


def test_a_skill_with_its_text_commits_and_evidence(skilled: Repo, hivemind: Hivemind) -> None:
    commit = skilled.git("rev-parse", f"hivemind/skill/{SKILL}")
    text = skilled.git("show", f"HEAD:.claude/skills/{SKILL}/SKILL.md")
    said = hivemind(skilled.path, "show", SKILL)
    lines = said.out.splitlines()
    assert lines[:2] == [f"skill {SKILL} (live)", f"path    .claude/skills/{SKILL}"]
    assert lines[2].startswith(f"commit  {commit[:9]} ({SKILL}, live) ")
    assert "\n".join(f"    {line}".rstrip() for line in text.splitlines()) in "\n".join(map(str.rstrip, lines))
    assert f'rule {RULE}  print(f"$0") → logger.info(f"$0")' in lines
    assert '    -    print(f"reserved {item}")' in lines
    skill = shown(hivemind, skilled, SKILL)["skill"]
    assert (skill["commit"], skill["offered"]) == (skilled.git("rev-parse", "HEAD"), False)
    assert [(one["id"], len(one["evidence"])) for one in skill["rules"]] == [(RULE, 3)]
    assert [(one["commit"], one["state"]) for one in skill["changes"]] == [(commit, "live")]


def test_a_skill_on_its_branch_and_a_rule(taught: Repo, hivemind: Hivemind) -> None:
    hivemind(taught.path, "codify")
    skill = shown(hivemind, taught, SKILL)["skill"]
    assert (skill["offered"], skill["commit"]) == (True, taught.git("rev-parse", f"hivemind/skill/{SKILL}"))
    rule = shown(hivemind, taught, RULE[:8])["rule"]
    assert (rule["id"], rule["state"], rule["places"]) == (RULE, "candidate", [f"offered on the branch of {SKILL}"])


def test_a_correction_and_its_session(skilled: Repo, hivemind: Hivemind) -> None:
    store = open_workspace(skilled.path).store()
    one = next(each for each in store.corrections() if each.path == "src/shop/stock.py" and each.after)
    said = hivemind(skilled.path, "show", one.id[:12])
    lines = said.out.splitlines()
    assert lines[0] == f"replaced {one.id[:12]}  src/shop/stock.py"
    assert lines[-5:] == [
        '    -    print(f"reserved {item}")',
        '    +    logger.info(f"reserved {item}")',
        f"session   {one.session}",
        f"asked     “{list(days())[2].prompt}”",
        f"led to    rule {RULE} of the skill {SKILL}",
    ]
    data = shown(hivemind, skilled, one.id)["correction"]
    assert (data["id"], data["rule"], data["skill"]) == (one.id, RULE, SKILL)
    session = shown(hivemind, skilled, one.session)["session"]
    assert session["id"] == one.session
    assert one.id in [each["id"] for each in session["corrections"]]
    assert [each["name"] for each in session["changes"]] == [SKILL]
    assert {"prompt", "edit"} <= {each["kind"] for each in session["events"]}
    text = hivemind(skilled.path, "show", one.session[:13]).out
    assert text.startswith(f"session {one.session}\ncommit  ")
    assert '    -    print(f"reserved {item}")' in text


def test_what_is_nothing_is_refused(repo: Repo, hivemind: Hivemind) -> None:
    for what in ("nothing", "", "abc"):
        said = hivemind(repo.path, "show", what)
        assert (said.code, said.out) == (3, "")
        assert said.err.startswith("hivemind: no skill, rule, correction or session is")
