"""Twenty processes that seal, import, list and derive in one repository at once: each event once, the store whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.capture.journal import Journal
from hivemind_git.pipeline import sealing
from hivemind_git.pipeline.workspace import open_workspace
from hivemind_git.store.verify import verify

SESSIONS = 6


def test_twenty_processes_at_once(repo: Repo, hermetic: Path) -> None:
    repo.commit("Start")
    state = repo.path / ".git/hivemind"
    logs = [Log(hermetic, repo.path, f"session-{number}", minute=number) for number in range(SESSIONS)]
    for log in logs:
        for number in range(5):
            log.prompt(f"{log.session} prompt {number}")
            log.writes(f"{log.session}-toolu-{number}", f"{log.session}-{number}.py", f"x = {number}\n")
            log.hook(state, "Stop" if number % 2 else "UserPromptSubmit")
    seals = [["seal", "--quiet"]] * 12
    imports = [["import", str(log.path)] for log in logs]
    processes = [
        subprocess.Popen([sys.executable, "-m", "hivemind_git", *arguments], cwd=repo.path, stdout=subprocess.DEVNULL)
        for arguments in (*seals, *imports, ["corrections"], ["sessions"])
    ]
    assert len(processes) == 20
    for log in logs:
        log.says(f"{log.session} said while they ran")
    assert [process.wait() for process in processes] == [0] * 20
    sealing.seal(open_workspace(repo.path))
    space = open_workspace(repo.path)
    told = [event.fields.get("text") for event in space.store().events() if event.kind in {"prompt", "response"}]
    wanted = [f"{log.session} prompt {number}" for log in logs for number in range(5)]
    wanted += [f"{log.session} said while they ran" for log in logs]
    assert sorted(map(str, told)) == sorted(wanted)
    edits = [event for event in space.store().events() if event.kind == "edit"]
    assert len(edits) == len({event.id for event in edits}) == SESSIONS * 5
    assert (Journal(state).pending(), Journal(state).lost()) == ([], 0)
    assert verify(space.repository, space.ref) == []
