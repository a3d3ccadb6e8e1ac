from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.agents import jsonedit
from hivemind_git.agents.jsonedit import ShapeError
from hivemind_git.agents.jsontext import MalformedError
from hivemind_git.model import Json

OURS: Json = {"hooks": [{"type": "command", "command": "ours"}]}
EVENTS = ("SessionStart", "Stop")


def is_ours(item: Json) -> bool:
    return item == OURS


def install(source: bytes) -> bytes:
    for event in EVENTS:
        source = jsonedit.append(source, ("hooks", event), OURS)
    return source


def uninstall(source: bytes) -> bytes:
    for event in reversed(EVENTS):
        source = jsonedit.remove(source, ("hooks", event), is_ours)
    return source


PRETTY = """{
  "hooks": {
    "SessionStart": [
      {
        "hooks": [
          {
            "type": "command",
            "command": "ours"
          }
        ]
      }
    ],
    "Stop": [
      {
        "hooks": [
          {
            "type": "command",
            "command": "ours"
          }
        ]
      }
    ]
  }
}
"""


def test_a_file_that_was_not_there() -> None:
    assert install(b"").decode() == PRETTY


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{\n\t"a": 1 // why\n}', '{\n\t"a": 1, // why\n\t"b": [\n\t\t1\n\t]\n}'),
        ('{\r\n    "a": 1,\r\n}\r\n', '{\r\n    "a": 1,\r\n    "b": [\r\n        1\r\n    ],\r\n}\r\n'),
        ('{"a": 1}', '{"a": 1, "b": [ 1 ]}'),
        ('{"a": 1 // c\n}', '{"a": 1, // c\n  "b": [\n    1\n  ]\n}'),
        ('{"a": 1,}', '{"a": 1, "b": [ 1 ],}'),
        ("{}", '{"b": [\n  1\n]}'),
        ('\ufeff{\n  "a": 1\n}', '\ufeff{\n  "a": 1,\n  "b": [\n    1\n  ]\n}'),
        ('{\n  "b": [\n    0\n    // end\n  ]\n}', '{\n  "b": [\n    0,\n    1\n    // end\n  ]\n}'),
        ('{"b": [0 /* c */]}', '{"b": [0, /* c */ 1]}'),
        ('{"b": []}', '{"b": [1]}'),
        ("// only a comment", '// only a comment\n{\n  "b": [\n    1\n  ]\n}\n'),
    ],
)
def test_what_is_there_stays_as_written(source: str, expected: str) -> None:
    assert jsonedit.append(source.encode(), ("b",), 1).decode() == expected


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace('"model": "opus"', '"model": "sonnet"'),
        lambda text: text.replace('"model"', '"new": [1, 2], "model"'),
        lambda text: text.replace('"model"', '// a comment\n  "model"'),
        lambda text: text.replace(
            '      {\n        "matcher": "Bash"', '      {},\n      {\n        "matcher": "Bash"'
        ),
        lambda text: re.sub(r"\n\}\n\Z", ',\n  "last": true\n}\n', text),
    ],
)
def test_uninstall_after_the_user_edited_around_ours(edit) -> None:
    before = """{
  "model": "opus", // the good one
  "hooks": {
    "Stop": [
      {
        "matcher": "Bash",
        "hooks": [] /* none */
      }
    ]
  }
}
"""
    assert edit(before) != before
    assert uninstall(edit(install(before.encode()).decode()).encode()).decode() == edit(before)


def test_what_the_user_added_behind_ours_stays() -> None:
    wired = install(b'{\n  "hooks": {\n    "Stop": []\n  }\n}\n').decode()
    added = wired.replace('"Stop": [{', '"Stop": [{"mine": 1}, {')
    assert json.loads(uninstall(added.encode())) == {"hooks": {"Stop": [{"mine": 1}]}}


def test_put_leaves_what_is_there() -> None:
    assert jsonedit.put(b'{"version": 3}', ("version",), 1) == b'{"version": 3}'
    assert jsonedit.put(b'{"a": {}}', ("a", "b", "c"), 1) == b'{"a": {"b": {\n    "c": 1\n  }}}'


def test_take_takes_what_put_put() -> None:
    source = b'{\n  "a": 1\n}\n'
    assert jsonedit.take(jsonedit.put(source, ("x", "y"), {"z": [1]}), ("x", "y")) == source
    assert jsonedit.take(source, ("x", "y")) == source


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b"{", 1),
        (b'{"a": 1 "b": 2}', 1),
        (b'{\n"a": [1 2]\n}', 2),
        (b"{'a': 1}", 1),
        (b'{"a": 1} x', 1),
        (b'{"a": "\\x"}', 1),
        (b'{\n\n"a": }', 3),
        (b'{"a": 01}', 1),
        (b"/* open", 1),
        (b'{"a":\n"\xff"}', 2),
        (b"[" * 200, 1),
        (b"{,}", 1),
    ],
)
def test_a_malformed_file_is_refused(source: bytes, line: int) -> None:
    with pytest.raises(MalformedError) as caught:
        jsonedit.append(source, ("b",), 1)
    assert caught.value.line == line


@pytest.mark.parametrize("source", [b'{"hooks": []}', b'{"hooks": {"Stop": {}}}', b"[]", b"3", b'{"hooks": null}'])
def test_another_shape_is_refused(source: bytes) -> None:
    with pytest.raises(ShapeError):
        jsonedit.append(source, ("hooks", "Stop"), OURS)


spaces = st.sampled_from(["", " ", "\n", "\n  ", "\t", " /* c */ ", " // d\n", " // e \t\n", "\r\n", "\n\n    "])
scalars = st.one_of(
    st.integers(), st.booleans(), st.none(), st.text(max_size=6), st.floats(allow_nan=False, allow_infinity=False)
)
keys = st.one_of(st.sampled_from(["hooks", "a", "Stop", "b"]), st.text(max_size=4))


@st.composite
def documents(draw: st.DrawFn, depth: int = 3, top: bool = True) -> str:
    """JSON with comments, any spacing, maybe trailing commas. At the top always an object."""
    kind = "{" if top else draw(st.sampled_from(["{", "[", "s"])) if depth else "s"
    if kind == "s":
        return json.dumps(draw(scalars), ensure_ascii=draw(st.booleans()))
    parts = []
    names = draw(st.lists(keys, max_size=3, unique=True))
    for name in names:
        if kind == "{" and (name == "hooks" or top is None):
            inner = draw(documents(depth=1, top=None if name == "hooks" else False)) if name == "hooks" else "[]"
        else:
            inner = draw(documents(depth=depth - 1, top=False))
        key = f"{json.dumps(name)}{draw(spaces)}:{draw(spaces)}" if kind == "{" else ""
        parts.append(f"{draw(spaces)}{key}{inner}{draw(spaces)}")
    tail = "," + draw(spaces) if parts and draw(st.booleans()) else "" if parts else draw(spaces)
    return kind + ",".join(parts) + tail + {"{": "}", "[": "]"}[kind]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return f"{mark}{draw(spaces)}{draw(documents())}{draw(spaces)}".encode()


def plain(source: bytes) -> object:
    return jsonedit.read(source)


@given(files())
def test_install_and_uninstall_give_every_byte_back(source: bytes) -> None:
    try:
        wired = install(source)
    except ShapeError:
        return
    value = plain(wired)
    assert isinstance(value, dict)
    hooks = value["hooks"]
    assert isinstance(hooks, dict)
    assert all(hooks[event][-1] == OURS for event in EVENTS)
    assert uninstall(wired) == source


@pytest.mark.parametrize(
    "source", ['{\n  "a": 1, // why \n}', '{"a": 1 // why\t\r\n}', '{"a": 1, /* b */ // c \n//d \n}']
)
def test_a_comment_keeps_the_space_at_its_end(source: str) -> None:
    assert uninstall(install(source.encode())).decode() == source


@given(files(), st.text(alphabet='{}[]",:/*\n a1', max_size=20))
def test_any_text_is_read_or_refused(source: bytes, noise: str) -> None:
    for text in (source + noise.encode(), noise.encode()):
        try:
            jsonedit.read(text)
        except MalformedError:
            continue
