"""What `git hivemind status` shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from repos import Repo

if TYPE_CHECKING:
    from cli.conftest import Hivemind


def test_what_the_settings_and_the_patterns_get_wrong_is_shown(hivemind: Hivemind, repo: Repo) -> None:
    repo.git("config", "hivemind.redact", "(")
    repo.git("config", "hivemind.typo", "1")
    shown = json.loads(hivemind(repo.path, "status", "--json").out)["warnings"]
    assert [any(word in warning for word in ("hivemind.typo", "'('")) for warning in shown] == [True, True]
    text = hivemind(repo.path, "status").out.splitlines()
    assert [line.split(None, 1)[1] for line in text if line.startswith("warning")] == shown
