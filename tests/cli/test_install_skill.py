"""The skill by which assistants look up what is known: only on request, valid, true to its word, and gone again."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from cli.conftest import SKILL, Hivemind
from repos import Repo
from skills_ref.validator import validate

from hivemind_git.pipeline import teaching


@pytest.fixture
def base(repo: Repo, hermetic: Path) -> Repo:
    for folder in (".claude", ".codex"):
        (hermetic / folder).mkdir()
    repo.commit("base", **{"a.txt": "a\n"})
    return repo


def everything(*folders: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_it_comes_on_request_only_and_goes_byte_for_byte(base: Repo, hermetic: Path, hivemind: Hivemind) -> None:
    before = everything(base.path / ".git" / "info", hermetic)
    assert hivemind(base.path, "install").code == 0
    places = [base.path / folder / "hivemind" / "SKILL.md" for folder in (".claude/skills", ".agents/skills")]
    assert not any(path.exists() for path in places)
    said = hivemind(base.path, "install", "--skill")
    assert [f"wrote {path}" in said.out for path in places] == [True, True]
    assert [path.read_bytes() for path in places] == [teaching.skill()] * 2
    assert base.git("status", "--porcelain") == ""
    again = hivemind(base.path, "install", "--skill")
    assert again.out.startswith("Claude Code, Codex and git's hooks were wired already.")
    assert hivemind(base.path, "uninstall").code == 0
    assert everything(base.path / ".git" / "info", hermetic) == before
    assert not (base.path / ".claude").exists()
    assert not (base.path / ".agents").exists()


def test_for_a_team_it_is_a_file_to_commit_and_for_a_person_in_the_home(
    base: Repo, hermetic: Path, hivemind: Hivemind
) -> None:
    hivemind(base.path, "claude-code", "install", "--project", "--skill")
    assert ".claude/skills/hivemind/SKILL.md" in base.git("status", "--porcelain", "-uall")
    hivemind(base.path, "install", "--user", "--skill")
    homes = [hermetic / folder / "hivemind" / "SKILL.md" for folder in (".claude/skills", ".agents/skills")]
    assert [path.read_bytes() for path in homes] == [teaching.skill()] * 2
    shown = hivemind(base.path, "install", "cursor", "--skill", "--dry-run")
    assert "+# What this repository knows" in shown.out
    assert not (base.path / ".agents").exists()


def test_somebody_else_s_skill_of_that_name_stays(base: Repo, hivemind: Hivemind) -> None:
    path = base.write(".claude/skills/hivemind/SKILL.md", "---\nname: hivemind\ndescription: mine\n---\n")
    before = everything(base.path)
    said = hivemind(base.path, "install", "--skill")
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith(f"hivemind: {path} is not hivemind's and stays as it is\n")
    assert everything(base.path) == before


def test_it_is_valid_and_no_skill_that_codify_would_touch(skilled: Repo, hivemind: Hivemind, tmp_path: Path) -> None:
    folder = tmp_path / teaching.NAME
    folder.mkdir()
    (folder / "SKILL.md").write_bytes(teaching.skill())
    assert validate(folder) == []
    skilled.commit("Teach", **{".claude/skills/hivemind/SKILL.md": teaching.skill().decode()})
    assert [line.split()[0] for line in hivemind(skilled.path, "log", "--oneline").out.splitlines()].count(
        "hivemind"
    ) == 0
    assert hivemind(skilled.path, "codify").code == 0
    assert skilled.git("show", "HEAD:.claude/skills/hivemind/SKILL.md") + "\n" == teaching.skill().decode()


def test_each_command_in_it_does_what_it_says(skilled: Repo, hivemind: Hivemind) -> None:
    text = teaching.skill().decode()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    commands = [shlex.split(line)[2:] for line in blocks.splitlines() if line]
    commands.append(["sql", *re.findall(r"`(SELECT name.*?)`", text)])
    told = {"ID": hivemind(skilled.path, "rules", "--json").out.split('"id": "')[1][:12], "SKILL": SKILL}
    found = []
    for command in commands:
        said = hivemind(skilled.path, *(told.get(word, word) for word in command))
        assert (said.code in (0, 1), said.err in ("", "Nothing found.\n")) == (True, True), (command, said)
        found.append(bool(said.out))
    assert len(found) == 9
    assert all(found)
    assert "rule" in hivemind(skilled.path, *commands[0]).out
    for table in re.search(r"Tables: (.*?)\.", text)[1].replace("`", "").split(", "):  # type: ignore[index]
        assert hivemind(skilled.path, "sql", f"SELECT count(*) FROM {table}").code == 0
