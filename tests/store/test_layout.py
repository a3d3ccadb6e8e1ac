import hashlib

import pytest

from hivemind_git.store import layout
from hivemind_git.store.layout import Area, Segment

NAME = "0123456789abcdef"


@pytest.mark.parametrize(
    ("session", "folder"),
    [
        ("0199c5d2-7e10-7abc-8def-0123456789ab", "0199c5d2-7e10-7abc-8def-0123456789ab"),
        ("a" * 100, "a" * 100),
        ("rollout_1.2", "rollout_1.2"),
    ],
)
def test_safe_session_ids_are_their_own_folder(session: str, folder: str) -> None:
    assert layout.session_folder(session) == folder


@pytest.mark.parametrize(
    "session",
    [
        "",
        ".",
        "..",
        "../../hooks",
        "a/b",
        "a\\b",
        "a" * 101,
        "s.lock",
        "s.",
        "-rf",
        "ä",
        "a\n",
        "a\x00",
        "\ud800",
        "x-1",
    ],
)
def test_other_session_ids_are_hashed(session: str) -> None:
    expected = "x-" + hashlib.sha256(session.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    assert layout.session_folder(session) == expected


@pytest.mark.parametrize(
    "segment",
    [
        Segment(Area.SESSIONS, "2026-01", "s1", NAME),
        Segment(Area.CORRECTIONS, "2026-12", layout.session_folder("../x"), NAME),
        Segment(Area.GIT, "2026-01", None, NAME),
        Segment(Area.OFFERS, "0000-01", None, NAME),
        Segment(Area.DECISIONS, "9999-12", None, NAME),
    ],
)
def test_paths_are_parsed_back(segment: Segment) -> None:
    assert layout.parse(segment.path) == segment


def test_paths_are_those_of_the_data_model() -> None:
    fan = hashlib.sha256(b"s1").hexdigest()[:2]
    assert Segment(Area.SESSIONS, "2026-01", "s1", NAME).path == f"sessions/2026-01/{fan}/s1/{NAME}.jsonl"
    assert Segment(Area.GIT, "2026-01", None, NAME).path == f"git/2026-01/{NAME}.jsonl"
    assert layout.session_tombstone("s1") == "tombstones/sessions/s1"
    assert layout.event_tombstone("0" * 32) == "tombstones/events/" + "0" * 32
    assert layout.month_tombstone("2026-03") == "tombstones/before/2026-03"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "format",
        "README.md",
        f"sessions/2026-01/{NAME}.jsonl",
        f"sessions/2026-13/{layout.fan('s1')}/s1/{NAME}.jsonl",
        f"sessions/2026-01/zz/s1/{NAME}.jsonl",
        f"sessions/2026-01/{layout.fan('..')}/../{NAME}.jsonl",
        f"sessions/2026-01/{layout.fan('s1')}/s1/{NAME}.json",
        f"sessions/2026-01/{layout.fan('s1')}/s1/{NAME.upper()}.jsonl",
        f"sessions/2026-01/{layout.fan('s1')}/s1/{NAME}.jsonl/x",
        f"git/2026-01/aa/{NAME}.jsonl",
        f"git/2026-01\n/{NAME}.jsonl",
        f"tombstones/2026-01/{NAME}.jsonl",
    ],
)
def test_foreign_paths_are_no_segments(path: str) -> None:
    assert layout.parse(path) is None


def test_month_of_an_event() -> None:
    assert layout.month_of("2026-03-01T00:00:00.000Z") == "2026-03"
    with pytest.raises(ValueError, match="no month"):
        layout.month_of("yesterday")


@pytest.mark.parametrize(
    ("data", "version"),
    [
        (b"hivemind-store 1\n", 1),
        (b"hivemind-store 12", 12),
        (b"hivemind-store 0\n", None),
        (b"hivemind-store 1\nx", None),
        (b"", None),
        (b"tar", None),
    ],
)
def test_format(data: bytes, version: int | None) -> None:
    assert layout.parse_format(data) == version
    assert layout.parse_format(layout.FORMAT) == layout.FORMAT_VERSION
