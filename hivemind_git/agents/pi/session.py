"""Reads a session's file: JSON lines, a header and the entries, appended while pi runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hivemind_git.agents.files import Files
from hivemind_git.agents.lines import Tally, mapping, objects, records, text
from hivemind_git.agents.pi.disk import AGENT
from hivemind_git.agents.pi_entries import Entries
from hivemind_git.agents.pi_forks import Ancestor
from hivemind_git.agents.pi_tools import file_of
from hivemind_git.agents.stamp import Place
from hivemind_git.model import Capture, DiffFunction, Source


def read_session(
    lines: Iterable[bytes], place: Place, line: Sequence[Ancestor], tally: Tally, diff: DiffFunction
) -> Iterator[Capture]:
    """The events of a session's file, in its order, with the file images that it lets us rebuild.

    Args:
        lines: the file's lines; they are read one at a time.
        place: where a file stands in the repository.
        line: the sessions that it was forked from, and itself.
        tally: counts what was left out.
        diff: cuts the hunks of edit events.
    """
    entries = Entries(AGENT, Source.TRANSCRIPT, Files(place, diff, tally), line[-1].session, line=line)
    for record in records(lines, tally):
        yield from entries.feed(record)
    yield from entries.finish()


def mentioned(lines: Iterable[bytes]) -> tuple[set[str], set[str]]:
    """The files that a session's file tools name, and the folders in which it worked, as it wrote them."""
    paths: set[str] = set()
    folders: set[str] = set()
    for record in records(lines, Tally()):
        folders.add(text(record, "cwd"))
        for block in objects(mapping(record, "message"), "content"):
            if block.get("type") == "toolCall":
                paths.add(file_of(mapping(block, "arguments")))
    return paths - {""}, folders - {""}
