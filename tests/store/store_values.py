"""Events, corrections and strategies for the store's tests."""

from __future__ import annotations

import hashlib

from hypothesis import strategies as st

from hivemind_git.model import (
    Correction,
    CorrectionKind,
    CorrectionOrigin,
    Event,
    Json,
    Kind,
    Reason,
    ReasonSource,
    Source,
)


def an_id(name: object) -> str:
    return hashlib.sha256(repr(name).encode()).hexdigest()[:32]


def an_event(name: object = 0, session: str = "s1", t: str = "2026-01-02T03:04:05.678Z", **changes: object) -> Event:
    values: dict[str, object] = {
        "id": an_id(name),
        "t": t,
        "session": session,
        "kind": Kind.PROMPT,
        "agent": "claude-code",
        "source": Source.HOOK,
        "fields": {"text": f"prompt {name}"},
        **changes,
    }
    return Event(**values)  # type: ignore[arg-type]


def a_correction(name: object = 0, session: str = "s1", **changes: object) -> Correction:
    values: dict[str, object] = {
        "id": an_id(("correction", name)),
        "session": session,
        "tool_use": "toolu_1",
        "agent": "claude-code",
        "model": None,
        "path": "a.py",
        "language": "python",
        "kind": CorrectionKind.REPLACED,
        "origin": CorrectionOrigin.HUMAN,
        "before": "print(x)\n",
        "after": "logger.info(x)\n",
        "context": "",
        "reason": Reason("we log", ReasonSource.PROMPT),
        "commit": "c" * 40,
        "author": "Ada <ada@example.com>",
        "t": "2026-01-02T03:04:05.678Z",
        "decision": "d" * 16,
        "confidence": 0.9,
        "evidence": (an_id(name),),
        **changes,
    }
    return Correction(**values)  # type: ignore[arg-type]


texts = st.text(st.characters(codec=None), max_size=20) | st.sampled_from(
    ["<secret:1>", "<secret:1> <secret:2>", "\x9b31m\u202e", "\ud83d", "a\nb\r\x00"]
)
jsons: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
field_names = st.sampled_from(["text", "tool", "path", "hunks", "status"])
cuts = st.dictionaries(st.sampled_from(["text", "path", "hunks.0.after"]), st.integers(0, 9), min_size=1, max_size=2)
field_maps = st.builds(
    lambda fields, cut: fields | ({"cut": cut} if cut else {}),
    st.dictionaries(field_names, jsons.filter(lambda value: value is not None), max_size=3),
    st.none() | cuts,
)


def events(ids: int = 3) -> st.SearchStrategy[Event]:
    return st.builds(
        an_event,
        st.integers(0, ids - 1),
        session=st.sampled_from(["s1", "s2", "../odd"]),
        t=st.sampled_from(["2026-01-02T03:04:05.678Z", "2026-02-02T03:04:05.678Z"]),
        kind=st.sampled_from(Kind),
        source=st.sampled_from(Source),
        seq=st.integers(0, 3),
        model=st.none() | st.sampled_from(["m1", "m2"]),
        branch=st.none() | texts,
        fields=field_maps,
    )
