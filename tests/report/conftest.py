"""A report with something of everything in it."""

from __future__ import annotations

import pytest
from store.store_values import a_correction

from hivemind_git.model import Correction, CorrectionKind
from hivemind_git.report import figures, graph
from hivemind_git.report.graph import Traced
from hivemind_git.report.page import Effect, Report, Waiting
from hivemind_git.skills.effect import Tally

AGENTS = ("claude-code", "codex", "pi")
PATHS = ("src/shop/orders.py", "src/shop/stock.py", "web/static/app.ts", "README.md", "", "tests/unit/test_a.py")


def corrections(count: int = 120) -> list[Correction]:
    """Corrections over some months, of three assistants, in several folders."""
    return [
        a_correction(
            number,
            session=f"s{number % 17}",
            agent=AGENTS[(number * number) % 3],
            path=PATHS[number % len(PATHS)],
            t=f"2026-{3 + number // 28:02}-{1 + number % 28:02}T10:00:00.000Z",
            kind=CorrectionKind.RESTATED if number % 4 == 0 else CorrectionKind.REPLACED,
        )
        for number in range(count)
    ]


@pytest.fixture
def report() -> Report:
    given = corrections()
    traced = [
        Traced(
            rule=f"{number:016x}",
            what=f"print($0) → logger.info($0) {number}",
            skill=("python-logging", "typescript-style")[number % 2],
            live=number != 3,
            sessions=tuple(f"{one:08x}-5e55-4000-8000-000000000000" for one in range(number, number + 3)),
        )
        for number in range(7)
    ]
    effect = {"rule": "0" * 16, "landed": "2026-05-04"}
    return Report(
        name="shop",
        made="2026-08-01",
        totals=((17, "sessions"), (140, "prompts"), (90, "corrections by hand"), (30, "corrections in words")),
        time=figures.over_time(given, {"2026-05-04": ["python-logging"], "2026-06-20": ["typescript-style"]}),
        areas=figures.by_area(given),
        effects=(
            Effect(
                skill="python-logging",
                what="print($0) → logger.info($0)",
                before=Tally(30, 40),
                since=Tally(2, 35),
                outcome="helped",
                **effect,
            ),
            Effect(
                skill="typescript-style",
                what="never any",
                before=Tally(3, 9),
                since=Tally(),
                outcome="too few",
                **effect,
            ),
        ),
        graph=graph.draw(traced),
        waiting=(
            Waiting(
                rule="a" * 16,
                state="candidate",
                before="except:\n",
                after="except $0 as error:\n",
                advice="",
                scope=("src/**/*.py",),
                decisions=4,
                why="4 decisions from 3 sessions agree",
            ),
            Waiting(
                rule="b" * 16,
                state="held",
                before="",
                after="",
                advice="Pull before you branch <script>alert(1)</script> \u202e evil",
                scope=(),
                decisions=2,
                why="a rule needs 3 decisions that agree",
            ),
        ),
    )
