from __future__ import annotations

from pathlib import Path

import pytest
from repos import Repo

from hivemind_git.errors import HivemindError
from hivemind_git.git import trailers
from hivemind_git.git.objects import Repository

OURS = [("Hivemind-Skill", "logging"), ("Hivemind-Session", "1"), ("Hivemind-Session", "2")]
HOSTILE = (
    '[trailer]\n\tseparators = "=#"\n\tifexists = replace\n\twhere = start\n[trailer "x"]\n\tcommand = echo hacked\n'
)


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("", []),
        ("subject\n", []),
        ("Key: not in the subject\n", []),
        ("s\n\nA: b\nC: d\n", [("A", "b"), ("C", "d")]),
        ("s\n\nA: b: c\nA: e\n", [("A", "b: c"), ("A", "e")]),
        ("s\n\nA: folded\n over\n\tlines\nB:\n", [("A", "folded over lines"), ("B", "")]),
        ("s\n\nbody\n\nA: first block\n\nB: last block\n", [("B", "last block")]),
        ("s\n\nA: b\n\nno trailer here\n", []),
        ("s\n\n---\n\nA: after a divider\n", [("A", "after a divider")]),
        ("s\n\nA: b\n\n# a comment\n", [("A", "b")]),
        ("s\n\nÜ: ü\nA: \udcff\n", []),
        ("s\n\nA: ü \udcff\n", [("A", "ü \udcff")]),
    ],
)
def test_what_git_takes_for_trailers(message: str, found: list[tuple[str, str]]) -> None:
    assert trailers.parse(message) == found


@pytest.mark.parametrize(
    ("message", "whole"),
    [
        ("subject", "subject\n\n"),
        ("subject\n\nbody", "subject\n\nbody\n\n"),
        ("subject\n\nbody\n---\nmore\n\n\n", "subject\n\nbody\n---\nmore\n\n"),
        ("subject\n\nA: b\n", "subject\n\nA: b\n"),
        ("subject\n\nHivemind-Session: 1\n", "subject\n\nHivemind-Session: 1\n"),
        ("subject\n\nA: b\n\n# comment\n", "subject\n\nA: b\n\n# comment\n\n"),
        ("subject\n\nsee: http://x\nand text\n", "subject\n\nsee: http://x\nand text\n\n"),
    ],
)
def test_what_is_appended_reads_back(message: str, whole: str, hermetic: Path) -> None:
    for config in ("", HOSTILE):
        (hermetic / ".gitconfig").write_text(config)
        written = trailers.append(message, OURS)
        assert written == f"{whole}Hivemind-Skill: logging\nHivemind-Session: 1\nHivemind-Session: 2\n"
        assert trailers.parse(written)[-3:] == OURS


def test_values_stay_on_one_line_without_control_characters() -> None:
    value = "a\nHivemind-Skill: forged\r\n\tb\0\x1b[31m\u2028c  d"
    assert trailers.append("s", [("Key", value)]) == "s\n\nKey: a Hivemind-Skill: forged b [31m c d\n"
    assert trailers.append("s", []) == "s\n"
    for key in ("", "a b", "a:", "a\n", "ü", "-a\n"):
        with pytest.raises(ValueError, match="no key of a trailer"):
            trailers.append("s", [(key, "v")])


def test_of_many_commits_at_once(repo: Repo, opened: Repository, hermetic: Path) -> None:
    (hermetic / ".gitconfig").open("a").close()
    messages = ["plain", "s\n\nA: b\n c\nE:\nA: d", "squash\n\nX: 1\n\n* two\n\nY: 2", "s\n\nA: b\x01"]
    commits = [repo.commit(message) for message in messages]
    with (hermetic / ".gitconfig").open("a") as file:
        file.write(f"{HOSTILE}[log]\n\tshowSignature = true\n[format]\n\tpretty = oneline\n[color]\n\tui = always\n")
    assert trailers.of_commits(opened, commits) == dict(
        zip(commits, [[], [("A", "b c"), ("E", ""), ("A", "d")], [("Y", "2")], [("A", "b\x01")]], strict=True)
    )
    assert trailers.of_commits(opened, []) == {}
    with pytest.raises(HivemindError, match="git could not read the commits: "):
        trailers.of_commits(opened, ["0" * 40])
