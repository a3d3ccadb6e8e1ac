"""docs/first-hour.md as a new user would follow it: every block is run, in order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from repos import Repo

from hivemind_git.demo import days

PAGE = Path(__file__).parents[2] / "docs/first-hour.md"


def test_the_first_hour(tmp_path: Path, hermetic: Path) -> None:
    shop = Repo(tmp_path / "shop")
    shop.path.mkdir()
    shop.git("init", "-q", "-b", "main")
    shop.commit("Start", when=1793000000, **{"README.md": "# Shop\n"})
    logs = hermetic / ".claude" / "projects" / re.sub(r"[^A-Za-z0-9]", "-", str(shop.path))
    logs.mkdir(parents=True)
    for number, day in enumerate(days(), 1):
        when = int(datetime.fromisoformat(day.committed).timestamp())
        shop.commit(day.subject, when=when, **{day.path: day.accepted})
        (logs / f"{number}.jsonl").write_bytes(day.transcript.replace(b"/home/ada/shop", str(shop.path).encode()))
    hooks = sorted(path.name for path in (shop.path / ".git" / "hooks").iterdir())
    head = shop.git("rev-parse", "HEAD")
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 11
    script = "".join(f"echo '== {number}'\n{block}" for number, block in enumerate(blocks, 1))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    wired, brought, corrected, mined, found, made, shown, minded, _, looked, gone = re.split(
        r"^== \d+\n", done.stdout, flags=re.MULTILINE
    )[1:]
    assert "Claude Code and git's hooks are wired." in wired
    assert "Imported 24 new events of 3 sessions." in brought
    assert [line[:10] for line in brought.splitlines()[-1:]] == ["2026-11-04"]
    assert corrected.count("    +    logger.info(f") >= 4
    assert mined.startswith("candidate 1f403488e5c5138c")
    assert "No rules file in HEAD" in mined
    assert "src/shop/orders.py\t" in found
    assert "correction" in found
    assert "1 rule committed on hivemind/skill/python-logging" in made
    assert "Hivemind-Skill: python-logging" in made
    assert "skill python-logging (live)" in shown
    assert "reverted in" in minded
    assert "1f403488e5c5138c" in minded[minded.rindex("published") - 200 :]
    assert "skills/hivemind/SKILL.md" in looked
    assert (tmp_path / "report.html").read_text().lstrip().lower().startswith("<!doctype html>")
    assert len((tmp_path / "pairs.jsonl").read_text().splitlines()) == 3
    assert gone.endswith("delete them if you wish.\n")
    assert sorted(path.name for path in (shop.path / ".git" / "hooks").iterdir()) == hooks
    assert shop.git("merge-base", "--is-ancestor", head, "HEAD") == ""
    assert not (shop.path / ".git" / "hivemind").exists()
