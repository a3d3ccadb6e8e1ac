"""What the store holds, session by session, for people who look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.memory import Memory
from hivemind_git.corrections.outcomes import Commits
from hivemind_git.errors import HivemindError
from hivemind_git.model import Correction, Event, Kind, Result
from hivemind_git.pipeline import choosing, deriving
from hivemind_git.pipeline.catching_up import catch_up
from hivemind_git.pipeline.choosing import Wanted
from hivemind_git.pipeline.progress import Progress, unseen
from hivemind_git.pipeline.sessions import tests
from hivemind_git.pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Listed:
    """A session in a line: when it began and ended, whose it was, how much there is of it, and its first prompt.

    `tests` is how those that it ran last ended. `commits` took its lines; of a session of another machine only those
    are known that accepted a correction.
    """

    session: str
    agent: str
    t: str
    events: int
    edits: int
    prompt: str
    tests: Result | None
    commits: Commits
    ended: str
    paths: frozenset[str]

    @property
    def outcomes(self) -> frozenset[Result]:
        """How it ended: its tests, and its commits, of which one that was reverted outweighs those that were kept."""
        fate = Result.REVERTED if self.commits.reverted else Result.KEPT if self.commits.kept else None
        return frozenset(result for result in (self.tests, fate) if result is not None)


def sessions(
    space: Workspace, wanted: Wanted | None = None, outcome: Result | None = None, progress: Progress = unseen
) -> tuple[Listed, ...]:
    """The sessions in the store, newest first.

    An author is one who corrected a session, a path one that its agent edited.

    Args:
        space: where.
        wanted: which of them.
        outcome: only those that ended so.
        progress: told how far the derivation is that finds out.

    Raises:
        HivemindError: the store cannot be read or written, or git does not take a pathspec.
    """
    asked = wanted or Wanted()
    derived = deriving.derive(space, progress)
    theirs = {one.session for one in derived.corrections if asked.by(one.author)}
    foreign: dict[str, list[Correction]] = defaultdict(list)
    for one in derived.corrections:
        if one.commit and one.session not in derived.commits:
            foreign[one.session].append(one)
    store = space.store()
    found = []
    for stored in store.sessions():
        events = list(store.events(stored.folder))
        if events:
            name = events[0].session
            found.append(_listed(events, derived.commits.get(name) or _accepting(foreign[name])))
    taken = [
        one
        for one in found
        if (outcome is None or outcome in one.outcomes)
        and asked.in_time(one.t, one.ended)
        and asked.of(one.agent)
        and (not asked.author or one.session in theirs)
    ]
    chosen = choosing.by_path(taken, lambda one: one.paths, asked)
    return tuple(sorted(chosen, key=lambda one: (one.t, one.session), reverse=True)[: asked.most])


def _accepting(corrections: Iterable[Correction]) -> Commits:
    """What became of the commits that accepted corrections."""
    fates = {one.commit: one.outcome.commit for one in corrections if one.commit}
    kept, reverted = (
        tuple(commit for commit, fate in fates.items() if fate is wanted) for wanted in (Result.KEPT, Result.REVERTED)
    )
    return Commits(kept, reverted)


def events(space: Workspace, start: str) -> list[Event]:
    """The events of the one session whose id starts so.

    Raises:
        HivemindError: none does, or several do.
    """
    catch_up(space)
    store = space.store()
    folders = [one.folder for one in store.sessions() if one.folder.startswith(start)]
    exact = [folder for folder in folders if folder == start]
    if len(exact or folders) != 1:
        many = "several sessions start" if folders else "no session starts"
        raise HivemindError(f"{many} with {start}", "`git hivemind sessions` lists them.")
    return list(store.events((exact or folders)[0]))


@dataclass(frozen=True, slots=True)
class Written:
    """How many edits of agents the store tells of, and of how many of this machine's own no file image is there."""

    edits: int
    blind: int


def written(space: Workspace) -> Written:
    """What agents wrote, counted. An image may be missing as no log held it, or as it grew too old.

    Raises:
        HivemindError: the store cannot be read.
    """
    store, memory = space.store(), Memory(space.repository.state_dir)
    images = ImageStore(space.repository.state_dir / "images")
    edits = blind = 0
    for stored in store.sessions():
        made = [event.id for event in store.events(stored.folder) if event.kind is Kind.EDIT]
        edits += len(made)
        if made and memory.holds(stored.folder):
            blind += len(set(made) - set(images.load(stored.folder)))
    return Written(edits, blind)


def _listed(events: list[Event], commits: Commits) -> Listed:
    runs = list(tests(events))
    prompts = (event.fields.get("text") for event in events if event.kind is Kind.PROMPT)
    return Listed(
        session=events[0].session,
        agent=events[0].agent,
        t=events[0].t,
        events=len(events),
        edits=sum(event.kind is Kind.EDIT for event in events),
        prompt=next((text for text in prompts if isinstance(text, str)), ""),
        tests=(Result.PASSED if runs[-1].passed else Result.FAILED) if runs else None,
        commits=commits,
        ended=max(event.t for event in events),
        paths=frozenset(
            path for event in events if event.kind is Kind.EDIT and isinstance(path := event.fields.get("path"), str)
        ),
    )
