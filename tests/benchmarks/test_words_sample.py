"""The sample of words in four languages: whole, and judged no worse than docs/measurements.md says."""

from __future__ import annotations

from benchmarks.words import sample


def test_every_line_is_translated_and_the_figures_stand() -> None:
    assert [len(texts) for _, texts in sample.rows()] == [4] * 20
    *_, (name, right, wrong, wanted, _, _) = sample.table()

    assert (name, wanted) == ("all", "40")
    assert int(right) >= 34
    assert int(wrong) <= 4
