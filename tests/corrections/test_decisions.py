"""Names of corrections: ids, decisions, languages, contexts, times."""

from __future__ import annotations

from hashlib import sha256

import pytest

from hivemind_git.corrections import decisions


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/app.py", "python"),
        ("web/App.TSX", "typescript"),
        ("cmd/main.go", "go"),
        ("Makefile", "make"),
        ("deploy/Dockerfile", "dockerfile"),
        ("a.b/c", ""),
        (".bashrc", ""),
        ("notes.unheard-of", ""),
    ],
)
def test_language(path: str, expected: str) -> None:
    assert decisions.language(path) == expected


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("class A:\n    def f(self):\n        x = 1\n        y = 2\n", 3, "def f(self):"),
        ("func f() {\n\tx()\n\n\ty()\n}\n", 3, "func f() {"),
        ("a:\n  b:\n    c: 1\n", 2, "b:"),
        ("x = 1\ny = 2\n", 1, ""),
        ("", 0, ""),
        ("def f():\n    return 1\n", 9, ""),
    ],
)
def test_the_line_that_encloses(text: str, start: int, expected: str) -> None:
    assert decisions.enclosing(text.encode().splitlines(keepends=True), start) == expected


def test_the_id_of_a_correction_hashes_the_agents_side() -> None:
    assert decisions.correction_id("replaced", "e1", 3) == sha256(b'["replaced","e1",3]').hexdigest()[:32]
    assert decisions.correction_id("restated", "p1") == sha256(b'["restated","p1"]').hexdigest()[:32]


def test_a_decision_is_who_where_and_which_tokens() -> None:
    one = decisions.decision_id("ann", "c1", "print(a)\n", "log(a)\n")

    assert one == decisions.decision_id("ann", "c1", "  print(b, 1)\n", "  log(b, 1)\n")
    assert one != decisions.decision_id("ann", "c1", "log(a)\n", "print(a)\n")
    assert one != decisions.decision_id("ann", "c2", "print(a)\n", "log(a)\n")
    assert one != decisions.decision_id("bob", "c1", "print(a)\n", "log(a)\n")


@pytest.mark.parametrize(
    ("t", "expected"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_767_225_600.5, "2026-01-01T00:00:00.500Z"),
        (float("inf"), "9999-12-30T00:00:00.000Z"),
        (float("-inf"), "0001-01-02T00:00:00.000Z"),
        (float("nan"), "0001-01-02T00:00:00.000Z"),
        (1e30, "9999-12-30T00:00:00.000Z"),
    ],
)
def test_a_time_no_calendar_holds_becomes_its_nearest_end(t: float, expected: str) -> None:
    assert decisions.stamp(t) == expected


@pytest.mark.parametrize(
    ("subject", "before", "after", "expected"),
    [
        ("Fix fish instructions.", "echo zsh\n", "echo fish\n", True),
        ("Treat legacy & stale as the same", "case statusStale:\n", "case statusStale, statusLegacy:\n", True),
        ("Use it", "a\n", "b\n", False),
        ("Prepare the release", "print(a)\n", "log(a)\n", False),
        ("Keep print", "print(a)\n", "print(b)\n", False),
    ],
)
def test_a_subject_speaks_of_what_changed(subject: str, before: str, after: str, expected: bool) -> None:
    assert decisions.speaks(subject, before, after) is expected


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    assert decisions.text((b"caf\xe9\n", b"ok\n")) == "caf\ufffd\nok\n"
