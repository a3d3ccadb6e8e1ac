"""The lists, limited as git's own are: by time, author, assistant, number and path, the same words everywhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli.conftest import RULE, Hivemind
from repos import Repo


@dataclass(frozen=True)
class Lists:
    """Asks the lists of one repository; the demo's days, each a session and a correction."""

    repo: Repo
    hivemind: Hivemind

    def sessions(self, *arguments: str) -> list[str]:
        said = self.hivemind(self.repo.path, "sessions", "--json", *arguments)
        assert (said.code, said.err) == (0, "")
        return [one["t"][:10] for one in json.loads(said.out)["sessions"]]

    def corrections(self, *arguments: str, folder: str = "") -> list[str]:
        said = self.hivemind(self.repo.path / folder, "corrections", "--json", "--kind=replaced", *arguments)
        assert (said.code, said.err) == (0, "")
        return [one["t"][:10] for one in json.loads(said.out)["corrections"]]

    def rules(self, *arguments: str) -> list[str]:
        said = self.hivemind(self.repo.path, "rules", "--json", *arguments)
        assert (said.code, said.err) == (0, "")
        return [one["id"] for one in json.loads(said.out)["rules"] if one["decisions"] > 2]


@pytest.fixture
def lists(taught: Repo, hivemind: Hivemind) -> Lists:
    return Lists(taught, hivemind)


DAYS = ["2026-11-02", "2026-11-03", "2026-11-04"]


def test_lists_are_limited_by_time(lists: Lists) -> None:
    assert lists.sessions() == DAYS[::-1]
    assert lists.corrections() == DAYS
    assert lists.sessions("--since", "2026-11-03") == DAYS[:0:-1]
    assert lists.sessions("--since=2026-11-03", "--until=2026-11-03") == [DAYS[1]]
    assert lists.corrections("--before", "2026-11-03") == DAYS[:2]
    assert lists.corrections("--after", "2026-11-04 00:00 +0000") == DAYS[2:]
    assert lists.rules("--since", "2026-11-04") == [RULE]
    assert lists.rules("--since", "2027-01-01") == []


def test_lists_are_limited_by_author_assistant_and_number(lists: Lists) -> None:
    for of in (lists.sessions, lists.corrections, lists.rules):
        assert len(of("--author", "ADA@")) == len(of("--agent", "claude-code")) == len(of())
        assert of("--author", "Grace") == of("--agent", "codex") == of("-n", "0") == []
    assert lists.sessions("-n", "1") == DAYS[2:]
    assert lists.corrections("-n2") == DAYS[1:]
    assert lists.corrections("--max-count=9") == DAYS


def test_lists_are_limited_by_paths_after_two_dashes(lists: Lists) -> None:
    told = json.loads(lists.hivemind(lists.repo.path, "corrections", "--json", "--kind=replaced").out)["corrections"]
    paths = [one["path"] for one in told]
    assert len(set(paths)) == 3
    assert lists.sessions("--", paths[0]) == [DAYS[0]]
    assert lists.corrections("--", paths[1], paths[2]) == DAYS[1:]
    assert lists.corrections(paths[1]) == [DAYS[1]]
    assert lists.corrections("--", "src", f":!{paths[0]}") == DAYS[1:]
    assert lists.corrections("--", Path(paths[2]).name, folder=str(Path(paths[2]).parent)) == [DAYS[2]]
    assert lists.sessions("-n", "1", "--", "*.py") == DAYS[2:]
    assert lists.rules("--", paths[0]) == [RULE]
    assert lists.rules("--", "web") == []


def test_what_nothing_matches_is_said(lists: Lists) -> None:
    for command, sentence in (
        ("sessions", "No session matches.\n"),
        ("corrections", "No correction matches.\n"),
        ("rules", "No rule matches.\n"),
    ):
        said = lists.hivemind(lists.repo.path, command, "--author", "Grace")
        assert (said.code, said.out, said.err) == (0, sentence, "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("sessions", "--since", "soon"), "hivemind: 'soon' is no time"),
        (("corrections", "--", "../.."), "hivemind: git does not take these paths"),
        (("rules", "-n", "many"), "Usage: "),
        (("sessions", "abc", "-n", "1"), "Usage: "),
        (("sessions", "abc", "--", "src"), "Usage: "),
    ],
)
def test_wrong_words_are_wrong_usage(lists: Lists, arguments: tuple[str, ...], sentence: str) -> None:
    said = lists.hivemind(lists.repo.path, *arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(sentence)


def test_search_takes_the_same_times(lists: Lists) -> None:
    def hits(*arguments: str) -> set[str]:
        said = lists.hivemind(lists.repo.path, "search", "--json", "--kind", "correction", *arguments, "logger")
        return {one["t"][:10] for one in json.loads(said.out)["hits"]}

    lists.corrections()  # a search finds those that were last derived
    assert hits() == set(DAYS)
    assert hits("--since", "2026-11-03", "--until", "2026-11-03") == {DAYS[1]}
    assert hits("--after", "2026-11-04") == {DAYS[2]}
    assert len(hits("-n", "1")) == 1
