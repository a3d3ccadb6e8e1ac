"""Labelled cases: a folder of real sessions with the commits they led to, made into repositories and derived.

The format is told in docs/measurements.md. Each case becomes a repository of its own with one line of history; its
transcripts are imported and its corrections derived as a user would have it done.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.model import Correction, CorrectionKind
from hivemind_git.pipeline import deriving, importing
from hivemind_git.pipeline.workspace import Workspace, open_workspace

_DAY: Final = 86400
_FORMAT: Final = "docs/measurements.md tells what the folder holds."
_KINDS = {
    CorrectionKind.REPLACED: "hunk", CorrectionKind.REMOVED: "hunk", CorrectionKind.EXTENDED: "hunk",
    CorrectionKind.REJECTED: "rejection", CorrectionKind.RESTATED: "restatement",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of one possible correction: it is one (`true`) or not. `kind` as in `Found`."""

    id: str
    kind: str
    final: bool
    true: bool
    weight: float
    component: str
    commit: str
    path: str
    before: str
    after: str
    words: str
    ignored: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A derived correction: `hunk`, `restatement` or `rejection`, and the case it was found in."""

    case: str
    kind: str
    commit: str
    path: str
    before: str
    after: str
    words: str


@dataclass(frozen=True, slots=True)
class Folder:
    """Labels and cases: case → component (cases that share sessions or commits), and the clean controls among them."""

    path: Path
    labels: tuple[Label, ...]
    components: Mapping[str, str]
    clean: frozenset[str]


def read(path: Path) -> Folder:
    """The labels and the list of cases of a folder.

    Raises:
        HivemindError: a file is missing, or not as docs/measurements.md tells.
    """
    named = sorted([*path.glob("labels*.jsonl"), *path.parent.glob(f"labels_{path.name}.jsonl")])
    if not named or not (path / "index.jsonl").is_file():
        raise HivemindError(f"{path} holds no labelled cases: index.jsonl or labels_*.jsonl is missing", _FORMAT)
    try:
        index = [json.loads(line) for line in (path / "index.jsonl").read_text().splitlines()]
        labels = tuple(_label(json.loads(line)) for line in named[0].read_text().splitlines())
        components = {str(row["checkpoint"]): str(row["component"]) for row in index}
        return Folder(path, labels, components, frozenset(row["checkpoint"] for row in index if row["control_clean"]))
    except (ValueError, KeyError, TypeError) as error:
        raise HivemindError(f"{path} cannot be read: {error}", _FORMAT) from error


Deriving: TypeAlias = Callable[[Workspace], Iterable[Correction]]
"""How corrections come of a repository with its sessions imported."""


def as_used(space: Workspace) -> tuple[Correction, ...]:
    """The corrections as a user gets them."""
    return deriving.derive(space).corrections


def derived(folder: Folder, derive: Deriving = as_used) -> Iterator[tuple[str, list[Found] | HivemindError]]:
    """Case by case what is derived, or why a case could not be built or derived, and what to do about it."""
    for case in sorted(folder.components):
        made = Path(tempfile.mkdtemp(prefix="hivemind-case-"))
        try:
            yield case, _derive(case, folder.path / case, made, derive)
        except HivemindError as error:
            yield case, error
        except KeyError as error:
            yield case, HivemindError(f"it has no {error.args[0]}", _FORMAT)
        except (OSError, ValueError) as error:
            yield case, HivemindError(str(error), _FORMAT)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _label(row: Mapping[str, Any]) -> Label:
    kind = str(row["kind"])
    return Label(
        id=row["id"], kind=kind.partition("_")[0], final=kind == "hunk_final", true=row["label"] == "true_correction",
        weight=float(row["weight"]), component=row["component"], commit=row.get("commit") or "",
        path=row.get("file") or "", before=row.get("agent_text") or "", after=row.get("committed_text") or "",
        words=row.get("user_prompt_or_reason") or "", ignored=row["confidence"] == "low",
    )  # fmt: skip


def _derive(name: str, folder: Path, made: Path, derive: Deriving) -> list[Found]:
    case = json.loads(gzip.decompress((folder / "case.json.gz").read_bytes()))
    transcripts = []
    for number, session in enumerate(case["sessions"]):
        # A case may hold two slices of one session: neither may overwrite the other.
        transcript = made / str(number) / f"{session['session_id']}.jsonl"
        transcript.parent.mkdir()
        transcript.write_bytes(gzip.decompress((folder / session["file"]).read_bytes()))
        transcripts.append(transcript)
    original = _build(made / "repository", case["commits"], min(map(_began, transcripts), default=0))
    space = open_workspace(made / "repository")
    importing.import_transcripts(space, "claude-code", transcripts)
    return [_found(name, one, original) for one in derive(open_workspace(made / "repository"))]


def _found(case: str, one: Correction, original: Mapping[str, str]) -> Found:
    words = one.reason.text if one.reason else ""
    commit = original.get(one.commit or "", "")
    return Found(case, _KINDS[one.kind], commit, one.path, one.before, one.after, words)


def _began(transcript: Path) -> float:
    times = []
    for line in transcript.read_text(errors="replace").splitlines():
        stamp = json.loads(line).get("timestamp")
        if stamp:
            times.append(datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp())
    return min(times, default=float("inf"))


def _build(folder: Path, commits: Sequence[Mapping[str, Any]], began: float) -> dict[str, str]:
    """A repository with the commits in order of author time, each on its parent's files; new id → the case's id.

    What a parent holds is committed before the first session began: else it would look like an accepted version.
    """
    folder.mkdir()
    _git(folder, "init", "-q", "-b", "work", ".")
    # The store of the case is ours to sign: a machine without a git identity (a CI, a container) measures as others do.
    _git(folder, "config", "user.name", "Dev")
    _git(folder, "config", "user.email", "dev@example.com")
    ordered = sorted(commits, key=lambda commit: commit["author_time"])
    first = {path: file.get("parent") for one in reversed(ordered) for path, file in one["files"].items()}
    stream = _Stream()
    for commit in ordered:
        parents = {path: file.get("parent") for path, file in commit["files"].items()}
        missing = {**({} if stream.made else first), **parents}
        stream.add({p: t for p, t in missing.items() if p not in stream.now or stream.now[p] != t},
                   min(commit["author_time"], began) - _DAY, "base", "")  # fmt: skip
        accepted = {path: file.get("committed") for path, file in commit["files"].items()}
        stream.add(accepted, commit["author_time"], commit["subject"], commit["commit"])
    if not stream.made:
        stream.commit({}, int(began if began < float("inf") else _DAY) - _DAY, "base", "")
    marks = folder.parent / "marks"
    _git(folder, "fast-import", "--quiet", f"--export-marks={marks}", stdin=b"".join(stream.parts))
    _git(folder, "reset", "-q", "--hard")
    ids = dict(line.split() for line in marks.read_text().splitlines())
    return {ids[f":{number}"]: original for number, original in stream.made.items() if original}


class _Stream:
    """A stream for `git fast-import`; `made` are the marks of the commits, `now` what stands after the last one."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.made: dict[int, str] = {}
        self.now: dict[str, str | None] = {}
        self._time = 0

    def add(self, files: Mapping[str, str | None], when: float, subject: str, original: str) -> None:
        """One commit, if it changes any file."""
        if files:
            self.commit(files, when, subject, original)

    def commit(self, files: Mapping[str, str | None], when: float, subject: str, original: str) -> None:
        """One commit, even of nothing: a file of our own would say that the history is another project's."""
        mark = len(self.made) + 1
        self._time = max(int(when), self._time)
        who = b"Dev <dev@example.com>" if original else b"Other <other@example.com>"
        head = b"commit refs/heads/work\nmark :%d\ncommitter %s %d +0000\n" % (mark, who, self._time)
        self.parts += [head, _data(subject or "change"), b"from :%d\n" % (mark - 1) if self.made else b""]
        for path, text in files.items():
            name = b'"' + path.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'
            gone = text is None
            self.parts += [b"D " + name + b"\n"] if gone else [b"M 100644 inline " + name + b"\n", _data(text or "")]
        self.made[mark] = original
        self.now.update(files)


def _data(text: str) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    return b"data %d\n%s\n" % (len(raw), raw)


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> None:
    done = process.run(arguments, cwd=folder, stdin=stdin, unattended=True)
    if done.returncode:
        raise HivemindError(f"git {arguments[0]} failed: {process.last_words(done)}", "")
