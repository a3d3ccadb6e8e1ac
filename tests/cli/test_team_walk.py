"""docs/team.md as a new team-mate would follow it: every block is run, in order, against a real hub."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from repos import Repo
from teams import REF, Team, segments

PAGE = Path(__file__).parents[2] / "docs/team.md"
FORGOTTEN = b"Add src/shop/orders.py with place(order)"


def test_the_walk_through_a_team(taught: Repo, tmp_path: Path) -> None:
    hub = Repo(tmp_path / "hub.git")
    taught.git("init", "-q", "--bare", "-b", "main", str(hub.path))
    taught.git("remote", "add", "origin", f"file://{hub.path}")
    taught.git("push", "-q", "origin", "main")
    (tmp_path / "ada").symlink_to(taught.path)
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 7
    script = "".join(f"echo '== {number}'\n{block}" for number, block in enumerate(blocks, 1))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": path, "HUB": f"file://{hub.path}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    parts = re.split(r"^== \d\n", done.stdout, flags=re.MULTILINE)[1:]
    assert "sync is off; nothing was pushed" in done.stderr
    assert "Would sync with hivemind/sessions at origin" in parts[1]
    assert "\nSynced with hivemind/sessions at origin" in parts[1]
    assert "Synced with hivemind/sessions at origin" in parts[2]
    assert parts[2].count("logger.info(f") == 3
    assert parts[3].count("skill python-logging (live)") >= 2
    assert re.findall(r"skill python-logging \((\w+)\)", parts[4]) == [
        "reverted", "reverted", "live", "reverted", "live",
    ]  # fmt: skip
    assert "Published skills carry evidence of it." in parts[5]
    assert "Forgotten elsewhere: 1 session." in parts[5]
    bob = Repo(tmp_path / "bob")
    assert set(segments(hub)) == set(segments(bob)) == set(segments(taught))
    assert len(set(segments(hub))) == 2
    hub.git("gc", "-q", "--prune=now")
    mates = Team(tmp_path, hub, {"ada": taught, "bob": bob})
    assert mates.holding(FORGOTTEN) == []
    assert hub.git("rev-parse", REF) == bob.git("rev-parse", REF) == taught.git("rev-parse", REF)
