from __future__ import annotations

import json
from pathlib import Path

import pytest
from agents.wired import Wirer
from repos import Repo

from hivemind_git.agents import assistant
from hivemind_git.agents.base import Checkout, Machine, Scope, Wired
from hivemind_git.agents.command import command_line
from hivemind_git.errors import HivemindError

CURSOR = assistant("cursor")
WIRER = Wirer(CURSOR, Scope.USER)
install, uninstall = WIRER.install, WIRER.uninstall
COMMAND = command_line("cursor")
KNOWN = {
    "sessionStart",
    "sessionEnd",
    "beforeSubmitPrompt",
    "preToolUse",
    "postToolUse",
    "postToolUseFailure",
    "beforeShellExecution",
    "afterShellExecution",
    "beforeMCPExecution",
    "afterMCPExecution",
    "beforeReadFile",
    "afterFileEdit",
    "afterAgentResponse",
    "afterAgentThought",
    "stop",
    "subagentStart",
    "subagentStop",
    "preCompact",
}
"""The events that the command line knows too: it voids a file that names any other, without a word."""


def test_a_file_of_our_own(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    path = checkout.top / ".cursor" / "hooks.json"
    assert CURSOR.wired(checkout, machine) == Wired()
    assert install(checkout, machine, Scope.LOCAL) == [path, checkout.common / "info" / "exclude"]
    written = json.loads(path.read_text())
    assert list(written) == ["version", "hooks"]
    assert written["version"] == 1
    assert set(written["hooks"]) <= KNOWN
    assert {entry["command"] for (entry,) in written["hooks"].values()} == {COMMAND}
    assert written["hooks"]["preToolUse"] == [{"command": COMMAND, "matcher": "Shell", "timeout": 10}]
    assert CURSOR.wired(checkout, machine) == Wired((path,))
    assert Repo(checkout.top).git("status", "--porcelain") == ""
    assert install(checkout, machine, Scope.LOCAL) == []


def test_a_version_that_nobody_knows_is_refused(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    path = machine.home / ".cursor" / "hooks.json"
    path.parent.mkdir()
    path.write_text('{"version": 2, "hooks": {}}')
    with pytest.raises(HivemindError, match=r"cannot be extended: its version is not 1") as failed:
        CURSOR.wire(checkout, machine, Scope.USER)
    assert failed.value.step == "Mend the file, then run the command again; nothing was changed."


def test_a_committed_file_is_not_one_persons(place: tuple[Checkout, Machine], repo: Repo) -> None:
    checkout, machine = place
    repo.commit("hooks", **{".cursor/hooks.json": '{"version": 1, "hooks": {}}'})
    with pytest.raises(HivemindError, match="is committed in this repository"):
        CURSOR.wire(checkout, machine, Scope.LOCAL)
    assert install(checkout, machine, Scope.PROJECT) == [checkout.top / ".cursor" / "hooks.json"]


def test_found_by_its_program_or_its_folder(place: tuple[Checkout, Machine], tmp_path: Path) -> None:
    _, machine = place
    assert CURSOR.find(machine) is None
    program = tmp_path / "bin" / "cursor-agent"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    found = CURSOR.find(Machine(machine.home, {"PATH": str(program.parent)}))
    assert (found and found.program, found and found.folder) == (program, None)
    (machine.home / ".cursor").mkdir()
    found = CURSOR.find(machine)
    assert (found and found.program, found and found.folder) == (None, machine.home / ".cursor")


def test_the_transcripts_of_a_repository(place: tuple[Checkout, Machine], tmp_path: Path) -> None:
    checkout, machine = place
    name = str(checkout.top).lstrip("/").replace("/", "-").replace("_", "-").replace(".", "-")
    folder = machine.home / ".cursor" / "projects" / name / "agent-transcripts"
    new, old, child = (folder / each for each in ("one/one.jsonl", "two.jsonl", "one/subagents/x.jsonl"))
    for path in (new, old, child, machine.home / ".cursor/projects/tmp-other/agent-transcripts/three.jsonl"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}\n")
    assert sorted(CURSOR.transcripts(checkout, machine)) == sorted([new, old])
    moved = tmp_path / "moved" / "projects" / name / "agent-transcripts" / "four.jsonl"
    moved.parent.mkdir(parents=True)
    moved.write_text("{}\n")
    elsewhere = Machine(machine.home, {"CURSOR_DATA_DIR": str(tmp_path / "moved")})
    assert set(CURSOR.transcripts(checkout, elsewhere)) == {new, old, moved}
