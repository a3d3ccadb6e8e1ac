"""Corrections as one Parquet file, for engines that mine many repositories at once. Needs the extra `parquet`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from hivemind_git.errors import HivemindError
from hivemind_git.exchange.pairs import Clean
from hivemind_git.model import Correction

_TEXTS = (
    *("id", "session", "tool_use", "agent", "model", "path", "language", "kind", "origin", "before", "after"),
    *("context", "reason", "reason_source", "commit", "author", "t", "decision"),
)


def write(corrections: Iterable[Correction], target: Path, clean: Clean) -> int:
    """Writes the file, and returns how many rows it has.

    Raises:
        HivemindError: pyarrow is not installed.
        OSError: the file cannot be written.
    """
    try:
        import pyarrow  # noqa: PLC0415 - an extra, and slow to load
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise HivemindError(
            "Parquet needs the package pyarrow, which is not installed", "pip install 'hivemind-git[parquet]'"
        ) from error
    columns = [pyarrow.field(name, pyarrow.string()) for name in _TEXTS]
    columns += [
        pyarrow.field("confidence", pyarrow.float64()),
        pyarrow.field("evidence", pyarrow.list_(pyarrow.string())),
    ]
    rows = [_row(one, clean) for one in corrections]
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=pyarrow.schema(columns)), target)
    return len(rows)


def _row(one: Correction, clean: Clean) -> dict[str, object]:
    row = asdict(one)
    row |= {name: clean(row[name]) for name in ("before", "after", "context")}
    row |= {"reason": clean(one.reason.text) if one.reason else None}
    row |= {"reason_source": one.reason.source.value if one.reason else None}
    return {**row, "kind": one.kind.value, "origin": one.origin.value, "evidence": list(one.evidence)}
