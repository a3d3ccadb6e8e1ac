"""Where Hermes is told to call us: hooks in its `config.yaml` (docs/decisions/0007-hermes.md)."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from hivemind_git.agents import yamledit
from hivemind_git.agents.base import Call, Checkout, Fault, Machine, Wired
from hivemind_git.agents.command import command_line, is_ours
from hivemind_git.agents.hermes import consent
from hivemind_git.agents.hermes.disk import AGENT, home
from hivemind_git.agents.yamledit import YamlError
from hivemind_git.errors import HivemindError
from hivemind_git.model import Json
from hivemind_git.wiring import FileChange

CONFIG = "config.yaml"
SKILLS = "${PWD}/.agents/skills"
"""Hermes reads skills of no project. This names those of the folder in which it is started, whichever that is."""
_SKILLS = ("skills", "external_dirs")
_TIMEOUT = 10
_ALLOW = "start `hermes` on a screen and answer its questions, or `hermes --accept-hooks` once"


@dataclass(frozen=True, slots=True)
class Hook:
    """An event that we listen to, of which tools (a regular expression; all where it is empty), and why."""

    event: str
    matcher: str
    why: str


HOOKS = (
    Hook("on_session_start", "", "seals what a session that was killed left behind"),
    Hook("pre_llm_call", "", "keeps the person's words"),
    Hook("pre_tool_call", "terminal|execute_code", "opens the window of a command"),
    Hook("post_tool_call", "terminal|execute_code|write_file|patch", "keeps what was written, closes the window"),
    Hook("post_api_request", "", "tells the tokens of each answer, which the session's own log does not"),
    Hook("post_llm_call", "", "says to which prompt the last answer is, whose own payload does not"),
    Hook("on_session_end", "", "seals the turn, and tells of an interrupt"),
    Hook("on_session_finalize", "", "seals the session"),
)


def wire(machine: Machine) -> list[FileChange]:
    """The change that registers our hooks and the repository's skills; none where they are registered.

    Raises:
        HivemindError: the file is malformed, or cannot be read.
    """
    change = FileChange.to(home(machine) / CONFIG, None, 0o600)
    content = change.before or b""
    try:
        after = content if _complete(content) else _with(_without(content))
    except YamlError as error:
        raise HivemindError(
            f"{change.path} cannot be extended: {error}",
            "Mend the file, then run the command again; nothing was changed.",
        ) from error
    done = FileChange(change.path, change.before, after, change.mode)
    return [] if done.empty else [done]


def untangle(path: Path, content: bytes) -> bytes | None:
    """A configuration without our part; None where it has none, or cannot be read."""
    if path.name != CONFIG or command_line(AGENT).encode().rpartition(b" ")[2] not in content:
        return None
    try:
        clean = _without(content)
    except YamlError:
        return None
    return None if clean == content else clean


def wired(machine: Machine) -> Wired:
    """The file that registers all our hooks, and whether the person let Hermes run them."""
    path = home(machine) / CONFIG
    try:
        content = path.read_bytes()
        if b"hivemind" not in content or not _complete(content):
            return Wired()
        events = [hook.event for hook in HOOKS]
        return Wired((path,), consent.given(path.parent, yamledit.read(content), command_line(AGENT), events))
    except (OSError, YamlError):
        return Wired()


def calls(checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
    """How Hermes runs our hooks: it cuts the line into words itself, and starts them in its own folder."""
    argv = tuple(shlex.split(command_line(AGENT)))
    return (Call(argv, checkout.top),) if wired(machine).files else ()


def faults(machine: Machine) -> tuple[Fault, ...]:
    """Why Hermes would pass our hooks over, as its files tell: it has no command that says so."""
    state = wired(machine)
    if not state.files or state.trusted is True:
        return ()
    if state.trusted is None:
        return (Fault(f"{state.files[0].parent / consent.ALLOWLIST} cannot be read", "see what stands in that file"),)
    return (Fault("Hermes passes our hooks over until a person allows them", _ALLOW),)


def _entry(hook: Hook) -> dict[str, Json]:
    matcher: dict[str, Json] = {"matcher": hook.matcher} if hook.matcher else {}
    return {"command": command_line(AGENT), **matcher, "timeout": _TIMEOUT}


def _complete(content: bytes) -> bool:
    """Whether a file holds our part, all of it and no other."""
    config = yamledit.read(content)
    ours = {event: [one for one in entries if _is_ours(one)] for event, entries in _events(config).items()}
    wanted = {hook.event: [_entry(hook)] for hook in HOOKS}
    return {event: found for event, found in ours.items() if found} == wanted and SKILLS in _folders(config)


def _with(content: bytes) -> bytes:
    for hook in HOOKS:
        content = yamledit.append(content, ("hooks", hook.event), _entry(hook))
    if SKILLS in _folders(yamledit.read(content)):
        return content
    return yamledit.append(content, _SKILLS, SKILLS)


def _without(content: bytes) -> bytes:
    for event in _events(yamledit.read(content)):
        content = yamledit.remove(content, ("hooks", event), _is_ours)
    return yamledit.remove(content, _SKILLS, lambda folder: folder == SKILLS)


def _events(config: Json) -> dict[str, list[Json]]:
    hooks = config.get("hooks") if isinstance(config, dict) else None
    known = hooks.items() if isinstance(hooks, dict) else ()
    return {str(event): entries for event, entries in known if isinstance(entries, list)}


def _folders(config: Json) -> list[Json]:
    skills = config.get("skills") if isinstance(config, dict) else None
    folders = skills.get("external_dirs") if isinstance(skills, dict) else None
    return folders if isinstance(folders, list) else []


def _is_ours(entry: Json) -> bool:
    return isinstance(entry, dict) and is_ours(entry.get("command"), AGENT)
