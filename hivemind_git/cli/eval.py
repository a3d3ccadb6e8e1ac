"""`git hivemind eval`: derivation and rules measured against a known truth."""

from __future__ import annotations

from collections.abc import Sequence

import click

from hivemind_git.cli import render
from hivemind_git.errors import HivemindError

_NONE_HEAVY = "Wrong ones that weigh more than 3: none."


@click.group()
def command() -> None:
    """Measure derivation and rules against a known truth.

    Nothing of this reads or writes the repository that it is run in.
    """


@command.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.option("--markdown", is_flag=True, help="Print the table as Markdown.")
def labels(folder: str, as_json: bool, markdown: bool) -> int:
    """Derive the corrections of labelled cases, and compare them with the labels.

    docs/measurements.md tells what FOLDER holds. Exit code 1: a case could not be derived.
    """
    from pathlib import Path  # noqa: PLC0415 - --help must not load libgit2

    from hivemind_git.eval import labelled  # noqa: PLC0415
    from hivemind_git.eval import labels as measured  # noqa: PLC0415

    cases = labelled.read(Path(folder))
    derived = list(labelled.derived(cases))
    missing = [_not_derived(case, found) for case, found in derived if isinstance(found, HivemindError)]
    results = measured.judge(cases, [one for _, found in derived if isinstance(found, list) for one in found])
    heavy = [f"wrong, weight {one.weight:g}: {one.id} {one.path or render.one_line(one.words, 60)}"
             for result in results for one in result.heavy]  # fmt: skip
    head, *rows = measured.table(results)
    if as_json:
        render.emit_json({"columns": list(head), "rows": [list(row) for row in rows], "notes": [*heavy, *missing]})
    elif markdown:
        click.echo(
            "\n".join(
                [
                    _markdown("git hivemind eval labels FOLDER --markdown", rows, head),
                    "",
                    *(heavy or [_NONE_HEAVY]),
                    *missing,
                ]
            )
        )
    else:
        click.echo("\n".join([render.table([head, *rows]), *map(render.printable, [*heavy, *missing])]))
    return 1 if missing else 0


@command.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.option("--markdown", is_flag=True, help="Print the table as Markdown.")
def ablation(folder: str, as_json: bool, markdown: bool) -> int:
    """Derive the corrections by hand of labelled cases without one mechanism after the other.

    docs/measurements.md tells what FOLDER holds. Exit code 1: a case could not be derived.
    """
    from pathlib import Path  # noqa: PLC0415 - --help must not load libgit2

    from hivemind_git.eval import ablation as measured  # noqa: PLC0415
    from hivemind_git.eval import labelled  # noqa: PLC0415

    (head, *rows), failed = measured.measure(labelled.read(Path(folder)))
    missing = [_not_derived(case, why) for case, why in failed]
    if as_json:
        render.emit_json({"columns": list(head), "rows": [list(row) for row in rows], "notes": [*missing]})
    elif markdown:
        click.echo(_markdown("git hivemind eval ablation FOLDER --markdown", rows, head))
    else:
        click.echo(render.table([head, *rows]))
    for one in () if as_json else missing:
        click.echo(render.printable(one))
    return 1 if missing else 0


@command.command()
@click.option("--seeds", type=click.IntRange(1), default=200, show_default=True, help="How many histories.")
@click.option("--start", type=click.IntRange(0), default=0, show_default=True, help="The first seed.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes at once.")
@click.option("--folder", type=click.Path(exists=True, file_okay=False), help="Where the repositories are made.")
@click.option("--scripts", "most", type=click.IntRange(0), default=3, show_default=True, help="Failures to shrink.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.option("--markdown", is_flag=True, help="Print the table as Markdown.")
def histories(seeds: int, start: int, jobs: int, folder: str | None, most: int, as_json: bool, markdown: bool) -> int:
    """Plant random histories in real repositories, and compare what is derived with what happened.

    What fails is shrunk to a short script and printed. Exit code 1: something was wrong.
    """
    from hivemind_git.eval.histories import report  # noqa: PLC0415 - --help must not load libgit2

    where = report.folder(folder)
    done = report.measure(range(start, start + seeds), where, jobs)
    rows = report.table(done)
    shrunk = [script.text() for script in report.scripts(done.failing[:most], where)]
    if as_json:
        render.emit_json({"figures": dict(rows), "failing": list(done.failing), "scripts": list(shrunk)})
    elif markdown:
        click.echo(_markdown(f"git hivemind eval histories --seeds {seeds} --start {start} --markdown", rows))
    else:
        click.echo("\n\n".join([render.table(rows), *map(render.printable, shrunk)]))
    return 1 if done.failing else 0


@command.command()
@click.option("--seeds", type=click.IntRange(1), default=5, show_default=True, help="How many teams are drawn.")
@click.option("--start", type=click.IntRange(0), default=0, show_default=True, help="The first seed.")
@click.option(
    "--noise", type=float, multiple=True, default=(1, 2, 4), show_default=True, help="One-off edits a lesson."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.option("--markdown", is_flag=True, help="Print the table as Markdown.")
def rules(seeds: int, start: int, noise: tuple[float, ...], as_json: bool, markdown: bool) -> None:
    """Plant lessons among one-off edits, and see which rules are mined."""
    from hivemind_git.eval import rules as measured  # noqa: PLC0415 - tokens of a dozen languages

    found = list(measured.report(range(start, start + seeds), noise))
    if as_json:
        render.emit_json(
            {
                "rules": [
                    {
                        "noise": level,
                        "corrections": one.corrections,
                        "candidates": one.candidates,
                        "lessons": one.lessons,
                        "precision": one.precision,
                        "recall": one.recall,
                        "pairs": one.pair_precision,
                        "wrong": list(one.wrong),
                        "missed": list(one.missed),
                    }
                    for level, one in found
                ]
            }
        )
    elif markdown:
        line = f"git hivemind eval rules --seeds {seeds} --start {start} --markdown"
        click.echo(_markdown(line, measured.rows(found), measured.HEAD))
    else:
        click.echo(measured.table(found))


def _not_derived(case: str, why: HivemindError) -> str:
    return f"not derived: {case}: {why.sentence}. {why.step}".rstrip()


def _markdown(line: str, rows: Sequence[Sequence[str]], head: Sequence[str] = ("", "")) -> str:
    body = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join([f"Printed by `{line}`:", "", *body])
