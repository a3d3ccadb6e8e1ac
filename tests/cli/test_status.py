"""What `git hivemind status` shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repos import Repo
from teams import an_event, keep, team

if TYPE_CHECKING:
    from cli.conftest import Hivemind


def test_what_the_settings_and_the_patterns_get_wrong_is_shown(hivemind: Hivemind, repo: Repo) -> None:
    repo.git("config", "hivemind.redact", "(")
    repo.git("config", "hivemind.typo", "1")
    shown = json.loads(hivemind(repo.path, "status", "--json").out)["warnings"]
    assert [any(word in warning for word in ("hivemind.typo", "'('")) for warning in shown] == [True, True]
    text = hivemind(repo.path, "status").out.splitlines()
    assert [line.split(None, 1)[1] for line in text if line.startswith("warning")] == shown


def test_where_the_store_stands_against_its_remote(hivemind: Hivemind, tmp_path: Path) -> None:
    mates = team(tmp_path)
    ada, bob = mates.clone("ada"), mates.clone("bob")

    def sync(repo: Repo) -> tuple[dict[str, Any], str]:
        line = next(one for one in hivemind(repo.path, "status").out.splitlines() if one.startswith("sync"))
        return json.loads(hivemind(repo.path, "status", "--json").out)["sync"], line.split(None, 1)[1]

    data, line = sync(ada)
    assert line == "off (`git config hivemind.sync true`); origin, never synced"
    assert data == {"on": False, "remote": "origin", "last": None, "ahead": None, "behind": None, "problem": None}
    keep(ada, an_event("1", "a"))
    keep(bob, an_event("2", "b"), an_event("3", "c"))
    assert hivemind(ada.path, "sync").code == hivemind(bob.path, "sync").code == 0
    ada.git("config", "hivemind.sync", "true")
    data, line = sync(ada)
    assert (data["ahead"], data["behind"], data["problem"]) == (0, 0, None)
    assert line == f"on, with origin, last {data['last'][:16].replace('T', ' ')}"
    keep(ada, an_event("4", "d"))
    ada.git("fetch", "-q")
    data, line = sync(ada)
    assert (data["ahead"], data["behind"]) == (1, 2)
    assert line.endswith(", 1 segment to push, 2 segments to take")
    # Fetched by us alone no ref tracks it, and what was taken is here.
    assert hivemind(ada.path, "sync", "--fetch-only").code == 0
    assert (sync(ada)[0]["ahead"], sync(ada)[0]["behind"]) == (1, 0)
    mates.hub.path.rename(tmp_path / "away.git")
    assert hivemind(ada.path, "sync").code == 3
    data, line = sync(ada)
    assert data["problem"].startswith("origin could not be reached")
    assert line.endswith(f", 1 segment to push, failed since: {data['problem']}")
    (tmp_path / "away.git").rename(mates.hub.path)
    assert hivemind(ada.path, "sync").code == 0
    assert (sync(ada)[0]["ahead"], sync(ada)[0]["problem"]) == (0, None)
    ada.git("remote", "remove", "origin")
    assert sync(ada)[1] == "off, no remote: `git config hivemind.remote NAME|URL|PATH`"
