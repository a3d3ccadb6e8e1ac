"""A session of Cursor through the hooks as they are configured: journal, store, a person's correction."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from repos import Repo
from waiting import PATIENCE_SECONDS

from hivemind_git.agents.base import Scope
from hivemind_git.agents.command import command_line
from hivemind_git.pipeline import deriving, importing, installing, sealing, workspace
from hivemind_git.pipeline.workspace import Workspace

SESSION, TURN = "b1f0a7d2-3c44-4d0e-9a51-7e6a52d90c11", "4c1d1e10-0000-4000-8000-000000000001"
CODE = "import sys\n\n\ndef main():\n    pass\n"


@pytest.fixture
def space(repo: Repo, monkeypatch: pytest.MonkeyPatch, hermetic: Path) -> Workspace:
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    repo.commit("base", **{"app.py": CODE})
    found = workspace.open_workspace(repo.path)
    machine = workspace.this_machine()
    planned = installing.plan(found, machine, ["cursor", "claude-code"], Scope.LOCAL)
    installing.install(found, machine, planned)
    (repo.path / ".git/hivemind/sealer").unlink()  # nothing seals behind the test's back
    return found


def teller(space: Workspace) -> Callable[..., None]:
    """Sends an event as the editor does: by the command lines of its own file, then by those of Claude Code's."""
    top = space.checkout.top
    hooks = json.loads((top / ".cursor/hooks.json").read_text())["hooks"]

    def tell(event: str, **more: Any) -> None:
        payload = {"conversation_id": SESSION, "generation_id": TURN, "model": "composer-2", **more}
        payload |= {"session_id": SESSION, "hook_event_name": event, "cursor_version": "3.15.19"}
        payload |= {"workspace_roots": [str(top)], "user_email": None, "transcript_path": None}
        environment = {**os.environ, "CURSOR_VERSION": "3.15.19", "CLAUDE_PROJECT_DIR": str(top)}
        commands = [entry["command"] for entry in hooks.get(event, [])]
        for command in [*commands, command_line("claude-code")]:
            done = subprocess.run(
                ["sh", "-c", command],
                input=json.dumps(payload).encode(),
                capture_output=True,
                cwd=top,
                env=environment,
                check=True,
                timeout=PATIENCE_SECONDS,
            )
            assert (done.stdout, done.stderr) == (b"", b"")

    return tell


def session(space: Workspace) -> None:
    tell, app = teller(space), str(space.checkout.top / "app.py")
    tell("sessionStart", composer_mode="agent", is_background_agent=False)
    tell("beforeSubmitPrompt", prompt="say that it is up", attachments=[])
    tell("beforeReadFile", file_path=app, content=CODE, attachments=[])
    written = CODE.replace("    pass", '    print("up")')
    Path(app).write_text(written)
    edits = [{"old_string": "    pass", "new_string": '    print("up")'}]
    tell("afterFileEdit", file_path=app, edits=edits)
    tell("postToolUse", tool_name="Write", tool_input={"file_path": app}, tool_output="{}", tool_use_id="e1")
    asked = {"tool_name": "Shell", "tool_input": {"command": "sh make.sh"}, "tool_use_id": "s1", "cwd": ""}
    tell("preToolUse", **asked)
    (space.checkout.top / "made.txt").write_text("made\n")
    tell("postToolUse", **asked, tool_output='{"exitCode":0,"stdout":""}', duration=12.5)
    tell("afterAgentResponse", text="It says so.")
    tell("stop", status="completed", loop_count=0)


def test_everything_is_told_once_and_a_correction_is_derived(space: Workspace, repo: Repo) -> None:
    session(space)
    entries = [path.name.partition(".")[0] for path in (repo.path / ".git/hivemind/journal").iterdir()]
    assert set(entries) == {"cursor"}, "what Claude Code's hooks heard of it is dropped"
    sealing.seal(space)
    told = [(event.kind.value, event.fields.get("path")) for event in space.store().events(SESSION)]
    assert sorted(told, key=str) == [
        ("edit", "app.py"),
        ("edit", "made.txt"),
        ("prompt", None),
        ("response", None),
        ("session_start", None),
        ("tool_use", "app.py"),
        ("tool_use", "app.py"),
        ("tool_use", None),
    ]
    (window,) = [event.fields for event in space.store().events(SESSION) if event.fields.get("tool") == "Shell"]
    assert (window["window"], window["exit_code"]) == ("closed", 0)
    repo.commit("log it", **{"app.py": CODE.replace("    pass", '    logger.info("up")')})
    deriving.derive(space)
    (found,) = space.store().corrections(SESSION)
    assert (found.agent, found.kind, found.before, found.after) == (
        "cursor",
        "replaced",
        '    print("up")\n',
        '    logger.info("up")\n',
    )


def test_a_transcript_of_a_session_that_hooks_told_is_left_alone(space: Workspace, tmp_path: Path) -> None:
    session(space)
    sealing.seal(space)
    before = len(list(space.store().events(SESSION)))
    log = tmp_path / f"{SESSION}.jsonl"
    said = {"role": "user", "message": {"content": [{"type": "text", "text": "<user_query>\nhello\n</user_query>"}]}}
    log.write_text(json.dumps(said) + "\n")
    (read,) = importing.import_transcripts(space, "cursor", [log]).transcripts
    assert (read.note, read.events) == ("is of a session that hooks told already, and better", 0)
    assert len(list(space.store().events(SESSION))) == before
    other = log.rename(tmp_path / "other.jsonl")
    assert importing.import_transcripts(space, "cursor", [other]).new == 2
