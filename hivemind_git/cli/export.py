"""`git hivemind export`: sessions, corrections and rules in other tools' formats."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import progress, render
from hivemind_git.errors import HivemindError

if TYPE_CHECKING:
    from hivemind_git.exchange.pairs import Wanted
    from hivemind_git.pipeline.exporting import Sources

_FORMATS = ("trl", "openai-dpo", "openai-sft", "parquet", "atif", "agent-trace", "cogx")
_FOLDERS = frozenset({"atif", "cogx"})
_PLACES = {"parquet": "hivemind.parquet", "atif": "hivemind-atif", "cogx": "hivemind-cogx"}


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(_FORMATS))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, allow_dash=True), help="The file, or folder for atif and cogx."
)
@click.option("--conversational", is_flag=True, help="trl: messages instead of texts.")
@click.option("--split", metavar="DAY", help="Pairs: write FILE.train and FILE.test, the latter from this UTC day on.")
@click.option("--since", metavar="DAY", default="", help="Pairs: only corrections of this UTC day or later.")
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Pairs: only these."
)
@click.option("--linters", is_flag=True, help="Pairs: what a linter corrected too.")
@click.option("--session", default="", metavar="ID", help="atif: only this session (a prefix will do).")
@click.pass_obj
def command(
    folder: str,
    format_: str,
    output: Path | None,
    conversational: bool,
    split: str | None,
    since: str,
    min_confidence: float,
    linters: bool,
    session: str,
) -> None:
    """Write sessions, corrections or rules as FORMAT. Everything is redacted once more on the way out.

    \b
    trl, openai-dpo    pairs: what the agent wrote, what people made of it
    openai-sft         the accepted half of them
    parquet            all corrections, for engines that mine many repositories
    atif               sessions, a file each        agent-trace  who wrote the lines of HEAD
    cogx               rules and corrections as an archive for memory systems
    """
    from hivemind_git.exchange.pairs import Wanted  # noqa: PLC0415 - --help must not load libgit2
    from hivemind_git.model import CorrectionOrigin  # noqa: PLC0415
    from hivemind_git.pipeline import exporting, workspace  # noqa: PLC0415

    for day in filter(None, (split, since)):
        _day(day)
    space = workspace.open_workspace(folder)
    with progress.derivation() as told:
        read = exporting.sources(space, told)
    target = output or Path(_PLACES.get(format_, "-"))
    if format_ in _FOLDERS and str(target) == "-":
        raise click.UsageError(f"{format_} is a folder of files; name it with --output.")
    target = target if str(target) == "-" else Path(folder) / target
    origins = frozenset(CorrectionOrigin) if linters else Wanted().origins
    wanted = Wanted(confidence=min_confidence, origins=origins, since=since)
    try:
        _write(read, format_, target, wanted, conversational=conversational, split=split, session=session)
    except OSError as error:
        raise HivemindError(f"{target} cannot be written: {error.strerror}", "Name another with --output.") from error
    render.warn_of_nonsense(space)


def _write(
    read: Sources, name: str, target: Path, wanted: Wanted, *, conversational: bool, split: str | None, session: str
) -> None:
    from hivemind_git.exchange import parquet, training  # noqa: PLC0415
    from hivemind_git.pipeline import exporting  # noqa: PLC0415
    from hivemind_git.pipeline.exporting import Format  # noqa: PLC0415

    kind = Format(name)
    if kind in exporting.ROWS:
        row = training.trl_conversational if conversational and kind is Format.TRL else exporting.ROWS[kind]
        found = exporting.training_pairs(read, wanted)
        if split is None:
            _place(target, exporting.lines(found, row), render.count(len(found), "pair"))
            return
        for part, pairs in zip(("train", "test"), exporting.split(found, split), strict=True):
            named = target.with_name(f"{target.stem}.{part}{target.suffix or '.jsonl'}")
            _place(named, exporting.lines(pairs, row), render.count(len(pairs), "pair"))
    elif kind is Format.PARQUET:
        rows = parquet.write(read.corrections, target, read.clean())
        click.echo(f"Wrote {render.count(rows, 'correction')} to {render.printable(str(target))}.", err=True)
    elif kind is Format.AGENT_TRACE:
        _place(target, exporting.trace(read), "one record")
    elif kind is Format.ATIF:
        _place_all(target, dict(exporting.trajectories(read, session)))
    else:
        _place_all(target, exporting.archive(read, datetime.now(UTC)))


def _place(target: Path, text: str, what: str) -> None:
    """Writes a file whole or not at all; `-` is standard output."""
    if target.name.startswith("-"):
        click.echo(text, nl=False)
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    Path(name).replace(target)
    click.echo(f"Wrote {what} to {render.printable(str(target))}.", err=True)


def _place_all(target: Path, files: Mapping[str, str]) -> None:
    target.mkdir(exist_ok=True)
    for name, text in files.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"Wrote {render.count(len(files), 'file')} to {render.printable(str(target))}.", err=True)


def _day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"'{text}' is no day; write it as YYYY-MM-DD.") from error
