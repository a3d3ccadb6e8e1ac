"""An agent and a person at work in a real repository, told step by step, with the product wired into it.

The agent's hook is the real one, git is the real one, and what people call is what the command line calls. So a
situation is not only derived from: whatever it does, it does to the whole loop, from the hook to the skill's branch.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.agents.command import command_line
from hivemind_git.cli import root
from hivemind_git.corrections.attribution import attribute
from hivemind_git.git.diff import diff_lines
from hivemind_git.pipeline import deriving
from hivemind_git.pipeline.workspace import open_workspace

START = 1_767_225_600
PATH = "src/app.py"
BASE = "import logging\n\n\ndef main():\n    run()\n    stop()\n"
AGENT = "import logging\n\n\ndef main():\n    print('start')\n    run()\n    print('done')\n    stop()\n"
FIXED = AGENT.replace("print('start')", "logging.info('start')")

Told = tuple[str, str, str]
CORRECTED: list[Told] = [("replaced", "    print('start')\n", "    logging.info('start')\n")]
RULE = ("print('$0')", "logging.info('$0')")
DAY = 86400
GENERATE = "sh generate.sh"
GIT, SH = (shutil.which(name) or name for name in ("git", "sh"))


@dataclass
class Scene:
    """One repository with the sessions of its agents. Every step takes a minute.

    `env` is the whole environment of the programs that are started, where the situation is one of it; the commands then
    are processes of their own.
    """

    repo: Repo
    home: Path
    now: int = START
    env: dict[str, str] | None = None
    state: Path | None = None
    before: dict[str, bytes] = field(default_factory=dict)
    logs: dict[str, Log] = field(default_factory=dict)
    uses: int = 0

    def git(self, *args: str, top: Path | None = None, stdin: str | None = None, check: bool = True, **env: str) -> str:
        """Git as a person runs it, a minute later."""
        self.now += 60
        date = f"{self.now} +0000"
        clock = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, **env}
        if self.env is None:
            return Repo(top or self.repo.path).git(*args, stdin=stdin, check=check, env=clock)
        return self._started([GIT, *args], top, stdin or "", clock).removesuffix("\n")

    def person(self, text: str | bytes, path: str = PATH, top: Path | None = None) -> None:
        """A person saves a file."""
        Repo(top or self.repo.path).write(path, text)

    def commit(self, *args: str, top: Path | None = None, **env: str) -> str:
        """Commits everything; gives the commit's id."""
        self.git("add", "-A", top=top)
        self.git("commit", "-qm", "change", *args, top=top, **env)
        return self.git("rev-parse", "HEAD", top=top)

    def accepted(self) -> None:
        """An agent writes, and a person changes a line of it and commits."""
        self.agent(AGENT)
        self.person(FIXED)
        self.commit()

    def committed(self) -> None:
        """An agent's text is committed as it is, and a person's change in a second commit."""
        self.agent(AGENT)
        self.commit()
        self.person(FIXED)
        self.commit()

    def agent(self, text: str | bytes, path: str = PATH, session: str = "s1", top: Path | None = None) -> None:
        """An agent writes a file; bytes that are no text through its shell, as the tool has only text."""
        target = (top or self.repo.path) / path
        try:
            content = text if isinstance(text, str) else text.decode()
            binary = "\0" in content
        except UnicodeDecodeError:
            binary = True
        if binary:
            self._shell(session, {target: _bytes(text)}, top)
        else:
            self._write(session, target, content, top)

    def run(self, files: Mapping[str, str | bytes | None], session: str = "s1", command: str = GENERATE) -> None:
        """An agent writes files by one shell command, or takes them away (None)."""
        written = {self.repo.path / name: None if one is None else _bytes(one) for name, one in files.items()}
        self._shell(session, written, None, command)

    def look(self, path: str = PATH, session: str = "s1", top: Path | None = None) -> None:
        """An agent reads a file."""
        log, use = self._use(session, top)
        log.reads(use, path, ((top or self.repo.path) / path).read_text())

    def begin(self, session: str, top: Path) -> None:
        """A person begins a session in a folder."""
        self.logs[session] = Log(self.home, top, session, now=self._time)
        self.logs[session].prompt("Do it.")

    def hook(self, event: str, session: str = "s1", **fields: Any) -> str:
        """The agent's client runs the hook with an event, as its settings have it; gives what it says to the client."""
        log = self.logs[session]
        told = {"session_id": session, "transcript_path": str(log.path), "cwd": str(log.top), "hook_event_name": event}
        before = self._kept()
        done = subprocess.run(
            [SH, "-c", command_line("claude-code")], cwd=log.top, input=json.dumps({**told, **fields}).encode(),
            env=os.environ if self.env is None else self.env, capture_output=True, check=True, start_new_session=True,
        )  # fmt: skip
        assert done.stderr == b""
        for file in self._kept() - before:
            os.utime(file, (self.now, self.now))  # the scene's clock is the journal's
        return done.stdout.decode()

    def wire(self) -> None:
        """Installs the product here, and has two sessions corrected: one decision less than a rule takes."""
        self.state = Path(self.git("rev-parse", "--path-format=absolute", "--git-common-dir")) / "hivemind"
        self.before = self.hooks()
        self.install()
        for number in range(2):
            name = f"early{len(self.logs)}"
            self.agent(f"import logging\n\nprint('{number}')\n", f"src/{name}.py", session=name)
            self.person(f"import logging\n\nlogging.info('{number}')\n", f"src/{name}.py")
            self.commit()
            self.now += DAY  # the same change twice in an hour is one decision

    def install(self, *, seals: bool = False) -> None:
        """Installs the product; only where hooks may start seals by themselves does it know by which program.

        A seal in the background takes what the scene's clock has not been set on yet.
        """
        assert self.state is not None
        self.hivemind("install", "claude-code")
        if not seals:
            (self.state / "sealer").unlink()

    def hivemind(self, *arguments: str, top: Path | None = None) -> str:
        """What `git hivemind` prints; it has to end well."""
        if self.env is not None:
            return self._started([sys.executable, "-m", "hivemind_git", *arguments], top, "", {})
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = root.run(["-C", str(top or self.repo.path), *arguments])
        assert status == 0, (arguments, said.getvalue())
        return said.getvalue()

    def corrections(self) -> list[Told]:
        """Kind, before and after of each correction by hand, but for those of the two earlier sessions."""
        self.hivemind("seal")
        found = json.loads(self.hivemind("corrections", "--json"))["corrections"]
        early = [one for one in found if one["session"].startswith("early")]
        assert len(early) >= 2
        return [(one["kind"], one["before"], one["after"]) for one in found if one not in early]

    def explained(self) -> list[tuple[str, str]]:
        """Why a departure is none, and what it took away."""
        found = json.loads(self.hivemind("corrections", "--rejected", "--json"))["rejected"]
        return [(one["why"], one["before"]) for one in found if one["path"]]

    def writers(self, text: str, path: str = PATH) -> list[str]:
        """Who wrote each line of an image."""
        space = open_workspace(self.repo.path)
        store = space.store()
        found = attribute(deriving.evidence(space, store, store.sessions(), diff_lines), diff_lines)
        origins = found.of(path, text.encode())
        assert origins is not None
        return [str(one.writer) for one in origins]

    def loop(self, expected: list[Told]) -> None:
        """The rest of the loop, with these corrections: the third decision, if there is one, makes a skill.

        Nothing is lost on the way, worktree and index are as they were, and all comes out again.
        """
        assert self.corrections() == expected
        mine = "replaced" in {kind for kind, _, after in expected if "logging.info" in after}
        stood = self.stands()
        rules = json.loads(self.hivemind("mine", "--json"))["rules"]
        (rule,) = (one for one in rules if (one["before"], one["after"]) == RULE)
        assert (rule["decisions"], rule["state"]) == ((3, "candidate") if mine else (2, "held")), rule["why"]
        self.hivemind("codify")
        skills = [self.git("show", f"{one}:.claude/skills/python-logging/SKILL.md") for one in self.skill_branches()]
        assert ["logging.info('" in skill for skill in skills] == [True] * mine
        status = json.loads(self.hivemind("status", "--json"))
        assert (status["lost"], status["pending"], self.stands()) == (0, 0, stood)
        self.hivemind("uninstall")
        assert self.hooks() == self.before

    def skill_branches(self) -> list[str]:
        """The branches that wait for review."""
        return self.git("for-each-ref", "--format=%(refname)", "refs/heads/hivemind/skill").split()

    def stands(self) -> str:
        """Where the person's work is: branch, worktree and index."""
        return self.git("status", "--porcelain=v2", "--branch", "--untracked-files=all")

    def hooks(self) -> dict[str, bytes]:
        """Git's hooks of the repository, byte for byte."""
        folder = Path(self.git("rev-parse", "--path-format=absolute", "--git-path", "hooks"))
        return {path.name: path.read_bytes() for path in folder.glob("*") if path.is_file()}

    def _started(self, argv: list[str], top: Path | None, stdin: str, clock: dict[str, str]) -> str:
        """A program in the scene's environment, without a terminal."""
        done = subprocess.run(
            argv, cwd=top or self.repo.path, env={**(self.env or {}), **clock}, input=stdin, capture_output=True,
            text=True, check=False, start_new_session=True,
        )  # fmt: skip
        assert done.returncode == 0, (argv, done.stdout, done.stderr)
        return done.stdout

    def _kept(self) -> set[Path]:
        """The files that the hook leaves for a seal."""
        return set(self.state.glob("journal/*.*")) | set(self.state.glob("windows/records/*")) if self.state else set()

    def _use(self, session: str, top: Path | None) -> tuple[Log, str]:
        """A session's transcript, begun if it was not, and the name of its next tool use."""
        self.now += 60
        self.uses += 1
        if session not in self.logs:
            self.begin(session, top or self.repo.path)
        return self.logs[session], f"toolu_{self.uses}"

    def _time(self) -> str:
        return datetime.fromtimestamp(self.now, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def _write(self, session: str, target: Path, content: str, top: Path | None) -> None:
        log, use = self._use(session, top)
        original = target.read_bytes().decode() if target.exists() else None
        asked = {"file_path": str(target), "content": content}
        answer = {"type": "update" if original is not None else "create", "filePath": str(target), "content": content,
                  "structuredPatch": [], "originalFile": original}  # fmt: skip
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode())
        log.uses(use, "Write", asked, f"File written successfully at: {target}", answer)
        self.hook("PostToolUse", session, tool_name="Write", tool_use_id=use, tool_input=asked, tool_response=answer)

    def _shell(
        self, session: str, files: Mapping[Path, bytes | None], top: Path | None, command: str = GENERATE
    ) -> None:
        log, use = self._use(session, top)
        asked = {"command": command}
        self.hook("PreToolUse", session, tool_name="Bash", tool_use_id=use, tool_input=asked)
        for target, content in files.items():
            if content is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        answer = {"stdout": "", "stderr": "", "interrupted": False}
        self.now += 1
        log.uses(use, "Bash", asked, "", answer)
        self.hook("PostToolUse", session, tool_name="Bash", tool_use_id=use, tool_input=asked, tool_response=answer)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def beside(scene: Scene, name: str) -> Path:
    """A place beside the repository, for another worktree or clone."""
    return scene.repo.path.parent / name
