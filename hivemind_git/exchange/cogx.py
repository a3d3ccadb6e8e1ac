"""Rules and corrections as a Cognee eXchange archive, version 0.1 (cognee.modules.migration.cogx), and back.

An archive is a folder: `manifest.json`, and one file of JSON lines a kind of record. Rules are memories, corrections
are documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from hivemind_git.exchange.pairs import Clean
from hivemind_git.model import Correction, Json, Rule

VERSION = "0.1"
SYSTEM = "hivemind-git"


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
    return {"manifest.json": json.dumps(manifest, indent=2) + "\n", **files}


def _line(value: Mapping[str, Json]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


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
