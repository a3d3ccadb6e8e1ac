from __future__ import annotations

import pytest

from hivemind_git.agents import yamledit
from hivemind_git.agents.yamledit import YamlError

ENTRY = {"command": "sh -c 'x \"y\"' hivemind hermes", "timeout": 10}
PATH = ("hooks", "pre_llm_call")
WRITTEN = '{"command": "sh -c \'x \\"y\\"\' hivemind hermes", "timeout": 10}'
LINES = '- command: "sh -c \'x \\"y\\"\' hivemind hermes"\n      timeout: 10\n'

CASES = {
    "nothing": ("", f"hooks:  # hivemind-git\n  pre_llm_call:  # hivemind-git\n    {LINES}"),
    "comments alone": (
        "# mine\n",
        f"# mine\nhooks:  # hivemind-git\n  pre_llm_call:  # hivemind-git\n    {LINES}",
    ),
    "no last line end": (
        "model: a",
        f"model: a\nhooks:  # hivemind-git\n  pre_llm_call:  # hivemind-git\n    {LINES[:-1]}",
    ),
    "another event": (
        "hooks:\n  on_session_end:\n    - command: mine # why\n\n# end\nmodel: a\n",
        "hooks:\n  on_session_end:\n    - command: mine # why\n  pre_llm_call:  # hivemind-git\n"
        f"    {LINES}\n# end\nmodel: a\n",
    ),
    "the same event": (
        "hooks:\n  pre_llm_call:\n    - {command: mine}\nmodel: a\n",
        f"hooks:\n  pre_llm_call:\n    - {{command: mine}}\n    {LINES}model: a\n",
    ),
    "dashes below their key": (
        "hooks:\n  pre_llm_call:\n  - command: mine\nmodel: a\n",
        "hooks:\n  pre_llm_call:\n  - command: mine\n"
        '  - command: "sh -c \'x \\"y\\"\' hivemind hermes"\n    timeout: 10\nmodel: a\n',
    ),
    "hooks of nothing": (
        "hooks: # none yet\nmodel: a\n",
        f"hooks: # none yet\n  pre_llm_call:  # hivemind-git\n    {LINES}model: a\n",
    ),
    "hooks of null": (
        "hooks: null # none yet\nmodel: a\n",
        f"hooks:  # none yet\n  pre_llm_call:  # hivemind-git\n    {LINES}model: a\n",
    ),
    "in brackets": (
        "hooks: {}\nmodel: a\n",
        f'hooks: {{"pre_llm_call": [  {WRITTEN}]}}\nmodel: a\n',
    ),
    "brackets with others": (
        "hooks: {on_session_end: [{command: a}]} # all\n",
        f'hooks: {{on_session_end: [{{command: a}}], "pre_llm_call": [  {WRITTEN}]}} # all\n',
    ),
    "a list in brackets": (
        "hooks:\n  pre_llm_call: [ {command: a} ]\n",
        f"hooks:\n  pre_llm_call: [ {{command: a}}, {WRITTEN} ]\n",
    ),
    "a text of many lines": (
        "hooks:\n  on_session_end:\n    - command: |\n        a\n        b\n\nmodel: a\n",
        "hooks:\n  on_session_end:\n    - command: |\n        a\n        b\n\n  pre_llm_call:  # hivemind-git\n"
        f"    {LINES}model: a\n",
    ),
    "a document's start": (
        "---\nmodel: a\n",
        f"---\nmodel: a\nhooks:  # hivemind-git\n  pre_llm_call:  # hivemind-git\n    {LINES}",
    ),
}


LEFT = {
    "no last line end": "model: a\n",
    "hooks of null": "hooks:  # none yet\nmodel: a\n",
}
"""What stays another way than it was: the wiring's own record gives that back, where nobody wrote there since."""


@pytest.mark.parametrize("name", CASES)
def test_an_element_more_and_again_less(name: str) -> None:
    before, after = CASES[name]
    assert yamledit.append(before.encode(), PATH, ENTRY).decode() == after
    back = yamledit.remove(after.encode(), PATH, lambda entry: entry == ENTRY)
    assert back.decode() == LEFT.get(name, before)


def test_windows_line_ends_and_byte_order_mark_stay() -> None:
    before = b"\xef\xbb\xbfmodel: a\r\n"
    after = yamledit.append(before, ("skills",), "x")
    assert after == b'\xef\xbb\xbfmodel: a\r\nskills:  # hivemind-git\r\n  - "x"\r\n'
    assert yamledit.remove(after, ("skills",), lambda each: each == "x") == before


def test_keys_of_theirs_stay_when_they_hold_nothing_any_more() -> None:
    source = b"hooks:\n  pre_llm_call:\n    - a: 1\n"
    assert yamledit.remove(source, PATH, lambda _: True) == b"hooks:\n  pre_llm_call:\n"


def test_every_element_of_ours_goes_and_no_other() -> None:
    source = b"a: [1, 2, 1, 3, 1]\nb:\n  - 1 # one\n  - 2\n"
    assert yamledit.remove(source, ("a",), lambda each: each == 1) == b"a: [2, 3]\nb:\n  - 1 # one\n  - 2\n"
    assert yamledit.remove(source, ("b",), lambda each: each == 1) == b"a: [1, 2, 1, 3, 1]\nb:\n  - 2\n"


@pytest.mark.parametrize(
    "source",
    [
        "hooks: [\n",
        "hooks:\n\tpre_llm_call: x\n",
        "a: 1\na: 2\n",
        "a: 1\n---\nb: 2\n",
        "- a\n",
        "hooks: yes\n",
        "hooks:\n  pre_llm_call: mine\n",
        "base: &base\n  x: 1\nhooks: *base\n",
        "\xff",
    ],
)
def test_what_cannot_be_extended_in_place_is_refused(source: str) -> None:
    with pytest.raises(YamlError):
        yamledit.append(source.encode("latin-1"), PATH, ENTRY)


def test_it_says_where_a_file_is_broken() -> None:
    with pytest.raises(YamlError, match="line 2"):
        yamledit.read(b"a: 1\n b: 2\n")
