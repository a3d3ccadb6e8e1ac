"""Hints that git's hooks left in the journal → events of no session."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from hivemind_git.capture.journal import Payload
from hivemind_git.git import hints
from hivemind_git.git.hints import Hint
from hivemind_git.git.objects import Repository
from hivemind_git.model import Capture, Event, Json, Kind, Source

AGENT = "git"
"""Under this name the git hooks stand in the journal beside the assistants."""


def captures(repository: Repository, payloads: Sequence[Payload]) -> Iterator[Capture]:
    """What git's hooks told. Hints that make no sense, or name commits that are gone, give nothing."""
    for payload in payloads:
        hint = hints.read(json.dumps(payload.data).encode())
        if hint is not None:
            for key, kind, fields in _events(repository, hint, payload.name):
                yield Capture(_event(payload, hint, key, kind, fields))


def _events(repository: Repository, hint: Hint, name: str) -> Iterator[tuple[tuple[str, ...], Kind, dict[str, Json]]]:
    if hint.hook == "post-commit" and hint.head:
        commit = repository.commit(hint.head)
        if commit is not None:
            paths: list[Json] = [{"path": one.path, "blob": one.after_oid} for one in repository.changes(commit.id)]
            yield (
                (commit.id,),
                Kind.COMMIT,
                {
                    "commit": commit.id,
                    "parents": list(commit.parents),
                    "patch": repository.patch_id(commit.id),
                    "subject": commit.subject,
                    "paths": paths,
                },
            )
    for old, new in hint.rewritten:
        yield (old, new), Kind.REWRITE, {"old": old, "new": new, "by": hint.by}
    staged = hints.staged(repository, repository.state_dir / "journal" / name, hint.head)
    for path, blob in staged if hint.hook == "pre-commit" else ():
        yield (hint.head or "", path, blob or ""), Kind.ACCEPTED, {"path": path, "commit": hint.head, "blob": blob}


def _event(payload: Payload, hint: Hint, key: tuple[str, ...], kind: Kind, fields: dict[str, Json]) -> Event:
    identity = sha256(json.dumps([AGENT, *key, kind.value]).encode()).hexdigest()[:32]
    moment = datetime.fromtimestamp(payload.t, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Event(
        id=identity,
        t=moment,
        session="",
        kind=kind,
        agent=AGENT,
        source=Source.HOOK,
        worktree=hint.worktree,
        head=hint.head,
        fields={name: value for name, value in fields.items() if value is not None},
    )
