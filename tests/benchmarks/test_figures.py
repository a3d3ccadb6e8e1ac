"""The tables of the documents are those that the kept figures give."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import Row, figures, tables

TOP = Path(__file__).parents[2]


def test_the_document_shows_the_figures_that_are_kept() -> None:
    document = (TOP / "docs/benchmarks.md").read_text()
    kept = figures.read(TOP / "docs/benchmarks.json")
    assert tables.within(document, list(kept.values())) == document


def test_growth_is_the_exponent_of_the_size() -> None:
    rows = [Row("x", n**2.0, "y", float(n), None, series="x by n", n=n) for n in (10, 100, 1000)]
    (growth,) = figures.growths(rows)
    assert (growth.least, growth.most) == (10, 1000)
    assert (growth.exponent, growth.baseline_exponent) == pytest.approx((2.0, 1.0))
