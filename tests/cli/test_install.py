"""What `install`, `uninstall` and the commands of one assistant print, write and take back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from repos import Repo

if TYPE_CHECKING:
    from cli.conftest import Hivemind


@pytest.fixture
def base(repo: Repo) -> Repo:
    repo.commit("base", **{"a.txt": "a\n"})
    return repo


def wired(hivemind: Hivemind, repo: Repo) -> list[str]:
    agents = json.loads(hivemind(repo.path, "status", "--json").out)["agents"]
    return [agent["name"] for agent in agents if agent["wired"]]


@pytest.mark.parametrize(
    "arguments", [("install", "codex"), ("install", "--only", "codex"), ("codex", "install")], ids=" ".join
)
def test_three_ways_to_wire_one(hivemind: Hivemind, base: Repo, hermetic: Path, arguments: tuple[str, ...]) -> None:
    (hermetic / ".cursor").mkdir()
    said = hivemind(base.path, *arguments)
    assert (said.code, said.err) == (0, "")
    assert f"wrote {hermetic / '.codex/hooks.json'}\n" in said.out
    assert "Codex and git's hooks are wired.\n" in said.out
    assert wired(hivemind, base) == ["codex"]
    again = hivemind(base.path, *arguments)
    assert again.out.splitlines()[0] == "Codex and git's hooks were wired already."
    assert (
        hivemind(base.path, "codex", "status").out
        == "Codex: wired, no event yet, not trusted by the assistant yet: `git hivemind doctor`\n"
    )
    shown = json.loads(hivemind(base.path, "codex", "status", "--json").out)
    assert shown == {
        "version": 1,
        "name": "codex",
        "found": True,
        "wired": True,
        "trusted": False,
        "last_event": None,
    }


def test_what_is_found_is_wired_and_one_can_go_alone(hivemind: Hivemind, base: Repo, hermetic: Path) -> None:
    for folder in (".claude", ".cursor"):
        (hermetic / folder).mkdir()
    settings = base.path / ".claude" / "settings.local.json"
    settings.parent.mkdir()
    settings.write_text('{"model": "opus"}')
    said = hivemind(base.path, "install")
    assert "Claude Code, Cursor and git's hooks are wired.\n" in said.out
    assert base.git("status", "--porcelain").splitlines() == []
    assert wired(hivemind, base) == ["claude-code", "cursor"]
    gone = hivemind(base.path, "claude-code", "uninstall")
    assert gone.out.startswith("The hooks of claude-code are out.")
    assert settings.read_text() == '{"model": "opus"}'
    assert wired(hivemind, base) == ["cursor"]
    assert hivemind(base.path, "uninstall", "cursor").code == 0
    assert not (base.path / ".cursor").exists()
    assert "hivemind" not in (base.path / ".git/info/exclude").read_text()
    assert base.git("status", "--porcelain").splitlines() == ["?? .claude/"]
    assert hivemind(base.path, "uninstall").code == 0
    assert not list((base.path / ".git/hooks").glob("post-commit"))


def test_a_dry_run_prints_a_diff_and_writes_nothing(hivemind: Hivemind, base: Repo, hermetic: Path) -> None:
    path = hermetic / ".cursor" / "hooks.json"
    path.parent.mkdir()
    path.write_text('{\n  "version": 1,\n  "hooks": {} // mine\n}\n')
    said = hivemind(base.path, "cursor", "install", "--user", "--dry-run")
    lines = said.out[said.out.index(f"--- {path}") :].splitlines()
    assert lines[:5] == [f"--- {path}", f"+++ {path}", "@@ -1,4 +1,9 @@", " {", '   "version": 1,']
    assert [line for line in lines if line.startswith("-") and not line.startswith("---")] == ['-  "hooks": {} // mine']
    assert path.read_text() == '{\n  "version": 1,\n  "hooks": {} // mine\n}\n'
    assert not (base.path / ".git" / "hivemind").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("install", "clippy"), "there is no assistant named clippy"),
        (("uninstall", "clippy"), "there is no assistant named clippy"),
        (("cursr", "install"), "'cursr' is not a command. Did you mean 'cursor'?"),
    ],
)
def test_a_wrong_name_is_told(hivemind: Hivemind, base: Repo, arguments: tuple[str, ...], said: str) -> None:
    wrong = hivemind(base.path, *arguments)
    assert wrong.code == 2
    assert said in wrong.err


def test_with_a_token_nobody_is_asked_anything(
    hivemind: Hivemind, base: Repo, hermetic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a terminal nor a helper is there, and each question of git's would end in this file."""
    asked = hermetic / "asked"
    helper = hermetic / "ask"
    helper.write_text(f"#!/bin/sh\necho \"$@\" >>'{asked}'\n")
    helper.chmod(0o755)
    for name in ("GIT_ASKPASS", "SSH_ASKPASS", "GIT_EDITOR", "EDITOR", "PAGER"):
        monkeypatch.setenv(name, str(helper))
    monkeypatch.setenv("HIVEMIND_TOKEN", "s3cret-token")
    base.git("remote", "add", "origin", "https://127.0.0.1:9/none.git")
    base.git("config", "credential.helper", f"!{helper}")
    base.git("config", "hivemind.sync", "true")
    for arguments in (("install", "claude-code", "codex", "cursor"), ("status",), ("uninstall",)):
        done = hivemind(base.path, *arguments)
        assert (done.code, "s3cret" in done.out + done.err) == (0, False)
    assert not asked.exists()
    everything = [path.read_bytes() for path in hermetic.rglob("*") if path.is_file()]
    everything += [path.read_bytes() for path in base.path.rglob("*") if path.is_file()]
    assert not [content for content in everything if b"s3cret-token" in content]


def test_a_file_that_the_team_committed_stays_the_teams(hivemind: Hivemind, base: Repo, hermetic: Path) -> None:
    """Without --user, too: one assistant's file must not keep all others from being wired."""
    base.commit("hooks", **{".cursor/hooks.json": '{"version": 1, "hooks": {}}\n'})
    for folder in (".claude", ".cursor"):
        (hermetic / folder).mkdir()
    said = hivemind(base.path, "install")
    assert f"wrote {hermetic / '.cursor/hooks.json'}\n" in said.out
    assert wired(hivemind, base) == ["claude-code", "cursor"]
    assert base.git("status", "--porcelain") == ""
    refused = hivemind(base.path, "install", "cursor", "--local")
    assert (refused.code, refused.err.splitlines()[1].strip()) == (
        3,
        "Wire Cursor with --project for everybody, or with --user for yourself.",
    )


def test_in_a_clone_of_a_team_that_is_wired_nothing_more_is_written(
    hivemind: Hivemind, base: Repo, hermetic: Path, tmp_path: Path
) -> None:
    hivemind(base.path, "install", "cursor", "--project")
    base.git("add", ".cursor")
    base.git("commit", "-qm", "wire Cursor for everybody")
    base.git("clone", "-q", str(base.path), str(tmp_path / "clone"))
    said = hivemind(tmp_path / "clone", "install", "cursor")
    assert (said.code, ".cursor" in said.out) == (0, False)
    assert not (hermetic / ".cursor").exists()
    assert hivemind(tmp_path / "clone", "doctor").code == 0
