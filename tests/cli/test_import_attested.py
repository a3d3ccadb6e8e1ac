"""`git hivemind import --from git-ai` and `--from agent-trace`: other tools' word on whose lines are whose."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import Hivemind
from repos import Repo

from hivemind_git.errors import HivemindError
from hivemind_git.exchange import entire, git_ai
from hivemind_git.pipeline import attesting, checkpoints, grounds
from hivemind_git.pipeline.workspace import open_workspace

SESSION = "s_c9883b05a2487d"
CODE = "import log\n\n\ndef hello(name):\n    print('hello', name)\n    return name\n\n\ndef bye():\n    return 0\n"


@pytest.fixture
def noted(repo: Repo) -> Repo:
    """A commit whose lines 4 to 6 git-ai says an agent wrote; a later commit changed one of them."""
    repo.commit("Start", when=1793000000, **{"README.md": "x\n"})
    commit = repo.commit("Add", when=1793003600, **{"src/hello.py": CODE})
    note(repo, commit, "src/hello.py", "4-6")
    repo.commit(
        "Log", when=1793010000, **{"src/hello.py": CODE.replace("print('hello', name)", "log.info('hello %s', name)")}
    )
    return repo


def note(repo: Repo, commit: str, path: str, lines: str, session: str = "conv") -> None:
    metadata = {
        "schema_version": "authorship/3.0.0",
        "base_commit_sha": commit,
        "prompts": {},
        "sessions": {SESSION: {"agent_id": {"tool": "claude", "id": session, "model": "claude-sonnet-4-5"}}},
    }
    text = f"{path}\n  {SESSION}::t_9f8e7d6c5b4a32 {lines}\n---\n{json.dumps(metadata)}"
    file = repo.path / ".git" / "note"
    file.write_text(text)
    repo.git("notes", "--ref=ai", "add", "-f", "-F", str(file), commit)


def ai_lines(repo: Repo, hivemind: Hivemind, path: str) -> list[str]:
    record = json.loads(hivemind(repo.path, "export", "agent-trace").out)
    text = repo.git("show", f"HEAD:{path}").splitlines()
    return [
        text[number - 1]
        for file in record["files"]
        for talk in file["conversations"]
        for span in talk["ranges"]
        for number in range(span["start_line"], span["end_line"] + 1)
        if file["path"] == path and talk["contributor"]["type"] == "ai"
    ]


def test_noted_lines_are_the_agent_s_and_all_others_nobody_s(noted: Repo, hivemind: Hivemind) -> None:
    said = hivemind(noted.path, "import", "--from", "git-ai")
    assert (said.code, said.out, said.err) == (0, "Imported 1 new event of 1 session.\n", "")
    tip = noted.git("rev-parse", "hivemind/sessions")
    assert hivemind(noted.path, "import", "--from", "git-ai").out == (
        "Imported 0 new events of 1 session; 1 known already.\n"
    )
    assert noted.git("rev-parse", "hivemind/sessions") == tip
    assert ai_lines(noted, hivemind, "src/hello.py") == ["def hello(name):", "    return name"]


def test_what_came_of_noted_lines_is_told_but_is_no_sure_correction(noted: Repo, hivemind: Hivemind) -> None:
    hivemind(noted.path, "import", "--from", "git-ai")
    assert json.loads(hivemind(noted.path, "corrections", "--json").out)["corrections"] == []
    (found,) = json.loads(hivemind(noted.path, "corrections", "--rejected", "--json").out)["rejected"]
    assert (found["before"], found["after"]) == ("    print('hello', name)\n", "    log.info('hello %s', name)\n")
    assert (found["why"], found["session"]) == ("unsure", f"git-ai-{SESSION}")
    assert "the session's record has a hole" in found["detail"]


def test_a_rebase_adds_nothing(noted: Repo, hivemind: Hivemind) -> None:
    hivemind(noted.path, "import", "--from", "git-ai")
    noted.git("checkout", "-q", "-b", "side", "HEAD~1")
    noted.git("commit", "-q", "--amend", "-m", "Add it")
    note(noted, noted.git("rev-parse", "HEAD"), "src/hello.py", "4-6")
    noted.git("checkout", "-q", "main")
    assert "of 1 session" in hivemind(noted.path, "import", "--from", "git-ai").out
    assert len(json.loads(hivemind(noted.path, "sessions", "--json").out)["sessions"][0:]) == 1
    assert json.loads(hivemind(noted.path, "sessions", "--json").out)["sessions"][0]["edits"] == 1


def test_what_is_not_here_does_not_fit_or_is_known_better_is_left_out(taught: Repo, hivemind: Hivemind) -> None:
    head = taught.git("rev-parse", "HEAD")
    known = json.loads(hivemind(taught.path, "sessions", "--json").out)["sessions"][0]["session"]
    note(taught, head, "src/shop/stock.py", "1-2", session=known)
    note(taught, taught.git("rev-parse", "HEAD~1"), "src/shop/stock.py", "1-9999")
    note(taught, taught.git("rev-parse", "HEAD~2"), "../../etc/passwd", "1")
    taught.git("notes", "--ref=ai", "add", "-m", "a person's words", taught.git("rev-parse", "HEAD~3"))
    blob = taught.git("rev-parse", f"refs/notes/ai:{head}")
    tree = taught.git("mktree", stdin=f"{taught.git('ls-tree', 'refs/notes/ai')}\n100644 blob {blob}\t{'1' * 40}\n")
    taught.git("update-ref", "refs/notes/ai", taught.git("commit-tree", "-m", "x", tree))
    tip = taught.git("rev-parse", "hivemind/sessions")
    said = hivemind(taught.path, "import", "--from", "git-ai")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "refs/notes/ai: left out: 1 commit is not here; 2 entries do not fit the files that they name; "
        "1 entry is of a session that its own assistant told; 1 note is none of git-ai's version 3\n"
    )
    assert taught.git("rev-parse", "hivemind/sessions") == tip


def test_no_notes_and_a_needless_file_get_a_sentence(repo: Repo, hivemind: Hivemind) -> None:
    said = hivemind(repo.path, "import", "--from", "git-ai")
    assert (said.code, said.err.splitlines()[0]) == (3, "hivemind: no notes of git-ai are here (refs/notes/ai)")
    assert hivemind(repo.path, "import", "--from", "git-ai", "x").code == 2


def test_a_trace_that_was_exported_comes_back_as_the_same_lines(
    taught: Repo, tmp_path: Path, hivemind: Hivemind
) -> None:
    file = tmp_path / "trace.json"
    hivemind(taught.path, "export", "agent-trace", "-o", str(file))
    here = hivemind(taught.path, "import", "--from", "agent-trace", str(file))
    assert "entries are of sessions that their own did" in here.out
    other = Repo(tmp_path / "other")
    taught.git("clone", "-q", "--branch", "main", "--single-branch", str(taught.path), str(other.path))
    said = hivemind(other.path, "import", "--from", "agent-trace", str(file))
    assert said.code == 0
    assert "new events of 3 sessions" in said.out
    for path in ("src/shop/stock.py", "src/shop/orders.py"):
        assert ai_lines(other, hivemind, path) == ai_lines(taught, hivemind, path) != []
    assert "0 new events" in hivemind(other.path, "import", "--from", "agent-trace", str(file)).out


@pytest.mark.parametrize("content", ["", "{}", '{"version": "0.1.0", "files": []}', "[" * 100_000, '{"version": "0.1'])
def test_what_is_no_record_changes_nothing(noted: Repo, tmp_path: Path, hivemind: Hivemind, content: Any) -> None:
    file = tmp_path / "trace.json"
    file.write_text(content)
    said = hivemind(noted.path, "import", "--from", "agent-trace", str(file))
    assert (said.code, said.out, len(said.err.splitlines())) == (3, "", 2)
    assert noted.git("for-each-ref", "refs/heads/hivemind") == ""


def test_a_bomb_of_trees_is_refused(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four folders of a dozen entries each, all one object: twenty thousand files, where a thousand are believed."""
    monkeypatch.setattr(grounds, "MOST_FILES", 1000)
    repo.commit("Start")
    below = repo.git("hash-object", "-w", "--stdin", stdin="x")
    kind = "100644 blob"
    for _ in range(4):
        below = repo.git("mktree", stdin="".join(f"{kind} {below}\t{name}\n" for name in "abcdefghijkl"))
        kind = "040000 tree"
    for ref in (git_ai.REF, f"refs/heads/{entire.BRANCH}"):
        repo.git("update-ref", ref, repo.git("commit-tree", "-m", "x", below))
    space = open_workspace(repo.path)
    with pytest.raises(HivemindError, match="refs/notes/ai has more than 1000 files"):
        attesting.import_notes(space)
    with pytest.raises(HivemindError, match="entire/checkpoints/v1 has more than 1000 files"):
        checkpoints.import_checkpoints(space, None, {}, lambda _: nullcontext(lambda size: None))
    assert repo.git("for-each-ref", "refs/heads/hivemind") == ""
