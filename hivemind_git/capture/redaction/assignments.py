"""Finds values that are given a secret's name: `API_KEY=…`, `"password": "…"`, `--token …`, in code and settings alike.

A name alone proves nothing (`token: str`, `cache_key`, `SECRET = os.environ["X"]`), so the value decides: `shapes` has
to find it drawn by a machine, or for passwords at least not written like a name, a type or an example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hivemind_git.capture.redaction import shapes
from hivemind_git.capture.redaction.spans import APART, Span

_PASSWORDS = ("password", "passwd", "passphrase", "pwd", "passwort")
_LEAST = {"secret": 10, "token": 12, "credential": 12, "key": 16}
_NAMES = (*_PASSWORDS, *_LEAST)

# Keys that open something. All others (`cache_key`) name an entry, unless an environment variable says KEY.
_OPENING = re.compile(
    r"(?:api|secret|access|private|auth|authorization|encrypt(?:ion)?|signing|sign|master|account|storage|shared|admin"
    r"|subscription|deploy|service|client|app|application|webhook|license|hmac|jwt|cipher|aes|crypto|ingest|server)$"
)
_NAMING = re.compile(
    r"(?:public|pub|primary|foreign|partition|sort|cache|idempotency|routing|object|bucket|index|group|translation|issue"
    r"|project|row|map|lookup|page|next|continuation|cursor|sync|cancel(?:lation)?|csrf|xsrf|hot|shortcut|publishable"
    r"|site|sentinel|unique|composite|natural|join|pad|eos|bos|mask|unk|special|stop|dedup(?:e|lication)?)$"
)
_BEHIND = re.compile(
    r"(?:[_-]?(?:\d{1,2}|v\d|base|prod|dev|staging|test|live|raw|value))?(?![A-Za-z0-9_-])", re.IGNORECASE | re.ASCII
)
_HEAD = 40
# Between name and value: the name's own closing quote or bracket, a type, the operator, the opening quote. Quotes may
# be escaped any number of times: JSON in JSON in a shell command.
_BETWEEN = re.compile(
    r"""(?P<closing>\\{0,64}["'`])?\]?[ \t]{0,8}
        (?: :[ ]?[A-Za-z][\w.\[\]|?]{0,30}[ ]?=(?!=)[ ]{0,4}   # token: str = …
          | (?:\?=|[:=]=?[=>]?)[ \t]{0,8}                        # token = …   token: …   token := …   token => …
          | (?P<comma>,)[ ]{0,4}                                # setenv("TOKEN", …)
          | (?P<tag>>)                                          # <token>…
          | (?P<blank>[ \t]{1,4})                               # --token …
        )
        (?:[rbfu]{1,2}(?=["']))?(?P<opening>\\{0,64}["'`]|&quot;)?""",
    re.VERBOSE | re.ASCII,
)
_QUOTED = re.compile(r"(?:[^\s\"'`\\<>]|\\{1,64}(?:/|u[0-9a-fA-F]{4})){4,4096}")
_BARE = re.compile(r"(?:[^\s\"'`\\<>,;)\]}&|]|\\{1,64}/){4,512}+(?![^\s\"'`\\<>,;)\]}&|])" + APART)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_CODE = re.compile(r"[({\[]|->|::")
_ALONE = re.compile(r"(?:\A|[\n\r;]|\\n)[+\- ]?(?:export |set |ENV |-e )?\Z|(?:export|-e|env|--env|set) \Z")


class _Name(NamedTuple):
    """The identifier before the value: what stands before its last word, and that word as it is spelt."""

    start: int
    head: str
    word: str
    kind: str

    @property
    def option(self) -> bool:
        return self.head.startswith("--")


def find(text: str, lowered: str) -> Iterator[Span]:
    """The assigned secrets in a text. `lowered` is the same text in lower case, character by character."""
    for kind in _NAMES:
        position = lowered.find(kind)
        while position >= 0:
            behind = _BEHIND.match(text, position + len(kind))
            between = _BETWEEN.match(text, behind.end()) if behind else None
            if between:
                name = _name(text, position, kind)
                span = _value(text, name, between) if _fits(text, name, between) else None
                if span:
                    yield span
            position = lowered.find(kind, position + len(kind))


def _name(text: str, position: int, kind: str) -> _Name:
    start = position
    lowest = max(0, position - _HEAD)
    while start > lowest and (text[start - 1].isalnum() or text[start - 1] in "_-."):
        start -= 1
    return _Name(start, text[start:position], text[position : position + len(kind)], kind)


def _fits(text: str, name: _Name, between: re.Match[str]) -> bool:
    """Whether the sign between belongs to such a name, and the name names something secret."""
    if between["comma"] and not (between["closing"] and between["opening"]):
        return False
    if between["blank"] and not name.option:
        return False
    if between["tag"] and not text.startswith("<", name.start - 1):
        return False
    words = name.head.rstrip("_-.").lower()
    if _NAMING.search(words):
        return False
    if name.kind != "key":
        return True
    # `MY_KEY`, `api_key`, `apiKey` and `apikey`, but neither `key` alone nor `monkey`.
    return bool(words) and ((name.word.isupper() and name.head[-1] in "_-") or bool(_OPENING.search(words)))


def _value(text: str, name: _Name, between: re.Match[str]) -> Span | None:
    opening = between["opening"]
    found = (_QUOTED if opening else _BARE).match(text, between.end())
    if found is None or (opening and not text.startswith(opening, found.end())):
        return None
    value = found.group()
    literal = not opening and _stands_alone(text, name, between, found.end())
    if not opening and not between["tag"] and not literal and _is_expression(value):
        return None
    if name.kind in _PASSWORDS:
        return Span(*found.span(), "password") if shapes.is_password(value, literal) else None
    family = "api-key" if name.kind == "key" else name.kind
    return Span(*found.span(), family) if shapes.is_random(value, _LEAST[name.kind]) else None


def _stands_alone(text: str, name: _Name, between: re.Match[str], end: int) -> bool:
    """Whether nothing but a value can stand there: `NAME=value` in an environment file, `--password=value`."""
    if not between.group().startswith("=") or between.end() - between.start() > 1:
        return False
    if name.option:
        return True
    if not (name.head + name.word).isupper() or text[end : end + 1] not in ("", "\n", "\r", " ", "\\"):
        return False
    return bool(_ALONE.search(text, max(0, name.start - 12), name.start))


def _is_expression(value: str) -> bool:
    """Whether an unquoted value reads like code: `config.password`, `keys[0]`, `user_token`, `x25519.PrivateKey`."""
    if _CODE.search(value):
        return True
    parts = value.split(".")
    return all(map(_IDENTIFIER.fullmatch, parts)) and (len(parts) > 1 or shapes.is_written(value))
