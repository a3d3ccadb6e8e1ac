"""Every parser of foreign text keeps its contract on inputs spoilt on purpose; benchmarks.fuzz has more of them."""

from __future__ import annotations

import pytest

from benchmarks.fuzz.__main__ import kept, table
from benchmarks.fuzz.running import Met, met
from benchmarks.fuzz.targets import targets

INPUTS = 60


@pytest.mark.parametrize("name", sorted(targets()))
def test_hostile_input_is_taken_or_refused(name: str) -> None:
    found = met(targets()[name], range(INPUTS))

    assert found.inputs == INPUTS
    assert found.broke == ()


@pytest.mark.parametrize("known", [True, False])
def test_a_table_is_read_again(known: bool) -> None:
    refused, slowest = (1_200, 0.25) if known else (None, None)
    found = [Met("a b", 12_345, refused, ("before",) * 2, slowest), Met("c", 0, refused and 0, (), slowest)]

    assert kept(table(found)) == found
    assert kept("") == []
