"""Every parser of foreign text keeps its contract on inputs spoilt on purpose; benchmarks.fuzz has more of them."""

from __future__ import annotations

import pytest

from benchmarks.fuzz.running import met
from benchmarks.fuzz.targets import targets

INPUTS = 60


@pytest.mark.parametrize("name", sorted(targets()))
def test_hostile_input_is_taken_or_refused(name: str) -> None:
    found = met(targets()[name], range(INPUTS))

    assert found.inputs == INPUTS
    assert found.broke == ()
