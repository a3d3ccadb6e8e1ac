from __future__ import annotations

from report.conftest import corrections
from store.store_values import a_correction

from hivemind_git.report import figures, graph
from hivemind_git.report.figures import Bar, Part
from hivemind_git.report.graph import Traced


def test_weeks_without_a_correction_stand_too() -> None:
    given = [
        a_correction(1, agent="codex", t="2026-01-06T00:00:00.000Z"),
        a_correction(2, agent="pi", t="2026-01-11T23:59:59.000Z"),
        a_correction(3, agent="pi", t="2026-01-20T00:00:00.000Z"),
    ]
    chart = figures.over_time(given, {"2026-01-13": ["python-logging"], "2025-01-01": ["long before"]})
    assert chart.series == ("pi", "codex")
    assert chart.bars == (
        Bar("2026-01-05", (Part("pi", 0, 1, 0.5), Part("codex", 1, 1, 0.5)), 2),
        Bar("2026-01-12", (), 0, ("python-logging",)),
        Bar("2026-01-19", (Part("pi", 0, 1, 0.5),), 1),
    )


def test_the_time_goes_on_to_the_last_landing() -> None:
    chart = figures.over_time([a_correction(1, t="2026-01-06T00:00:00.000Z")], {"2026-01-21": ["python-logging"]})
    assert [(bar.label, bar.total, bar.landed) for bar in chart.bars] == [
        ("2026-01-05", 1, ()),
        ("2026-01-12", 0, ()),
        ("2026-01-19", 0, ("python-logging",)),
    ]


def test_years_are_shown_by_month() -> None:
    given = [a_correction(1, t="2024-11-30T00:00:00.000Z"), a_correction(2, t="2026-02-01T00:00:00.000Z")]
    chart = figures.over_time(given, {})
    assert [bar.label for bar in chart.bars][:3] == ["2024-11", "2024-12", "2025-01"]
    assert (len(chart.bars), [bar.total for bar in chart.bars if bar.total]) == (16, [1, 1])


def test_areas_are_ranked_and_the_rest_is_one_bar() -> None:
    chart = figures.by_area(corrections(), most=2)
    assert [(bar.label, bar.total) for bar in chart.bars] == [("src/shop", 40), (".", 20), ("3 others", 60)]


def test_every_link_is_a_curve_and_what_does_not_fit_is_counted() -> None:
    traced = [
        Traced(rule=f"{n:016x}", what="w", skill="one", live=True, sessions=("s1", f"s{n}")[: 1 + (n > 1)])
        for n in range(1, 5)
    ]
    drawn = graph.draw(traced, most=3)
    assert ([node.text for node in drawn.nodes if node.kind == "session"], drawn.hidden) == (["s1", "s2", "s3"], 1)
    assert len(drawn.curves) == 3 + 5
