"""Whom a commit names as its authors beside people."""

from __future__ import annotations

import pytest

from hivemind_git.agents.coauthors import named

ADA = "Ada <ada@example.com>"


@pytest.mark.parametrize(
    ("signed", "names"),
    [
        ("Claude <noreply@anthropic.com>", {"claude-code"}),
        ("claude[bot] <209825114+claude[bot]@users.noreply.github.com>", {"claude-code"}),
        ("Copilot <175728472+Copilot@users.noreply.github.com>", {"copilot"}),
        ("Crush <crush@charm.land>", {"crush"}),
        ("coderabbitai[bot] <136622811+coderabbitai[bot]@users.noreply.github.com>", {"coderabbitai"}),
        ("cursor[bot] <cursor[bot]@users.noreply.github.com>", {"cursor"}),
        ("Bob <12345+bob@users.noreply.github.com>", set()),
        ("Bob <bob[bot]@example.com>", set()),
        ("[bot] <[bot]@users.noreply.github.com>", set()),
        ("nobody", set()),
    ],
)
def test_programs_are_known_by_their_addresses_and_people_are_not(signed: str, names: set[str]) -> None:
    assert named(ADA, [("Co-authored-by", signed)]) == names
    assert named(signed, [("Reviewed-by", signed)]) == names
