"""Reads the `rules.toml` of a skill's folder: its rules as data, with their evidence, for check, lineage and undo.

A person may edit the file; reading takes what stands there. Writing is `rules_write`, apart because of what it imports.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hivemind_git.errors import HivemindError
from hivemind_git.model import CorrectionOrigin, RuleKind

FORMAT = 1
EVIDENCE_ENTRIES = 20

_ID = re.compile(r"[0-9a-f]{16}\Z")
_EVIDENCE_HEAD = re.compile(r"^\[\[rule\.evidence\]\]", re.MULTILINE)
_RULE_HEAD = re.compile(r"^(?=\[\[rule\]\])", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One correction that a rule rests on. `before`, `after` and `words` are redacted; empty where there is none."""

    correction: str
    session: str
    commit: str = ""
    path: str = ""
    before: str = ""
    after: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRule:
    """A published rule as its skill carries it.

    `corrections` counts all, `evidence` names at most twenty of them. `headline` is wording that a model proposed or a
    person wrote; empty, the template words the rule.
    """

    id: str
    kind: RuleKind
    before: str = ""
    after: str = ""
    advice: str = ""
    headline: str = ""
    scope: tuple[str, ...] = ()
    language: str = ""
    origin: CorrectionOrigin = CorrectionOrigin.HUMAN
    decisions: int = 0
    corrections: int = 0
    sessions: tuple[str, ...] = ()
    evidence: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A parsed `rules.toml`. `written` are checksums of what was generated, by which people's edits are known."""

    rules: tuple[SkillRule, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)


def parse(content: bytes, where: str, *, evidence: bool = True) -> RuleFile:
    """Reads a `rules.toml`; without its evidence, which is most of it, where only the rules are asked for.

    Raises:
        HivemindError: it is not UTF-8 or TOML, is of a newer format, or a rule in it lacks what a rule must have.
    """
    try:
        text = content.decode()
        known = _known(text, evidence=evidence)
        data = tomllib.loads(text if known is None else _RULE_HEAD.split(text)[0])
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise HivemindError(f"{where} cannot be read: {error}", "mend it, or restore the last good version") from None
    if not isinstance(data.get("format"), int) or data["format"] > FORMAT:
        raise HivemindError(f"{where} has format {data.get('format')!r}, known is {FORMAT}", "update hivemind-git")
    listed = data.get("rule", [])
    written = data.get("written", {})
    if not isinstance(listed, list) or not isinstance(written, dict):
        raise HivemindError(f"{where}: rule must be an array of tables, written a table", "mend it")
    rules = known or tuple(_rule(one, f"{where}, rule {n}") for n, one in enumerate(listed, 1))
    if len({rule.id for rule in rules}) < len(rules):
        raise HivemindError(f"{where} has a rule twice", "take one of the two out")
    return RuleFile(rules, {key: value for key, value in written.items() if isinstance(value, str)})


def _known(text: str, *, evidence: bool) -> tuple[SkillRule, ...] | None:
    """The rules of a file, each distinct text of a rule read once; None where the file has to be read in one piece.

    A history holds the same rules hundreds of times over, and tomllib is what its reading then costs.
    """
    head, *pieces = _RULE_HEAD.split(text)
    if '"""' in text or "'''" in text or re.search(r"^rule\s*[=.]", head, re.MULTILINE):
        return None
    if not evidence:
        pieces = [_EVIDENCE_HEAD.split(piece)[0] for piece in pieces]
    rules = [known_rule(piece.strip()) for piece in pieces]
    return tuple(rule for rule in rules if rule) if all(rules) else None


@lru_cache(maxsize=4096)
def known_rule(text: str) -> SkillRule | None:
    """The rule of one `[[rule]]` with its evidence; None where it cannot be read by itself."""
    try:
        data = tomllib.loads(text)
        return _rule(data["rule"][0], "") if data.keys() == {"rule"} else None
    except (tomllib.TOMLDecodeError, RecursionError, HivemindError):
        return None


def _rule(data: Any, where: str) -> SkillRule:
    if not isinstance(data, dict) or not _ID.match(str(data.get("id", ""))):
        raise HivemindError(f"{where} has no id of 16 hex digits", "mend it, or take the rule out")
    try:
        rule = SkillRule(
            id=data["id"],
            kind=RuleKind(data.get("kind", "")),
            before=_text(data, "before"),
            after=_text(data, "after"),
            advice=_text(data, "advice"),
            headline=_text(data, "headline"),
            scope=_texts(data, "scope"),
            language=_text(data, "language"),
            origin=CorrectionOrigin(data.get("origin", "human")),
            decisions=_number(data, "decisions"),
            corrections=_number(data, "corrections"),
            sessions=_texts(data, "sessions"),
            evidence=tuple(_proof(one) for one in data.get("evidence", [])),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise HivemindError(f"{where} is not a rule: {error}", "mend it, or take the rule out") from None
    if not (rule.before if rule.kind is RuleKind.TEMPLATE else rule.advice):
        raise HivemindError(f"{where} says nothing", "give it a before or an advice, or take it out")
    return rule


def _proof(data: dict[str, Any]) -> Proof:
    return Proof(**{name: _text(data, name) for name in Proof.__dataclass_fields__})


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key, "")
    if not isinstance(value, str):
        raise TypeError(f"{key} must be a string")
    return value


def _texts(data: dict[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{key} must be an array of strings")
    return tuple(value)


def _number(data: dict[str, Any], key: str) -> int:
    value = data.get(key, 0)
    if not isinstance(value, int):
        raise TypeError(f"{key} must be a number")
    return value
