"""Fifty clones on one machine push to one bare repository at once: nothing is lost, and all settle on one store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from repos import Repo
from teams import REF, an_event, keep, segments, team

from hivemind_git.git.objects import Repository
from hivemind_git.store.verify import verify

CLONES = int(os.environ.get("HIVEMIND_TEST_CLONES", "50"))
# One process drives several clones, one thread each, so that a machine of two cores does not start fifty interpreters;
# every transfer is a git of its own all the same.
DRIVER = """
import sys, threading
from hivemind_git.git.objects import Repository
from hivemind_git.git.porcelain import Remote
from hivemind_git.store.sync import Terms, sync

REF = "refs/heads/hivemind/sessions"
failed = []

def one(path):
    try:
        repo = Repository.containing(path)
        sync(repo, REF, "hivemind/sessions", Remote(repo, "origin"), Terms(permit=lambda _: None, patience=500.0))
    except Exception as error:
        failed.append(f"{path}: {error!r}")

threads = [threading.Thread(target=one, args=(path,)) for path in sys.argv[1:]]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("\\n".join(failed), end="")
"""


def test_fifty_clones_at_once(tmp_path: Path) -> None:
    mates = team(tmp_path)
    mates.hub.git("config", "gc.auto", "0")
    for number in range(CLONES):
        path = tmp_path / f"c{number}"
        subprocess.run(["cp", "-r", str(tmp_path / "first"), str(path)], check=True)
        clone = mates.clones[f"c{number}"] = Repo(path)
        clone.git("remote", "add", "origin", str(mates.hub.path))
        keep(clone, an_event(f"{number}", f"s{number:02}"))
    paths = [str(clone.path) for clone in mates.clones.values()]
    drivers = [
        subprocess.Popen([sys.executable, "-c", DRIVER, *paths[start::4]], stdout=subprocess.PIPE, text=True)
        for start in range(4)
    ]
    assert [driver.communicate()[0] for driver in drivers] == [""] * 4
    everybody = sorted(f"s{number:02}" for number in range(CLONES))
    assert segments(mates.hub) == everybody
    assert verify(Repository.containing(mates.hub.path), REF) == []
    assert mates.hub.git("rev-list", "--merges", REF) == ""
    # One more sync each is nothing but a fetch: they have settled.
    tip = mates.hub.git("rev-parse", REF)
    done = subprocess.run([sys.executable, "-c", DRIVER, *paths], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert {clone.git("rev-parse", REF) for clone in mates.repositories} == {tip}
