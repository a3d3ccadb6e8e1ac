"""Claude Code, headless, as the person has it and pays for it: no tools, no settings, no memory of the question.

It runs in an empty folder, so that it reads nobody's CLAUDE.md and no hook of a project, and is never captured.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from typing import Final

from hivemind_git.skills.draft.asking import Answer, Caller, Question, UnusableError

PROGRAM: Final = "claude"
_ALONE: Final = (
    "--print",
    "--output-format",
    "json",
    "--tools",
    "",
    "--strict-mcp-config",
    "--setting-sources",
    "",
    "--disable-slash-commands",
    "--no-session-persistence",
)
_ITS_OWN: Final = frozenset(
    {"CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_SSE_PORT", "CLAUDE_PROJECT_DIR"}
)
"""What a session of Claude Code tells its hooks, and so the background that they start: within one it starts none."""


def attempt(caller: Caller, question: Question) -> Answer:
    """One run of the program.

    Raises:
        UnusableError: it is not installed, took too long, failed, or answered nothing. It retries by itself.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise UnusableError(f"the model could not be asked: {PROGRAM} is not on the PATH")
    form = f"{question.system}\nAnswer with one JSON object of this schema and nothing else:\n"
    system = form + json.dumps(question.schema, separators=(",", ":"))
    command = [program, *_ALONE, "--model", caller.model, "--system-prompt", system]
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                command,
                input=question.text.encode(),
                cwd=folder,
                env={name: value for name, value in os.environ.items() if name not in _ITS_OWN}
                | {"HIVEMIND_CAPTURE": "false"},
                capture_output=True,
                timeout=caller.deadline,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise UnusableError("the model took too long") from error
    except OSError as error:
        raise UnusableError(f"the model could not be asked: {error.strerror}") from error
    return _told(done.stdout)


def _told(printed: bytes) -> Answer:
    try:
        told = json.loads(printed)
        spent = told["usage"]
        used = (_tokens(spent, "input"), _tokens(spent, "output"))
        failed, text = told.get("is_error"), told["result"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableError("the model could not be asked: it printed no result") from error
    if failed or not isinstance(text, str):
        raise UnusableError("the model could not be asked: it says that it failed")
    return Answer(_unfenced(text), used)


def _tokens(spent: Mapping[str, object], side: str) -> int:
    """What it counts on one side, what it wrote to and read from its cache included."""
    return sum(value for name, value in spent.items() if name.endswith(f"{side}_tokens") and isinstance(value, int))


def _unfenced(text: str) -> str:
    """The answer without the fence that a model likes to put around JSON."""
    lines = text.strip().splitlines()
    fenced = len(lines) > 2 and lines[0].startswith("```") and lines[-1] == "```"
    return "\n".join(lines[1:-1]) if fenced else text
