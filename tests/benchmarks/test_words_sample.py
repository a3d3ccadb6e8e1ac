"""The samples of words in other languages: whole, and judged no worse than docs/measurements.md says."""

from __future__ import annotations

import pytest

from benchmarks.words import sample


@pytest.mark.parametrize(("name", "size", "least", "most"), [("sample.tsv", 20, 34, 4), ("abroad.tsv", 24, 83, 40)])
def test_every_line_is_translated_and_the_figures_stand(name: str, size: int, least: int, most: int) -> None:
    languages = len(sample.SAMPLES[name])
    assert [len(texts) for _, texts in sample.rows(name)] == [languages] * size
    *_, (last, right, wrong, wanted, _, _) = sample.table(name)

    assert (last, wanted) == ("all", str(languages * size // 2))
    assert int(right) >= least
    assert int(wrong) <= most
