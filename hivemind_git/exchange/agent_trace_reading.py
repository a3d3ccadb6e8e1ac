"""Reads Agent Trace records (0.x of the RFC): which conversation wrote which lines of the files of a revision.

Only what a record calls `ai` is evidence of an agent. What it calls `mixed` an agent wrote and a person changed, and
which is which it does not tell.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from hivemind_git.exchange import attested
from hivemind_git.exchange.attested import Attested, Record
from hivemind_git.exchange.reading import ForeignError, first_text, objects
from hivemind_git.model import Json

_FULL_ID: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_OURS: Final = "urn:hivemind:session:"
_NAME: Final = 100


def read(value: Json) -> Record:
    """What a record says, or a list of them.

    Raises:
        ForeignError: one is no record of a version that is read here, or names no commit of git.
    """
    records = [value] if isinstance(value, dict) else objects(value)
    if not records:
        raise ForeignError("is no trace record")
    found: dict[tuple[str, str, str], list[Attested]] = defaultdict(list)
    unclear = broken = 0
    for record in records:
        revision = _revision(record)
        for file, talk in _talks(record):
            one = _attested(record, revision, file, talk)
            for kind, span in _ranges(talk):
                if span is None or not one.path:
                    broken += 1
                elif kind != "ai":
                    unclear += 1
                else:
                    found[revision, one.path, one.session].append(replace(one, lines=(span,)))
    joined = (replace(each[0], lines=attested.joined(each)) for each in found.values())
    return Record(tuple(joined), unclear, broken)


def _revision(record: Mapping[str, Json]) -> str:
    version, vcs = record.get("version"), record.get("vcs")
    if not isinstance(version, str) or not isinstance(record.get("files"), list):
        raise ForeignError("is no trace record: it has no version or no files")
    if not version.startswith("0."):
        raise ForeignError(f"is of Agent Trace {version[:20]}, and 0.x is read here")
    told = vcs if isinstance(vcs, dict) else {}
    revision = first_text(told, "revision")
    if told.get("type", "git") != "git" or not _FULL_ID.fullmatch(revision):
        raise ForeignError("names no commit of git, and its line numbers mean nothing without one")
    return revision


def _talks(record: Mapping[str, Json]) -> Iterator[tuple[dict[str, Json], dict[str, Json]]]:
    """Each conversation with its file."""
    for file in objects(record.get("files")):
        for talk in objects(file.get("conversations")):
            yield file, talk


def _attested(
    record: Mapping[str, Json], revision: str, file: Mapping[str, Json], talk: Mapping[str, Json]
) -> Attested:
    model = _model(talk)
    urls = [first_text(one, "url") for one in objects(talk.get("related")) if one.get("type") == "session"]
    url = next((one for one in urls if one.startswith(_OURS)), "")
    agent, _, session = url.removeprefix(_OURS).partition(":")
    told = record.get("tool")
    tool = first_text(told, "name") if isinstance(told, dict) else ""
    named = first_text(talk, "url") or next(iter(urls), "") or f"{first_text(record, 'id')} {model}"
    return Attested(
        revision=revision,
        path=first_text(file, "path"),
        session=hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:14],
        agent=(agent if session else tool)[:_NAME] or "unknown",
        model=model or None,
        known=session,
        lines=(),
    )


def _model(talk: Mapping[str, Json]) -> str:
    contributor = talk.get("contributor")
    model = first_text(contributor, "model_id") if isinstance(contributor, dict) else ""
    return model.rpartition("/")[2][:_NAME]


def _ranges(talk: Mapping[str, Json]) -> Iterator[tuple[str, tuple[int, int] | None]]:
    """Who wrote each range, and which it is; None where it is out of form."""
    contributor = talk.get("contributor")
    for one in objects(talk.get("ranges")):
        own = one.get("contributor") or contributor
        kind = first_text(own, "type") if isinstance(own, dict) else ""
        start, end = one.get("start_line"), one.get("end_line")
        whole = isinstance(start, int) and isinstance(end, int) and not isinstance(start, bool)
        yield kind, (start, end) if whole and isinstance(start, int) and isinstance(end, int) else None
