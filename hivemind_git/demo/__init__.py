"""The story behind `git hivemind demo`: three sessions recorded with the real Claude Code, and what Ada made of each.

`sessions/N.jsonl` are the client's own transcripts of version 2.1.329, cut to the conversation, with another folder and
day; `accepted/N.txt` is the file as it was committed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Day:
    """One session of the agent, and the commit that a person made of it."""

    transcript: bytes
    prompt: str
    path: str
    written: str
    accepted: str
    subject: str
    committed: str


_SUBJECTS = ("Place orders", "Charge customers", "Reserve stock")


def days() -> Iterator[Day]:
    """The three days in order."""
    for number, subject in enumerate(_SUBJECTS, 1):
        transcript = _file(f"sessions/{number}.jsonl")
        records = [json.loads(line) for line in transcript.splitlines()]
        uses = (block for record in records for block in record["message"]["content"] if isinstance(block, dict))
        write = next(block["input"] for block in uses if block.get("name") == "Write")
        yield Day(
            transcript=transcript,
            prompt=records[0]["message"]["content"],
            path=write["file_path"].removeprefix(records[0]["cwd"] + "/"),
            written=write["content"],
            accepted=_file(f"accepted/{number}.txt").decode(),
            subject=subject,
            committed=records[-1]["timestamp"][:11] + "10:00:00Z",
        )


def _file(name: str) -> bytes:
    return files(__name__).joinpath(name).read_bytes()
