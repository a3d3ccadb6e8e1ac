"""Where pi is told to call us: an extension of our own in one of its folders (docs/hooks-pi.md)."""

from __future__ import annotations

import shlex
from pathlib import Path

from hivemind_git import resources
from hivemind_git.agents import exclude
from hivemind_git.agents.base import Call, Checkout, Fault, Machine, Scope, Wired
from hivemind_git.agents.command import command_line
from hivemind_git.agents.pi import trust
from hivemind_git.agents.pi.disk import AGENT, home
from hivemind_git.errors import HivemindError
from hivemind_git.wiring import FileChange

_SHIPPED = ("pi/index.js", "tell.js")
_FOLDER = "extensions/hivemind-git"
_PROJECT = f".pi/{_FOLDER}"
_BEGIN, _END = b"// hivemind-git: begin", b"// hivemind-git: end\n"


def wire(checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:
    """The changes that put our extension there for a scope; none where it is.

    Raises:
        HivemindError: something else stands there, or it is git's where it must be one person's.
    """
    folder, shipped = _folder(checkout, machine, scope), resources.find("hooks") / "agent"
    changes = [FileChange.to(folder / Path(name).name, (shipped / name).read_bytes()) for name in _SHIPPED]
    for change in changes:
        if change.before is not None and not _ours(change.before):
            raise HivemindError(f"{change.path} is not ours", "Move it elsewhere, then run the command again.")
    hidden = None
    if scope is Scope.LOCAL:
        exclude.refuse_committed(checkout, _PROJECT, "pi")
        hidden = exclude.hide(checkout, _PROJECT, "pi's extension of one person")
    return [each for each in (*changes, hidden) if each and not each.empty]


def untangle(path: Path, content: bytes) -> bytes | None:
    """An extension or exclude file without our part; None where it has none."""
    if path.name == "exclude":
        return exclude.shown_again(content)
    if path.parent.name != Path(_FOLDER).name or path.suffix != ".js" or not _ours(content):
        return None
    before, rest = content.split(_BEGIN, 1)
    return before + rest.split(_END, 1)[1]


def wired(checkout: Checkout, machine: Machine) -> Wired:
    """The files that hold our extension, and whether pi loads one of them."""
    user, project = (_folder(checkout, machine, scope) / "index.js" for scope in (Scope.USER, Scope.PROJECT))
    files = tuple(path for path in (user, project) if _holds(path))
    if user in files or not files:
        # What stands in the person's own folder needs no trust.
        return Wired(files)
    return Wired(files, trust.trusted(checkout.top, machine))


def calls(checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
    """How our extension runs the hook, once for each of its files, with what pi sets for all that it starts."""
    argv = tuple(shlex.split(command_line(AGENT)))
    environ = {"AI_AGENT": "pi", "PI_CODING_AGENT": "true"}
    return tuple(Call(argv, checkout.top, environ) for _ in wired(checkout, machine).files)


def faults(checkout: Checkout, machine: Machine) -> tuple[Fault, ...]:
    """What pi passes over in a project that it does not trust."""
    if trust.trusted(checkout.top, machine) is not False:
        return ()
    passed = ["our extension"] if wired(checkout, machine).trusted is False else []
    passed += ["the skills in .agents/skills"] if any((checkout.top / ".agents/skills").glob("*/SKILL.md")) else []
    if not passed:
        return ()
    what = f"pi does not trust this project, so it passes over {' and '.join(passed)}"
    return (Fault(what, "start `pi` here and trust the project, or give it `--approve`"),)


def _folder(checkout: Checkout, machine: Machine, scope: Scope) -> Path:
    return home(machine) / _FOLDER if scope is Scope.USER else checkout.top / _PROJECT


def _ours(content: bytes) -> bool:
    return _BEGIN in content and _END in content.split(_BEGIN, 1)[1]


def _holds(path: Path) -> bool:
    try:
        return _ours(path.read_bytes())
    except OSError:
        return False
