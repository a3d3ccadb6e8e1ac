"""What a person brought back with `/rewind` is the person's, though no record tells of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.corrections.why import Why
from hivemind_git.model import CorrectionKind, Kind
from hivemind_git.pipeline import deriving, sealing
from hivemind_git.pipeline.workspace import open_workspace

ONE, TWO = "x = 1\n", "x = 2\n"


class Screen(Log):
    """A session on the screen, in which the client keeps copies of files."""

    def keep(self, name: str, content: str) -> None:
        """What stands in a file, under the name that the client gives it."""
        folder = self.home / ".claude/file-history" / self.session
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)

    def asks(self, text: str, after: str | None, **kept: str | None) -> str:
        """A prompt behind a record, and the snapshot that the client takes then; returns the prompt's uuid."""
        n = next(self.count)
        prompt = self.add("user", promptId=f"p{n}", parentUuid=after, message={"role": "user", "content": text})
        backups = {path.replace("_", "."): self.backup(name) for path, name in kept.items()}
        snapshot = {"messageId": prompt["uuid"], "trackedFileBackups": backups, "timestamp": prompt["timestamp"]}
        self.append({"type": "file-history-snapshot", "messageId": prompt["uuid"], "snapshot": snapshot})
        return str(prompt["uuid"])

    def changes(self, use: str, path: str, before: str, after: str) -> None:
        """A use of Edit."""
        asked = {"file_path": str(self.top / path), "old_string": before, "new_string": after, "replace_all": False}
        self._assistant({"type": "tool_use", "id": use, "name": "Edit", "input": asked})
        detail = {"filePath": asked["file_path"], "oldString": before, "newString": after, "replaceAll": False}
        self._result(use, "updated", {**detail, "originalFile": before, "structuredPatch": [], "userModified": False})

    def lists(self, path: str, name: str | None) -> None:
        """What the client keeps of a file that it is about to change for the first time."""
        self.append({"type": "file-history-delta", "trackingPath": path, "backup": self.backup(name)})

    def backup(self, name: str | None) -> dict[str, Any]:
        """`x@v2`: kept as version 2; `@v2`: not there, as version 2; None: not there at first."""
        version = int(name.rpartition("v")[2]) if name else 1
        kept = name if name and not name.startswith("@") else None
        return {"backupFileName": kept, "version": version, "realParentDir": str(self.top)}


def played(repo: Repo, home: Path, last: str) -> Screen:
    """Two turns that write `x = 1` and `x = 2`, and a third prompt at which the client names the file so."""
    log = Screen(home, repo.path, "s")
    log.asks("Make it.", None)
    log.writes("toolu_1", "app.py", ONE)
    log.says("Made.")
    end = str(log.add("system", subtype="turn_duration")["uuid"])
    log.keep("aa@v2", ONE)
    log.asks("Change it.", end, app_py="aa@v2")
    log.changes("toolu_2", "app.py", ONE, TWO)
    log.says("Changed.")
    log.keep("aa@v3", TWO)
    log.asks("Start again.", end, app_py=last)
    log.hook(repo.path / ".git/hivemind", "Stop")
    return log


def told(repo: Repo) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
    """The files that were brought back, and what derivation says of agent lines: corrections by hand, and the rest."""
    space = open_workspace(repo.path)
    sealing.seal(space)
    found = deriving.derive(open_workspace(repo.path))
    by_hand = [one for one in found.corrections if one.kind is not CorrectionKind.RESTATED]
    uses = [event for event in space.store().events() if event.kind is Kind.TOOL_USE]
    back = [(str(use.fields["path"]), str(use.fields["status"])) for use in uses if use.fields["tool"] == "rewind"]
    lines = [one for one in found.explained if one.why is not Why.WORDS]
    told = [(one.kind.value, one.before, one.after) for one in by_hand]
    return back, told + [(one.why.value, one.before, one.after) for one in lines]


def test_a_file_that_a_rewind_brought_back(repo: Repo, hermetic: Path) -> None:
    repo.commit("Start")
    played(repo, hermetic, "aa@v2")
    assert told(repo) == ([("app.py", "ok")], [("removed", TWO, ONE)])


def test_a_rewind_of_the_conversation_alone(repo: Repo, hermetic: Path) -> None:
    repo.commit("Start")
    played(repo, hermetic, "aa@v3")
    assert told(repo) == ([], [])


def test_a_file_that_a_rewind_took_away(repo: Repo, hermetic: Path) -> None:
    """To before it was made: where git ignores the file too, only the client's own list tells."""
    repo.commit("Start", **{".gitignore": "*.log\n"})
    log = Screen(hermetic, repo.path, "s")
    log.asks("Make it.", None)
    log.lists("made.log", None)
    log.writes("toolu_1", "made.log", ONE)
    log.says("Made.")
    log.keep("aa@v2", ONE)
    log.asks("Change it.", "end", made_log="aa@v2")
    log.changes("toolu_2", "made.log", ONE, TWO)
    log.asks("Start again.", None, made_log="@v3")
    log.hook(repo.path / ".git/hivemind", "Stop")
    assert told(repo) == ([("made.log", "ok")], [("removed", TWO, "")])


def test_a_list_of_before_the_turn_takes_nothing_away(repo: Repo, hermetic: Path) -> None:
    repo.commit("Start")
    log = Screen(hermetic, repo.path, "s")
    prompt = log.asks("Make it.", None)
    log.lists("app.py", None)
    log.writes("toolu_1", "app.py", ONE)
    snapshot = {"messageId": prompt, "trackedFileBackups": {"app.py": log.backup("@v2")}}
    log.append({"type": "file-history-snapshot", "messageId": prompt, "snapshot": snapshot, "isSnapshotUpdate": True})
    log.hook(repo.path / ".git/hivemind", "Stop")
    assert told(repo) == ([], [])


def test_copies_that_the_client_let_go_of_tell_nothing(repo: Repo, hermetic: Path) -> None:
    repo.commit("Start")
    log = played(repo, hermetic, "aa@v2")
    for path in (hermetic / ".claude/file-history" / log.session).iterdir():
        path.unlink()
    assert told(repo) == ([], [])


def test_the_agent_goes_on_from_what_was_brought_back(repo: Repo, hermetic: Path) -> None:
    repo.commit("Start")
    log = played(repo, hermetic, "aa@v2")
    log.changes("toolu_3", "app.py", ONE, "x = 3\n")
    log.hook(repo.path / ".git/hivemind", "Stop")
    assert told(repo)[1] == [("removed", TWO, ONE)]
    space = open_workspace(repo.path)
    edits = [event for event in space.store().events() if event.kind is Kind.EDIT]
    assert [event.fields["hunks"] for event in edits][-1] == [
        {"before": ONE, "after": "x = 3\n", "before_start": 0, "after_start": 0}
    ]
