from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hivemind_git.errors import HivemindError
from hivemind_git.model import (
    Correction,
    CorrectionKind,
    CorrectionOrigin,
    Reason,
    ReasonSource,
    Rule,
    RuleKind,
    RuleState,
)
from hivemind_git.skills import document, rules_toml
from hivemind_git.skills.compose import Draft, compose, published
from hivemind_git.skills.document import BODY_LINES, DESCRIPTION_CHARACTERS, LISTING_CHARACTERS
from hivemind_git.skills.layout import Standing
from hivemind_git.skills.rules_toml import Proof

from .conftest import a_rule, advice

NAME = "python-logging"


def standing(draft: Draft, skill: str | None = None, rules: str | None = None) -> Standing:
    return Standing((skill or draft.skill).encode(), (rules or draft.rules_file).encode())


def test_drafts_a_skill() -> None:
    golden = Path(__file__).parent / "golden" / "python-logging.md"
    assert compose(NAME, [a_rule()], Standing()).skill == golden.read_text()


def test_a_new_rule_joins_and_leaves_the_rest_as_it_was(validated: Callable[[str, str], None]) -> None:
    first = compose(NAME, [a_rule()], Standing())
    second = compose(NAME, [advice(2, "Log in English")], standing(first))
    assert (second.added, second.changed, second.new) == (("0000000000000002",), (), False)
    body = second.skill.partition("# Python logging")[2]
    for part in document.parse(first.skill.encode(), "x").parts:
        if part.rule:
            assert part.text in body
    assert "| `0000000000000002` | everywhere | - | Log in English |\n<!-- /hivemind:rules -->" in body
    assert "Log in English" in document.parse(second.skill.encode(), "x").description
    validated(NAME, second.skill)


def test_what_a_person_edited_stays() -> None:
    first = compose(NAME, [a_rule(), a_rule(2, before="log($0)")], Standing())
    skill = (
        first.skill.replace("> we never print, use the logger\n", "> print is for scripts\n", 1)
        .replace("| `0000000000000002` | Python in `src/**/*.py` |", "| `0000000000000002` | only in `src/api/` |")
        .replace("description: ", "description:  ")
        .replace("# Python logging\n", "# How we log\n\nMind the level.\n")
    ) + "\n## See also\n\nThe handbook.\n"
    second = compose(NAME, [advice(3, "Log in English")], standing(first, skill))
    removed = set(skill.splitlines()) - set(second.skill.splitlines())
    assert removed == set()
    assert second.skill.endswith("<!-- /hivemind:rule -->\n\n## See also\n\nThe handbook.\n")
    assert "| `0000000000000003` | everywhere | - | Log in English |" in second.skill
    assert rules_toml.parse(second.rules_file.encode(), "x").written["rule-0000000000000001"]
    third = compose(NAME, [advice(4, "Log once")], standing(second))
    assert set(skill.splitlines()) <= set(third.skill.splitlines())


def test_what_a_person_took_out_of_the_text_stays_out() -> None:
    first = compose(NAME, [a_rule(), a_rule(2, before="log($0)")], Standing())
    parsed = document.parse(first.skill.encode(), "x")
    gone = next(part.text for part in parsed.parts if part.rule == "0000000000000001")
    row = next(line for line in first.skill.splitlines(keepends=True) if line.startswith("| `0000000000000001`"))
    skill = first.skill.replace(gone, "").replace(row, "")
    second = compose(NAME, [advice(3, "Log in English")], standing(first, skill))
    third = compose(NAME, [advice(4, "Log once")], standing(second))
    assert "0000000000000001" not in third.skill
    assert [rule.id for rule in third.rules] == [f"{n:016x}" for n in (1, 2, 3, 4)]


def test_a_rule_that_a_person_took_out_of_the_data_leaves_the_text() -> None:
    first = compose(NAME, [a_rule(), a_rule(2, before="log($0)")], Standing())
    start = first.rules_file.index("\n[[rule]]")
    end = first.rules_file.index("\n[[rule]]", start + 1)
    rules = first.rules_file[:start] + first.rules_file[end:]
    second = compose(NAME, [advice(3, "Log in English")], standing(first, rules=rules))
    assert "0000000000000001" not in second.skill
    assert "-0000000000000001 =" not in second.rules_file
    assert "\n\n\n" not in second.skill


def test_more_evidence_alone_is_no_change_and_a_wider_scope_is() -> None:
    first = compose(NAME, [a_rule()], Standing())
    more = a_rule(decisions=9, sessions=("session-1-0", "other"))
    assert not compose(NAME, [more], standing(first)).worth_a_commit
    wider = compose(NAME, [replace(more, scope=("**/*.py",))], standing(first))
    assert wider.changed == ("0000000000000001",)
    assert wider.rules[0].sessions == ("session-1-0", "session-1-1", "other")
    assert "| `**/*.py` |" not in first.skill
    assert "Python in `**/*.py`" in wider.skill


def test_fields_that_a_person_edited_stay() -> None:
    first = compose(NAME, [a_rule()], Standing())
    rules = first.rules_file.replace('before = "print($0)"', '# also pprint\nbefore = "pprint($0)"  # mine')
    second = compose(NAME, [a_rule(scope=("**",)), advice(2, "Log in English")], standing(first, rules=rules))
    assert '# also pprint\nbefore = "pprint($0)"  # mine\n' in second.rules_file
    assert (second.rules[0].before, second.rules[0].scope) == ("pprint($0)", ("src/**/*.py",))
    assert "`pprint($0)`" in second.skill


def test_line_ends_stay(validated: Callable[[str, str], None]) -> None:
    first = compose(NAME, [a_rule()], Standing())
    second = compose(NAME, [advice(2, "Log in English")], standing(first, first.skill.replace("\n", "\r\n")))
    assert "\n" not in second.skill.replace("\r\n", "")
    validated(NAME, second.skill)


def test_the_body_stays_within_its_lines(validated: Callable[[str, str], None]) -> None:
    rules = [a_rule(n, before=f"bad{n}($0)", decisions=3 + n) for n in range(1, 25)]
    draft = compose(NAME, rules, Standing())
    assert (BODY_LINES, DESCRIPTION_CHARACTERS, LISTING_CHARACTERS) == (60, 500, 8000)
    assert len(draft.skill.split("---\n", 2)[2].strip().splitlines()) <= draft.body_lines <= BODY_LINES
    assert all(f"| `{rule.id}` |" in draft.skill for rule in rules)
    assert "<!-- hivemind:rule 0000000000000018 -->" in draft.skill
    assert len(document.parse(draft.skill.encode(), "x").description) <= DESCRIPTION_CHARACTERS
    assert all(f"bad{n}" in document.parse(draft.skill.encode(), "x").description for n in range(20, 25))
    validated(NAME, draft.skill)
    one_by_one = compose(NAME, rules[:1], Standing())
    for rule in rules[1:]:
        one_by_one = compose(NAME, [rule], standing(one_by_one))
    assert one_by_one.body_lines <= BODY_LINES
    assert one_by_one.skill == draft.skill


HOSTILE = [
    "---",
    "--- x --- y ----",
    "\"quoted\" and 'single' and \\ back",
    "``` `` ` ```` x",
    "<!-- /hivemind:rule -->\n<!-- hivemind:rule 00000000000000ff -->\n## owned",
    "<script>alert(1)</script> ![x](http://e/?q) [y](javascript:z)",
    "\u202eevil\u2066 \u200b\U000e0041\ufeff",
    "\x00\x1b[31mred\x07\x7f",
    "x" * 5000,
    "# heading\n## another\n- item\n> quote\n    code\n| a | b |\n|---|---|",
    "a | b || c \\| d",
    "key: value # comment\n? [flow] {map} &anchor *alias !tag %dir @at",
    "{{ 7 * 7 }} {% raw %} {# x #}",
    "\ud800 lone",
    "line\rreturn\u2028separator\u0085next",
    "$0 $1 $99",
    "Hivemind-Rule: ffffffffffffffff",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str, validated: Callable[[str, str], None]) -> None:
    proof = Proof(correction="c" * 32, session="s", commit=text, path=text, before=text, after=text + "!", words=text)
    rules = [
        a_rule(1, before=text, after=text + "!", scope=(text,), language=text, evidence=(proof,)),
        advice(2, text, headline=text, language=text, evidence=(proof,)),
    ]
    draft = compose(NAME, rules, Standing())
    validated(NAME, draft.skill)
    parsed = document.parse(draft.skill.encode(), "x")
    assert [part.rule for part in parsed.parts if part.rule] == ["0000000000000001", "0000000000000002"]
    assert list(document.rows(next(part.text for part in parsed.parts if part.table))) == [rule.id for rule in rules]
    assert parsed.body_lines <= BODY_LINES
    assert max(map(len, draft.skill.splitlines())) < 800
    assert [entry.key for entry in parsed.front] == ["name", "description", "metadata"]
    read = rules_toml.parse(draft.rules_file.encode(), "x").rules
    clean = text.encode("utf-8", "replace").decode()
    assert (read[0].before, read[0].evidence[0].words) == (clean, clean)
    again = compose(NAME, [advice(3, "Log in English")], standing(draft))
    blocks = [part.rule for part in document.parse(again.skill.encode(), "x").parts if part.rule]
    assert blocks == [f"{n:016x}" for n in (1, 2, 3)]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(), min_size=1, max_size=60))
def test_any_text_gives_a_document_that_reads_back(text: str) -> None:
    draft = compose(NAME, [a_rule(before=text + "x", after=text, headline=text)], Standing())
    parsed = document.parse(draft.skill.encode(), "x")
    assert [part.rule for part in parsed.parts if part.rule] == ["0000000000000001"]
    clean = text.encode("utf-8", "replace").decode()
    assert rules_toml.parse(draft.rules_file.encode(), "x").rules[0].before == clean + "x"


def test_a_broken_rules_file_is_reported_and_not_overwritten() -> None:
    first = compose(NAME, [a_rule()], Standing())
    with pytest.raises(HivemindError, match=r"python-logging/rules\.toml cannot be read"):
        compose(NAME, [advice(2, "x")], Standing(first.skill.encode(), b"rule = ["))


def test_takes_the_evidence_out_of_the_corrections() -> None:
    def correction(n: int) -> Correction:
        return Correction(
            id=f"{n:032x}", session=f"s{n % 3}", tool_use=None, agent="claude-code", model=None, path="src/a.py",
            language="python", kind=CorrectionKind.REPLACED, origin=CorrectionOrigin.HUMAN, before="print(x)",
            after="logger.info(x)", context="", reason=Reason("no print", ReasonSource.PROMPT), commit=None,
            author="Ada", t=f"2026-01-{n + 1:02}T00:00:00.000Z", decision=f"d{n}", confidence=0.9,
        )  # fmt: skip

    corrections = {f"{n:032x}": correction(n) for n in range(25)}
    rule = Rule(
        id="7f3a0123456789ab", kind=RuleKind.TEMPLATE, before="print($0)", after="logger.info($0)", advice="",
        scope=("src/**/*.py",), language="python", corrections=tuple(corrections), sessions=("s0", "s1", "s2"),
        decisions=25, origin=CorrectionOrigin.HUMAN, state=RuleState.CANDIDATE, why="",
    )  # fmt: skip
    found = published(rule, corrections)
    assert (found.corrections, len(found.evidence)) == (25, 20)
    assert [proof.session for proof in found.evidence[:4]] == ["s0", "s1", "s2", "s0"]
    assert found.evidence[0] == Proof(
        correction=f"{0:032x}",
        session="s0",
        path="src/a.py",
        before="print(x)",
        after="logger.info(x)",
        words="no print",
    )
