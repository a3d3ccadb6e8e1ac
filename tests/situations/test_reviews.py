"""Situations of whoever accepts commits: who must sign them, and who may push them where."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from repos import Repo
from situations.scene import CORRECTED, beside

from hivemind_git.errors import HivemindError

if TYPE_CHECKING:
    from pathlib import Path

    from situations.scene import Scene

signing = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


def _must_sign(scene: Scene, passphrase: str) -> Path:
    """Every commit of git's here is signed from now on, with this key of OpenSSH."""
    key = beside(scene, "key")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(key)], check=True)
    beside(scene, "allowed").write_text(f"ada@example.com {key.with_suffix('.pub').read_text()}")
    for name, value in {
        "commit.gpgSign": "true", "gpg.format": "ssh", "user.signingKey": str(key),
        "gpg.ssh.allowedSignersFile": str(beside(scene, "allowed")),
    }.items():  # fmt: skip
        scene.git("config", name, value)
    return key


@signing
def test_signing_required(scene: Scene) -> None:
    """Every commit must be signed: the skill's commit is, by the person's key."""
    _must_sign(scene, "")
    scene.accepted()
    scene.loop(CORRECTED)
    (branch,) = scene.skill_branches()
    scene.git("verify-commit", "HEAD", branch)


@signing
def test_signing_that_would_ask(scene: Scene) -> None:
    """The key has a passphrase: what codifies by itself leaves the draft for later, and asks nobody."""
    scene.accepted()
    key = _must_sign(scene, "secret")
    scene.env = dict(os.environ)
    scene.hivemind("seal", "--after", "session")
    scene.env = None
    assert scene.skill_branches() == []
    assert "sign" in scene.hivemind("skillify")
    subprocess.run(
        ["ssh-keygen", "-q", "-p", "-P", "secret", "-N", "", "-f", str(key)], check=True, capture_output=True
    )
    scene.loop(CORRECTED)
    scene.git("verify-commit", *scene.skill_branches())


@pytest.mark.parametrize("refuses", ["exit 1", "! grep -q refs/heads/hivemind/"], ids=["fork", "protected"])
def test_no_right_to_push(scene: Scene, refuses: str) -> None:
    """Upstream takes no push of ours, or none to such a branch: a sentence, and another remote takes it."""
    upstream, fork = beside(scene, "upstream.git"), beside(scene, "fork.git")
    for top in (upstream, fork):
        scene.git("clone", "-q", "--bare", str(scene.repo.path), str(top))
    Repo(upstream).write("hooks/pre-receive", f"#!/bin/sh\n{refuses}\n").chmod(0o755)
    scene.git("remote", "add", "origin", str(upstream))
    scene.git("fetch", "-q", "origin")
    scene.git("remote", "add", "fork", str(fork))
    scene.accepted()
    scene.hivemind("seal")
    with pytest.raises(HivemindError, match=r"^origin refused hivemind/sessions: .*pre-receive hook declined"):
        scene.hivemind("sync")
    scene.git("config", "hivemind.remote", "fork")
    scene.hivemind("sync")
    scene.loop(CORRECTED)
    heads = [Repo(there).git("for-each-ref", "--format=%(refname)").split() for there in (upstream, fork)]
    assert heads == [["refs/heads/main"], ["refs/heads/hivemind/sessions", "refs/heads/main"]]
