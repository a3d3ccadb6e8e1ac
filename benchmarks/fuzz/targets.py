"""What is fed: each parser of text that comes from somewhere else, its contract, and good inputs to spoil."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.fuzz import rows
from hivemind_git import agents, settings
from hivemind_git.agents import jsonedit, unified
from hivemind_git.agents.base import Assistant, Checkout, Machine
from hivemind_git.agents.codex import patches
from hivemind_git.agents.jsontext import MalformedError
from hivemind_git.agents.lines import Tally
from hivemind_git.capture.journal import Payload
from hivemind_git.capture.keep import redacted
from hivemind_git.capture.redact import PLACEHOLDER, Redactor
from hivemind_git.corrections import shell_syntax
from hivemind_git.errors import HivemindError
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Capture, RuleKind
from hivemind_git.pipeline.placing import Placer
from hivemind_git.skills import document, rules_toml
from hivemind_git.skills.draft import proposal
from hivemind_git.skills.rules_toml import SkillRule
from hivemind_git.store import codec, layout

TOP: Final = "/home/dev/repo"
_GOLDEN: Final = Path(__file__).parents[2] / "tests/agents/golden"
_KEY: Final = b"0123456789abcdef"
_MOMENT: Final = 1795228467.0

_COMMANDS: Final = b"""git commit -am 'x' && sed -i s/a/b/ f.py | tee out <<EOF
text
EOF
for f in *; do echo "$f" > $(date); done
"""
_PATCH: Final = b"""*** Begin Patch
*** Update File: a.py
@@ def f():
-  x
+  y
*** Add File: b.py
+new
*** End Patch
"""
_HOOKS: Final = b"""{
  // mine
  "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "x"}]}]},
}
"""
_SECRETS: Final = b"""token = ghp_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2
https://u:pw@h/x
-----BEGIN PRIVATE KEY-----
MII
-----END PRIVATE KEY-----
"""
_T: Final = "2026-01-02T03:04:05.000Z"
_EVENT: Final = {
    "v": 1,
    "id": "0" * 32,
    "t": _T,
    "session": "s",
    "kind": "prompt",
    "agent": "codex",
    "source": "hook",
    "seq": 1,
    "text": "hello",
    "cut": {"text": 9},
}
_CORRECTION: Final = {
    "v": 1,
    "id": "0" * 32,
    "session": "s",
    "tool_use": "t",
    "agent": "codex",
    "path": "a.py",
    "language": "python",
    "kind": "replaced",
    "origin": "human",
    "before": "a\n",
    "after": "b\n",
    "context": "",
    "t": _T,
    "evidence": [],
    "reason": {"text": "why", "source": "prompt"},
    "decision": "0" * 16,
    "confidence": 0.9,
}
_DOCUMENT: Final = b"""---
name: logging
description: "Use logger"
---

# Logging

<!-- hivemind:rule 0123456789abcdef -->
text
<!-- /hivemind:rule -->
"""
_RULES: Final = b"""format = 1

[[rule]]
id = "0123456789abcdef"
kind = "template"
before = "print($0)"
after = "log($0)"
language = "python"
scope = ["src/**"]
sessions = ["s"]

[[rule.evidence]]
correction = "00000000000000000000000000000000"
before = "print(1)"
after = "log(1)"
"""


@dataclass(frozen=True, slots=True)
class Target:
    """One parser.

    Attributes:
        feed: gives it an input; raises AssertionError where what it made of it breaks its contract.
        errors: what it may raise, by its documentation.
        seeds: good inputs.
    """

    name: str
    feed: Callable[[bytes], object]
    errors: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...] = field(repr=False)


def targets() -> dict[str, Target]:
    """All targets by name."""
    found = [*_assistants(), *_texts(), *_store(), *_skills()]
    return {target.name: target for target in found}


def _assistants() -> Iterator[Target]:
    for assistant in map(agents.assistant, agents.NAMES):
        folder = _GOLDEN / assistant.name
        told = [json.loads(path.read_text()) for path in sorted(folder.rglob("payloads.json"))]
        logs = sorted(folder.rglob("*.jsonl"), key=lambda path: path.stat().st_size)
        if told:
            seeds = tuple(json.dumps(one).encode() for one in told)
            yield Target(f"{assistant.name} payloads", partial(_hear, assistant), (), seeds)
        if logs:
            seeds = tuple(path.read_bytes() for path in logs[: len(logs) // 2 + 1])
            feed = _read_rows if logs[0].name == f"{rows.TABLE}.jsonl" else _read
            yield Target(f"{assistant.name} transcript", partial(feed, assistant), (OSError,), seeds)


def _hear(assistant: Assistant, data: bytes) -> None:
    try:
        listed = json.loads(data)
    except (ValueError, RecursionError):
        return  # the journal takes out what does not parse
    listed = listed if isinstance(listed, list) else [listed]
    payloads = [
        Payload(f"{assistant.name}.7.{n}", assistant.name, _MOMENT + n, one)
        for n, one in enumerate(listed)
        if isinstance(one, dict)
    ]
    assistant.logs(payloads)
    _storable(assistant.hear(payloads, _placer(), diff_lines))


def _read(assistant: Assistant, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log.jsonl")
        log.write_bytes(data)
        assistant.mentions(log)
        _storable(assistant.read(log, _placer(), Tally(), diff_lines))


def _read_rows(assistant: Assistant, data: bytes) -> None:
    """As `_read`, of a database that holds the lines. To find its sessions is reading too."""
    here = Checkout(Path(TOP), Path(TOP, ".git"), (Path(TOP),))
    with tempfile.TemporaryDirectory() as folder:
        database = rows.written(Path(folder), data)
        for log in (database, *assistant.transcripts(here, Machine(Path(folder), {}))):
            assistant.mentions(log)
            _storable(assistant.read(log, _placer(), Tally(), diff_lines))


def _placer() -> Callable[[str, str], tuple[str, str] | None]:
    return Placer({TOP: "main"}, lambda _: False).place


def _storable(captures: Iterator[Capture]) -> None:
    """What an assistant tells is stored, or refused in one piece: no path leaves the worktree or enters git's."""
    redactor = Redactor(_KEY)
    for capture in captures:
        path = capture.event.fields.get("path")
        steps = path.split("/") if isinstance(path, str) else []
        assert not {"..", "", ".git"} & {step.lower() for step in steps}, path
        try:
            line = codec.encode_event(redacted(capture.event, redactor))
        except (ValueError, RecursionError):
            continue  # the seal counts it as lost, and says so
        assert len(line.data) <= 256 * 1024 + 1
        assert codec.decode_event(line.data).id == capture.event.id
        segment = layout.session_folder(capture.event.session)
        assert not segment.startswith(".") | ("/" in segment), segment


def _texts() -> Iterator[Target]:
    yield Target("shell command", lambda data: shell_syntax.parse(_text(data)), (), (_COMMANDS,))
    yield Target("codex patch", _patch, (patches.PatchError,), (_PATCH,))
    diff = b"@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    yield Target("unified diff", _diff, (unified.DiffError,), (diff,))
    yield Target("configuration in JSON", _configuration, (jsonedit.ShapeError, MalformedError), (_HOOKS,))
    yield Target("redaction", _redact, (), (_SECRETS, _COMMANDS))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _patch(data: bytes) -> None:
    for one in patches.parse(_text(data)):
        patches.apply(b"def f():\n  x\n", one.chunks)


def _diff(data: bytes) -> None:
    unified.apply(b"a\nb\n", unified.parse(_text(data)))


def _configuration(data: bytes) -> None:
    """What was put in comes out again, byte for byte; a file without a value is kept whole by its own record."""
    if jsonedit.read(data) is None:
        return
    item = {"hooks": [{"type": "command", "command": "ours"}]}
    added = jsonedit.append(data, ("hooks", "Stop"), item)
    assert jsonedit.remove(added, ("hooks", "Stop"), lambda one: one == item) == data


def _redact(data: bytes) -> None:
    """Twice is once, and the planted secret is gone whatever stands around it."""
    secret = "ghp_" + "a1B2" * 9
    redactor = Redactor(_KEY)
    text = redactor.text(f"{_text(data)}\n{secret}\n")
    assert secret not in text
    assert redactor.text(text) == text
    assert PLACEHOLDER.search(text)


def _store() -> Iterator[Target]:
    header = b'{"as_of":"2026-01-02T03:04:05.000Z","derivation":3}\n'
    lines = json.dumps(_EVENT).encode() + b"\n"
    yield Target("segment of events", _events, (), (lines * 3,))
    yield Target(
        "segment of corrections", codec.decode_corrections, (), (header + json.dumps(_CORRECTION).encode() + b"\n",)
    )
    paths = (
        b"sessions/2026-01/ab/s-1/0123456789abcdef.jsonl",
        b"tombstones/events/" + b"0" * 32,
        b"git/2026-01/x.jsonl",
    )
    yield Target("path in a store", _path, (), paths)
    yield Target("store's format", layout.parse_format, (), (b"hivemind-store 1\n",))


def _events(data: bytes) -> None:
    for event in codec.decode_lines(data, codec.decode_event).values:
        codec.encode_event(event)
    codec.ids_of(data)
    list(codec.lines_of(data))


def _path(data: bytes) -> None:
    """A path is of the store only if it is what the store itself would have written."""
    path = _text(data)
    segment = layout.parse(path)
    assert segment is None or ".." not in path.split("/")


def _skills() -> Iterator[Target]:
    answer = {"rules": [{"id": "0" * 16, "decision": "keep", "into": "", "headline": "Use `log`", "reason": "said"}]}
    team = b'[capture]\nignore = ["secrets/**"]\n[check]\nignore = ["gen/**"]\n[hivemind]\nmin_decisions = 3\n'
    yield Target("SKILL.md", _skill, (HivemindError,), (_DOCUMENT,))
    yield Target("rules.toml", lambda data: rules_toml.parse(data, "rules.toml"), (HivemindError,), (_RULES,))
    yield Target("model's answer", _answer, (ValueError,), (json.dumps(answer).encode(),))
    yield Target(".hivemind.toml", _settings, (HivemindError,), (team,))


def _skill(data: bytes) -> None:
    """A document that nobody changed is written as it was read."""
    parsed = document.parse(data, "SKILL.md")
    assert parsed.render() == data.decode()
    document.without(parsed, {"0123456789abcdef"})


def _answer(data: bytes) -> None:
    """Nothing that the evidence does not hold is taken from a model."""
    rule = SkillRule(id="0" * 16, kind=RuleKind.TEMPLATE, before="print($0)", after="log($0)", language="python")
    for judged in proposal.judgements(_text(data), [rule], []):
        assert judged.headline in ("", None) or proposal.supported(judged.headline, rule)


@dataclass(frozen=True, slots=True)
class _Team:
    """A checkout with nothing but the team's file."""

    workdir: Path | None
    configuration: tuple[settings.ConfigValue, ...] = ()


def _settings(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, settings.TEAM_FILE).write_bytes(data)
        settings.load(_Team(Path(folder)))
