"""What the store holds, session by session, for people who look."""

from __future__ import annotations

from dataclasses import dataclass

from hivemind_git.errors import HivemindError
from hivemind_git.model import Event, Kind
from hivemind_git.pipeline.catching_up import catch_up
from hivemind_git.pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Listed:
    """A session in a line: when it began, whose it was, how much there is of it, and its first prompt."""

    session: str
    agent: str
    t: str
    events: int
    edits: int
    prompt: str


def sessions(space: Workspace) -> list[Listed]:
    """All sessions in the store, newest first."""
    catch_up(space)
    store = space.store()
    found = [_listed(events) for one in store.sessions() if (events := list(store.events(one.folder)))]
    return sorted(found, key=lambda one: (one.t, one.session), reverse=True)


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


def _listed(events: list[Event]) -> Listed:
    prompts = (event.fields.get("text") for event in events if event.kind is Kind.PROMPT)
    return Listed(
        session=events[0].session,
        agent=events[0].agent,
        t=events[0].t,
        events=len(events),
        edits=sum(event.kind is Kind.EDIT for event in events),
        prompt=next((text for text in prompts if isinstance(text, str)), ""),
    )
