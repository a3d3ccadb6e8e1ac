"""Pull and merge requests, through the program that the person has for their forge: `gh` or `glab`.

They know the person's account; we keep no token and speak to no server. Both are asked never to prompt.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hivemind_git.errors import HivemindError
from hivemind_git.git import process

_SCP = re.compile(r"(?:[^@/]+@)?([^:/]+):(?!//)(.+)")
_URL = re.compile(r"(?:https?|ssh|git)://(?:[^@/]+@)?([^:/]+)(?::\d+)?/(.+)")
_QUIET = {"GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "NO_PROMPT": "1", "NO_COLOR": "1"}
_SECONDS = 60.0


class State(StrEnum):
    """Where a request stands; closed ones were not merged."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Place:
    """A repository on a forge, `owner/name` being its path there."""

    host: str
    path: str

    @property
    def owner(self) -> str:
        """All but the last part of the path."""
        return self.path.rpartition("/")[0]

    def asking(self, base: str, branch: str) -> str:
        """The page on which a person opens a request by hand; empty where the host tells nothing of its forge."""
        if "gitlab" in self.host:
            asked = f"merge_request[source_branch]={branch}&merge_request[target_branch]={base}"
            return f"https://{self.host}/{self.path}/-/merge_requests/new?{asked}"
        return f"https://{self.host}/{self.path}/compare/{base}...{branch}?expand=1" if "github" in self.host else ""


@dataclass(frozen=True, slots=True)
class Request:
    """A pull or merge request. `head` is the commit that it offers."""

    number: int
    url: str
    state: State
    head: str


@dataclass(frozen=True, slots=True)
class Forge:
    """A forge's program, and the repository that requests go to."""

    program: str
    place: Place

    def requests(self, branch: str, owner: str) -> list[Request]:
        """All requests from a branch of an owner's, open ones first, then the newest.

        Raises:
            HivemindError: the program failed, or answered what nobody understands.
        """
        ask = {
            "gh": ["pr", "list", *self._repo(), "--head", branch, "--state", "all", "--limit", "50",
                   "--json", "number,url,state,headRefOid,headRepositoryOwner"],
            "glab": ["mr", "list", *self._repo(), "--source-branch", branch, "--all", "--output", "json"],
        }[self.program]  # fmt: skip
        answer = self._run(ask)
        try:
            found = [self._request(one) for one in json.loads(answer or "[]") if self._is_of(one, owner)]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise HivemindError(
                f"{self.program} answered what nobody understands", f"Update {self.program}."
            ) from error
        return sorted(found, key=lambda one: (one.state is not State.OPEN, -one.number))

    def create(self, branch: str, base: str, title: str, body: str, *, source: Place) -> str:
        """Opens a request and returns its URL; `source` has the branch, which may be a fork.

        Raises:
            HivemindError: the program failed.
        """
        fork = source != self.place
        if self.program == "gh":
            head = f"{source.owner}:{branch}" if fork else branch
            words = [
                "pr",
                "create",
                *self._repo(),
                "--head",
                head,
                "--base",
                base,
                "--title",
                title,
                "--body-file",
                "-",
            ]
            return _url(self._run(words, body))
        words = ["mr", "create", *self._repo(), "--source-branch", branch, "--target-branch", base, "--title", title]
        return _url(self._run([*words, "--description", body, "--yes", *(["--head", source.path] if fork else [])]))

    def update(self, request: Request, title: str, body: str) -> None:
        """Gives a request another title and text.

        Raises:
            HivemindError: the program failed.
        """
        number = str(request.number)
        if self.program == "gh":
            self._run(["pr", "edit", number, *self._repo(), "--title", title, "--body-file", "-"], body)
        else:
            self._run(["mr", "update", number, *self._repo(), "--title", title, "--description", body])

    def _repo(self) -> list[str]:
        host = f"{self.place.host}/" if self.program == "gh" else f"https://{self.place.host}/"
        return ["--repo", host + self.place.path]

    def _request(self, one: dict[str, Any]) -> Request:
        if self.program == "gh":
            return Request(int(one["number"]), str(one["url"]), State(one["state"].lower()), str(one["headRefOid"]))
        states = {"opened": State.OPEN, "locked": State.OPEN, "merged": State.MERGED, "closed": State.CLOSED}
        return Request(int(one["iid"]), str(one["web_url"]), states[one["state"]], str(one["sha"]))

    def _is_of(self, one: dict[str, Any], owner: str) -> bool:
        """Whether a request is from this owner: branches of many forks have the same name."""
        if self.program == "gh":
            return str((one["headRepositoryOwner"] or {}).get("login", "")).lower() == owner.lower()
        return self.place.owner == owner or one["source_project_id"] != one["target_project_id"]

    def _run(self, arguments: Sequence[str], stdin: str = "") -> str:
        done = _run([self.program, *arguments], stdin)
        if done.returncode:
            raise HivemindError(
                f"{self.program} {' '.join(arguments[:2])} failed: {process.last_words(done)}",
                f"`{self.program} auth status` shows whether you are logged in.",
            )
        return done.stdout.decode(errors="replace")


def _url(said: str) -> str:
    return next((word for word in reversed(said.split()) if word.startswith("https://")), "")


def place_of(url: str) -> Place | None:
    """Where a remote's URL leads; None for a path on this machine."""
    found = _URL.fullmatch(url) or _SCP.fullmatch(url)
    if not found or "/" not in found[2].strip("/"):
        return None
    return Place(found[1].lower(), found[2].strip("/").removesuffix(".git"))


def at(place: Place) -> Forge | None:
    """The forge of a place, if its program is installed and logged in there."""
    named = {"gh": "github" in place.host, "glab": "gitlab" in place.host}
    tried = [name for name, fits in named.items() if fits] or list(named)
    for program in tried:
        if shutil.which(program) and not _run([program, "auth", "status", "--hostname", place.host]).returncode:
            return Forge(program, place)
    return None


def _run(words: Sequence[str], stdin: str = "") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            words,
            input=stdin.encode(),
            env=process.environment(_QUIET),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(words, 1, b"", f"{type(error).__name__}: {error}".encode())
