"""What `check` found, for people, programs, code scanning (SARIF 2.1.0) and GitHub's annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from hivemind_git import __version__
from hivemind_git.cli import render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.checking import Checked, Found

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def text(checked: Checked) -> str:
    """Each finding as compilers print theirs, with the line as the rule would have it; then how many there are."""
    blocks = []
    for one in checked.findings:
        place = render.style(render.printable(f"{one.path}:{one.line}:{one.column}:"), bold=True)
        skill = render.style(one.skill, fg="yellow")
        blocks.append(f"{place} {skill}: {render.one_line(one.headline, 120)} [{one.rule}]")
        blocks.append(render.diff(one.lines, one.suggestion))
    return "\n".join([*blocks, *_summary(checked)])


def _summary(checked: Checked) -> list[str]:
    said = []
    if checked.findings:
        said.append(f"{render.count(len(checked.findings), 'finding')}.")
    if checked.passed:
        findings = render.count(checked.passed, "more finding")
        said.append(f"{findings} on lines that nobody knows who wrote (--all shows them).")
    if checked.findings and not checked.agents_only and not checked.everything:
        said.append("No session is known on this machine, so all added lines were checked.")
    return said


def as_json(checked: Checked) -> dict[str, Json]:
    """The findings as `check --json` has them, and what was checked."""
    return {
        "findings": [_row(one) for one in checked.findings],
        "checked": {
            "lines": checked.lines,
            "rules": checked.rules,
            "origins": "agent" if checked.agents_only else "all",
            "passed_over": checked.passed,
            "broken": {name: error.sentence for name, error in checked.broken.items()},
        },
    }


def _row(one: Found) -> dict[str, Json]:
    return {
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "rule": one.rule,
        "skill": one.skill,
        "text": one.text,
        "suggestion": one.suggestion,
        "origin": one.origin,
    }


def github(checked: Checked) -> str:
    """Workflow commands, one a finding, which GitHub shows beside the lines of a pull request."""
    rows = []
    for one in checked.findings:
        place = {"file": one.path, "line": str(one.line), "endLine": str(one.end_line), "col": str(one.column)}
        place["title"] = f"{one.skill} [{one.rule}]"
        properties = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in place.items())
        rows.append(f"::warning {properties}::{_escaped(_message(one))}")
    return "\n".join(rows)


def _escaped(value: str, further: str = "") -> str:
    # GitHub's toolkit escapes these and no others; a raw line end would start a command of the finding's own.
    for char in "%\r\n" + further:
        value = value.replace(char, f"%{ord(char):02X}")
    return value


def _message(one: Found) -> str:
    instead = one.suggestion.strip()
    return f"{one.headline}\nInstead: {instead}" if instead else f"{one.headline}\nTake it out."


def sarif(checked: Checked) -> dict[str, Json]:
    """A SARIF log (OASIS SARIF 2.1.0) of one run, each finding with a fix. Columns count Unicode code points."""
    rules = sorted({one.rule: one for one in checked.findings}.values(), key=lambda one: one.rule)
    index = {one.rule: number for number, one in enumerate(rules)}
    driver: dict[str, Json] = {
        "name": "git-hivemind",
        "semanticVersion": __version__,
        "rules": [_descriptor(one) for one in rules],
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, index[one.rule]) for one in checked.findings],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _descriptor(one: Found) -> dict[str, Json]:
    return {
        "id": one.rule,
        "name": one.skill,
        "shortDescription": {"text": one.headline},
        "defaultConfiguration": {"level": "warning"},
    }


def _result(one: Found, index: int) -> dict[str, Json]:
    artifact: dict[str, Json] = {"uri": quote(one.path, safe="/", errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}
    place: dict[str, Json] = {"startLine": one.line, "startColumn": one.column, "endLine": one.end_line}
    width = len(one.lines.rpartition("\n")[2])
    replacement: dict[str, Json] = {
        "deletedRegion": {**place, "startColumn": 1, "endColumn": width + 1},
        "insertedContent": {"text": one.suggestion},
    }
    change: dict[str, Json] = {"artifactLocation": artifact, "replacements": [replacement]}
    return {
        "ruleId": one.rule,
        "ruleIndex": index,
        "level": "warning",
        "message": {"text": _message(one)},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": place}}],
        "fixes": [{"description": {"text": one.headline}, "artifactChanges": [change]}],
        "properties": {"skill": one.skill, "origin": one.origin},
    }
