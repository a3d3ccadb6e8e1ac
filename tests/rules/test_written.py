"""What is written down already: the same said in other words, and what is not the same."""

from __future__ import annotations

import pytest
from rules.rule_examples import correction, said

from hivemind_git.model import RuleState
from hivemind_git.rules.explicit import stated
from hivemind_git.rules.mine import mine
from hivemind_git.rules.written import Statement

PRINTS = tuple(
    correction(number, f"    print({value})", f"    logger.info({value})")
    for number, value in enumerate(('"a", x', "foo(y)", "z[0]"))
)
TIMEOUTS = tuple(
    correction(number, f"requests.get({value})", f"requests.get({value}, timeout=5)")
    for number, value in enumerate(("url", "base + path", "api[0]"))
)
BARE = tuple(
    correction(number, f"    breakpoint()\n    x{number} = {number}", f"    x{number} = {number}")
    for number in range(3)
)


def why(corrections: tuple[object, ...], text: str, *scope: str) -> str:
    rules = mine(corrections, written=[Statement("CLAUDE.md", 12, text, scope)])  # type: ignore[arg-type]
    (rule,) = [one for one in rules if one.decisions == 3]
    assert rule.state in (RuleState.HELD, RuleState.CANDIDATE)
    return rule.why if rule.state is RuleState.HELD else "offered"


SAYS_SO = "CLAUDE.md:12 says so already"


@pytest.mark.parametrize(
    "text",
    [
        "Use `logger.info`, never `print`.",
        "use logger.info() instead of print()",
        "Do not print. Use logger.info.",
        "Never print; logger.info it is",
        "Prefer **logger.info** over print, also in scripts",
        "Replace print with logger.info",
        "Logging: all output goes through logger.info rather than print",
        "We have six services. In all of them: no print, but logger.info.",
        "Kein print, sondern logger.info",
    ],
)
def test_a_template_that_is_written_down_is_held(text: str) -> None:
    assert why(PRINTS, text) == SAYS_SO


@pytest.mark.parametrize(
    "text",
    [
        "Use print, never logger.info.",
        "Use logger.info.",
        "Never print.",
        "Print the logger.info documentation",
        "Do not use logger.info or print",
        "We use logger.warning instead of print",
        "",
    ],
)
def test_what_says_less_or_the_opposite_holds_nothing_back(text: str) -> None:
    assert why(PRINTS, text) == "offered"


def test_what_is_only_added_or_only_removed_is_known_too() -> None:
    assert why(TIMEOUTS, "Always pass a timeout to requests.get") == SAYS_SO
    assert why(TIMEOUTS, "Tests have a timeout of ten seconds") == "offered"
    assert why(BARE, "Never leave a breakpoint() behind") == SAYS_SO
    assert why(BARE, "Set a breakpoint where you are lost") == "offered"


def test_a_statement_about_another_folder_holds_nothing_back() -> None:
    text = "Use logger.info, never print."
    assert why(PRINTS, text, "src/**/*.py") == SAYS_SO
    assert why(PRINTS, text, "web/**") == "offered"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Never force push to a shared branch.", SAYS_SO),
        ("do not force-push the branch, it is shared with others", SAYS_SO),
        ("Force push to a shared branch when you must.", "offered"),
        ("Never push binaries to this branch.", "offered"),
    ],
)
def test_advice_is_compared_by_its_words_and_what_they_want(text: str, expected: str) -> None:
    told = tuple(said(number, "never force push a shared branch", "git push -f") for number in range(3))
    assert why(told, text) == expected


def test_what_a_person_states_stands_and_what_a_prompt_remembers_does_not() -> None:
    written = [Statement("AGENTS.md", 3, "Never force push a shared branch")]
    rules = [stated("never force push shared branches"), stated("never force push shared branch", session="s")]
    states = {rule.sessions: rule.why for rule in mine((), explicit=rules, written=written)}
    assert states == {(): "stated outright", ("s",): "AGENTS.md:3 says so already"}


def test_nothing_is_read_where_no_rule_waits() -> None:
    def unread() -> object:
        yield pytest.fail("the tree was walked for nothing")

    assert mine(PRINTS[:2], written=unread())  # type: ignore[arg-type]
