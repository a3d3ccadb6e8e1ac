"""docs/team.md as a new team-mate would follow it: every block is run, in order, against a real hub."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from repos import Repo
from taught import corrected, teach
from teams import REF, Team, segments

PAGE = Path(__file__).parents[2] / "docs/team.md"
FORGOTTEN = b"Add src/shop/orders.py with place(order)"


def test_the_walk_through_a_team(taught: Repo, tmp_path: Path) -> None:
    hub = Repo(tmp_path / "hub.git")
    taught.git("init", "-q", "--bare", "-b", "main", str(hub.path))
    taught.git("remote", "add", "origin", f"file://{hub.path}")
    taught.git("push", "-q", "origin", "main")
    (tmp_path / "ada").symlink_to(taught.path)
    stock = _another_of_the_workspace(tmp_path)
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 11
    script = "".join(f"echo '== {number}'\n{block}" for number, block in enumerate(blocks, 1))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": path, "HUB": f"file://{hub.path}", "STOCK": str(stock.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    parts = re.split(r"^== \d+\n", done.stdout, flags=re.MULTILINE)[1:]
    assert "sync is off; nothing was pushed" in done.stderr
    assert "Would sync with hivemind/sessions at origin" in parts[1]
    assert "\nSynced with hivemind/sessions at origin" in parts[1]
    assert "Synced with hivemind/sessions at origin" in parts[2]
    assert parts[2].count("logger.info(f") == 3
    assert "\nskill python-logging" in f"\n{parts[3]}"
    assert re.search(r"^\S{9} Ada +1f403488e +3/3 +\d+\) ## Write", parts[3], re.MULTILINE)
    assert "* skill python-logging (live)\n" in parts[4]
    assert parts[4].count(" (live) python-logging +1f403488e: Add the skill python-logging\n") == 2
    assert "sync         off (`git config hivemind.sync true`); origin, last " in parts[4]
    assert re.findall(r"skill python-logging \((\w+)\)", parts[5]) == [
        "reverted", "reverted", "live", "reverted", "live",
    ]  # fmt: skip
    assert "in python, src/shop/**/*.py" in parts[6]
    assert "candidate" in parts[7]
    assert "requests.get($0) → client.get($0)" in parts[7]
    assert "; 3 of 3 elsewhere in the workspace" in parts[7]
    assert "“Explain in one paragraph, then stop”\n  commit it to a skill: git hivemind codify\n" in parts[8]
    assert re.search(r"^personal +\w{16} +everywhere +“Call me captain”$", parts[8], re.MULTILINE)
    assert "Published skills carry evidence of it." in parts[9]
    assert "Forgotten elsewhere: 1 session." in parts[9]
    bob = Repo(tmp_path / "bob")
    assert set(segments(hub)) == set(segments(bob)) == set(segments(taught))
    assert len(set(segments(hub))) == 2
    hub.git("gc", "-q", "--prune=now")
    mates = Team(tmp_path, hub, {"ada": taught, "bob": bob})
    assert mates.holding(FORGOTTEN) == mates.holding(b"Call me captain") == mates.holding(b"client.get") == []
    assert mates.holding(b"Explain in one paragraph") != []
    assert hub.git("rev-parse", REF) == bob.git("rev-parse", REF) == taught.git("rev-parse", REF)


def _another_of_the_workspace(top: Path) -> Repo:
    """A repository that syncs to the same place as the hub, with sessions captured under the id `shop`."""
    stock = Repo(top / "stock")
    stock.path.mkdir()
    stock.git("init", "-q")
    stock.git("remote", "add", "origin", f"file://{top}/stock.git")
    lines = ((f"requests.get(url{n})\n", f"client.get(url{n})\n", n) for n in (1, 2, 3))
    teach(stock, *(corrected(f"src/m{n}.py", before, after, n) for before, after, n in lines), workspace="shop")
    return stock
