"""Finds secrets that show themselves by where they stand: key blocks, URLs, headers, commands, beside an access key."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hivemind_git.capture.redaction import shapes
from hivemind_git.capture.redaction.spans import Span

_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
# What follows a beginning whose end was cut off: headers and lines of Base64, parted by line ends, also escaped ones.
_PEM_REST = re.compile(
    r"(?:(?:\\+[nrt]|[\s\\\"',+-]){0,40}+[A-Z][A-Za-z-]{2,20}:[ ][\w,. ()/-]{1,80}+)*+"
    r"(?:(?:\\+[nrt]|[\s\\\"',+-]){0,40}+[A-Za-z0-9+/=]{32,}+)*+"
)
_PEM_LINE = re.compile(r"[A-Za-z0-9+/=]{32,}")
_PEM_LONGEST = 65536
_USERINFO = re.compile(r"://([^\s/@:\"'`<>\\]*):([^\s/\"'`<>\\(){}\[\]|]+)@(?=[\w.\[-])|://([\w~-]{16,})@(?=[\w.\[-])")
_EXAMPLE_PASSWORD = re.compile(
    r"(?:user(?:name)?|pass(?:word|wd|phrase)?|pwd|pw|secret|token|key|admin|root|guest|test|example|changeme|anon\w*"
    r"|foobar|your\W?\w*|x+|\*+|\.+)",
    re.IGNORECASE | re.ASCII,
)
_PEM_IN_BASE64 = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{100,}={0,2}")
_AWS_KEY = re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])")
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])")
_AWS_NEAR = 300


def find(text: str, lowered: str) -> Iterator[Span]:
    """The credentials in a text. `lowered` is the same text in lower case, character by character."""
    if "-----BEGIN" in text:
        yield from _key_blocks(text)
    for encoded in _PEM_IN_BASE64.finditer(text):
        if b"PRIVATE" in base64.b64decode(encoded.group()[:80]):
            yield Span(*encoded.span(), "private-key")
    if "://" in text:
        yield from _userinfo(text)
    for sign in _SIGNS:
        if sign.word in lowered:
            yield from _signed(text, lowered, sign)
    if "AKIA" in text or "ASIA" in text:
        yield from _aws_secrets(text)


def _key_blocks(text: str) -> Iterator[Span]:
    for begin in _PEM_BEGIN.finditer(text):
        following = text.find("-----BEGIN", begin.end(), begin.end() + _PEM_LONGEST)
        end = _PEM_END.search(text, begin.end(), following if following >= 0 else begin.end() + _PEM_LONGEST)
        rest = None if end else _PEM_REST.match(text, begin.end())
        stop = end.end() if end else rest.end() if rest else begin.end()
        # Lines of a key, and no sentence about two signs.
        lines = sum(map(len, _PEM_LINE.findall(text, begin.end(), stop)))
        if lines > 40 and lines * 2 > stop - begin.end():
            yield Span(begin.start(), stop, "private-key")


def _userinfo(text: str) -> Iterator[Span]:
    position = text.find("://")
    while position >= 0:
        found = _USERINFO.match(text, position)
        if found:
            user, password, token = found.groups()
            if token is not None:
                if shapes.is_random(token, 16):
                    yield Span(found.start(3), found.end(3), "url-token")
            elif _real(user, password):
                yield Span(found.start(2), found.end(2), "url-password")
        position = text.find("://", position + 3)


def _real(user: str, password: str) -> bool:
    if len(password) < 4 or password == user or shapes.is_reference(password) or "..." in password:
        return False
    return not _EXAMPLE_PASSWORD.fullmatch(password)


class _Sign(NamedTuple):
    """A word after which a secret may stand, how far that is, and what the secret must be like."""

    word: str
    pattern: re.Pattern[str]
    family: str
    check: Callable[[str], bool]


def _signed(text: str, lowered: str, sign: _Sign) -> Iterator[Span]:
    position = lowered.find(sign.word)
    while position >= 0:
        found = sign.pattern.match(text, position)
        if found and sign.check(found.group(1)):
            yield Span(*found.span(1), sign.family)
        position = lowered.find(sign.word, position + len(sign.word))


def _is_basic(value: str) -> bool:
    """Whether it is `user:password` in Base64, as RFC 7617 has it, and not the next word of a sentence."""
    try:
        decoded = base64.b64decode(value, validate=True).decode()
    except ValueError:
        return False
    user, colon, password = decoded.partition(":")
    return bool(colon) and decoded.isprintable() and _real(user, password)


def _aws_secrets(text: str) -> Iterator[Span]:
    """The 40 characters that go with an access key: they have no sign of their own."""
    for key in _AWS_KEY.finditer(text):
        if not shapes.is_token(key.group()):
            continue
        for secret in _AWS_SECRET.finditer(text, key.end(), key.end() + _AWS_NEAR):
            value = secret.group()
            cases = any(map(str.islower, value)), any(map(str.isupper, value)), any(map(str.isdigit, value))
            if all(cases) and shapes.is_token(value):
                yield Span(*secret.span(), "aws-secret-key")
                break


def _is_drawn(value: str) -> bool:
    return shapes.is_random(value, 16, issued=True)


def _is_real(value: str) -> bool:
    return _real("", value)


def _is_strong(value: str) -> bool:
    return _is_real(value) and shapes.is_password(value, True) and not value.isalpha()


def _sign(word: str, behind: str, family: str, check: Callable[[str], bool]) -> _Sign:
    return _Sign(word, re.compile(re.escape(word) + behind, re.IGNORECASE | re.ASCII), family, check)


_BLANK = r"(?:\s|%20|\+){1,4}"
_ASSIGNED = r"\\{0,64}[\"']?\]?\s{0,4}[:=,]\s{0,4}\\{0,64}[\"'`]?"
_WORD = r"([^\s\"'\\<>]{4,128})"
_SIGNS = (
    _sign("bearer", rf"{_BLANK}([A-Za-z0-9._~+/=-]{{12,}})", "authorization", _is_drawn),
    _sign("basic", rf"{_BLANK}([A-Za-z0-9+/=]{{8,}})", "basic-credentials", _is_basic),
    _sign(
        "authorization",
        rf"{_ASSIGNED}(?:[a-z-]{{2,16}}\s{{1,4}})?([A-Za-z0-9._~+/=-]{{16,}})",
        "authorization",
        _is_drawn,
    ),
    # Docker's config.json and npm's .npmrc.
    _sign("auth", rf"{_ASSIGNED}([A-Za-z0-9+/]{{8,}}={{0,2}})", "basic-credentials", _is_basic),
    # NuGet's configuration, and .NET's: the name stands in one attribute, the value in the next.
    _sign("password", rf"\\{{0,64}}[\"']\s{{1,4}}value\s{{0,2}}=\s{{0,2}}\\{{0,64}}[\"']{_WORD}", "password", _is_real),
    # Azure's shared access signatures.
    _sign("sig=", r"([A-Za-z0-9%+/=_-]{40,})", "url-signature", _is_drawn),
    _sign("curl", rf"\b[^\n|;]{{0,400}}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"'$]{{1,100}}:{_WORD}", "password", _is_real),
    _sign("sshpass", rf"\s{{1,4}}-p\s{{0,4}}[\"']?{_WORD}", "password", _is_real),
    _sign("mysql", rf"[a-z]{{0,8}}\b[^\n|;]{{0,200}}?\s-p[\"']?{_WORD}", "password", _is_strong),
    _sign(
        "machine",
        rf"\s{{1,8}}\S{{1,200}}\s{{1,8}}login\s{{1,8}}\S{{1,100}}\s{{1,8}}password\s{{1,8}}{_WORD}",
        "password",
        _is_real,
    ),
)
