"""What one event of an assistant costs, from the client's `sh -c` to the end of its output."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import Row, Size, interleaved, process
from hivemind_git import resources
from hivemind_git.agents.command import command_line

GIT, SHELL, NODE = "git rev-parse --git-dir", "sh -c :", "node -e 0"
STATUS = "git status, one commit and no file"
COMMON = {
    "session_id": "0199f3a0-0000-7000-8000-000000000000",
    "transcript_path": "/home/ada/.claude/projects/p/s.jsonl",
}


def payload(event: str, text: str = "") -> bytes:
    """What a client writes."""
    return json.dumps({**COMMON, "cwd": "/home/ada/p", "hook_event_name": event, "tool_input": {"text": text}}).encode()


def repositories(root: Path) -> tuple[Path, Path]:
    """A repository with the hook installed and one linked worktree of it."""
    main, linked = root / "main", root / "linked"
    git = partial(subprocess.run, check=True, capture_output=True)
    git(["git", "init", "-q", main])
    name = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    git(["git", "-C", main, *name, "commit", "-q", "--allow-empty", "-m", "start"])
    git(["git", "-C", main, "worktree", "add", "-q", "--detach", linked])
    home = main / ".git" / "hivemind"
    (home / "journal").mkdir(parents=True)
    shutil.copy(resources.find("hooks") / "agent" / "hook", home / "hook")
    (home / "sealer").write_text(f"{shutil.which('true')}\n")
    return main, linked


def run(size: Size) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        main, linked = repositories(Path(folder))
        line = ["sh", "-c", command_line("claude-code")]
        on = {
            name: value for name, value in os.environ.items() if name not in ("HIVEMIND_CAPTURE", "CLAUDE_PROJECT_DIR")
        }
        off = {**on, "HIVEMIND_CAPTURE": "false"}
        small, large = payload("PostToolUse", "x" * 300), payload("PostToolUse", "some words\n" * 36_000)
        hook = partial(process, line, env=on)
        cases: dict[str, Callable[[], object]] = {
            GIT: partial(process, ["git", "rev-parse", "--git-dir"], main),
            SHELL: partial(process, ["sh", "-c", ":"], main),
            STATUS: partial(process, ["git", "status"], main),
            "event, main worktree": partial(hook, main, small),
            "event of 430 KB, main worktree": partial(hook, main, large),
            "event, linked worktree": partial(hook, linked, small),
            "event of 430 KB, linked worktree": partial(hook, linked, large),
            "stop, which starts the seal": partial(hook, main, payload("Stop")),
            "no repository": partial(hook, Path(folder), small),
            "capture off": partial(process, line, main, small, off),
        }
        if node := shutil.which("node"):
            cases[NODE] = partial(process, [node, "-e", "0"], main)
        here = Path.cwd()
        try:
            times = interleaved(cases, 20 if size is Size.QUICK else 300)
        finally:
            os.chdir(here)
    rows = [
        Row(name, taken, GIT, times[GIT], 4)
        for name, taken in times.items()
        if name not in (GIT, SHELL, STATUS, NODE, "capture off")
    ]
    rows.append(Row("capture off", times["capture off"], SHELL, times[SHELL], 3))
    rows.append(Row(STATUS, times[STATUS], GIT, times[GIT], None))
    if NODE in times:
        rows.append(Row(NODE, times[NODE], GIT, times[GIT], None, "what a hook in JavaScript starts with"))
    return rows
