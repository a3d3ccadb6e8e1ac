from __future__ import annotations

import pytest

from hivemind_git.rules.explicit import remembered, stated
from hivemind_git.rules.mine import mine
from hivemind_git.rules.verdict import Dropped


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("remember: use pnpm", ("use pnpm",)),
        (
            "Fix the build.\n  Please remember this: tests run with -x \nremember: no emojis",
            ("tests run with -x", "no emojis"),
        ),
        ("do you remember: yes", ()),
        ("remember to push", ()),
        ("remember:\n", ()),
    ],
)
def test_only_a_plain_remember_is_a_rule(prompt: str, expected: tuple[str, ...]) -> None:
    assert remembered(prompt) == expected


def test_said_again_it_is_the_same_rule() -> None:
    rule = stated("Use  pnpm.", scope=("web/**",), evidence=("event",), session="s")
    assert rule.id == stated("use pnpm").id
    assert (rule.advice, rule.scope, rule.corrections, rule.sessions, rule.state.value, rule.why) == (
        "Use pnpm.", ("web/**",), ("event",), ("s",), "candidate", "stated outright",
    )  # fmt: skip


def test_it_is_judged_as_the_others_are() -> None:
    rule = stated("use pnpm")
    assert [one.state.value for one in mine([], explicit=[rule])] == ["candidate"]
    assert [one.state.value for one in mine([], explicit=[rule], published=[rule.id])] == ["published"]
    (held,) = mine([], explicit=[rule], dropped=[Dropped(rule.id, "abc1234")])
    assert (held.state.value, held.why) == ("held", "reverted in abc1234")
