"""`codify --pr` against `gh` and `glab`, played by programs of that name on PATH, and a remote that is real git."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from repos import Repo

from hivemind_git.pipeline import codifying, mining, reporting, ruling
from hivemind_git.pipeline.workspace import open_workspace, this_machine

from .conftest import RULE, SKILL

BRANCH = f"hivemind/skill/{SKILL}"
TOOL = """\
#!{python}
import json, pathlib, subprocess, sys
folder = pathlib.Path({folder!r})
state = folder / "requests.json"
requests = json.loads(state.read_text()) if state.exists() else []
words = sys.argv[1:]
option = lambda name: words[words.index(name) + 1]
body = sys.stdin.read() if "--body-file" in words else option("--description") if "--description" in words else ""
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps([w for w in words if w != body] if body else words) + chr(10))
if words[0] == "auth":
    sys.exit((folder / "logged-out").exists())
if (folder / "broken").exists():
    print("HTTP 502", file=sys.stderr)
    sys.exit(1)
branch = option("--head" if {gh} else "--source-branch") if words[1] in ("list", "create") else ""
if words[1] == "list":
    print(json.dumps([one for one in requests if one["branch"] == branch]))
elif words[1] == "create":
    number, path = len(requests) + 1, "pull" if {gh} else "-/merge_requests"
    url = f"https://{host}/ada/shop/{{path}}/{{number}}"
    branch = branch.rpartition(":")[2]
    head = subprocess.run(["git", "-C", folder / "ada/shop.git", "rev-parse", branch], capture_output=True, text=True)
    requests.append(dict(
        branch=branch, body=body, title=option("--title"), url=url, web_url=url, number=number, iid=number,
        state="OPEN" if {gh} else "opened", headRefOid=head.stdout.strip(), sha=head.stdout.strip(),
        headRepositoryOwner=dict(login="ada"), source_project_id=1, target_project_id=1))
    print(url)
else:
    requests[int(words[2]) - 1] |= dict(body=body, title=option("--title"))
state.write_text(json.dumps(requests))
"""


@dataclass
class Remote:
    """A forge of the test: its repositories, the program that speaks for it, and what that was asked."""

    folder: Path
    repo: Repo

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hivemind_git", "codify", *arguments]
        return subprocess.run(
            command, cwd=self.repo.path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    @property
    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.folder / "calls").read_text().splitlines()]

    @property
    def requests(self) -> list[dict[str, Any]]:
        return list(json.loads((self.folder / "requests.json").read_text()))

    def set(self, number: int, **fields: str) -> None:
        found = self.requests
        found[number - 1] |= fields
        (self.folder / "requests.json").write_text(json.dumps(found))

    def tip(self) -> str:
        return Repo(self.folder / "ada/shop.git").git("rev-parse", BRANCH)


@pytest.fixture
def forge(taught: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Remote]:
    """Makes the forge: `gh`, `glab`, or a host for which nothing is installed."""

    def make(program: str) -> Remote:
        folder = tmp_path / "forge"
        (folder / "bin").mkdir(parents=True)
        taught.git("clone", "-q", "--bare", ".", str(folder / "ada/shop.git"))
        Repo(folder / "ada/shop.git").git("config", "receive.denyNonFastForwards", "false")
        # SSH to the host is a shell here, so that the address is a forge's and everything that travels is git's own.
        ssh = folder / "ssh"
        ssh.write_text(f'#!/bin/sh\nfor last; do :; done\ncd "{folder}" && eval "exec git ${{last#git-}}"\n')
        ssh.chmod(0o755)
        taught.git("config", "core.sshCommand", str(ssh))
        host = {"gh": "github.com", "glab": "gitlab.example"}.get(program, "github.com")
        taught.git("remote", "add", "origin", f"git@{host}:ada/shop.git")
        taught.git("fetch", "-q", "origin", "+refs/heads/main:refs/remotes/origin/main")
        taught.git("remote", "set-head", "origin", "main")
        if program:
            tool = folder / "bin" / program
            tool.write_text(TOOL.format(python=sys.executable, folder=str(folder), gh=program == "gh", host=host))
            tool.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
        return Remote(folder, taught)

    return make


BODY = """\
One rule that people here corrected again and again, as a new skill `python-logging` for coding agents.

## Write `logger.info(f"$0")`, not `print(f"$0")`

Python in `src/shop/**/*.py`. 3 decisions in 3 sessions, commits {commits}.

Guard: 3 decisions in 3 sessions; kept 0 times against 3 corrected

`src/shop/stock.py` in `{stock}`:

```diff
-     print(f"reserved {{item}}")
+     logger.info(f"reserved {{item}}")
```

`src/shop/payment.py` in `{payment}`:

```diff
-     print(f"charging {{customer}}")
+     logger.info(f"charging {{customer}}")
```

`src/shop/orders.py` in `{orders}`:

```diff
-     print(f"placed order {{len(orders)}}")
+     logger.info(f"placed order {{len(orders)}}")
```

## Undo

Edit the skill in this branch or later, as any file: what you change stays. To drop it for good, close this request \
and delete the branch, or, once merged, `git revert` the commit; the same corrections do not bring it back. \
`git hivemind log python-logging` shows where each rule came from.
"""


def body(repo: Repo) -> str:
    orders, payment, stock = (one[:10] for one in repo.git("rev-list", "--reverse", "main").split()[1:4])
    commits = ", ".join(f"`{one}`" for one in (orders, payment, stock))
    return BODY.format(commits=commits, orders=orders, payment=payment, stock=stock)


@pytest.mark.parametrize("program", ["gh", "glab"])
def test_opens_a_request_and_then_updates_it(forge: Callable[[str], Remote], program: str) -> None:
    remote = forge(program)
    said = remote.run("--pr")
    url = remote.requests[0]["url"]
    assert (said.returncode, said.stderr, said.stdout.splitlines()[-1]) == (0, "", f"{SKILL}: opened {url}")
    assert remote.tip() == remote.repo.git("rev-parse", BRANCH)
    assert (remote.requests[0]["title"], remote.requests[0]["body"]) == (
        "Add the skill python-logging", body(remote.repo)
    )  # fmt: skip
    create = {
        "gh": ["pr", "create", "--repo", "github.com/ada/shop", "--head", BRANCH, "--base", "main", "--title",
               "Add the skill python-logging", "--body-file", "-"],
        "glab": ["mr", "create", "--repo", "https://gitlab.example/ada/shop", "--source-branch", BRANCH,
                 "--target-branch", "main", "--title", "Add the skill python-logging", "--description", "--yes"],
    }[program]  # fmt: skip
    assert [one for one in remote.calls if one[1] == "create"] == [create]
    remote.repo.git("commit", "-q", "--allow-empty", "-m", "meanwhile")
    again = remote.run("--pr", "--json")
    assert json.loads(again.stdout) == {
        "version": 1, "published": [], "refused": {}, "unlisted": [], "learnt": [],
        "requests": [{"skill": SKILL, "branch": BRANCH, "what": "updated", "url": url, "body": None}],
    }  # fmt: skip
    assert len(remote.requests) == 1


def test_without_a_program_the_branch_is_pushed_and_the_text_is_ready(forge: Callable[[str], Remote]) -> None:
    remote = forge("")
    said = remote.run("--pr")
    text = remote.repo.path / ".git/hivemind/requests/python-logging.md"
    assert said.stdout.endswith(
        f"{SKILL}: pushed to origin https://github.com/ada/shop/compare/main...{BRANCH}?expand=1\n"
        f"  text for the request: {text}\n"
    )
    assert text.read_text() == f"# Add the skill python-logging\n\n{body(remote.repo)}"
    assert remote.tip() == remote.repo.git("rev-parse", BRANCH)


def test_a_program_that_is_logged_out_counts_as_none_and_a_broken_one_tells(forge: Callable[[str], Remote]) -> None:
    remote = forge("gh")
    (remote.folder / "logged-out").touch()
    assert "text for the request" in remote.run("--pr").stdout
    (remote.folder / "logged-out").unlink()
    (remote.folder / "broken").touch()
    said = remote.run("--pr")
    assert (said.returncode, said.stderr) == (
        3, "hivemind: gh pr list failed: HTTP 502\n  `gh auth status` shows whether you are logged in.\n"
    )  # fmt: skip


def test_a_closed_request_declines_its_rules_until_it_is_reopened(forge: Callable[[str], Remote]) -> None:
    remote = forge("gh")
    remote.run("--pr")
    url = remote.requests[0]["url"]
    remote.set(1, state="CLOSED")
    said = remote.run("--pr")
    assert said.stdout.startswith("1 rule declined or taken back, as requests were closed or reopened\n")
    assert state(remote.repo) == ("rejected", f"rejected in {url}, which was closed unmerged")
    assert len(remote.requests) == 1
    assert reporting.status(open_workspace(remote.repo.path), this_machine()).waiting == ()
    assert codifying.run(open_workspace(remote.repo.path)).published == []
    remote.set(1, state="OPEN")
    assert remote.run("--pr").stdout.endswith(f"{SKILL}: updated {url}\n")
    assert state(remote.repo)[0] == "candidate"
    remote.set(1, state="CLOSED")
    remote.run("--pr")
    ruling.restore(open_workspace(remote.repo.path), RULE)
    assert remote.run("--pr").stdout.endswith(f"{SKILL}: opened https://github.com/ada/shop/pull/2\n")


def state(repo: Repo) -> tuple[str, str]:
    (found,) = [one for one in mining.mine(open_workspace(repo.path)).rules if one.id == RULE]
    return found.state.value, found.why


def test_what_somebody_pushed_to_the_branch_is_not_overwritten(forge: Callable[[str], Remote]) -> None:
    remote = forge("gh")
    remote.run("--pr")
    there = Repo(remote.folder / "ada/shop.git")
    tree = there.git("rev-parse", f"{BRANCH}^{{tree}}")
    theirs = there.git("commit-tree", tree, "-p", BRANCH, "-m", "theirs")
    there.git("update-ref", f"refs/heads/{BRANCH}", theirs)
    remote.repo.git("fetch", "-q", "origin", f"{BRANCH}:refs/remotes/origin/{BRANCH}")
    said = remote.run("--pr")
    assert (said.returncode, remote.tip()) == (3, theirs)
    assert said.stderr.startswith(f"{SKILL}: {BRANCH} has commits on origin that are not here\n")


def test_a_branch_that_began_anew_after_a_squash_replaces_what_was_pushed(forge: Callable[[str], Remote]) -> None:
    remote = forge("gh")
    remote.run("--pr")
    remote.set(1, state="MERGED")
    remote.repo.git("merge", "-q", "--squash", BRANCH)
    remote.repo.commit("squashed")
    remote.repo.git("revert", "--no-edit", "HEAD")
    remote.repo.git("push", "-q", "origin", "main")
    first = remote.tip()
    ruling.restore(open_workspace(remote.repo.path), RULE)
    said = remote.run("--pr")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.endswith(f"{SKILL}: opened https://github.com/ada/shop/pull/2\n")
    assert remote.tip() == remote.repo.git("rev-parse", BRANCH) != first
    assert remote.repo.git("merge-base", first, BRANCH) != first


def test_a_branch_and_a_remote_are_needed(taught: Repo) -> None:
    remote = Remote(taught.path, taught)
    assert remote.run("--pr", "--direct").returncode == 2
    assert remote.run("--pr").stderr == (
        "hivemind: there is no remote to offer a skill to\n  Add one with `git remote add`; the branches are here.\n"
    )
