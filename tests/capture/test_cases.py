"""The page of what capture holds gives each case a proof, and names none that is not there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
PAGE = (TESTS.parent / "docs/capture.md").read_text()
SECTIONS = {title: text for title, _, text in (part.partition("\n") for part in PAGE.split("\n## ")[1:])}
PROOF = re.compile(r"`([\w/]+\.py(?:::\w+)?|golden/[\w./-]+)`")
CASES = ("Complete", "Shell writes", "Durable", "Private", "Cheap")


@cache
def _functions(path: Path) -> frozenset[str]:
    """The tests of a file."""
    found = ast.parse(path.read_text()).body
    return frozenset(node.name for node in found if isinstance(node, ast.FunctionDef))


def is_there(proof: str) -> bool:
    """Whether a test, a file of tests or a recorded run exists."""
    if proof.startswith("golden/"):
        return (TESTS / "agents" / proof / "read.json").exists()
    path, _, name = proof.partition("::")
    return (TESTS / path).exists() and (not name or name in _functions(TESTS / path))


def test_every_proof_is_there() -> None:
    assert [proof for proof in PROOF.findall(PAGE) if not is_there(proof)] == []


@pytest.mark.parametrize("title", CASES)
def test_no_case_is_without_a_proof(title: str) -> None:
    rows = [line for line in SECTIONS[title].splitlines() if line.startswith("| ")][1:]
    assert rows
    assert [row for row in rows if not PROOF.search(row)] == []


def test_the_clients_are_those_that_are_installed() -> None:
    installed = (TESTS / "clients/install").read_text()
    named = re.findall(r"`(@[\w-]+/[\w-]+@[\d.]+)`", PAGE)
    assert len(named) == 2
    assert [client for client in named if f"package={client} " not in installed] == []
