"""Each package in agents/ is an assistant, and answers what all of them are asked."""

from __future__ import annotations

import pytest

from hivemind_git.agents import NAMES, assistant
from hivemind_git.agents.base import Scope
from hivemind_git.agents.command import command_line
from hivemind_git.errors import UsageError


@pytest.mark.parametrize("name", NAMES)
def test_an_assistant_goes_by_the_name_of_its_package(name):
    one = assistant(name)
    assert one.name == name
    assert one.title.strip() == one.title != ""
    assert one.scopes
    assert set(one.scopes) <= set(Scope)
    assert command_line(name).endswith(f" hivemind {name}")


def test_an_unknown_name_is_told_with_the_known_ones():
    with pytest.raises(UsageError) as failed:
        assistant("clippy")
    assert failed.value.sentence == "there is no assistant named clippy"
    assert failed.value.step == f"Known are: {', '.join(NAMES)}."
