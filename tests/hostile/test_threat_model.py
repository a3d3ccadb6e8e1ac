"""docs/threat-model.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_every_threat_has_a_test_that_exists() -> None:
    rows = [line for line in (TOP / "docs/threat-model.md").read_text().splitlines() if line.startswith("| ")]
    threats = [row for row in rows if not row.startswith(("| threat", "| :--"))]
    named = [re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row) for row in threats]
    missing = [
        f"{file}::{test}" for tests in named for file, test in tests if f"def {test}(" not in (TOP / file).read_text()
    ]

    assert threats
    assert [row for row, tests in zip(threats, named, strict=True) if not tests] == []
    assert missing == []
