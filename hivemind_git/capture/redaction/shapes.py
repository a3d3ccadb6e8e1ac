"""Whether a value looks drawn by a machine, or like something that people wrote: names, examples, references, prose."""

from __future__ import annotations

import math
import re
from collections import Counter

from hivemind_git.capture.redaction import literals

_REFERENCE = re.compile(
    r"[$%@{<\[(#&*!]|(?:arn|ref|op|vault|secretKeyRef|file|env|data):|\.\*|\.{0,2}/|~/|[A-Za-z]:\\", re.ASCII
)
_EXAMPLE = re.compile(
    r"example|sample|placeholder|change.?me|redacted|fixme|insert|replace|x{4}|\.\.\.|foobar|lorem|abcdefgh|12345678"
    r"|deadbeef|0{6}|secret|passw|token|api.?key|not.?real|test.?test|(?<![a-z])(?:your|fake|mock|todo|dummy)",
    re.IGNORECASE | re.ASCII,
)
_EXAMPLE_TOKEN = re.compile(
    r"example|EXAMPLE|placeholder|x{5}|X{5}|\.\.\.|your[_-]|redacted|0{8}|a{8}",
)
_PARTS = re.compile(r"[-_.:/@+,=|\s]+")
_HUMPS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DIGITS = re.compile(r"\d+")
_MANY_DIGITS = re.compile(r"\d{9}")
_MUMBLE = re.compile(r"[b-df-hj-np-tv-xz]{6}|[a-z]{14}", re.IGNORECASE | re.ASCII)
_WORD = re.compile(r"[A-Za-z]{1,24}\d{0,4}|\d{1,8}|[vV]?\d{1,4}[a-z]{0,2}")
_SYMBOLS = re.compile(r"[!#$%^&*+?~@;]")


def entropy(value: str) -> float:
    """Shannon's entropy of the characters, in bits a character."""
    length = len(value)
    return -sum(count / length * math.log2(count / length) for count in Counter(value).values())


def is_token(value: str) -> bool:
    """Whether what has the shape of an issuer's token was drawn: no `ghp_xxxx…`, no example, no padding."""
    counts = Counter(value)
    if len(counts) < 8 or max(counts.values()) > max(10, len(value) / 4):
        return False
    return not _EXAMPLE_TOKEN.search(value)


def is_reference(value: str) -> bool:
    """Whether a value names where the secret is: `${X}`, `<your key>`, `%s`, `@x@`, `arn:…`, `op://…`, a path."""
    return bool(_REFERENCE.match(value)) or "://" in value or "${" in value or "{{" in value


def is_written(value: str) -> bool:
    """Whether a person wrote it: words, names and small numbers between separators, as `us-east-1` or `userToken`."""
    return all(_is_word(part) for part in _PARTS.split(value) if part)


def is_random(value: str, least: int, issued: bool = False) -> bool:
    """Whether a value of at least `least` characters looks drawn: digits among letters, or jumping case.

    `issued`: it stands where only a token can, so that one that was typed in order (`abcdef1234567890`) counts too.
    """
    if len(value) < least or len(set(value)) < 6 or is_reference(value) or is_written(value):
        return False
    if (_EXAMPLE_TOKEN if issued else _EXAMPLE).search(value):
        return False
    return entropy(value) >= 2.8


def is_password(value: str, literal: bool) -> bool:
    """Whether a value is a password rather than a name, an example or a type.

    `literal`: it stands where nothing but the value can, as in an environment file, so that plain words count too.
    """
    if not 6 <= len(value) <= 128 or len(set(value)) < 4 or (literals.is_variable if literal else is_reference)(value):
        return False
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    if not letters:
        return False
    if _SYMBOLS.search(value) and not value.isupper() and not literal:
        return not _EXAMPLE_TOKEN.search(value)
    if literal:
        return not literals.is_stand_in(value)
    if _EXAMPLE.search(value):
        return False
    return digits and (not is_written(value) or bool(re.fullmatch(r"[A-Za-z]+\d+", value)))


def _is_word(part: str) -> bool:
    """A number, a word with a few digits behind (`sha256`), or several in camel case (`testEd25519Key`).

    In a drawn value digits come back again, its humps hold two letters each, and consonants follow each other.
    """
    if _WORD.fullmatch(part) and len(part) < 8:
        return True
    digits = len(_DIGITS.findall(part))
    humps = _HUMPS.findall(part)
    if digits and (digits > 1 or _MUMBLE.search(part) or _MANY_DIGITS.search(part)):
        return part.isdigit() and len(part) <= 8
    return part[0].isalpha() and sum(map(len, humps)) >= (3.5 if digits else 2.5) * len(humps)
