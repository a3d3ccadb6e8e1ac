"""`effect` on the demo's three sessions, with the skill's landing moved through their time."""

from __future__ import annotations

import json
from typing import Any

from cli.conftest import RULE, SKILL, Hivemind
from repos import Repo

from hivemind_git.pipeline import codifying
from hivemind_git.pipeline.workspace import open_workspace


def effects(hivemind: Hivemind, repo: Repo) -> list[dict[str, Any]]:
    said = hivemind(repo.path, "effect", "--json")
    assert (said.code, said.err) == (0, "")
    return json.loads(said.out)["effects"]


def test_lines_are_counted_on_both_sides_of_the_landing(taught: Repo, hivemind: Hivemind) -> None:
    assert hivemind(taught.path, "effect").out == "No rule is live on the trunk yet.\n"
    codifying.run(open_workspace(taught.path))
    dates = {"GIT_COMMITTER_DATE": "2026-11-03T20:00:00Z", "GIT_AUTHOR_DATE": "2026-11-03T20:00:00Z"}
    branch = f"hivemind/skill/{SKILL}"
    taught.git("merge", "-q", "--no-ff", "-m", "Merge it", branch, env=dates)
    assert effects(hivemind, taught) == [
        {
            "skill": SKILL,
            "rule": RULE,
            "landed": "2026-11-03T20:00:00Z",
            "before": {"violated": 2, "chances": 2, "rate": 1.0, "interval": [0.3424, 1.0]},
            "since": {"violated": 1, "chances": 1, "rate": 1.0, "interval": [0.2065, 1.0]},
            "outcome": "too few",
        }
    ]
    assert hivemind(taught.path, "effect", SKILL).out == (
        f'{SKILL}: print(f"$0") → logger.info(f"$0") [{RULE}]\n'
        "    before 2026-11-03  broken 2 of 2 (100%, 34% to 100%)\n"
        "    since              broken 1 of 1 (100%, 21% to 100%)\n"
        "    too few: 10 chances on each side are needed to say anything\n"
    )
    assert hivemind(taught.path, "effect", "other").out == "No rule of such a skill is live on the trunk.\n"
    taught.git("revert", "--no-edit", "-m", "1", "HEAD", env=dates)
    again = dict.fromkeys(dates, "2026-11-02T00:00:00Z")
    taught.git("revert", "--no-edit", "HEAD", env=again)
    assert effects(hivemind, taught)[0]["landed"] == "2026-11-02T00:00:00Z", "what stands since its last return"


def test_what_rules_known_by_then_would_have_caught(taught: Repo, hivemind: Hivemind) -> None:
    said = hivemind(taught.path, "effect", "--ahead")
    assert said.out == (
        "Rules known by then match 0 of 4 later corrections by hand,\n"
        "and say what 0 of 0 later corrections in words say again.\n"
    )
    data = json.loads(hivemind(taught.path, "effect", "--ahead", "--json").out)
    assert [data[name] for name in ("caught", "corrections", "foretold", "spoken")] == [0, 4, 0, 0]
