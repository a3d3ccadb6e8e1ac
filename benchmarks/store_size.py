"""What the session store takes on disk after `git gc`, against the transcripts that it was made of.

The transcripts are generated in the shape of real ones: a fifth of their bytes are progress records, a quarter the
originals of edited files, command outputs of all lengths, sources of the standard library. `--transcripts FOLDER`
measures real ones instead.
"""

from __future__ import annotations

import json
import random
import subprocess
import sysconfig
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import benchmarks
from benchmarks import Row, Size
from hivemind_git.pipeline import importing
from hivemind_git.pipeline.workspace import open_workspace

BOUND = 0.15
NEW_YEAR = datetime(2026, 1, 1)
SESSIONS = {Size.QUICK: 3, Size.FULL: 40}
STEPS = 60
TEXT = """the test fails because order total is computed before discount so we change function and run again please look
at why this import is slow use logger instead of print keep it small commit message says what changed"""
WORDS = TEXT.split()


@dataclass
class Session:
    """One transcript in the making, and the files as they stand in it. It starts on a day of 2026."""

    top: Path
    random: random.Random
    sources: list[str]
    id: str = ""
    day: int = 1
    files: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def add(self, kind: str, **fields: Any) -> None:
        number = len(self.lines)
        record = {
            "parentUuid": self.uuid(number - 1) if number else None,
            "isSidechain": False,
            "userType": "external",
            "cwd": str(self.top),
            "sessionId": self.id,
            "version": "2.1.197",
            "gitBranch": "main",
            "type": kind,
            "uuid": self.uuid(number),
            "timestamp": f"{NEW_YEAR + timedelta(days=self.day, seconds=number):%Y-%m-%dT%H:%M:%S}.000Z",
            **fields,
        }
        self.lines.append(json.dumps(record))

    def uuid(self, number: int) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.id}-{number}"))

    def words(self, least: int, most: int) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(least, most)))

    def says(self, block: dict[str, Any]) -> None:
        usage = {"input_tokens": 12, "output_tokens": 300, "cache_read_input_tokens": 40_000}
        message = {"id": f"msg_{self.uuid(len(self.lines))[:20]}", "role": "assistant", "model": "claude-sonnet-4-5"}
        self.add("assistant", message={**message, "content": [block], "usage": usage}, requestSessionId=self.id)

    def uses(self, tool: str, asked: dict[str, Any], said: str, detail: dict[str, Any]) -> None:
        use = f"toolu_{self.uuid(len(self.lines)).replace('-', '')[:22]}"
        self.says({"type": "tool_use", "id": use, "name": tool, "input": asked})
        if tool == "Bash":
            for _ in range(self.random.randint(1, 6)):
                output = said[: self.random.randint(100, 4000)]
                progress = {"type": "bash_progress", "output": output, "fullOutput": output, "elapsedTimeSeconds": 3}
                self.add("progress", data=progress, toolUseID=use, parentToolUseID=use)
        block = {"tool_use_id": use, "type": "tool_result", "content": said}
        self.add("user", message={"role": "user", "content": [block]}, toolUseResult=detail)

    def works(self) -> None:
        """All steps of the session."""
        for step in range(STEPS):
            if step % 12 == 0:
                self.add("user", message={"role": "user", "content": self.words(8, 60)}, promptId=str(step))
            self.says({"type": "text", "text": self.words(10, 120)})
            self.random.choices([self.edits, self.reads, self.runs], [4, 2, 6])[0]()

    def edits(self) -> None:
        path = str(self.top / self.random.choice(sorted(self.files)))
        name = Path(path).name
        lines = self.files[name].splitlines(keepends=True)
        at = self.random.randrange(max(len(lines) - 8, 1))
        old = "".join(lines[at : at + 4])
        new = old.replace(" ", "  ", 1) + f"    # {self.words(4, 10)}\n"
        original = self.files[name]
        self.files[name] = original.replace(old, new, 1)
        asked = {"file_path": path, "old_string": old, "new_string": new, "replace_all": False}
        said = f"The file {path} has been updated."
        detail = {"filePath": path, "oldString": old, "newString": new, "originalFile": original, "replaceAll": False}
        self.uses("Edit", asked, said, {**detail, "structuredPatch": [], "userModified": False})

    def reads(self) -> None:
        name = self.random.choice(sorted(self.files))
        text = self.files[name]
        shown = "\n".join(f"{n:6}\t{line}" for n, line in enumerate(text.splitlines(), 1))
        lines = text.count("\n")
        read = {
            "filePath": str(self.top / name),
            "content": text,
            "numLines": lines,
            "startLine": 1,
            "totalLines": lines,
        }
        self.uses("Read", {"file_path": str(self.top / name)}, shown, {"type": "text", "file": read})

    def runs(self) -> None:
        source = self.random.choice(self.sources)
        start = self.random.randrange(max(len(source) - 9000, 1))
        said = source[start : start + int(self.random.paretovariate(0.8) * 300) % 12_000]
        command = f"pytest -q -k '{self.words(1, 3)}'"
        detail = {"stdout": said, "stderr": "", "interrupted": False, "isImage": False}
        self.uses("Bash", {"command": command, "description": self.words(3, 8)}, said, detail)


def library() -> dict[str, str]:
    """The smaller modules of the standard library: name → source."""
    paths = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    return {path.name: path.read_text("utf-8", "replace") for path in paths if path.stat().st_size < 40_000}


def generated(folder: Path, top: Path, sessions: int) -> Iterator[Path]:
    """Transcripts of sessions in a repository."""
    texts = library()
    for number in range(sessions):
        choose = random.Random(number)
        names = choose.sample(sorted(texts), 6)
        session = Session(top, choose, list(texts.values()), str(uuid.UUID(int=choose.getrandbits(128))))
        session.files = {name: texts[name] for name in names}
        session.works()
        path = folder / f"{session.id}.jsonl"
        path.write_text("\n".join(session.lines) + "\n")
        yield path


def run(size: Size) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder) / "repo"
        git = ["git", "-C", str(top), "-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", "init", "-q", "-b", "main", top], check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "Start"], check=True)
        for key, value in {"user.name": "a", "user.email": "a@example.com"}.items():
            subprocess.run([*git, "config", key, value], check=True)
        given = benchmarks.transcripts
        paths = sorted(given.rglob("*.jsonl")) if given else list(generated(Path(folder), top, SESSIONS[size]))
        raw = sum(path.stat().st_size for path in paths)
        done = importing.import_transcripts(open_workspace(top), "claude-code", paths)
        subprocess.run([*git, "gc", "-q", "--prune=now"], check=True)
        packed = sum(file.stat().st_size for file in (top / ".git/objects").rglob("*") if file.is_file())
    note = f"{done.new:,} events"
    name = f"store of {len(paths)} {'real' if given else 'generated'} transcripts"
    return [Row(name, packed, "the transcripts", raw, BOUND, note, unit="B")]
