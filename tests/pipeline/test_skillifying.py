"""Codify by itself: real processes, started as the hook starts them."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hooks.installed_hook import install
from repos import Repo
from waiting import PATIENCE_SECONDS, wait_for

from hivemind_git.pipeline import pacing, reporting
from hivemind_git.pipeline.pacing import Pace, Record
from hivemind_git.pipeline.workspace import Workspace, open_workspace, this_machine

Take = Callable[..., Workspace]
BRANCH = "hivemind/skill/python-logging"
STOP = b'{"hook_event_name":"Stop"}'


def seal(repo: Repo, after: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """What the hook starts, its standard files as the hook leaves them."""
    command = [sys.executable, "-m", "hivemind_git", "seal", "--quiet", "--after", after]
    done = subprocess.run(
        command,
        cwd=repo.path,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return done


def skill_branches(repo: Repo) -> list[str]:
    return repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads/hivemind/skill").split()


def record(repo: Repo) -> Record:
    return Record(repo.path / ".git/hivemind")


def notice(repo: Repo) -> str:
    return str(json.loads((repo.path / ".git/hivemind/notice").read_text())["systemMessage"])


def log(repo: Repo) -> str:
    file = repo.path / ".git/hivemind/log"
    return file.read_text() if file.exists() else ""


def test_a_stop_drafts_what_is_due_on_a_local_branch_and_touches_nothing_else(shop: Repo, take: Take) -> None:
    take(shop)
    shop.git("clone", "-q", "--bare", ".", "../origin.git")
    shop.git("remote", "add", "origin", "../origin.git")
    shop.git("fetch", "-q")
    shop.git("remote", "set-head", "origin", "main")
    shop.git("switch", "-qc", "feature")
    shop.commit("elsewhere", **{"src/shop/other.py": "x = 1\n"})
    shop.write("src/shop/orders.py", "# half done\n")
    there = shop.git("ls-remote", "origin")
    before = (shop.git("status", "--porcelain"), (shop.path / ".git/HEAD").read_text(), shop.git("stash", "list"))
    index = (shop.path / ".git/index").read_bytes()
    seal(shop, "turn")
    assert skill_branches(shop) == [BRANCH]
    assert shop.git("rev-parse", f"{BRANCH}^") == shop.git("rev-parse", "origin/main")
    assert (
        shop.git("status", "--porcelain"),
        (shop.path / ".git/HEAD").read_text(),
        shop.git("stash", "list"),
    ) == before
    assert (shop.path / ".git/index").read_bytes() == index
    assert shop.git("ls-remote", "origin") == there
    assert notice(shop) == (
        "hivemind-git drafted the skill python-logging from your corrections, on local branches: `git hivemind review`."
    )
    state = reporting.status(open_workspace(shop.path), this_machine())
    assert [(one.name, one.branch, len(one.rules)) for one in state.waiting] == [("python-logging", BRANCH, 1)]
    assert (state.needs, state.problem, log(shop)) == ({}, "", "")


def test_the_person_is_told_once(shop: Repo, take: Take) -> None:
    take(shop)
    seal(shop, "session")
    (shop.path / ".git/hivemind/notice").unlink()  # as the hook does once it is shown
    shop.commit("more", **{"src/shop/more.py": "x = 1\n"})
    seal(shop, "session")
    assert not (shop.path / ".git/hivemind/notice").exists()
    assert record(shop).pace().published == ()


def test_what_was_looked_at_is_not_looked_at_again(shop: Repo, take: Take) -> None:
    take(shop, 1, 2)
    seal(shop, "session")
    first = record(shop).pace()
    assert (first.published, first.failures, skill_branches(shop)) == ((), 0, [])
    seal(shop, "session")
    assert record(shop).pace() == first
    take(shop, 3)
    seal(shop, "session")
    assert record(shop).pace().published == ("python-logging",)


def test_a_session_end_a_rest_and_so_many_turns(shop: Repo, take: Take) -> None:
    """After a run at a stop it rests; a session's end and the Nth turn do not wait for that."""
    take(shop, 1, 2)
    seal(shop, "turn")
    take(shop, 3)
    seal(shop, "turn")
    seal(shop, "turn", {"HIVEMIND_SKILLIFY_EVERY_N_TURNS": "0"})
    assert (skill_branches(shop), record(shop).turns()) == ([], 1)
    seal(shop, "turn", {"HIVEMIND_SKILLIFY_EVERY_N_TURNS": "2"})
    assert (skill_branches(shop), record(shop).turns()) == ([BRANCH], 0)


def test_it_is_off_where_it_is_switched_off(shop: Repo, take: Take) -> None:
    take(shop)
    for variable in ({"HIVEMIND_SKILLIFY_EVERY_N_TURNS": "0"}, {"HIVEMIND_CAPTURE": "false"}):
        seal(shop, "session", variable)
    assert (skill_branches(shop), record(shop).pace()) == ([], Pace())


def test_one_at_a_time(shop: Repo, take: Take) -> None:
    take(shop)
    command = [sys.executable, "-m", "hivemind_git", "seal", "--quiet", "--after", "session"]
    running = [subprocess.Popen(command, cwd=shop.path) for _ in range(6)]
    assert [one.wait() for one in running] == [0] * 6
    assert shop.git("rev-list", "--count", f"main..{BRANCH}") == "1"
    assert shop.git("log", "--format=%s", "hivemind/sessions").count("Offer python-logging") == 1
    assert log(shop) == ""


SIGNER = """\
#!/bin/sh
echo $$ >>{folder}/signers
{does}
"""


def signed_by(repo: Repo, does: str) -> Path:
    """A signing program of the test's, as `gpg.program` names a foreign one."""
    folder = repo.path.parent
    program = folder / "signer"
    program.write_text(SIGNER.format(folder=folder, does=does))
    program.chmod(0o755)
    for name, value in {"commit.gpgSign": "true", "gpg.program": str(program)}.items():
        repo.git("config", name, value)
    return folder / "signers"


OTHER_FIRST = """\
[ -e {other} ] || {{ : >{other}; GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=commit.gpgSign GIT_CONFIG_VALUE_0=false {does}; }}
cat >/dev/null
echo '[GNUPG:] SIG_CREATED ' >&2
echo signature"""


@pytest.mark.parametrize(
    ("asked", "meanwhile"),
    [(["codify"], ["seal", "--quiet", "--after", "session"]), (["seal", "--quiet", "--after", "session"], ["codify"])],
)
def test_a_person_and_a_session_end_that_codify_at_once(
    shop: Repo, take: Take, tmp_path: Path, asked: list[str], meanwhile: list[str]
) -> None:
    """An end-to-end run failed on it: `codify` came while the session's own draft was made, and gave up."""
    take(shop)
    command = [sys.executable, "-m", "hivemind_git"]
    does = shlex.join([*command, *meanwhile]) + " >/dev/null"
    signers = signed_by(shop, OTHER_FIRST.format(other=tmp_path / "other", does=does))
    done = subprocess.run([*command, *asked], cwd=shop.path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout in {"", "1 rule stands on open skill branches already, unchanged.\n"}
    assert len(signers.read_text().split()) == 1
    assert shop.git("rev-list", "--count", f"main..{BRANCH}") == "1"
    assert shop.git("log", "--format=%s", "hivemind/sessions").count("Offer python-logging") == 1
    assert (record(shop).pace().problem, log(shop)) == ("", "")


def test_where_a_key_would_ask_the_draft_waits(shop: Repo, take: Take, tmp_path: Path) -> None:
    """A key with a passphrase, and an askpass that would answer it: it is not called."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    take(shop)
    key, asked = tmp_path / "key", tmp_path / "asked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(key)], check=True)
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\n: >{asked}\necho secret\n")
    ask.chmod(0o755)
    for name, value in {"gpg.format": "ssh", "user.signingKey": str(key), "commit.gpgSign": "true"}.items():
        shop.git("config", name, value)
    asking = {"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force"}
    seal(shop, "session", asking)
    assert (skill_branches(shop), asked.exists()) == ([], False)
    pace = record(shop).pace()
    assert (list(pace.waiting), pace.problem, pace.failures) == (["python-logging"], "", 0)
    assert notice(shop) == "hivemind-git has a draft of the skill python-logging that needs you: `git hivemind codify`."
    command = [sys.executable, "-m", "hivemind_git", "codify"]
    subprocess.run(command, cwd=shop.path, env={**os.environ, **asking}, check=True, capture_output=True)
    assert (skill_branches(shop), asked.exists()) == ([BRANCH], True)
    assert reporting.status(open_workspace(shop.path), this_machine()).needs == {}


def test_a_failed_run_does_not_come_again_at_once(shop: Repo, take: Take) -> None:
    take(shop)
    shop.git("config", "hivemind.trunk", "nowhere")
    for _ in range(4):
        seal(shop, "session")
    pace = record(shop).pace()
    assert (pace.failures, pace.problem) == (1, "hivemind.trunk names no branch here: nowhere")
    assert pace.until - pace.began == pacing.FIRST_WAIT_SECONDS
    assert log(shop).count("skillify: ") == 1
    state = open_workspace(shop.path)
    shop.git("config", "--unset", "hivemind.trunk")
    assert reporting.status(open_workspace(state.repository.common_dir.parent), this_machine()).problem == pace.problem


def test_a_killed_run_backs_off_and_a_later_one_makes_up_for_it(shop: Repo, take: Take) -> None:
    take(shop)
    signers = signed_by(shop, f"exec sleep {PATIENCE_SECONDS}")
    command = [sys.executable, "-m", "hivemind_git", "seal", "--quiet", "--after", "session"]
    with subprocess.Popen(command, cwd=shop.path) as running:
        wait_for(lambda: signers.exists() and signers.read_text().endswith("\n"))
        running.kill()
    os.kill(int(signers.read_text()), 9)
    pace = record(shop).pace()
    assert (pace.failures, pace.problem, pace.ended) == (1, "it was killed before it ended", 0.0)
    shop.git("config", "--unset", "commit.gpgSign")
    seal(shop, "session")
    assert skill_branches(shop) == []
    past = json.loads((shop.path / ".git/hivemind/skillify.json").read_text())
    (shop.path / ".git/hivemind/skillify.json").write_text(json.dumps({**past, "until": time.time() - 1}))
    seal(shop, "session")
    assert (skill_branches(shop), record(shop).pace().failures) == ([BRANCH], 0)


SLOW = """\
import sys
from hivemind_git.pipeline.pacing import End
from hivemind_git.pipeline.skillifying import after
from hivemind_git.pipeline.workspace import open_workspace
sys.exit(after(open_workspace("."), End.SESSION, limit=int(sys.argv[1])))
"""


def test_a_run_that_takes_too_long_ends_with_all_that_it_started(shop: Repo, take: Take) -> None:
    take(shop)
    signers, limit = signed_by(shop, f'sleep {PATIENCE_SECONDS} & echo $! >>"${{0%/*}}/signers"; wait'), 1
    signers.touch()
    while len(signers.read_text().split()) < 2:  # until then the machine was too busy to come to the signature
        limit *= 2
        (shop.path / ".git/hivemind/skillify.json").unlink(missing_ok=True)
        done = subprocess.run([sys.executable, "-c", SLOW, str(limit)], cwd=shop.path, check=False)
        assert done.returncode == 0
        assert record(shop).pace().problem == f"it took more than {limit} seconds"
    started = [int(number) for number in signers.read_text().split()]
    wait_for(lambda: not any(alive(number) for number in started))


def alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_from_the_hook_to_the_branch(shop: Repo, take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way: the hook returns at once and says nothing, and no process stays."""
    take(shop)
    hook = install(shop.path / ".git", shop.path)
    hook.sealer(f'echo $$ >.git/hivemind/pid; exec "{sys.executable}" -m hivemind_git "$@"')
    hook.silent(STOP)
    wait_for(lambda: skill_branches(shop) == [BRANCH])
    number = int((shop.path / ".git/hivemind/pid").read_text())
    wait_for(lambda: not alive(number))
    assert notice(shop).startswith("hivemind-git drafted the skill python-logging")
    shown = hook(b'{"hook_event_name":"SessionStart"}').stdout
    assert list(json.loads(shown)) == ["systemMessage"]
