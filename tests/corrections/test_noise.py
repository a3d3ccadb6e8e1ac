"""Changes of text that no person decided."""

from __future__ import annotations

import pytest

from hivemind_git.corrections import noise


def _lines(text: str) -> list[bytes]:
    return text.encode().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("before", "after", "above"),
    [
        ("import os\n", "", ""),
        ("from a import b\n", "from a import b, c\n", ""),
        ('\t"crypto/sha256"\n', "", 'package x\n\nimport (\n\t"fmt"\n'),
        ("use std::fs;\n", "use std::{fs, io};\n", ""),
        ("#include <a.h>\n", "#include <b.h>\n", ""),
        ("\tgrade,\n", "", "import {\n\tscore,\n"),
        ("import { a } from 'x';\n", "import { b } from 'x';\n", ""),
        ("from a import c, b, \\\n    d, e\n", "from a import (b, c,\n               d, e)\n", ""),
        ("from a import (\n    b,  # old\n    c)\n", "from a import b, c  # old\n", ""),
        ("export { b, a, type C };\n", "export {\n\ta,\n\tb,\n\ttype C,\n};\n", ""),
    ],
)
def test_imports(before: str, after: str, above: str) -> None:
    assert noise.imports(_lines(before), _lines(after), _lines(above))


@pytest.mark.parametrize(
    ("before", "after", "above"),
    [
        ("x = 1\n", "", ""),
        ('\t"crypto/sha256"\n', "", "var names = []string{\n"),
        ("\tgrade,\n", "", "call(\n\tscore,\n"),
        ("import os\n", "run()\n", ""),
        ("", "", ""),
    ],
)
def test_no_imports(before: str, after: str, above: str) -> None:
    assert not noise.imports(_lines(before), _lines(after), _lines(above))


@pytest.mark.parametrize(
    ("masked", "plain"),
    [
        ("key = REDACTED\n", "key = abc123\n"),
        ("REDACTED\n", "SID=abc\n"),
        ("a [REDACTED] b REDACTED c\n", "a x b y c\n"),
        ("token: <github-token:1>\n", "token: ghp_x\n"),
        ("key: |\n  REDACTED\nend\n", "key: |\n  line one\n  line two\nend\n"),
    ],
)
def test_a_placeholder_stands_for_anything(masked: str, plain: str) -> None:
    assert noise.redacted(_lines(masked), _lines(plain))
    assert noise.redacted(_lines(plain), _lines(masked))


@pytest.mark.parametrize(
    ("masked", "plain"),
    [
        ("key = REDACTED\n", "name = abc\n"),
        ("key = a\n", "key = b\n"),
        ("REDACTED\nx\n", "a\ny\n"),
        ("abREDACTEDba\n", "aba\n"),
    ],
)
def test_a_placeholder_hides_no_other_change(masked: str, plain: str) -> None:
    assert not noise.redacted(_lines(masked), _lines(plain))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("yarn.lock", True),
        ("web/package-lock.json", True),
        ("go.sum", True),
        ("proto/a.pb.go", True),
        ("a_pb2.py", True),
        ("vendor/x/y.go", True),
        ("src/__snapshots__/a.snap", True),
        ("app.min.js", True),
        ("src/locker.py", False),
        ("src/vendor.py", False),
        ("go.mod", False),
    ],
)
def test_generated_by_its_name(path: str, expected: bool) -> None:
    assert noise.generated(path, frozenset(), []) is expected


def test_a_hand_written_file_that_speaks_of_generated_code_is_not_generated() -> None:
    head = _lines("# This module reads generated files.\n")

    assert not noise.generated("src/reader.py", frozenset(), head)


def test_a_block_of_its_own_and_a_few_lines_within() -> None:
    block = _lines("func a() {\n\tx()\n\ty()\n\tz()\n}\n\n")

    assert noise.whole_block(block, _lines("func b() {\n"))
    assert not noise.whole_block(_lines("\tif x {\n\t\ty()\n\t}\n"), _lines("\tz()\n"))


@pytest.mark.parametrize(
    "line", ["x() //nolint:gosec // test\n", "import a  # noqa: F401\n", "# shellcheck disable=SC2088\n"]
)
def test_a_word_to_a_linter(line: str) -> None:
    assert noise.directive(_lines(line))
    assert not noise.directive(_lines("# lint this later\n"))
