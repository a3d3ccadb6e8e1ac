"""Writes the `rules.toml` of a skill: only what differs changes, comments and order stay as people left them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, Item, String, StringType, Table, Trivia

from hivemind_git.skills.rules_toml import SkillRule, parse
from hivemind_git.skills.text import hidden

_HEAD = """\
# The rules of this skill as data, for git hivemind check and log. Edit what you like: your changes stay.
# A rule is dropped by taking its [[rule]] out, or by reverting the commit that brought it.
format = 1
"""


def update(
    content: bytes | None,
    rules: Sequence[SkillRule],
    written: Mapping[str, str],
    where: str,
    removed: Collection[str] = (),
) -> str:
    """The text of the file with these rules, changed only where values differ; `content` None: a new file.

    Rules that stand there and are not named stay as they are; those in `removed` go.

    Raises:
        HivemindError: the file that stands cannot be read.
    """
    if content is not None:
        parse(content, where)
    document = tomlkit.parse(_HEAD if content is None else content.decode())
    table = document.setdefault("written", tomlkit.table())
    _assign(table, dict(sorted(written.items())))
    for stale in [key for key in table if key not in written]:
        del table[stale]
    listed = document.setdefault("rule", tomlkit.aot())
    for at in reversed([number for number, one in enumerate(listed) if str(one["id"]) in removed]):
        del listed[at]
    standing = {str(one["id"]): one for one in listed}
    for rule in rules:
        if rule.id in standing:
            _update(standing[rule.id], rule)
        else:
            listed.append(_table(_values(rule)))
    return tomlkit.dumps(document)


def _values(rule: SkillRule) -> dict[str, Any]:
    return {**asdict(rule), "kind": rule.kind.value, "origin": rule.origin.value}


def _update(table: Table, rule: SkillRule) -> None:
    values = _values(rule)
    proofs = values.pop("evidence")
    _assign(table, values)
    known = {str(one.get("correction")) for one in table.get("evidence", [])}
    for proof in proofs:
        if proof["correction"] not in known:
            _append(table, "evidence", proof)


def _assign(table: Table, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        new = list(value) if isinstance(value, tuple) else value
        old = table[key].unwrap() if key in table else None
        if old != new and (new or key in table):
            table[key] = _item(new)


def _table(values: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    table.trivia.indent = "\n"
    for key, value in values.items():
        if key == "evidence":
            for proof in value:
                _append(table, key, proof)
        elif value:
            table[key] = _item(list(value) if isinstance(value, tuple) else value)
    return table


def _append(table: Table, key: str, values: Mapping[str, Any]) -> None:
    listed = table.setdefault(key, tomlkit.aot())
    assert isinstance(listed, AoT)
    listed.append(_table(values))


def _item(value: Any) -> Item:
    if isinstance(value, str):
        return String(StringType.SLB, value, _escaped(value), Trivia())
    if isinstance(value, list):
        array: Array = tomlkit.array()
        for one in value:
            array.append(_item(one))
        return array.multiline(multiline=len(value) > 1)
    whole: Item = tomlkit.item(value)
    return whole


def _escaped(text: str) -> str:
    """The inside of a TOML basic string. Hidden characters are escaped, so that a reviewer sees them."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(
        f"\\U{ord(char):08x}" if hidden(char) else json.dumps(char, ensure_ascii=False)[1:-1] for char in whole
    )
