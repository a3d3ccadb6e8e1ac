from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.model import CorrectionOrigin, Rule, RuleKind, RuleState
from hivemind_git.rules.match import STEPS, Finding, Matcher, compile_template


def rule(before: str, after: str, language: str = "python", **changes: object) -> Rule:
    plain = Rule(
        id=before, kind=RuleKind.TEMPLATE, before=before, after=after, advice="", scope=(), language=language,
        corrections=(), sessions=(), decisions=3, origin=CorrectionOrigin.HUMAN, state=RuleState.PUBLISHED, why="",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "language", "text", "expected"),
    [
        ("print($0)", "logger.info($0)", "python", "x; print( f(a, [b]) )", "x; logger.info(f(a, [b]))"),
        ("print($0)", "logger.info($0)", "python", "print()", "logger.info()"),
        ("print($0)", "logger.info($0)", "python", "pprint(a)", None),
        ("print($0)", "logger.info($0)", "python", "'print(a)'", None),
        ("print($0)", "logger.info($0)", "python", "print(a", None),
        ("$0 + $0", "2 * $0", "python", "f(a.b) + f(a.b)", "2 * f(a.b)"),
        ("$0 + $0", "2 * $0", "python", "a + b", None),
        ("not $0 in", "$0 not in", "python", "if not f(x)[0] in y:", "if f(x)[0] not in y:"),
        ("get$0($1)", "fetch$0($1)", "javascript", "a(getUser(b), getX())", "a(fetchUser(b), fetchX())"),
        ("get$0($1)", "fetch$0($1)", "javascript", "forgetUser(b)", None),
        ("get$0($1)", "fetch$0($1)", "javascript", "get(b)", None),
        ("I$0Props", "$0Props", "javascript", "x: IUserCardProps = 1", "x: UserCardProps = 1"),
        ('log("$0" + $1)', 'log("$0%s", $1)', "python", "log('a' + b)", None),
        ('log("$0" + $1)', 'log("$0%s", $1)', "python", 'log("a b " + b)', 'log("a b %s", b)'),
        ('log("$0")', 'warn("$0")', "python", 'log("")', 'warn("")'),
        ("console.log($0)", "", "javascript", "  console.log(a, b);", "  "),
        ("console.log($0)", "", "javascript", "x = console.log(a)", None),
        ("console.log($0)", "", "javascript", "console.log(a).b", None),
        (".unwrap()", "?", "rust", "a().unwrap().b", "a()?.b"),
        ("a($0);\nb($1)", "c($0, $1)", "go", "a(1);\n\tb(2)", "c(1, 2)"),
        ("echo $$1 $0", "printf $0", "shell", "echo $1 $x", "printf $x"),
    ],
)
def test_rewriting(before: str, after: str, language: str, text: str, expected: str | None) -> None:
    assert compile_template(before, after, language).rewrite(text) == expected


def test_findings_say_where_what_and_how_it_should_read() -> None:
    rules = [
        rule("print($0)", "logger.info($0)", scope=("src/**/*.py",)),
        rule("a()\nb()", "ab()"),
        rule("var", "const", "javascript"),
    ]
    lines = [(3, "    print(x); print(y)"), (7, "a()"), (8, "b()"), (9, "fine()"), (12, "var")]
    assert Matcher(rules).find("src/m.py", "python", lines) == [
        Finding("src/m.py", 3, 5, "print($0)", "print(x)", "    logger.info(x); print(y)"),
        Finding("src/m.py", 3, 15, "print($0)", "print(y)", "    print(x); logger.info(y)"),
        Finding("src/m.py", 7, 1, "a()\nb()", "a()\nb()", "ab()"),
    ]
    assert [found.rule for found in Matcher(rules).find("lib/m.py", "python", lines)] == ["a()\nb()"]


def test_a_rule_without_words_is_found_by_its_operator() -> None:
    found = Matcher([rule("===", "==", "javascript")]).find("a.js", "javascript", [(1, "a === b")])
    assert [one.suggestion for one in found] == ["a == b"]


@given(st.text(alphabet="fgx()[]{},.+ \n'\"$0", max_size=80))
def test_no_line_is_too_odd(text: str) -> None:
    for before in ("f($0, $1)", "$0 + $1", "g$0($1)", 'f("$0")', "$0.x"):
        pattern = compile_template(before, "h($0)", "python")
        for found in pattern.find(text):
            assert text[found.start : found.end]


def test_a_line_of_generated_code_does_not_stall_the_search() -> None:
    pattern = compile_template("$0 + $1 + $2 + $3 - $4", "x", "python")
    assert pattern.rewrite("a + " * 3000 + "a") is None


def test_a_line_that_is_given_up_does_not_silence_those_after_it() -> None:
    pattern = compile_template("$0.foo()", "$0.bar()", "python")
    hopeless = "x = [" + ", ".join(f"a{n}" for n in range(STEPS)) + "]"
    assert pattern.rewrite(f"{hopeless}\ny.foo()\n") == f"{hopeless}\ny.bar()\n"
