from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from repos import Repo

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository


def test_the_main_worktree_from_anywhere_in_it(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = repo.write("a/b/c.txt", "x").parent
    monkeypatch.chdir(deep)
    for start in (".", deep, repo.path, repo.path / ".git", repo.path / ".git/objects"):
        found = Repository.discover(start)
        assert found.workdir == repo.path
        assert found.git_dir == found.common_dir == repo.path / ".git"
        assert (found.worktree, found.is_bare) == ("main", False)
        assert found.state_dir == repo.path / ".git/hivemind"


def test_linked_worktrees_share_the_common_dir(repo: Repo, tmp_path: Path) -> None:
    commit = repo.commit("one")
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "wörk tree"))
    repo.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "elsewhere/main"))
    side = Repository.discover(tmp_path / "wörk tree")
    assert side.workdir == tmp_path / "wörk tree"
    assert side.git_dir == repo.path / ".git/worktrees/wörk-tree" or side.git_dir.parent == repo.path / ".git/worktrees"
    assert side.common_dir == repo.path / ".git"
    assert side.worktree == side.git_dir.name
    assert (side.branch(), side.head()) == ("side", commit)
    assert Repository.discover(tmp_path / "elsewhere/main").worktree == "worktrees/main"
    assert side.state_dir == Repository.discover(repo.path).state_dir


def test_a_worktree_nested_in_another(repo: Repo) -> None:
    repo.commit("one")
    repo.git("worktree", "add", "-q", ".claude/worktrees/agent")
    assert Repository.discover(repo.path / ".claude/worktrees/agent").worktree == "agent"
    assert Repository.discover(repo.path / ".claude").worktree == "main"


def test_bare_unborn_and_detached(repo: Repo, tmp_path: Path) -> None:
    found = Repository.discover(repo.path)
    assert (found.head(), found.branch(), found.trunk()) == (None, "main", "refs/heads/main")
    commit = repo.commit("one")
    repo.git("checkout", "-q", "--detach")
    assert (found.head(), found.branch(), found.trunk()) == (commit, None, None)
    bare = tmp_path / "bare.git"
    repo.git("clone", "-q", "--bare", str(repo.path), str(bare))
    found = Repository.discover(bare)
    assert (found.is_bare, found.workdir, found.worktree) == (True, None, "main")
    assert found.common_dir == bare


def test_a_worktree_of_a_bare_repository(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one")
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "hub.git"))
    Repo(tmp_path / "hub.git").git("worktree", "add", "-q", str(tmp_path / "tree"), "main")
    found = Repository.discover(tmp_path / "tree")
    assert (found.is_bare, found.worktree, found.common_dir) == (False, "tree", tmp_path / "hub.git")


def test_a_submodule_is_a_repository_of_its_own(repo: Repo, make_repo: object, tmp_path: Path) -> None:
    repo.commit("one")
    outer = make_repo("outer")  # type: ignore[operator]
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repo.path), "lib")
    inner = Repository.discover(outer.path / "lib")
    assert (inner.workdir, inner.common_dir) == (outer.path / "lib", outer.path / ".git/modules/lib")
    assert inner.worktree == "main"
    outer.git("commit", "-qm", "with lib")
    assert [(path, mode) for path, mode, _ in Repository.discover(outer.path).walk_tree("HEAD")] == [
        (".gitmodules", 0o100644),
        ("lib", 0o160000),
    ]


def test_git_dir_of_the_environment_counts_as_it_does_for_git(
    repo: Repo, make_repo: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_repo("other")  # type: ignore[operator]
    monkeypatch.setenv("GIT_DIR", str(repo.path / ".git"))
    monkeypatch.chdir(other.path)
    assert Repository.discover(".").git_dir == repo.path / ".git"
    assert Repository.containing(other.path).workdir == other.path
    monkeypatch.setenv("GIT_WORK_TREE", str(other.path))
    assert Repository.discover(".").workdir == other.path
    assert other.path.samefile(other.git("rev-parse", "--show-toplevel"))
    monkeypatch.delenv("GIT_WORK_TREE")
    monkeypatch.chdir(repo.path)
    monkeypatch.setenv("GIT_DIR", ".git")
    assert Repository.discover(".").git_dir == repo.path / ".git"
    monkeypatch.setenv("GIT_DIR", "nowhere")
    with pytest.raises(HivemindError, match="not a git repository"):
        Repository.discover(".")


def test_a_ceiling_stops_the_search(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    below = repo.write("a/b/c", "").parent
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repo.path / "a"))
    with pytest.raises(HivemindError, match="not a git repository"):
        Repository.discover(below)


@pytest.mark.parametrize("start", [".", "missing", "file"])
def test_no_repository_is_a_sentence_and_a_next_step(tmp_path: Path, start: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(HivemindError) as caught:
        Repository.discover(tmp_path / start)
    assert caught.value.sentence == f"not a git repository: {(tmp_path / start).absolute()}"
    assert "git init" in caught.value.step


def test_a_git_file_that_leads_nowhere(tmp_path: Path) -> None:
    """As in a worktree whose repository was removed mid-session."""
    (tmp_path / ".git").write_text(f"gitdir: {tmp_path}/gone/.git/worktrees/x\n")
    with pytest.raises(HivemindError):
        Repository.discover(tmp_path)


def test_sha256_and_reftable_are_refused_by_name(repo: Repo, tmp_path: Path) -> None:
    repo.git("init", "-q", "--object-format=sha256", str(tmp_path / "long"))
    with pytest.raises(HivemindError) as caught:
        Repository.discover(tmp_path / "long")
    assert caught.value.sentence == "this repository names its objects by SHA256, which libgit2 cannot read"
    repo.git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", "extensions.refStorage", "reftable")
    with pytest.raises(HivemindError) as caught:
        Repository.discover(repo.path)
    assert caught.value.sentence == "this repository keeps its refs as reftable, which libgit2 cannot read"


def test_partial_clones_and_worktree_configurations_open(repo: Repo) -> None:
    repo.git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", "extensions.partialClone", "origin")
    repo.git("config", "extensions.worktreeConfig", "true")
    repo.git("config", "--worktree", "user.name", "Worktree")
    assert Repository.discover(repo.path).config("user.name") == "Worktree"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can play two users")
def test_a_repository_of_another_user_is_refused_with_the_way_out(nobody: Any) -> None:
    path = nobody.repo().path
    code = "Repository.discover(sys.argv[1]).workdir"
    assert nobody.run(code, path) == (
        f"this repository belongs to another user: {path} | "
        f"If you trust it, run `git config --global --add safe.directory {path}`."
    )
    assert nobody.run(code, path, config=f"[safe]\n\tdirectory = {path}\n") == str(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can play two users")
def test_a_repository_of_another_user_that_git_trusts(nobody: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that says so in the environment, where libgit2 does not look."""
    path = nobody.repo().path
    for name, value in {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": "*"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert nobody.run("Repository.discover(sys.argv[1]).workdir", path) == str(path)
    (path / ".git/HEAD").unlink()
    assert nobody.run("Repository.discover(sys.argv[1]).workdir", path).startswith(f"not a git repository: {path} | ")


def test_the_trunk_is_the_setting_else_origins_head_else_the_branch(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one")
    repo.git("branch", "develop")
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    clone.git("checkout", "-q", "-b", "topic")
    assert Repository.discover(clone.path).trunk() == "refs/remotes/origin/main"
    assert Repository.discover(repo.path).trunk() == "refs/heads/main"
    for named, full in {
        "develop": "refs/remotes/origin/develop",
        "origin/develop": "refs/remotes/origin/develop",
        "topic": "refs/heads/topic",
        "refs/heads/topic": "refs/heads/topic",
    }.items():
        if named == "develop":
            clone.git("config", "hivemind.trunk", named)
            with pytest.raises(HivemindError, match=r"^hivemind.trunk names no branch here: develop$"):
                Repository.discover(clone.path).trunk()
            continue
        clone.git("config", "hivemind.trunk", named)
        assert Repository.discover(clone.path).trunk() == full
    clone.git("config", "--unset", "hivemind.trunk")
    clone.write(".hivemind.toml", 'trunk = "origin/develop"\n')
    assert Repository.discover(clone.path).trunk() == "refs/remotes/origin/develop"
    clone.git("remote", "set-head", "origin", "--delete")
    (clone.path / ".hivemind.toml").unlink()
    assert Repository.discover(clone.path).trunk() == "refs/heads/topic"


def test_identity_as_git_takes_it(repo: Repo, hermetic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def identity(role: str = "author") -> tuple[str, str] | None:
        return Repository.discover(repo.path).identity(role)

    assert identity() == identity("committer") == ("Ada", "ada@example.com")
    repo.git("config", "author.name", "Author")
    assert identity() == ("Author", "ada@example.com")
    assert identity("committer") == ("Ada", "ada@example.com")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "env@example.com")
    assert identity() == ("Author", "env@example.com")
    assert repo.git("var", "GIT_AUTHOR_IDENT").startswith("Author <env@example.com> ")
    (hermetic / ".gitconfig").write_text("")
    assert identity("committer") is None
    monkeypatch.setenv("EMAIL", "mail@example.com")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "C")
    assert identity("committer") == ("C", "mail@example.com")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "c@example.com")
    monkeypatch.delenv("GIT_AUTHOR_EMAIL")
    repo.git("config", "--unset", "author.name")
    assert identity() == ("C", "c@example.com")


def test_configuration_is_gits_own(repo: Repo, hermetic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (hermetic / "more").write_text('[alias]\n\tmulti = one\\n two\n[a "B.c"]\n\tKey = v\n\tflag\n')
    repo.git("config", "include.path", str(hermetic / "more"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "hivemind.trunk")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "x")
    found = Repository.discover(repo.path)
    assert found.config("alias.multi") == "one\n two"
    assert found.config("A.B.c.KEY") == "v"
    assert found.config("a.b.c.key") is None
    assert found.config("a.B.c.flag") == "true"
    assert found.config("hivemind.trunk") == "x"
    assert found.config("no.such") is None
    assert ("a.B.c.key", "v", "local", str(hermetic / "more")) in found.configuration
    (hermetic / "bad").write_text("[core\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(hermetic / "bad"))
    with pytest.raises(HivemindError, match=r"^git could not read its configuration: .*bad"):
        _ = Repository.containing(repo.path).configuration
    (repo.path / ".git/config").write_text("[core\n")
    with pytest.raises(HivemindError, match=r"^this repository cannot be opened: .*/config:1\)$"):
        Repository.containing(repo.path)


def test_without_git_on_the_path(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(HivemindError, match=r"^git was not found$"):
        Repository.discover(repo.path).config("user.name")
