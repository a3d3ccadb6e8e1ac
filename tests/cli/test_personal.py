"""Rules of one person: in that person's own skills, in no repository and no remote until promoted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.conftest import Hivemind
from pipeline.claude_log import Log
from repos import Repo
from skills_ref.validator import validate
from teams import Team, team

from hivemind_git.pipeline import codifying, sealing, syncing
from hivemind_git.pipeline.syncing import Wishes
from hivemind_git.pipeline.workspace import open_workspace

WORDS = 'Never say "obviously"; put <Foo> into [a](b) brackets, and answer me like a pirate'


@pytest.fixture
def mates(tmp_path: Path) -> Team:
    found = team(tmp_path)
    found.clone("ada")
    return found


def test_it_is_listed_shown_and_forgotten(hermetic: Path, hivemind: Hivemind, tmp_path: Path) -> None:
    """Nowhere near a repository: these are a person's, not a project's."""
    (hermetic / ".claude").mkdir()
    said = hivemind(tmp_path, "rules", "add", "--user", WORDS, "--path", "**/*.md")
    rule = said.out.split()[0]
    assert (said.code, said.out) == (0, f"{rule}  “{WORDS}”\n  yours alone, on this machine\n")
    own, claude = (hermetic / place / "skills/hivemind-personal" for place in (".agents", ".claude"))
    assert sorted(path.name for path in own.iterdir()) == ["SKILL.md", "rules.toml"]
    assert [path.name for path in claude.iterdir()] == ["SKILL.md"]
    assert validate(own) == validate(claude) == []
    assert (own / "SKILL.md").stat().st_mode & 0o077 == 0
    assert "answer me like a pirate (in `**/*.md`)\n" in (claude / "SKILL.md").read_text()
    hivemind(tmp_path, "rules", "add", "--user", "Second one")
    listed = hivemind(tmp_path, "rules", "list", "--user").out.splitlines()
    assert [line.split()[:3] for line in listed] == [
        ["personal", rule, "**/*.md"],
        ["personal", listed[1].split()[1], "everywhere"],
    ]
    assert hivemind(tmp_path, "rules", "show", "--user", rule[:6]).out.splitlines() == [
        f"rule {rule} (personal)",
        f"    “{WORDS}”",
        "scope     **/*.md",
        "stands    on this machine alone, until `git hivemind rules promote`",
    ]
    shown = json.loads(hivemind(tmp_path, "rules", "show", "--user", rule, "--json").out)["rule"]
    assert shown == {"id": rule, "advice": WORDS, "scope": ["**/*.md"], "state": "personal"}
    assert hivemind(tmp_path, "rules", "forget", rule).out == f"{rule} is forgotten\n"
    assert "pirate" not in (claude / "SKILL.md").read_text() + (own / "rules.toml").read_text()
    hivemind(tmp_path, "rules", "forget", listed[1].split()[1])
    assert not own.exists()
    assert not claude.exists()
    said = hivemind(tmp_path, "rules", "forget", rule)
    assert (said.code, said.err.splitlines()[0]) == (3, f"hivemind: no personal rule starts with {rule}")


def test_no_object_of_a_remote_ever_holds_it_until_it_is_promoted(
    mates: Team, hermetic: Path, hivemind: Hivemind
) -> None:
    """The agent reads the skill, quotes it, is told it by the person, and writes it into a file that is thrown away."""
    ada = mates.clones["ada"]
    hivemind(ada.path, "rules", "add", "--user", WORDS)
    skill = (hermetic / ".agents/skills/hivemind-personal/SKILL.md").read_text()
    log = Log(hermetic, ada.path, "one-session")
    log.prompt(f"As I said: {WORDS.upper()}.")
    log.runs("toolu_1", "cat ~/.agents/skills/hivemind-personal/SKILL.md", skill)
    log.writes("toolu_2", "notes.md", f"- {WORDS.replace(' into', chr(10) + '  into')}\n")
    space = open_workspace(ada.path)
    log.hook(space.repository.state_dir, "Stop")
    sealing.seal(space)
    hivemind(ada.path, "mine")
    codifying.run(open_workspace(ada.path))
    assert syncing.sync(open_workspace(ada.path), None, Wishes()).synced.pushed
    ada.git("push", "-q", "--all", "origin")
    bob = mates.clone("bob")
    bob.git("fetch", "-q", "origin", "hivemind/sessions")
    for needle in (b"pirate", b"PIRATE"):
        assert [place for place in mates.holding(needle) if "images" not in place] == []
    assert b"<custom:1>" in b"".join(_segments(bob))
    said = hivemind(ada.path, "rules", "add", WORDS)
    assert (said.code, said.err.splitlines()[0].rpartition(" is ")[2]) == (3, "your own rule")
    rule = json.loads(hivemind(ada.path, "rules", "list", "--user", "--json").out)["rules"][0]["id"]
    said = hivemind(ada.path, "rules", "promote", rule[:7])
    assert (said.code, said.out) == (0, f"{rule}  “{WORDS}”\n  commit it to a skill: git hivemind codify\n")
    assert json.loads(hivemind(ada.path, "rules", "list", "--user", "--json").out)["rules"] == []
    assert rule in [one["id"] for one in json.loads(hivemind(ada.path, "rules", "list", "--json").out)["rules"]]
    syncing.sync(open_workspace(ada.path), None, Wishes())
    assert mates.holding(b"pirate") != []


def _segments(repo: Repo) -> list[bytes]:
    found = repo.git("ls-tree", "-r", "--name-only", "FETCH_HEAD", "--", "sessions").splitlines()
    return [repo.git("show", f"FETCH_HEAD:{path}").encode() for path in found]


def test_what_is_not_ours_is_not_touched(hermetic: Path, hivemind: Hivemind, tmp_path: Path) -> None:
    for words, sentence in (("  ", "a rule without words says nothing"), ("ok", "a rule of one word says too little")):
        said = hivemind(tmp_path, "rules", "add", "--user", words)
        assert (said.code, said.err.splitlines()[0]) == (3, f"hivemind: {sentence}")
    skill = hermetic / ".agents/skills/hivemind-personal/SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("---\nname: hivemind-personal\ndescription: mine\n---\n")
    said = hivemind(tmp_path, "rules", "add", "--user", "Be brief")
    assert (said.code, said.err.splitlines()[0]) == (3, f"hivemind: {skill.parent} is not ours")
    assert list(skill.parent.iterdir()) == [skill]
    (skill.parent / "rules.toml").write_text("format = [")
    assert hivemind(tmp_path, "rules", "list", "--user").err.startswith(
        f"hivemind: {skill.parent}/rules.toml cannot be"
    )
