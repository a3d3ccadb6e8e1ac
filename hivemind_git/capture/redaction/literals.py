"""Judges the value of an environment variable with a secret's name, where nothing but the value itself can stand.

In `API_KEY=…` no type, call or index is to be expected, so that little is enough: six characters of mixed kinds. What
is left are references (`$X`, `<your key>`, a path), numbers, words and names, and stand-ins such as `changeme`.
"""

from __future__ import annotations

import re

# How the name of something is written, or how it is computed, in a shell, a dotenv file, a template or a program.
_VARIABLE = re.compile(
    r"\$(?:[A-Za-z_]|[({])|%[A-Za-z_]+%|%[sd]\Z|@+[\w.-]+@+\Z|\{|<|\[[^\]]*\]\Z|\(|\*+\Z|\.\*|\.{0,2}/|~/|[A-Za-z]:\\"
    r"|(?:arn|ref|op|vault|secretKeyRef|file|env|data):",
    re.ASCII,
)
_CALL = re.compile(r"([A-Za-z_][\w.]{2,})[(\[][^)\]]*(?:[)\]](?:\Z|[.(\[;,])|\Z)")
_STAND_IN = re.compile(
    r"(?:(?:example|sample|placeholder|change|redacted|fixme|insert|replace|foobar|foo|bar|baz|lorem|ipsum|secret"
    r"|password|passwd|passphrase|pass|token|api|key|your|fake|mock|todo|dummy|test|real|not|here|the|this|with|value|string"
    r"|enter|put|some|any|abcdefghij|abcdefgh|abcdef|abc|1234567890|123456789|12345678|123456|12345|1234|123|deadbeef"
    r"|none|null|true|false|client|auth|access|user|me|my|it|in|x|0|\.|\*)[-_. !]{0,3})++",
    re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(r"0x[0-9a-fA-F]+|[\d.,:+-]+(?:e\d+|[kKmMgG]i?[bB]?|ms|s|h|d)?")
_PARTS = re.compile(r"[-_.:/,|\s]+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[A-Z]?[a-z]{2,}(?:[A-Z][a-z]{2,})+")
_MUMBLE = re.compile(r"[b-df-hj-np-tv-xz]{5}", re.IGNORECASE | re.ASCII)
_ALGORITHM = re.compile(r"(?:sha|md|aes|des|rsa|es|rs|hs|ps|ed|x|ecdsa|hmac|utf|base|v)\d{1,5}", re.IGNORECASE)
_COUNTED = re.compile(r"(?:[A-Z]?[a-z]{2,}|[A-Z]{2,})\d{1,3}|v?\d{1,4}[a-z]{0,2}", re.ASCII)
_LEAST, _LONGEST = 6, 4096


def is_given(value: str) -> bool:
    """Whether the value is a secret itself: at least six characters, and neither reference, number, word nor stand-in.

    Names of several words may hold small numbers (`us-east-1`, `gpt-4o`); in a single word a digit is a mixture.
    """
    if not _LEAST <= len(value) <= _LONGEST or len(set(value)) < 4:
        return False
    if is_variable(value) or _NUMBER.fullmatch(value) or is_stand_in(value):
        return False
    return not _is_written(value)


def is_stand_in(value: str) -> bool:
    """Whether a value is made of the words of examples: `changeme`, `your-key-here`, `xxxxxxxx`, `secret`."""
    return len(value) <= 128 and bool(_STAND_IN.fullmatch(value))


def is_variable(value: str) -> bool:
    """Whether a value names where the secret is: `$X`, `${X}`, `<key>`, `%KEY%`, `f(x)`, a path, a URL."""
    if _VARIABLE.match(value) or "://" in value or "${" in value or "{{" in value:
        return True
    call = _CALL.match(value)
    return call is not None and _is_written(call[1])


def is_phrase(value: str) -> bool:
    """Whether a quoted value with blanks is a secret: no sentence has so many odd words."""
    words = value.split()
    return is_given(value) and sum(map(_odd, words)) * 2 >= len(words)


def _is_written(value: str) -> bool:
    parts = [part for part in _PARTS.split(value) if part]
    return all(_is_word(part, alone=len(parts) == 1) for part in parts)


def _odd(word: str) -> bool:
    bare = word.rstrip(".,;:!?)")
    return len(bare) > 2 and not all(_is_word(part, alone=True) for part in _PARTS.split(bare) if part)


def _is_word(part: str, *, alone: bool) -> bool:
    if _CAMEL.fullmatch(part):
        return not _MUMBLE.search(part)
    return part.isdigit() or bool(_ALGORITHM.fullmatch(part) or (not alone and _COUNTED.fullmatch(part)))
