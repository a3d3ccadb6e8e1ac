"""`git hivemind import --from`: what becomes of other tools' memories, and what it says to what is none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli.conftest import Hivemind
from repos import Repo

SECRET = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "memories.json"
    memories = [
        {"id": "m1", "memory": "prefers structured logging", "created_at": "2026-01-01T00:00:00Z", "user_id": "ada"},
        {"id": "m2", "memory": f"the token is {SECRET}", "created_at": "2026-02-01T00:00:00Z"},
        {"id": "m3", "memory": "print is fine", "expiration_date": "2026-01-02"},
    ]
    path.write_text(json.dumps({"results": memories}))
    return path


def tip(repo: Repo) -> str:
    return repo.git("rev-parse", "--verify", "-q", "hivemind/sessions", check=False)


def test_memories_become_notes_once_redacted_and_searchable(repo: Repo, export: Path, hivemind: Hivemind) -> None:
    said = hivemind(repo.path, "import", "--from", "mem0", str(export))
    assert said.out == (
        "Imported 2 new notes from mem0; 1 that hold no more left out.\n"
        "  find them: git hivemind search --kind note WORDS\n"
    )
    first = tip(repo)
    again = hivemind(repo.path, "import", "--from", "mem0", str(export))
    assert again.out == "Imported 0 new notes from mem0; 2 known already; 1 that hold no more left out.\n"
    assert tip(repo) == first
    assert SECRET not in repo.git("log", "-p", "--all")
    hits = json.loads(hivemind(repo.path, "search", "--kind", "note", "--json", "logging").out)["hits"]
    assert [(hit["kind"], hit["excerpt"], hit["t"]) for hit in hits] == [
        ("note", "prefers structured logging", "2026-01-01T00:00:00.000Z")
    ]
    asked = hivemind(repo.path, "sql", "SELECT tool, key, who, text FROM notes ORDER BY t")
    assert asked.out == (
        "tool\tkey\twho\ttext\nmem0\tm1\tada\tprefers structured logging\nmem0\tm2\t\tthe token is <github-token:1>\n"
    )
    assert "candidate" not in hivemind(repo.path, "mine").out


def test_a_memory_that_changed_takes_its_new_words(repo: Repo, export: Path, hivemind: Hivemind) -> None:
    hivemind(repo.path, "import", "--from", "mem0", str(export))
    export.write_text(export.read_text().replace("prefers structured", "insists on structured"))
    said = json.loads(hivemind(repo.path, "import", "--from", "mem0", "--json", str(export)).out)
    assert (said["new"], said["changed"], said["unchanged"]) == (0, 1, 1)
    assert hivemind(repo.path, "sql", "SELECT text FROM notes WHERE key = 'm1'").out.splitlines()[1:] == [
        "insists on structured logging"
    ]
    assert hivemind(repo.path, "import", "--from", "mem0", str(export)).out.startswith(
        "Imported 0 new notes from mem0; 2"
    )


def test_a_forgotten_note_and_a_pruned_month_stay_away(repo: Repo, export: Path, hivemind: Hivemind) -> None:
    hivemind(repo.path, "import", "--from", "mem0", str(export))
    note = hivemind(repo.path, "sql", "SELECT id FROM notes WHERE key = 'm2'").out.split()[1]
    assert hivemind(repo.path, "forget", "--event", note).code == 0
    assert hivemind(repo.path, "prune", "--before", "2026-02").code == 0
    assert hivemind(repo.path, "sql", "SELECT key FROM notes").out == "key\n"
    said = hivemind(repo.path, "import", "--from", "mem0", str(export))
    assert said.out == "Imported 0 new notes from mem0; 1 that hold no more left out; 2 forgotten, and left out.\n"
    assert "github-token" not in repo.git("log", "-p", "hivemind/sessions")


def test_an_archive_that_was_exported_here_is_read_elsewhere(skilled: Repo, hivemind: Hivemind, tmp_path: Path) -> None:
    assert hivemind(skilled.path, "export", "cogx", "-o", str(tmp_path / "out")).code == 0
    other = Repo(tmp_path / "other")
    other.path.mkdir()
    other.git("init", "-q", "-b", "main")
    said = hivemind(other.path, "import", "--from", "cogx", str(tmp_path / "out"))
    assert said.out.startswith("Imported 6 new notes from cogx.\n")
    assert "logger.info" in hivemind(other.path, "search", "--kind", "note", "logger").out
    (tmp_path / "out" / "documents.jsonl").unlink()
    (tmp_path / "out" / "documents.jsonl").symlink_to("/etc/passwd")
    said = hivemind(other.path, "import", "--from", "cogx", str(tmp_path / "out"))
    assert (said.code, "holds a link, documents.jsonl, and an archive has none" in said.err) == (3, True)


@pytest.mark.parametrize(
    ("tool", "content", "sentence"),
    [
        ("mem0", b"", "is empty"),
        ("mem0", b'{"results": [{"memory": "x"}', "is no JSON, or was cut off"),
        ("letta", b'{"results": []}', "is no agent file"),
        ("zep", b"[]", "has no facts, entities or episodes"),
        ("langmem", b'{"agents": []}', "is neither a list nor an object with one under"),
        ("cogx", b"{}", "is no archive: a folder with manifest.json is one"),
        ("mem0", b"[" * 100_000, "is nested too deeply"),
        ("mem0", os.urandom(4096), "is no JSON, or was cut off"),
    ],
)
def test_what_is_none_of_it_gets_a_sentence_and_changes_nothing(
    repo: Repo, export: Path, hivemind: Hivemind, tool: str, content: bytes, sentence: str
) -> None:
    bad = export.with_name("bad")
    bad.write_bytes(content)
    said = hivemind(repo.path, "import", "--from", tool, *([str(export)] if tool == "mem0" else []), str(bad))
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith(f"hivemind: {bad} {sentence}")
    assert said.err.endswith(f"  Nothing was changed. Is it an export of {tool}?\n")
    assert tip(repo) == ""


def test_a_pipe_a_huge_file_and_no_file_are_refused_at_once(repo: Repo, tmp_path: Path, hivemind: Hivemind) -> None:
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 40)
    for name, sentence in {
        "pipe": "is no plain file",
        "huge": "has 1048576 MiB, and at most 64 are read",
        "gone": "cannot be read: No such file or directory",
    }.items():
        said = hivemind(repo.path, "import", "--from", "mem0", str(tmp_path / name))
        assert (said.code, said.err.splitlines()[0]) == (3, f"hivemind: {tmp_path / name} {sentence}")
    assert hivemind(repo.path, "import", "--from", "mem0").code == 2


def test_hostile_words_reach_neither_the_terminal_nor_a_file_name(
    repo: Repo, tmp_path: Path, hivemind: Hivemind
) -> None:
    odd = [
        {"id": "../../../hooks/pre-commit", "memory": "\x1b]0;owned\x07 logging \u202e reversed", "user_id": "\x1b[2J"},
        {"id": "long", "memory": "logging " * 100_000},
        {"id": "\ud800", "memory": "logging with a lone surrogate \ud800"},
    ]
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(odd))
    assert hivemind(repo.path, "import", "--from", "mem0", str(path)).out.startswith("Imported 3 new notes")
    assert hivemind(repo.path, "import", "--from", "mem0", str(path)).out.startswith(
        "Imported 0 new notes from mem0; 3"
    )
    for command in (("search", "logging"), ("sql", "SELECT * FROM notes")):
        said = hivemind(repo.path, *command)
        assert (said.code, "\x1b" in said.out, "\u202e" in said.out) == (0, False, False)
    assert all(
        name.count("/") == 2 or name == "format"
        for name in repo.git("ls-tree", "-r", "--name-only", "hivemind/sessions").splitlines()
    )


def test_a_lesson_that_is_written_down_is_held_and_not_codified(taught: Repo, hivemind: Hivemind) -> None:
    assert hivemind(taught.path, "mine").out.startswith("candidate 1f403488e5c5138c")
    taught.commit("Write it down", **{"CLAUDE.md": "# Shop\n\n- Use `logger.info` instead of `print`.\n"})
    rules = json.loads(hivemind(taught.path, "mine", "--json").out)["rules"]
    assert [(rule["state"], rule["why"]) for rule in rules if rule["decisions"] >= 3] == [
        ("held", "CLAUDE.md:3 says so already")
    ]
    assert hivemind(taught.path, "codify").code == 0
    assert taught.git("for-each-ref", "refs/heads/hivemind/skill") == ""
    said = hivemind(taught.path, "import", "--from", "rules")
    assert said.out == (
        "CLAUDE.md: 1 statement\n"
        "`mine` holds back what these say already. Nothing is to be imported: the tree has them.\n"
    )
    taught.git("rm", "-q", "CLAUDE.md")
    taught.commit("Take it back")
    assert hivemind(taught.path, "mine").out.startswith("candidate 1f403488e5c5138c")


def test_rules_from_elsewhere_become_notes(repo: Repo, hermetic: Path, hivemind: Hivemind) -> None:
    repo.commit("Start", **{"AGENTS.md": "- Ship small.\n"})
    mine = hermetic / ".claude" / "CLAUDE.md"
    mine.parent.mkdir()
    mine.write_text("# Taste\n\n- Short sentences.\n- No emojis.\n")
    said = hivemind(repo.path, "import", "--from", "rules")
    assert said.out.splitlines()[-1] == f"{mine} is outside the repository; named as FILE it becomes notes."
    said = hivemind(repo.path, "import", "--from", "rules", str(mine), "AGENTS.md")
    assert said.out == (
        "AGENTS.md is in the repository: `mine` reads it from there.\n"
        "Imported 2 new notes from rules.\n  find them: git hivemind search --kind note WORDS\n"
    )
    assert hivemind(repo.path, "sql", "SELECT title, text FROM notes ORDER BY text").out == (
        "title\ttext\n~/.claude/CLAUDE.md: Taste\tNo emojis.\n~/.claude/CLAUDE.md: Taste\tShort sentences.\n"
    )
    assert hivemind(repo.path, "import", "--from", "rules", str(mine)).out == (
        "Imported 0 new notes from rules; 2 known already.\n"
    )
    mine.write_bytes(b"\0\1")
    said = hivemind(repo.path, "import", "--from", "rules", str(mine))
    assert (said.code, said.err.splitlines()[0]) == (3, f"hivemind: {mine} is no text")
