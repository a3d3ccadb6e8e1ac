"""Rules and corrections as a Cognee eXchange archive, version 0.1 (cognee.modules.migration.cogx), and back.

An archive is a folder: `manifest.json`, and one file of JSON lines a kind of record. Rules are memories, corrections
are documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from hivemind_git.exchange.pairs import Clean
from hivemind_git.exchange.reading import ForeignError, Remembered, document, first_text, moment, objects
from hivemind_git.model import Correction, Json, Rule
from hivemind_git.store.jsonline import escaped

VERSION = "0.1"
SYSTEM = "hivemind-git"
MANIFEST = "manifest.json"
RECORDS = ("memories", "memory_blocks", "facts", "documents", "episodes", "entities")
"""Files of records that are read; raw nodes and the accounts of people (`permissions.json`) are not."""


def archive(rules: Iterable[Rule], corrections: Iterable[Correction], made: str, clean: Clean) -> Mapping[str, str]:
    """The files of an archive, by name.

    Args:
        rules: become memories.
        corrections: become documents.
        made: when, RFC 3339.
        clean: redacts once more what leaves the repository.
    """
    records = {
        "memories.jsonl": [_memory(rule, clean) for rule in rules],
        "documents.jsonl": [_document(one, clean) for one in corrections],
    }
    counts: dict[str, Json] = {
        "memory": len(records["memories.jsonl"]),
        "document": len(records["documents.jsonl"]),
    }
    manifest: dict[str, Json] = {
        "cogx_version": VERSION,
        "source_system": SYSTEM,
        "exported_at": made,
        "counts": counts,
        "notes": ["Rules and corrections of a git repository, redacted."],
    }
    files = {name: "".join(f"{_line(one)}\n" for one in found) for name, found in records.items() if found}
    return {MANIFEST: json.dumps(manifest, indent=2) + "\n", **files}


def check(manifest: bytes) -> None:
    """Makes sure that an archive is of a version that is read here.

    Raises:
        ForeignError: it is no archive, or a newer one.
    """
    found = document(manifest)
    version = found.get("cogx_version") if isinstance(found, dict) else None
    if not isinstance(version, str) or not version.partition(".")[0].isdigit():
        raise ForeignError("names no version of COGX")
    if int(version.partition(".")[0][:9]) > int(VERSION.partition(".")[0]):
        raise ForeignError(f"is of COGX {version[:20]}, newer than the {VERSION} that is read here")


def read(data: bytes) -> Iterator[Remembered]:
    """What one file of records holds.

    Raises:
        ForeignError: it is no file of records.
    """
    found = document(data) if data.strip() else []
    for record in objects(found if isinstance(found, list) else [found]):
        text = _said(record)
        scope = record.get("scope")
        if text:
            yield Remembered(
                text=text,
                key=":".join(filter(None, (first_text(record, "external_system"), first_text(record, "external_id")))),
                title=first_text(record, "title", "label", "name", "predicate"),
                who=first_text(scope, "user_id", "agent_id", "session_id") if isinstance(scope, dict) else "",
                t=moment(record.get("updated_at"), record.get("created_at"), record.get("valid_at")),
                until=moment(record.get("invalid_at")),
            )


def _said(record: Mapping[str, Json]) -> str:
    match record.get("kind"):
        case "memory" | "document":
            return first_text(record, "content")
        case "memory_block":
            return first_text(record, "value")
        case "fact":
            names = (first_text(record, name) for name in ("subject_ref", "predicate", "object_ref"))
            return first_text(record, "fact_text") or " ".join(filter(None, names))
        case "entity":
            return first_text(record, "description")
        case "episode":
            turns = objects(record.get("turns"))
            return "\n".join(f"{first_text(turn, 'role')}: {first_text(turn, 'content')}" for turn in turns)
        case _:
            return ""


def _line(value: Mapping[str, Json]) -> str:
    return escaped(json.dumps(value, ensure_ascii=False, sort_keys=True))


def _memory(rule: Rule, clean: Clean) -> dict[str, Json]:
    template = f"Instead of\n{rule.before}\nwrite\n{rule.after or '(nothing)'}" if rule.before or rule.after else ""
    scope: list[Json] = [*rule.scope]
    sessions: list[Json] = [*rule.sessions]
    return {
        "kind": "memory",
        "external_system": SYSTEM,
        "external_id": f"rule:{rule.id}",
        "content": clean("\n".join(filter(None, (rule.advice, template)))),
        "categories": ["correction", rule.kind.value],
        "metadata": {"state": rule.state.value, "scope": scope, "language": rule.language, "sessions": sessions},
    }


def _document(one: Correction, clean: Clean) -> dict[str, Json]:
    before = "".join(f"-{line}\n" for line in one.before.splitlines())
    after = "".join(f"+{line}\n" for line in one.after.splitlines())
    reason = f"{one.reason.text}\n\n" if one.reason else ""
    return {
        "kind": "document",
        "external_system": SYSTEM,
        "external_id": f"correction:{one.id}",
        "title": f"{one.kind.value} in {one.path}" if one.path else one.kind.value,
        "content": clean(f"{reason}{before}{after}"),
        "mime_type": "text/x-diff",
        "scope": {"agent_id": one.agent, "session_id": one.session},
        "created_at": one.t,
        "metadata": {"path": one.path, "commit": one.commit, "confidence": one.confidence},
    }
