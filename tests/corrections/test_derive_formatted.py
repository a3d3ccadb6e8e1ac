"""A formatter that nobody saw laid out the agent's file, and perhaps a person changed a line in it as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hivemind_git.model import CorrectionOrigin

if TYPE_CHECKING:
    from corrections.conftest import Story

NAMES = ("Arn", "Bucket", "Cluster", "Domain", "Endpoint", "Function")


def _schema(layout: str, **keys: str) -> str:
    parts = (layout.replace("NAME", name).replace("KEY", keys.get(name, "Key")) for name in NAMES)
    return "{\n" + ",\n".join(parts) + "\n}\n"


NARROW = """ "NAME": {
  "type": "object",
  "required": [
   "KEY",
   "Value"
  ],
  "enum": [
   "NAME"
  ]
 }"""
WIDE = """  "NAME": {
    "type": "object",
    "required": ["KEY", "Value"],
    "enum": ["NAME"]
  }"""


def test_a_whole_file_laid_out_anew_is_nobodys_correction(story: Story) -> None:
    story.edit(None, _schema(NARROW), path="schema.json")
    story.commit(None, _schema(WIDE), path="schema.json")

    assert story.corrections() == []
    assert {why for why, *_ in story.explained()} == {"formatter"}


def test_what_a_person_changed_in_a_file_laid_out_anew_is_found_alone(story: Story) -> None:
    story.edit(None, _schema(NARROW), path="schema.json")
    commit = story.commit(None, _schema(WIDE, Cluster="Identity"), path="schema.json")

    assert story.corrections() == [
        (
            "replaced",
            '  "required": [\n   "Key",\n   "Value"\n  ],\n',
            '    "required": ["Identity", "Value"],\n',
            commit,
        )
    ]


def test_sorted_imports_do_not_make_a_persons_change_another_writers(story: Story) -> None:
    body = "\n\ndef load(path):\n    return json.loads(path.read_text())\n"
    story.edit(None, "import sys\nimport subprocess\nimport json\nfrom pathlib import Path\nimport os\n" + body)
    fixed = body.replace("path.read_text()", "path.read_bytes()")
    commit = story.commit(
        None, "import json\nimport os\nimport subprocess\nimport sys\nfrom pathlib import Path\n" + fixed
    )

    assert story.corrections() == [
        (
            "replaced",
            "    return json.loads(path.read_text())\n",
            "    return json.loads(path.read_bytes())\n",
            commit,
        )
    ]


def test_what_a_linter_mended_and_a_part_of_a_commit_left_out_is_the_linters(story: Story) -> None:
    old = "".join(f"if total_{number} == None:\n    skip_{number}()\nsend_{number}()\n" for number in range(4))
    new = old.replace("== None", "is None")
    part = old.replace("total_0 == None", "total_0 is None")
    story.edit(None, old)
    story.commit(None, old, made="main")
    story.run("ruff check --fix src/app.py")
    story.commit(old, part, made="main")
    story.edit(new, new + "close_all()\n")

    found = story.derive().corrections
    assert found
    assert {correction.origin for correction in found} == {CorrectionOrigin.LINTER}


CALL = "value_{0} = load_{0}('key', arg_{0})\n"
LAID_OUT = 'value_{0} = load_{0}(\n    "key",\n    arg_{0},\n)\n'


def written(names: str, call: str) -> str:
    """A file of calls (`c1`), of such that stay on their line (`s1`), other lines (`p1`) and blank ones (`-`)."""
    quote = "'" if call is CALL else '"'
    sent = f"    send_{{0}}(queue_{{0}}, {quote}later_{{0}}{quote})\n"
    forms = {"c": call, "s": sent, "p": "limit_{0} = {0} * factor_{0}\n", "-": "\n"}
    return "".join(forms[name[0]].format(name[1:]) for name in names.split())


def test_a_bracket_that_a_formatter_put_in_is_no_blank_line(story: Story) -> None:
    around = "c1 p2 s10 c11 p3 c4 c5 s6 s7 c8 - {} p14 p15 p16 - p17 p9"
    story.edit(None, written(around.format("p12 c13"), CALL))
    commit = story.commit(None, written(around.format("p27 c28"), LAID_OUT))

    assert story.corrections() == [("replaced", written("p12 c13", CALL), written("p27 c28", LAID_OUT), commit)]
