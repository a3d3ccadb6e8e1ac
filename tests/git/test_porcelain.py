from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from repos import Repo

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.git.porcelain import Push, PushState, Remote

STORE = "refs/heads/hivemind/sessions"


@pytest.fixture
def hub(repo: Repo, tmp_path: Path) -> Repo:
    """A bare remote called origin."""
    path = tmp_path / "hub.git"
    repo.git("init", "-q", "--bare", str(path))
    repo.git("remote", "add", "origin", str(path))
    return Repo(path)


@pytest.fixture
def origin(hub: Repo, opened: Repository) -> Remote:
    return Remote(opened, "origin")


def test_push_fetch_and_what_is_there(repo: Repo, hub: Repo, origin: Remote) -> None:
    one = repo.commit("one", **{f"f{number}": "x" * 5000 for number in range(50)})
    assert origin.refs() == {}
    assert origin.push(one, STORE, expected=None).state == PushState.PUSHED
    assert origin.refs() == origin.refs(STORE) == {STORE: one}
    assert origin.refs("refs/heads/nothing") == {}
    assert origin.push(one, STORE, expected=one).state == PushState.CURRENT
    two = repo.commit("two")
    assert origin.push(two, STORE, expected=one).state == PushState.PUSHED
    assert hub.git("rev-parse", STORE) == two
    origin.fetch([f"+{STORE}:refs/hivemind/fetched"])
    assert repo.git("rev-parse", "refs/hivemind/fetched") == two
    assert not (repo.path / ".git/FETCH_HEAD").exists()
    assert origin.push("", STORE, expected=two).state == PushState.PUSHED
    assert origin.refs() == {}


def test_a_lease_that_no_longer_holds_is_stale(repo: Repo, hub: Repo, origin: Remote) -> None:
    one, two = repo.commit("one"), repo.commit("two")
    for expected in (None, two):
        origin.push("", STORE, expected=one)
        assert origin.push(one, STORE, expected=None).state == PushState.PUSHED
        assert origin.push(two, STORE, expected=expected).state == PushState.STALE
        assert hub.git("rev-parse", STORE) == one


def test_a_rewritten_tip_replaces_the_old_one_under_the_lease(repo: Repo, hub: Repo, origin: Remote) -> None:
    one = repo.commit("one")
    other = repo.git("commit-tree", f"{one}^{{tree}}", "-m", "another root")
    origin.push(one, STORE, expected=None)
    assert origin.push(other, STORE, expected=one).state == PushState.PUSHED
    assert hub.git("rev-parse", STORE) == other


def test_a_remote_that_refuses(repo: Repo, hub: Repo, origin: Remote) -> None:
    one = repo.commit("one")
    hook = hub.path / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'protected: ask first' >&2\nexit 1\n")
    hook.chmod(0o755)
    refused = origin.push(one, STORE, expected=None)
    assert refused == Push(PushState.REFUSED, "[remote rejected] (pre-receive hook declined)")


def test_the_users_pre_push_hook_runs_unless_told_otherwise(repo: Repo, hub: Repo, origin: Remote) -> None:
    one = repo.commit("one")
    hook = repo.path / ".git/hooks/pre-push"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(HivemindError):
        origin.push(one, STORE, expected=None)
    assert origin.push(one, STORE, expected=None, verify=False).state == PushState.PUSHED


def test_progress_is_told_in_our_words(repo: Repo, hub: Repo, origin: Remote, tmp_path: Path) -> None:
    one = repo.commit("one", **{f"f{number}": f"{number}" * 500 for number in range(200)})
    told: list[tuple[str, int, int | None]] = []
    origin.push(one, STORE, expected=None, progress=lambda *step: told.append(step))
    assert {stage for stage, _, _ in told} >= {"counting", "writing"}
    assert all(of is None or 0 <= done <= of for _, done, of in told)
    told.clear()
    repo.git("init", "-q", str(tmp_path / "clone"))
    clone = Remote(Repository.containing(tmp_path / "clone"), f"file://{hub.path}")
    clone.fetch([f"{STORE}:refs/hivemind/x"], lambda *step: told.append(step))
    assert {stage for stage, _, _ in told} >= {"receiving"}


@pytest.mark.parametrize("unattended", [True, False])
def test_a_remote_out_of_reach_is_a_sentence(opened: Repository, tmp_path: Path, unattended: bool) -> None:
    for name in (str(tmp_path / "nowhere"), "no-such-remote", "-x"):
        remote = Remote(opened, name, unattended=unattended)
        for call in (remote.refs, lambda remote=remote: remote.fetch(["refs/heads/x"])):
            with pytest.raises(HivemindError, match=r"could not be reached: ") as caught:
                call()
            assert caught.value.step == f"Try `git ls-remote {name}`."


def test_a_ref_that_the_remote_lacks(repo: Repo, origin: Remote) -> None:
    with pytest.raises(HivemindError, match="refs/heads/none"):
        origin.fetch(["refs/heads/none:refs/hivemind/none"])


def test_nothing_asks_when_unattended(opened: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Askpass programs, terminals and SSH prompts stay out of it; what the user configured for SSH is kept."""
    asked = tmp_path / "asked"
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\n: >{asked}\n")
    ask.chmod(0o755)
    ssh = tmp_path / "ssh"
    ssh.write_text(
        f'#!/bin/sh\n[ "$1" = -G ] && exit 0\necho "$@" >>{tmp_path}/ssh-log\n'
        f"( : </dev/tty ) 2>/dev/null && : >{asked}\nexit 1\n"
    )
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_ASKPASS", str(ask))
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "1")
    monkeypatch.setenv("GIT_SSH_COMMAND", f"{ssh} -v")
    with pytest.raises(HivemindError):
        Remote(opened, "ssh://host.invalid/x", unattended=True).refs()
    assert "-v -o BatchMode=yes" in (tmp_path / "ssh-log").read_text()
    assert not asked.exists()


class Locked(BaseHTTPRequestHandler):
    """Wants a password for everything."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="store"')
        self.end_headers()

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        pass


@pytest.mark.parametrize("unattended", [True, False])
def test_a_password_is_asked_for_only_where_somebody_sits(
    opened: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unattended: bool
) -> None:
    asked = tmp_path / "asked"
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\n: >{asked}\n")
    ask.chmod(0o755)
    monkeypatch.setenv("GIT_ASKPASS", str(ask))
    with ThreadingHTTPServer(("127.0.0.1", 0), Locked) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        remote = Remote(opened, f"http://127.0.0.1:{server.server_port}/x", unattended=unattended)
        with pytest.raises(HivemindError, match="could not be reached"):
            remote.refs()
        server.shutdown()
    assert asked.exists() is not unattended


def test_another_repositorys_environment_does_not_count(
    repo: Repo, hub: Repo, origin: Remote, make_repo: Callable[[str], Repo], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = repo.commit("one")
    other = make_repo("other")
    for name, value in {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_WORK_TREE": str(other.path),
        "GIT_INDEX_FILE": str(other.path / "index"),
        "GIT_OBJECT_DIRECTORY": str(other.path / ".git/objects"),
        "GIT_NAMESPACE": "elsewhere",
    }.items():
        monkeypatch.setenv(name, value)
    assert origin.push(one, STORE, expected=None).state == PushState.PUSHED
    assert origin.refs() == {STORE: one}


def test_a_linked_worktree_pushes_too(repo: Repo, hub: Repo, tmp_path: Path) -> None:
    one = repo.commit("one")
    repo.git("worktree", "add", "-q", str(tmp_path / "side"))
    side = Remote(Repository.containing(tmp_path / "side"), "origin")
    assert side.push(one, STORE, expected=None).state == PushState.PUSHED


def test_a_remote_that_hangs_is_given_up(opened: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\nexec sleep 60\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    started = time.monotonic()
    with pytest.raises(HivemindError):
        Remote(opened, "ssh://host.invalid/x", unattended=True, timeout=0.5).refs()
    assert time.monotonic() - started < 20


def test_nothing_else_pays_for_gitpython() -> None:
    script = (
        "import sys\n"
        "import hivemind_git.git.objects, hivemind_git.git.hooks, hivemind_git.git.trailers, hivemind_git.git.signing\n"
        "print([name for name in sys.modules if name in ('git', 'gitdb', 'rich', 'click', 'tomlkit')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout == "[]\n"
