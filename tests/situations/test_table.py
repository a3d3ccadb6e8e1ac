"""The page of situations is what its command prints, and names no test that is not there."""

from __future__ import annotations

import pytest
from situations import table


def test_the_page_is_what_its_command_prints() -> None:
    assert (table.TOP / "docs/situations.md").read_text() == table.page(), "python tests/situations/table.py"


def test_every_situation_says_what_it_is() -> None:
    for path in table.HERE.glob("test_*.py"):
        if path.name != "test_table.py":
            assert all(row.said and row.taken for row in table.functions(path).values()), path.name


@pytest.mark.parametrize(("path", "name"), [(path, name) for _, path, name in table.ELSEWHERE])
def test_what_is_held_elsewhere_is_there(path: str, name: str) -> None:
    assert name in table.functions(table.HERE.parent / path)
