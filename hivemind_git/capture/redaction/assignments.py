"""Finds values that are given a secret's name: `API_KEY=…`, `"password": "…"`, `--token …`, in code and settings alike.

A name alone proves nothing (`token: str`, `cache_key`, `SECRET = os.environ["X"]`), so the value decides: `shapes` has
to find it drawn by a machine, or for passwords at least not written like a name, a type or an example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hivemind_git.capture.redaction import literals, shapes
from hivemind_git.capture.redaction.spans import APART, PLACEHOLDER, Span

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
# In an environment file only a blank ends a value, in a shell also what joins commands; what people end clauses with,
# and the quote of a text around it, is none of the value.
_WHOLE = re.compile(
    r"""(?:[^\s"'`\\<>&|]|&(?![&\s])|\|(?![|\s])|<(?!/|[a-z-]+(?::[0-9]+)?>|\Z)|>
        |["'`](?=[^\s"'`\\,;:)\]}<>&|])|\\{1,64}/){4,4096}+"""
    + APART,
    re.VERBOSE,
)
_CLAUSE = re.compile(r"[)\]}]?[;,.]?\Z")
# Behind a password of settings what a bare value else ends at: `Tr0ub4dor&3`, but not `&user=ada`.
_REST = re.compile(r"(?:[&;|,]{1,4}[^\s\"'`\\<>,;)\]}&|=:({\[]+)++(?=[,;.)\]}]?(?:\s|\Z))")
_QUOTED_LONGEST = 512
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_CODE = re.compile(r"[({\[]|->|::")
_ALONE = re.compile(
    r"(?:\A|[\n\r;]|\\n)[+\- ]?[ \t]{0,8}(?:- )?(?:export |set |ENV |-e )?\Z|(?:export|-e|env|--env|set) \Z"
)
# Where a variable may be set: at the beginning, after a blank, a command's end, a quote. `&TOKEN=` is a URL's.
_SET = re.compile(r"(?:\A|[\s;|(\"'`+]|&&|\\[nrt])\Z")


class _Name(NamedTuple):
    """The identifier before the value: what stands before its last word, and that word as it is spelt."""

    start: int
    head: str
    word: str
    kind: str

    @property
    def family(self) -> str:
        return "password" if self.kind in _PASSWORDS else "api-key" if self.kind == "key" else self.kind

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
    # An escaped line end: its letter is none of the name's.
    if text[start - 1 : start] == "\\" and text[start : start + 1] in ("n", "r", "t"):
        start += 1
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
    if _sets_variable(text, name, between):
        span = _variable(text, name, between)
        if span:
            return span
    opening = between["opening"]
    if opening and name.kind in _PASSWORDS:
        return _quoted_password(text, between)
    found = (_QUOTED if opening else _BARE).match(text, between.end())
    if found is None or (opening and not text.startswith(opening, found.end())):
        return None
    value = found.group()
    literal = name.option and not opening and between.group() == "="
    if not opening and not between["tag"] and not literal and _is_expression(value):
        return None
    if name.kind in _PASSWORDS:
        end = _rest(text, name, found.end())
        return Span(found.start(), end, "password") if shapes.is_password(value, literal) else None
    return Span(*found.span(), name.family) if shapes.is_random(value, _LEAST[name.kind]) else None


def _quoted_password(text: str, between: re.Match[str]) -> Span | None:
    start = between.end()
    found = _QUOTED.match(text, start)
    if found and text.startswith(between["opening"], found.end()):
        return Span(*found.span(), "password") if shapes.is_password(found.group(), False) else None
    end = _closing(text, start, between["opening"])
    phrase = text[start:end]
    return Span(start, end, "password") if len(phrase) <= 128 and literals.is_phrase(phrase) else None


def _rest(text: str, name: _Name, end: int) -> int:
    """Where a bare password ends that goes on behind `&`, `;`, `|` or `,`; the end as it is for a part of a URL."""
    rest = None if text[name.start - 1 : name.start] in ("?", "&") else _REST.match(text, end)
    return rest.end() if rest else end


def _sets_variable(text: str, name: _Name, between: re.Match[str]) -> bool:
    """Whether it is `NAME=value` or `NAME="value"`, as in an environment file or before a command."""
    if name.option or between["closing"] or between.group() != "=" + (between["opening"] or ""):
        return False
    return (name.head + name.word).isupper() and bool(_SET.search(text, max(0, name.start - 2), name.start))


def _variable(text: str, name: _Name, between: re.Match[str]) -> Span | None:
    start, opening = between.end(), between["opening"]
    end = _closing(text, start, opening) if opening else _blank(text, start)
    value = text[start:end]
    if any(map(str.isspace, value)):
        given = literals.is_phrase(value)
    elif name.kind in _PASSWORDS and _ALONE.search(text, max(0, name.start - 24), name.start):
        # A line of its own holds no sentence, so that a password may be a plain word.
        given = shapes.is_password(value, True)
    else:
        given = literals.is_given(value)
    return Span(start, end, name.family) if given else None


def _closing(text: str, start: int, quote: str) -> int:
    """Where a quoted value ends: at the same quote, unescaped, on the same line; `start` if there is none."""
    limit = min(len(text), start + _QUOTED_LONGEST)
    end = text.find(quote, start, limit)
    while end > start and text[end - 1] == "\\":
        end = text.find(quote, end + len(quote), limit)
    return start if end < 0 or "\n" in text[start:end] or PLACEHOLDER.search(text, start, end) else end


def _blank(text: str, start: int) -> int:
    """Where a bare value ends; `start` if there is none."""
    found = _WHOLE.match(text, start)
    if found is None:
        return start
    value = found.group()
    return start + len(value if set("([{") & set(value) else _CLAUSE.sub("", value))


def _is_expression(value: str) -> bool:
    """Whether an unquoted value reads like code: `config.password`, `keys[0]`, `user_token`, `x25519.PrivateKey`."""
    if _CODE.search(value):
        return True
    parts = value.split(".")
    return all(map(_IDENTIFIER.fullmatch, parts)) and (len(parts) > 1 or shapes.is_written(value))
