"""What the installed Codex says of its hooks: the method `hooks/list` of its app-server, spoken to over a pipe.

One JSON object a line: `initialize`, `initialized`, then the question. Nothing of a session is started (measured with
0.169.0, which answers within two seconds).
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from hivemind_git.agents.lines import Record, mapping, objects

_SECONDS = 20.0
_QUESTION = 2


def hooks(program: Path, folder: Path, environ: Mapping[str, str]) -> list[Record] | None:
    """The hooks that Codex knows in a folder: `key`, `command`, `enabled`, `trustStatus`; None where it does not say.

    Args:
        program: the installed client.
        folder: a project.
        environ: the whole environment in which it runs.
    """
    asked = [
        {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "git-hivemind", "version": "1"}}},
        {"method": "initialized"},
        {"id": _QUESTION, "method": "hooks/list", "params": {"cwds": [str(folder)]}},
    ]
    try:
        answer = _exchange(program, folder, environ, "".join(f"{json.dumps(one)}\n" for one in asked))
    except OSError:
        return None
    if answer is None:
        return None
    return [hook for entry in objects(mapping(answer, "result"), "data") for hook in objects(entry, "hooks")]


def _exchange(program: Path, folder: Path, environ: Mapping[str, str], asked: str) -> Record | None:
    """The answer to the question. The server goes as soon as its input is closed, so that stays open until then."""
    with subprocess.Popen(
        [program, "app-server"],
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Timer(_SECONDS, process.kill)
        late.start()
        try:
            process.stdin.write(asked)
            process.stdin.flush()
            return next(filter(None, map(_answer, process.stdout)), None)
        finally:
            late.cancel()
            process.kill()


def _answer(line: str) -> Record | None:
    """The answer to the question, if a line is that."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.get("id") == _QUESTION and "result" in said else None
