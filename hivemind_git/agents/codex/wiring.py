"""Where Codex is told to call us: hooks in a `hooks.json` (docs/decisions/0005-codex.md)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from hivemind_git.agents import exclude
from hivemind_git.agents.base import Call, Checkout, Fault, Machine, Scope, Wired
from hivemind_git.agents.codex import app_server, trust
from hivemind_git.agents.codex.disk import AGENT, home
from hivemind_git.agents.command import command_line, is_ours
from hivemind_git.agents.hookfile import Hook, HookFile
from hivemind_git.errors import HivemindError
from hivemind_git.wiring import FileChange

_NAME = "hooks.json"
_PROJECT = f".codex/{_NAME}"
_UNTRUSTED = "Codex does not trust our hooks, so it runs none of them"
_TRUST = "start `codex` here and trust them, or type /hooks in it"
_LONGEST_AT_THE_END = 3
"""Of session end and interrupt: without a time they are cut off after one second, and Codex warns of a longer one."""

HOOKS = (
    Hook("SessionStart", "", "seals what a session that was killed left behind"),
    Hook("UserPromptSubmit", "", "keeps the person's words, whatever becomes of the rollout"),
    Hook("PreToolUse", "Bash|apply_patch", "opens the window of a command; of a patch that fails nothing else tells"),
    Hook("PostToolUse", "Bash|apply_patch", "keeps what was written, and closes the window"),
    Hook("Stop", "", "seals the turn; what the hooks missed comes from the rollout then"),
    Hook("Interrupt", "", "seals the turn that a person stopped, which has no stop", _LONGEST_AT_THE_END),
    Hook("SessionEnd", "", "seals the session", _LONGEST_AT_THE_END),
)
_OURS = HookFile(AGENT, HOOKS)


def wire(checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:
    """The changes that register our hooks for a scope; none where they are registered.

    Raises:
        HivemindError: a file is malformed, or is git's where it must be one person's.
    """
    path = _file(checkout, machine, scope)
    changes = [_OURS.registered(path)]
    if changes[0].before and not _readable(changes[0].before):
        raise HivemindError(
            f"Codex cannot read {path}: it takes no comments and no trailing commas there",
            "Mend the file, then run the command again; nothing was changed.",
        )
    if scope is Scope.LOCAL:
        exclude.refuse_committed(checkout, _PROJECT, "Codex")
    hidden = exclude.hide(checkout, _PROJECT, "Codex's hooks of one person") if scope is Scope.LOCAL else None
    return [change for change in (*changes, hidden) if change and not change.empty]


def untangle(path: Path, content: bytes) -> bytes | None:
    """A hooks or exclude file without our part; None where it has none, or cannot be read."""
    if path.name == "exclude":
        return exclude.shown_again(content)
    return _OURS.untangled(content) if path.name == _NAME else None


def wired(checkout: Checkout, machine: Machine) -> Wired:
    """The files that register all our hooks, and whether Codex trusts them in one of these."""
    places = dict.fromkeys(_file(checkout, machine, scope) for scope in Scope)
    files = tuple(path for path in places if _OURS.registers(path) and _readable(path.read_bytes()))
    answers = [_trusted(path, checkout, machine) for path in files]
    return Wired(files, True if True in answers else None if None in answers else False if answers else None)


def calls(checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
    """How Codex runs our hooks: by the person's own shell, as at a login."""
    shell = machine.environ.get("SHELL") or "/bin/sh"
    commands = (command for path in wired(checkout, machine).files for command in _OURS.commands(path))
    return tuple(Call((shell, "-lc", command), checkout.top) for command in dict.fromkeys(commands))


def faults(checkout: Checkout, machine: Machine) -> tuple[Fault, ...]:
    """Which of our hooks Codex would pass over, as it says itself; by its files alone where it cannot be asked."""
    state = wired(checkout, machine)
    program = shutil.which("codex", path=machine.environ.get("PATH", ""))
    known = app_server.hooks(Path(program), checkout.top, machine.environ) if program else None
    if known is None:
        return (Fault(_UNTRUSTED, _TRUST),) if state.trusted is False else ()
    ours = [hook for hook in known if is_ours(hook.get("command"), AGENT)]
    if not ours:
        return (Fault("Codex does not see our hooks", f"see what `codex` says of {', '.join(map(str, state.files))}"),)
    passed = [str(hook.get("eventName")) for hook in ours if hook.get("trustStatus") not in {"trusted", "managed"}]
    found = [Fault(_UNTRUSTED, _TRUST)] if len(passed) == len(ours) else []
    if passed and not found:
        found.append(
            Fault(f"Codex does not trust these of our hooks, so it passes them over: {', '.join(passed)}", _TRUST)
        )
    if off := [str(hook.get("eventName")) for hook in ours if hook.get("enabled") is False]:
        found.append(Fault(f"switched off in Codex: {', '.join(off)}", "switch them on in `codex`, with /hooks"))
    return tuple(found)


def _readable(content: bytes) -> bool:
    """Whether Codex, too, can read a file: it wants JSON to the letter (measured with 0.169.0)."""
    try:
        return not content.strip() or isinstance(json.loads(content.decode()), dict)
    except (ValueError, RecursionError):
        return False


def _file(checkout: Checkout, machine: Machine, scope: Scope) -> Path:
    return home(machine) / _NAME if scope is Scope.USER else checkout.top / _PROJECT


def _trusted(path: Path, checkout: Checkout, machine: Machine) -> bool | None:
    try:
        at = _OURS.groups(path.read_bytes())
    except (OSError, ValueError):
        return None
    command = command_line(AGENT)
    hashes = {
        trust.key(path, hook.event, at[hook.event], 0): trust.hook_hash(hook.event, hook.matcher, command, hook.seconds)
        for hook in HOOKS
    }
    project = None if path == home(machine) / _NAME else checkout.top
    return trust.trusted(hashes, machine, project)
