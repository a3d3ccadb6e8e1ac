"""`check` on a repository whose main branch has a skill, and an agent that makes the mistake again."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import RULE, SKILL, Hivemind, Said
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif
from repos import Repo

from hivemind_git.cli import findings
from hivemind_git.demo import days
from hivemind_git.pipeline.checking import Checked, Found

STOCK = "src/shop/stock.py"
MENDED = '    logger.info(f"reserved {item}")'
TEXT = f"""\
{STOCK}:10:5: {SKILL}: print(f"$0") → logger.info(f"$0") [{RULE}]
    -    print(f"reserved {{item}}")
    +{MENDED}
1 finding.
"""


def relapsed(repo: Repo) -> Repo:
    """Puts back what the agent wrote on the third day, not committed."""
    (day,) = [day for day in days() if day.path == STOCK]
    repo.write(STOCK, day.written)
    return repo


def finding(**changes: Any) -> dict[str, Any]:
    return {
        "path": STOCK,
        "line": 10,
        "column": 5,
        "rule": RULE,
        "skill": SKILL,
        "text": 'print(f"reserved {item}")',
        "suggestion": MENDED,
        "origin": "agent",
        **changes,
    }


def found(hivemind: Hivemind, repo: Repo, *arguments: str) -> list[dict[str, Any]]:
    said = hivemind(repo.path, "check", "--json", *arguments)
    assert said.err == ""
    data = json.loads(said.out)
    assert data["version"] == 1
    assert said.code == (1 if data["findings"] else 0)
    return data["findings"]


def test_an_agents_relapse_is_found_wherever_it_stands(skilled: Repo, hivemind: Hivemind) -> None:
    assert hivemind(skilled.path, "check") == Said(0, "", "")
    relapsed(skilled)
    assert hivemind(skilled.path, "check") == Said(1, TEXT, "")
    assert found(hivemind, skilled, "--staged") == []
    assert found(hivemind, skilled, STOCK) == [finding()]
    skilled.git("add", STOCK)
    assert found(hivemind, skilled, "--staged") == [finding()]
    skilled.commit("Relapse")
    assert found(hivemind, skilled) == []
    for range_ in ("HEAD", "HEAD~1..HEAD", "HEAD~1..", "main"):
        assert found(hivemind, skilled, range_) == [finding()], range_


def test_lines_of_nobody_knows_whom_count_when_asked_or_where_no_session_is_known(
    skilled: Repo, hivemind: Hivemind, tmp_path: Path
) -> None:
    skilled.write("src/shop/hand.py", 'def f():\n    print(f"by hand")\n')
    said = hivemind(skilled.path, "check")
    assert said == Said(0, "1 more finding on lines that nobody knows who wrote (--all shows them).\n", "")
    hand = finding(
        path="src/shop/hand.py",
        line=2,
        text='print(f"by hand")',
        suggestion='    logger.info(f"by hand")',
        origin="unknown",
    )
    assert found(hivemind, skilled, "--all") == [hand]
    skilled.commit("By hand")
    skilled.git("clone", "-q", "--no-local", str(skilled.path), str(tmp_path / "ci"))
    said = hivemind(tmp_path / "ci", "check", "HEAD")
    assert said.code == 1
    assert said.out.splitlines()[-2:] == [
        "1 finding.",
        "No session is known on this machine, so all added lines were checked.",
    ]


def test_only_added_lines_are_checked(skilled: Repo, hivemind: Hivemind) -> None:
    relapsed(skilled).commit("Relapse")
    shown = (skilled.path / STOCK).read_text()
    skilled.write(STOCK, "# one more line\n" + shown)
    assert found(hivemind, skilled, "--all") == []
    skilled.git("mv", STOCK, "src/shop/renamed.py")
    assert found(hivemind, skilled, "--all", "--staged") == []
    assert found(hivemind, skilled, "src/shop/renamed.py", "--all") == [
        finding(path="src/shop/renamed.py", line=11, origin="unknown")
    ]


@pytest.mark.parametrize("directive", [RULE, RULE[:8], SKILL, f"other, {RULE}"])
def test_a_line_a_path_and_a_rule_are_let_off(skilled: Repo, hivemind: Hivemind, directive: str) -> None:
    relapsed(skilled)
    text = (skilled.path / STOCK).read_text()
    marked = text.replace('{item}")', '{item}")  # hivemind: ignore[' + directive + "]")
    assert found(hivemind, skilled) == [finding()]
    skilled.write(STOCK, marked)
    assert found(hivemind, skilled, "--all") == []
    skilled.write(STOCK, marked.replace(directive, "another"))
    assert len(found(hivemind, skilled, "--all")) == 1


def test_paths_and_rules_are_let_off_by_settings(skilled: Repo, hivemind: Hivemind) -> None:
    relapsed(skilled)
    skilled.write(".hivemind.toml", '[check]\nignore = ["src/shop/st*"]\n')
    assert found(hivemind, skilled) == []
    skilled.write(".hivemind.toml", f'[check]\nmute = ["{RULE}"]\n')
    assert found(hivemind, skilled) == []
    (skilled.path / ".hivemind.toml").unlink()
    skilled.git("config", "hivemind.mute", SKILL)
    assert found(hivemind, skilled) == []
    skilled.git("config", "hivemind.mute", "other")
    assert found(hivemind, skilled) == [finding()]


def test_the_index_that_a_commit_hands_to_its_hook_counts(skilled: Repo, hivemind: Hivemind) -> None:
    """`git commit -a` has an index of its own, `git -C` sets GIT_DIR: the hook must read what will be committed."""
    relapsed(skilled)
    hook = skilled.path / ".git/hooks/pre-commit"
    log = skilled.path.parent / "log"
    hook.write_text(f'#!/bin/sh\n"{sys.executable}" -m hivemind_git check --staged >"{log}"\n')
    hook.chmod(0o755)
    skilled.git("commit", "-qam", "Relapse", check=False)
    assert log.read_text() == TEXT
    assert skilled.git("status", "--porcelain") == f" M {STOCK}", "the commit must have been stopped"


def test_code_scanning_and_annotations(skilled: Repo, hivemind: Hivemind) -> None:
    relapsed(skilled)
    said = hivemind(skilled.path, "check", "--format", "github")
    headline = 'print(f"$0") → logger.info(f"$0")'
    assert said == Said(
        1,
        f"::warning file={STOCK},line=10,endLine=10,col=5,title={SKILL} [{RULE}]::"
        f"{headline}%0AInstead: {MENDED.strip()}\n",
        "",
    )
    said = hivemind(skilled.path, "check", "--format", "sarif")
    log = json.loads(said.out)
    Sarif.model_validate_json(said.out, strict=True)
    place = {"uri": STOCK, "uriBaseId": "%SRCROOT%"}
    region = {"startLine": 10, "startColumn": 5, "endLine": 10}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["tool"]["driver"].pop("semanticVersion")
    assert run == {
        "tool": {
            "driver": {
                "name": "git-hivemind",
                "rules": [
                    {
                        "id": RULE,
                        "name": SKILL,
                        "shortDescription": {"text": headline},
                        "defaultConfiguration": {"level": "warning"},
                    }
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": RULE,
                "ruleIndex": 0,
                "level": "warning",
                "message": {"text": f"{headline}\nInstead: {MENDED.strip()}"},
                "locations": [{"physicalLocation": {"artifactLocation": place, "region": region}}],
                "fixes": [
                    {
                        "description": {"text": headline},
                        "artifactChanges": [
                            {
                                "artifactLocation": place,
                                "replacements": [
                                    {
                                        "deletedRegion": {**region, "startColumn": 1, "endColumn": 30},
                                        "insertedContent": {"text": MENDED},
                                    }
                                ],
                            }
                        ],
                    }
                ],
                "properties": {"skill": SKILL, "origin": "agent"},
            }
        ],
    }
    for form in ("github", "sarif"):
        skilled.git("checkout", "-q", STOCK)
        said = hivemind(skilled.path, "check", "--format", form)
        assert (said.code, said.err) == (0, "")


def a_log(*found: Found) -> Any:
    checked = Checked(findings=found, everything=False, agents_only=True, passed=0, rules=1, lines=9, broken={})
    return json.loads(json.dumps(findings.sarif(checked)))


def test_code_scanning_reads_every_finding_by_the_schema_of_sarif() -> None:
    """The model is generated from the OASIS schema of SARIF 2.1.0 and takes no key that the schema does not know."""
    hostile = Found(
        path="src/a b%20\udcff\u202e.py",
        line=3,
        column=9,
        rule=RULE,
        skill=SKILL,
        text="print(\n    x)",
        lines="        print(\n    x)",
        suggestion="",
        origin="unknown",
        headline="\x1b[31m% ::error::\u202e",
    )
    for log in (a_log(), a_log(hostile), a_log(hostile, replace(hostile, rule="0" * 16, line=9))):
        assert Sarif.model_validate_json(json.dumps(log), strict=True).runs[0].tool.driver.name == "git-hivemind"
    (run,) = a_log(hostile)["runs"]
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == "src/a%20b%2520%FF%E2%80%AE.py"
    broken = a_log(hostile)
    broken["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        Sarif.model_validate_json(json.dumps(broken), strict=True)


def test_what_names_nothing_is_refused_in_a_sentence(skilled: Repo, hivemind: Hivemind) -> None:
    for arguments, sentence in {
        ("nowhere",): "nowhere is neither a revision nor a path here",
        ("main..nowhere",): "nowhere is no revision here",
        ("HEAD", "--staged"): "what is staged is in no revision",
        ("..",): ".. is outside of this repository",
    }.items():
        said = hivemind(skilled.path, "check", *arguments)
        assert (said.code, said.out) == (3, ""), arguments
        assert said.err.splitlines()[0] == f"hivemind: {sentence}"


def test_a_repository_without_a_commit_or_a_skill_has_nothing_to_check(repo: Repo, hivemind: Hivemind) -> None:
    repo.write("a.py", "print(1)\n")
    assert hivemind(repo.path, "check", "--all") == Said(0, "", "")
    repo.commit("first")
    assert hivemind(repo.path, "check", "--all", "HEAD") == Said(0, "", "")
