"""Where Cursor is told to call us: hooks in a `hooks.json` of version 1 (docs/hooks-cursor.md)."""

from __future__ import annotations

from pathlib import Path

from hivemind_git.agents import exclude
from hivemind_git.agents.base import Call, Checkout, Fault, Machine, Scope, Wired
from hivemind_git.agents.cursor.disk import AGENT, home
from hivemind_git.agents.hookfile import Hook
from hivemind_git.agents.hooklist import HookList
from hivemind_git.wiring import FileChange

_NAME = "hooks.json"
_PROJECT = f".cursor/{_NAME}"

KNOWN = frozenset(
    {
        "sessionStart",
        "sessionEnd",
        "beforeSubmitPrompt",
        "preToolUse",
        "postToolUse",
        "postToolUseFailure",
        "beforeShellExecution",
        "afterShellExecution",
        "beforeMCPExecution",
        "afterMCPExecution",
        "beforeReadFile",
        "afterFileEdit",
        "beforeTabFileRead",
        "afterTabFileEdit",
        "afterAgentResponse",
        "afterAgentThought",
        "stop",
        "subagentStart",
        "subagentStop",
        "preCompact",
        "workspaceOpen",
    }
)
"""The events of version 1 (cursor.com/docs/hooks)."""

# One event that the command line does not know voids its whole file without a word, so only those that both know.
HOOKS = (
    Hook("sessionStart", "", "seals what a session that was killed left behind"),
    Hook("beforeSubmitPrompt", "", "keeps the person's words: no other place tells them with their turn"),
    Hook("beforeReadFile", "", "shows a file whole, without which an edit of it has no lines before and after"),
    Hook("preToolUse", "Shell", "opens the window of a command"),
    Hook("postToolUse", "Shell|Write|StrReplace|Delete|ApplyPatch", "keeps what was done, and closes the window"),
    Hook("postToolUseFailure", "", "keeps what failed or was refused, and closes the window"),
    Hook("afterFileEdit", "", "keeps what was replaced in a file: the editor's tool uses do not say"),
    Hook("afterAgentResponse", "", "keeps the answer and its tokens"),
    Hook("preCompact", "", "keeps that the context was cut"),
    Hook("stop", "", "seals the turn, and tells whether a person stopped it"),
    Hook("sessionEnd", "", "seals the session"),
)
_OURS = HookList(AGENT, HOOKS)


def wire(checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:
    """The changes that register our hooks for a scope; none where they are registered.

    Raises:
        HivemindError: the file is malformed or of a version that nobody knows, or is git's where it must be one
            person's.
    """
    changes = [_OURS.registered(_file(checkout, machine, scope))]
    if scope is Scope.LOCAL:
        exclude.refuse_committed(checkout, _PROJECT, "Cursor")
        hidden = exclude.hide(checkout, _PROJECT, "Cursor's hooks of one person")
        changes += [hidden] if hidden else []
    return [change for change in changes if not change.empty]


def untangle(path: Path, content: bytes) -> bytes | None:
    """A hooks or exclude file without our part; None where it has none, or cannot be read."""
    if path.name == "exclude":
        return exclude.shown_again(content)
    return _OURS.untangled(content) if path.name == _NAME else None


def wired(checkout: Checkout, machine: Machine) -> Wired:
    """The files that register all our hooks. Whether Cursor trusts a folder it tells nobody."""
    places = dict.fromkeys(_file(checkout, machine, scope) for scope in Scope)
    return Wired(tuple(path for path in places if _OURS.registers(path)))


def calls(checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
    """How Cursor runs our hooks: those of a project at its top, those of a person in the folder of the file."""
    environ = {"CURSOR_PROJECT_DIR": str(checkout.top), "CLAUDE_PROJECT_DIR": str(checkout.top)}
    found = []
    for path in wired(checkout, machine).files:
        cwd = path.parent if path.parent == home(machine) else checkout.top
        found += [Call(("/bin/sh", "-c", command), cwd, environ) for command in _OURS.commands(path)]
    return tuple(found)


def faults(checkout: Checkout, machine: Machine) -> tuple[Fault, ...]:
    """Events in our files that no Cursor knows: its command line then reads nothing of the file, without a word."""
    found = []
    for path in wired(checkout, machine).files:
        strange = sorted(set(_OURS.events(path)) - KNOWN)
        if strange:
            what = f"{path} names {', '.join(strange)}, for which the command line drops the whole file"
            found.append(Fault(what, f"take {', '.join(strange)} out of {path}"))
    return tuple(found)


def _file(checkout: Checkout, machine: Machine, scope: Scope) -> Path:
    return home(machine) / _NAME if scope is Scope.USER else checkout.top / _PROJECT
