"""Cursor's transcripts, for sessions that no hook told: what was said, and what tools were asked to do.

A line is `{"role": "user" | "assistant", "message": {"content": [{"type": "text" | "tool_use", …}]}}`. It has no id, no
time and no result. So the time is that of the file's last change, which is never too early for what a commit accepted,
and a use is taken for done without its images.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

from hivemind_git.agents.cursor.disk import AGENT
from hivemind_git.agents.cursor.tools import Asked, captures, file_of
from hivemind_git.agents.files import Files
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, Tally, mapping, objects, records, text
from hivemind_git.agents.stamp import Place, Stamp
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Capture, DiffFunction, Json, Kind, Source

_QUERY = re.compile(r"<user_query>\n?(.*?)\n?</user_query>", re.DOTALL)
_HIDDEN = "[REDACTED]"


def read_transcript(
    lines: Iterable[bytes], session: str, t: str, place: Place, tally: Tally, diff: DiffFunction
) -> Iterator[Capture]:
    """The events of one transcript.

    Args:
        lines: of the file.
        session: whose it is.
        t: when the file was last changed, RFC 3339.
        place: finds files in the repository.
        tally: counts what was left out.
        diff: cuts the hunks.
    """
    files = Files(place, diff, tally)
    numbers = itertools.count()
    stamp = Stamp(agent=AGENT, source=Source.TRANSCRIPT, session=session, t=t, numbers=numbers)
    yield Capture(
        stamp.event(event_id(AGENT, session, None, Kind.SESSION_START), Kind.SESSION_START, {"how": "startup"})
    )
    for line, record in enumerate(records(lines, tally)):
        for part, block in enumerate(objects(mapping(record, "message"), "content")):
            yield from _told(f"line:{line}:{part}", text(record, "role"), block, stamp, files)


def mentioned(lines: Iterable[bytes]) -> tuple[set[str], set[str]]:
    """The files and the folders that the tool uses name."""
    files, folders = set(), set()
    for block in _uses(lines):
        asked = mapping(block, "input")
        if path := file_of(asked):
            files.add(path)
        if folder := text(asked, "working_directory"):
            folders.add(folder)
    return files, folders


def _uses(lines: Iterable[bytes]) -> Iterator[Record]:
    for record in records(lines, Tally()):
        yield from (one for one in objects(mapping(record, "message"), "content") if one.get("type") == "tool_use")


def _told(key: str, role: str, block: Record, stamp: Stamp, files: Files) -> Iterator[Capture]:
    if block.get("type") == "tool_use" and text(block, "name"):
        yield from captures(Asked(key, text(block, "name"), mapping(block, "input"), stamp), None, stamp, files)
    elif block.get("type") == "text":
        yield from _said(key, role, text(block, "text"), stamp)


def _said(key: str, role: str, said: str, stamp: Stamp) -> Iterator[Capture]:
    if role == "user":
        spoken = "\n".join(_QUERY.findall(said)) or said
        fields: Mapping[str, Json] = {"text": spoken, "speaker": Speaker.UNKNOWN.value, "prompt": key}
        kind = Kind.PROMPT
    else:
        spoken = said.replace(_HIDDEN, "").strip()
        fields, kind = {"text": spoken}, Kind.RESPONSE
    if spoken.strip():
        yield Capture(stamp.event(event_id(AGENT, stamp.session, key, kind, 0), kind, fields))
