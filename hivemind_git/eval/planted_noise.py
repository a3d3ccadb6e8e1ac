"""Edits that nobody makes twice: another name, another value, an argument more or less, a line rewritten or gone."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from hivemind_git.eval import planted_words as words

_Edit: TypeAlias = Callable[[random.Random, str, str], str]
_NAME: Final = re.compile(r"[a-z][A-Za-z_]{4,}")
_NUMBER: Final = re.compile(r"\b\d+\b")


def one_off(rng: random.Random, language: str, line: str = "") -> tuple[str, str]:
    """The agent's text and the accepted one; they differ. `line`: what the agent wrote, a line of its own otherwise."""
    while True:
        before = line or "\n".join(words.statement(rng, language) for _ in range(rng.choice((1, 1, 1, 2, 3))))
        after = rng.choice(_TOUCHES if line else _EDITS)(rng, language, before)
        if after != before:
            return before, after


def _renamed(rng: random.Random, language: str, text: str) -> str:
    names = sorted(set(_NAME.findall(text)))
    return text.replace(rng.choice(names), words.variable(rng, language)) if names else text


def _renumbered(rng: random.Random, _language: str, text: str) -> str:
    return _NUMBER.sub(lambda _: str(rng.randrange(1000, 9999)), text, count=1)


def _argued(rng: random.Random, language: str, text: str) -> str:
    value = words.expression(rng, language)
    return text.replace(")", f", {value})", 1) if "()" not in text else text.replace("()", f"({value})", 1)


def _rewritten(rng: random.Random, language: str, text: str) -> str:
    lines = text.split("\n")
    lines[rng.randrange(len(lines))] = words.statement(rng, language)
    return "\n".join(lines)


def _gone(_rng: random.Random, _language: str, _text: str) -> str:
    return ""


def _grown(rng: random.Random, language: str, text: str) -> str:
    return f"{text}\n{words.statement(rng, language)}"


def _guarded(rng: random.Random, language: str, text: str) -> str:
    return f"if ({words.expression(rng, language)}) {{\n{text}\n}}"


def _wrapped(rng: random.Random, language: str, text: str) -> str:
    inner = re.search(r"\(([^()]+)\)", text)
    if inner is None:
        return text
    return text.replace(inner.group(), f"({words.method(rng, language)}({inner.group(1)}))", 1)


def _toggled(rng: random.Random, language: str, text: str) -> str:
    name, value = words.variable(rng, language), rng.choice(("true", "false", "1", "0", "10", "null"))
    return text.replace(")", f", {name}={value})", 1)


_TOUCHES: Final[tuple[_Edit, ...]] = (_renamed, _renamed, _renumbered, _argued, _rewritten, _wrapped, _toggled)
_EDITS: Final[tuple[_Edit, ...]] = (*_TOUCHES, _rewritten, _gone, _grown, _guarded)
