"""The command line is for ever: Codex stops running a hook of which one byte changed, without a word."""

import hashlib
import shlex

import pytest

from hivemind_git.agents.command import command_line


def test_it_never_changes() -> None:
    digests = {agent: hashlib.sha256(command_line(agent).encode()).hexdigest() for agent in ("claude-code", "codex")}
    assert digests == {
        "claude-code": "165ad0ffd93d076ad913ec1e819cb6b9b2c2bc93b43bfcae4c3731ace361ff74",
        "codex": "59bdef578bdd1ebda68a52116231f5c26531abd44d9e5818a74a875d6854df24",
    }


def test_the_assistants_differ_in_the_name_at_the_end() -> None:
    assert command_line("codex").removesuffix("codex") == command_line("claude-code").removesuffix("claude-code")


def test_nothing_on_the_way_to_the_shell_expands_it() -> None:
    line = command_line("pi")
    for sign in ("\\", "\n", "${", "`", "!", "%", "#"):
        assert sign not in line
    assert line.count("'") == 2
    assert shlex.split(line)[0::3] == ["sh", "hivemind"]
    assert shlex.split(line)[4:] == ["pi"]


@pytest.mark.parametrize("name", ["", "Claude", "a b", "a;b", "a'b", "-a", "a-", "a\n", "é"])
def test_a_name_that_a_shell_might_read_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not an assistant's name"):
        command_line(name)
