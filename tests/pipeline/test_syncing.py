"""Sync over the transports that teams have, with their credentials and nobody else's, and what it refuses."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from repos import Repo
from servers import http, ssh
from teams import REF, Team, an_event, files, keep, segments, team

from hivemind_git.capture.images import ImageStore
from hivemind_git.errors import HivemindError
from hivemind_git.model import Capture
from hivemind_git.pipeline import forgetting, syncing
from hivemind_git.pipeline.syncing import Report, Wishes
from hivemind_git.pipeline.workspace import open_workspace

TOKEN = "tok_abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture
def mates(tmp_path: Path) -> Team:
    found = team(tmp_path)
    found.clone("ada")
    found.hub.git("config", "http.receivepack", "true")
    return found


@pytest.fixture
def ada(mates: Team) -> Repo:
    """A clone with a store."""
    keep(mates.clones["ada"], an_event("1", "a"))
    return mates.clones["ada"]


def sync(repo: Repo, name: str | None = None, **wishes: bool) -> Report:
    return syncing.sync(open_workspace(repo.path), name, Wishes(**wishes))


def refused(repo: Repo, name: str | None = None, **wishes: bool) -> HivemindError:
    with pytest.raises(HivemindError) as caught:
        sync(repo, name, **wishes)
    return caught.value


def background(repo: Repo) -> str:
    """Syncs as the hook does, and gives what it logged."""
    repo.git("config", "hivemind.sync", "true")
    syncing.in_background(open_workspace(repo.path))
    log = repo.path / ".git/hivemind/log"
    return log.read_text() if log.exists() else ""


@pytest.fixture
def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """An askpass program that tells that it was asked."""
    asked = tmp_path / "asked"
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\n: >{asked}\n")
    ask.chmod(0o755)
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(name, str(ask))
    return asked.exists


def test_over_ssh_as_the_user(
    mates: Team, ada: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asking: Callable[[], bool]
) -> None:
    with ssh(tmp_path / "sshd") as server:
        url = f"{server.url}{mates.hub.path}"
        monkeypatch.setenv("GIT_SSH_COMMAND", server.command)
        bob = mates.clone("bob", url=url)
        keep(bob, an_event("2", "b"))
        ada.git("remote", "set-url", "origin", url)
        ada.git("config", "core.sshCommand", "false")  # the environment's outranks it, as git has it
        assert sync(ada).synced.pushed
        assert background(bob) == ""
        assert sync(ada).synced.received == 1
        assert segments(ada) == segments(bob) == segments(mates.hub) == ["a", "b"]
        monkeypatch.setenv("GIT_SSH_COMMAND", server.stranger)
        assert refused(ada).sentence == "origin could not be reached: Could not read from remote repository."
        assert "origin could not be reached" in background(bob)
    assert not asking()


def test_over_http_with_the_token_and_nowhere_else(
    mates: Team, ada: Repo, tmp_path: Path, hermetic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is on no command line, in no file, and no helper of the user's gets to see it."""
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    spy = tmp_path / "bin/git"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{tmp_path}/commands\nexec {real} "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
    ada.git("config", "--global", "credential.helper", f"store --file={tmp_path}/kept")
    monkeypatch.setenv("HIVEMIND_TOKEN", TOKEN)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Grace")
    with http(tmp_path, {}, any_user=TOKEN) as server:
        ada.git("remote", "set-url", "origin", f"{server.url}/hub.git")
        assert sync(ada).synced.pushed
        assert background(ada) == ""
        assert {who.split()[1] for who in server.asked if " " in who.strip()} == {"x-access-token"}
        # A deploy token belongs to a user, whom the URL names.
        server.asked.clear()
        sync(ada, f"{server.url.replace('://', '://deploy@')}/hub.git")
        assert {who.split()[1] for who in server.asked if " " in who.strip()} == {"deploy"}
    assert ada.git("log", "-1", "--format=%an", REF) == "Ada"
    commands = (tmp_path / "commands").read_text()
    assert "push" in commands
    assert TOKEN not in commands
    assert not (tmp_path / "kept").exists()
    assert files(Repo(tmp_path), TOKEN.encode()) == files(Repo(hermetic), TOKEN.encode()) == []


def test_the_token_goes_to_no_other_host_and_not_in_the_clear(
    ada: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIVEMIND_TOKEN", TOKEN)
    with http(tmp_path, {}, any_user=TOKEN) as server:
        port = server.url.rpartition(":")[2]
        ada.git("config", "http.proxy", server.url)
        refused(ada, f"http://elsewhere.invalid:{port}/hub.git")
        assert server.asked
        assert {who.strip() for who in server.asked} == {"GET"}


def test_over_http_as_the_users_git_has_it(
    mates: Team, ada: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asking: Callable[[], bool]
) -> None:
    """A credential helper, then a proxy with the credential in the URL; without any, nothing asks in the background."""
    with http(tmp_path, {"ada": "secret"}) as server:
        ada.git("remote", "set-url", "origin", f"{server.url}/hub.git")
        assert "origin could not be reached" in background(ada)
        assert not asking()
        kept = tmp_path / "kept"
        kept.write_text(server.url.replace("://", "://ada:secret@") + "\n")
        ada.git("config", "--global", "credential.helper", f"store --file={kept}")
        assert sync(ada).synced.pushed
        ada.git("config", "--global", "--unset", "credential.helper")
        keep(ada, an_event("2", "b"))
        ada.git("config", "http.proxy", server.url)
        ada.git("remote", "set-url", "origin", "http://ada:secret@hub.invalid/hub.git")
        report = sync(ada)
        assert (report.url, report.synced.sent) == ("http://hub.invalid/hub.git", 1)
    assert segments(mates.hub) == ["a", "b"]
    assert not asking()


def test_a_public_remote_only_when_told_to(mates: Team, ada: Repo, tmp_path: Path, hermetic: Path) -> None:
    with http(tmp_path) as server:
        url = f"{server.url}/hub.git"
        ada.git("remote", "set-url", "origin", url)
        error = refused(ada)
        assert error.sentence == f"anybody can read {url}, and with the store your sessions"
        assert "--allow-public" in error.step
        # Taking what is there needs no leave, nor does a dry run.
        assert sync(ada, dry_run=True).synced.pushed
        assert sync(ada, push=False).synced.pushed is False
        assert "anybody can read" in background(ada)
        assert mates.hub.git("for-each-ref", REF) == ""
        assert sync(ada, allow_public=True).synced.pushed
        keep(ada, an_event("2", "b"))
        assert "anybody can read" in refused(ada).sentence
        ada.git("config", "hivemind.allowPublic", "true")
        assert sync(ada).synced.pushed


def test_what_only_the_user_can_read_is_not_public(ada: Repo, tmp_path: Path, hermetic: Path) -> None:
    """Neither `.netrc`, nor a header, nor a helper, nor `insteadOf` lets the stranger in who asks for us."""
    with http(tmp_path, {"ada": "secret"}) as server:
        host = server.url.removeprefix("http://")
        (hermetic / ".netrc").write_text("machine 127.0.0.1 login ada password secret\n")
        ada.git("remote", "set-url", "origin", "hub:hub.git")
        ada.git("config", "--global", f"url.http://{host}/.insteadOf", "hub:")
        ada.git("config", "--global", f"http.http://{host}/.extraHeader", "Authorization: Basic YWRhOnNlY3JldA==")
        report = sync(ada)
        assert (report.synced.pushed, report.remote, report.url) == (True, "origin", f"http://{host}/hub.git")


def test_an_empty_remote_only_when_told_to(ada: Repo, tmp_path: Path) -> None:
    ada.git("init", "-q", "--bare", str(tmp_path / "empty.git"))
    url = f"file://{tmp_path}/empty.git"
    error = refused(ada, url)
    assert error.sentence == f"{url} is empty, and its host may show the store as the default branch"
    assert "--allow-empty" in error.step
    assert sync(ada, url, allow_empty=True).synced.pushed
    keep(ada, an_event("2", "b"))
    assert sync(ada, url).synced.sent == 1


def test_which_remote(ada: Repo, mates: Team, tmp_path: Path) -> None:
    """One setting names another; a push URL of its own is where both happen; none at all is a sentence."""
    ada.git("clone", "-q", "--bare", str(mates.hub.path), str(tmp_path / "private.git"))
    private = Repo(tmp_path / "private.git")
    ada.git("config", "hivemind.remote", str(private.path))
    assert sync(ada).remote == str(private.path)
    assert segments(private) == ["a"]
    assert mates.hub.git("for-each-ref", REF) == ""
    ada.git("config", "--unset", "hivemind.remote")
    ada.git("remote", "set-url", "--push", "origin", str(private.path))
    keep(ada, an_event("2", "b"))
    assert sync(ada).synced.sent == 1
    ada.git("remote", "set-url", "--push", "--add", "origin", str(mates.hub.path))
    assert refused(ada).sentence == "origin pushes to 2 places"
    ada.git("remote", "remove", "origin")
    assert refused(ada).sentence == "no remote is named, and there is no origin"
    ada.git("remote", "add", "up", str(mates.hub.path))
    assert sync(ada).remote == "up"
    ada.git("remote", "add", "other", str(mates.hub.path))
    assert refused(ada).sentence == "no remote is named, and there is no origin"


def test_what_another_machine_forgot_goes_from_the_images_here(mates: Team, ada: Repo) -> None:
    bob = mates.clone("bob")
    sync(ada)
    sync(bob)
    images = ImageStore(bob.path / ".git/hivemind/images")
    images.put("a", [Capture(an_event("1", "a"), b"before", b"after")])
    assert images.events()
    forgetting.forget(open_workspace(ada.path), forgetting.Request(sessions=("a",)))
    sync(ada)
    report = sync(bob)
    assert (report.sessions_gone, report.synced.gone) == (("a",), 1)
    assert segments(bob) == []
    assert images.events() == {}


def test_one_sync_at_a_time(ada: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "_PATIENCE_SECONDS", 0.0)
    lock = ada.path / ".git/hivemind/sync.lock"
    lock.parent.mkdir(exist_ok=True)
    holder = subprocess.Popen(["flock", str(lock), "sleep", "60"])
    try:
        while subprocess.run(["flock", "-n", str(lock), "true"], check=False).returncode == 0:
            pass
        assert refused(ada).sentence == "another sync of this repository is at work"
        assert background(ada) == ""
    finally:
        holder.kill()
        holder.wait()
