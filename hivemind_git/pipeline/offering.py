"""Skill branches → pull requests: pushed, opened or updated, and what became of those that were closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hivemind_git.capture.files import place, private_folder
from hivemind_git.errors import HivemindError
from hivemind_git.git import forge, process
from hivemind_git.git.forge import Forge, Place, State
from hivemind_git.pipeline import deciding, mining
from hivemind_git.pipeline.codifying import Codified
from hivemind_git.pipeline.waiting import OpenSkill, open_skills
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import branches, lineage, message
from hivemind_git.skills.base import is_open
from hivemind_git.skills.decisions import Decision, Verb, latest
from hivemind_git.skills.message import PullRequest

_HEADS = "refs/heads/"
_REMOTES = "refs/remotes/"


@dataclass(frozen=True, slots=True)
class Offered:
    """A branch that was pushed for review. `url` is the request's, or the page on which to open one by hand.

    `body` is the file with the text, where there was no program to open a request with; `what` says which it was.
    """

    skill: str
    branch: str
    what: str
    url: str
    body: Path | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a skill branch: pushed to `remote`, offered to the branch `base` of where the trunk is from."""

    remote: str
    base: str
    source: Place | None
    target: Place | None
    forge: Forge | None


def route(space: Workspace) -> Route:
    """The way that branches go.

    Raises:
        HivemindError: there is no remote.
    """
    repository = space.repository
    remotes = {found.key.split(".", 1)[1].rpartition(".")[0] for found in repository.configuration
               if found.key.startswith("remote.") and found.key.endswith(".url")}  # fmt: skip
    trunk = repository.trunk() or ""
    home, base = _upstream(space, trunk, remotes)
    pushed = repository.config("remote.pushDefault") or home
    if home not in remotes or pushed not in remotes:
        raise HivemindError(
            "there is no remote to offer a skill to", "Add one with `git remote add`; the branches are here."
        )
    source, target = _place(space, pushed, push=True), _place(space, home)
    return Route(pushed, base, source, target, forge.at(target) if source and target else None)


def learn(space: Workspace, way: Route) -> list[str]:
    """Learns which requests people closed unmerged: that declines their rules. Reopened, they are back.

    Returns:
        The ids of the rules that were declined or taken back now.

    Raises:
        HivemindError: the forge's program failed, or the store cannot be written.
    """
    if way.forge is None or way.source is None:
        return []
    last, changed = latest(deciding.decisions(space)), []
    for one in open_skills(space):
        requests = way.forge.requests(one.branch, way.source.owner)
        if not requests:
            continue
        newest = requests[0]
        for rule in one.rules:
            said = last.get(rule.id)
            there = said is not None and said.where == newest.url
            # A request that was closed before this rule came to the branch says nothing about it.
            # Nor does one overrule a person who rejected the rule already, or took it back by hand.
            open_still = (
                said is None or said.verb not in {Verb.REJECT, Verb.RESTORE} or (there and said.verb is Verb.RESTORE)
            )
            if newest.state is State.CLOSED and open_still and rule.id in _rules_at(space, newest.head):
                verb = Verb.REJECT
            elif newest.state is State.OPEN and there and said is not None and said.verb is Verb.REJECT:
                verb = Verb.RESTORE
            else:
                continue
            evidence = tuple(proof.correction for proof in rule.evidence)
            deciding.decide(
                space,
                Decision(
                    verb=verb, rule=rule.id, t=deciding.now(), author=deciding.author(space), corrections=evidence,
                    where=newest.url,
                ),
            )  # fmt: skip
            changed.append(rule.id)
    return changed


def offer(space: Workspace, way: Route, done: Codified) -> tuple[list[Offered], dict[str, HivemindError]]:
    """Pushes each open skill branch of this clone and opens a request for it, or updates the one that is open.

    Returns:
        What was offered, and skill → why one could not be.

    Raises:
        HivemindError: there is no trunk.
    """
    whys = {rule.id: rule.why for rule in done.mined.rules}
    turned_down = {*done.mined.rejected, *(one.rule.id for one in done.mined.dropped)}
    offered, refused = [], {}
    for one in open_skills(space, without=turned_down):
        try:
            _push(space, way, one)
            offered.append(_request(space, way, one, _text(space, one, whys)))
        except HivemindError as error:
            refused[one.name] = error
    return offered, refused


def _request(space: Workspace, way: Route, one: OpenSkill, text: PullRequest) -> Offered:
    if way.forge is None or way.source is None:
        folder = space.repository.state_dir / "requests"
        private_folder(folder)
        body = folder / f"{one.name}.md"
        place(body, f"# {text.title}\n\n{text.body}".encode())
        url = way.target.asking(way.base, one.branch) if way.target and way.target == way.source else ""
        return Offered(one.name, one.branch, f"pushed to {way.remote}", url, body)
    found = way.forge.requests(one.branch, way.source.owner)
    if found and found[0].state is State.OPEN:
        way.forge.update(found[0], text.title, text.body)
        return Offered(one.name, one.branch, "updated", found[0].url)
    url = way.forge.create(one.branch, way.base, text.title, text.body, source=way.source)
    return Offered(one.name, one.branch, "opened", url)


def _text(space: Workspace, one: OpenSkill, whys: Mapping[str, str]) -> PullRequest:
    start = space.repository.ref(space.repository.trunk() or "") or space.repository.head() or ""
    new = space.repository.entry(start, f"{space.settings.skills_dir}/{one.name}") is None
    return message.request(one.name, one.rules, whys, new=new)


def _push(space: Workspace, way: Route, one: OpenSkill) -> None:
    from hivemind_git.git import porcelain  # noqa: PLC0415 - GitPython costs 130 ms, and only a push needs it

    remote = porcelain.Remote(space.repository, way.remote)
    ref = _HEADS + one.branch
    there = remote.refs(ref).get(ref)
    if there is not None and not _may_go(space, one, there):
        raise HivemindError(
            f"{one.branch} has commits on {way.remote} that are not here", "Fetch and merge them into it first."
        )
    pushed = remote.push(one.commit, ref, expected=there)
    if pushed.state not in {porcelain.PushState.PUSHED, porcelain.PushState.CURRENT}:
        raise HivemindError(
            f"{way.remote} refused {one.branch}: {pushed.reason}",
            "Push it to a fork of yours: git config remote.pushDefault <remote>.",
        )


def _may_go(space: Workspace, one: OpenSkill, there: str) -> bool:
    """Whether what a remote has of a branch is in it, or was merged or turned down, so that the branch began anew."""
    repository = space.repository
    if repository.commit(there) is None:
        return False
    commits = (there, branches.trunk(repository))
    over = {rule.rule.id for rule in mining.history(space).dropped} | deciding.turned_down(space)
    return repository.is_ancestor(there, one.commit) or not is_open(
        repository, one.name, commits, space.settings.skills_dir, over
    )


def _upstream(space: Workspace, trunk: str, remotes: set[str]) -> tuple[str, str]:
    """The remote of the trunk, and the trunk's name there."""
    if trunk.startswith(_REMOTES):
        rest = trunk.removeprefix(_REMOTES)
        for name in sorted(remotes, key=len, reverse=True):
            if rest.startswith(f"{name}/"):
                return name, rest.removeprefix(f"{name}/")
    short = trunk.removeprefix(_HEADS)
    config = space.repository.config
    named = config(f"branch.{short}.remote") or ("origin" if "origin" in remotes or len(remotes) != 1 else min(remotes))
    return named, (config(f"branch.{short}.merge") or trunk).removeprefix(_HEADS)


def _place(space: Workspace, remote: str, *, push: bool = False) -> Place | None:
    words = ["remote", "get-url", *(["--push"] if push else []), remote]
    done = process.run([f"--git-dir={space.repository.git_dir}", *words])
    return forge.place_of(done.stdout.decode(errors="replace").strip()) if not done.returncode else None


def _rules_at(space: Workspace, commit: str) -> set[str]:
    if space.repository.commit(commit) is None:
        return set()
    return set(lineage.live_at(space.repository, commit, [space.settings.skills_dir]))
