from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from repos import Repo

from hivemind_git.errors import HivemindError
from hivemind_git.git import signing
from hivemind_git.git.objects import Repository

EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@pytest.fixture
def ssh_key(repo: Repo, hermetic: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A key of OpenSSH, with the passphrase that the test asks for, set up to sign."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    key = tmp_path / "key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", request.param, "-f", str(key)]
    subprocess.run(command, check=True)
    (tmp_path / "allowed").write_text(f"ada@example.com {key.with_suffix('.pub').read_text()}")
    repo.git("config", "gpg.format", "ssh")
    repo.git("config", "user.signingKey", str(key))
    repo.git("config", "gpg.ssh.allowedSignersFile", str(tmp_path / "allowed"))
    repo.git("config", "commit.gpgSign", "true")
    return key


@pytest.fixture
def gpg_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of GnuPG; its agent's socket allows no long path."""
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    home = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    monkeypatch.setenv("GNUPGHOME", str(home))
    yield home
    subprocess.run(["gpgconf", "--kill", "all"], check=False)
    shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("ssh_key", [""], indirect=True)
@pytest.mark.parametrize("unattended", [True, False])
def test_a_signed_commit_verifies(repo: Repo, ssh_key: Path, unattended: bool) -> None:
    parent = repo.git("commit-tree", EMPTY, "-m", "base")
    opened = Repository.containing(repo.path)
    assert signing.signs(opened) is True
    made = signing.commit_tree(opened, EMPTY, [parent], "subject\n\nbody\n", unattended=unattended)
    repo.git("verify-commit", made)
    assert repo.git("log", "-1", "--format=%G? %P %B", made) == f"G {parent} subject\n\nbody\n"
    assert opened.head() is None


@pytest.mark.parametrize("ssh_key", ["secret"], indirect=True)
def test_a_passphrase_is_never_asked_for(
    repo: Repo, ssh_key: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = tmp_path / "asked"
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\n: >{asked}\necho secret\n")
    ask.chmod(0o755)
    monkeypatch.setenv("SSH_ASKPASS", str(ask))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    opened = Repository.containing(repo.path)
    with pytest.raises(HivemindError, match=r"^git could not sign the commit: "):
        signing.commit_tree(opened, EMPTY, [], "s", unattended=True)
    assert not asked.exists()
    signing.commit_tree(opened, EMPTY, [], "s")
    assert asked.exists()


def test_gnupg_signs_and_never_opens_a_window(repo: Repo, gpg_home: Path, tmp_path: Path) -> None:
    """A key with a passphrase: it fails where somebody would be asked, and signs once the agent knows."""
    asked = tmp_path / "asked"
    pinentry = tmp_path / "pinentry"
    pinentry.write_text(
        f"#!/bin/sh\n: >{asked}\necho OK\nwhile read -r word _; do\n"
        "  [ $word = GETPIN ] && echo D secret\n  echo OK\n  [ $word = BYE ] && exit\ndone\n"
    )
    pinentry.chmod(0o755)
    (gpg_home / "gpg-agent.conf").write_text(f"pinentry-program {pinentry}\ns2k-count 65536\n")
    command = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "secret"]
    subprocess.run([*command, "--quick-gen-key", "Ada <ada@example.com>", "ed25519", "sign"], check=True)
    subprocess.run(["gpgconf", "--kill", "all"], check=True)
    opened = Repository.containing(repo.path)
    with pytest.raises(HivemindError, match=r"^git could not sign the commit: "):
        signing.commit_tree(opened, EMPTY, [], "s", unattended=True)
    assert not asked.exists()
    signing.commit_tree(opened, EMPTY, [], "s")
    assert asked.exists()
    repo.git("verify-commit", signing.commit_tree(opened, EMPTY, [], "s", unattended=True))


def test_a_signer_with_spaces_in_its_name(repo: Repo, tmp_path: Path) -> None:
    signer = tmp_path / "my signer's"
    signer.write_text("#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho \"$1 $2\"\n")
    signer.chmod(0o755)
    repo.git("config", "gpg.program", str(signer))
    made = signing.commit_tree(Repository.containing(repo.path), EMPTY, [], "s", unattended=True)
    assert "gpgsig --pinentry-mode error" in repo.git("cat-file", "-p", made)


def test_whether_git_signs(repo: Repo) -> None:
    for value, signs in {"true": True, "yes": True, "1": True, "false": False, "": False}.items():
        repo.git("config", "commit.gpgSign", value)
        assert signing.signs(Repository.containing(repo.path)) is signs
    repo.git("config", "--unset", "commit.gpgSign")
    assert signing.signs(Repository.containing(repo.path)) is False
    assert os.environ.get("GPG_TTY") is None
