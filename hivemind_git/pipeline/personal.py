"""One person's own rules: skills on this machine alone, in the folders that assistants read beside every project's.

They are in no repository and in no session store. An assistant that loads one may write it into its log, so `words` are
secrets to the redactor of every repository until the rule is promoted or forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hivemind_git import agents
from hivemind_git.agents.base import Machine, Personal
from hivemind_git.capture.files import exclusive, place, private_folder
from hivemind_git.errors import HivemindError
from hivemind_git.rules import explicit
from hivemind_git.skills import rules_toml
from hivemind_git.skills.layout import AGENTS_DIR, PERSONAL, RULES_FILE, SKILL_FILE
from hivemind_git.skills.rules_toml import SkillRule
from hivemind_git.skills.text import code, flat, prose, yaml_line

_PATIENCE_SECONDS = 10.0
_DESCRIPTION = 500
_OPENING = "My own rules for the work of coding agents. Use for any work"


@dataclass(frozen=True, slots=True)
class _Line:
    advice: str
    scope: str


def rules(home: Path) -> tuple[SkillRule, ...]:
    """The personal rules of this machine's user, the oldest first.

    Raises:
        HivemindError: their file cannot be read.
    """
    path = _folder(home) / RULES_FILE
    try:
        return rules_toml.parse(path.read_bytes(), str(path)).rules
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise HivemindError(
            f"{path} cannot be read: {error.strerror}", "Correct that; it holds your own rules."
        ) from error


def find(home: Path, start: str) -> SkillRule:
    """The one personal rule whose id starts so.

    Raises:
        HivemindError: none does, or several do.
    """
    found = [one for one in rules(home) if one.id.startswith(start)]
    if len(found) != 1:
        many = "several personal rules start" if found else "no personal rule starts"
        raise HivemindError(f"{many} with {start}", "`git hivemind rules list --user` lists them.")
    return found[0]


def add(machine: Machine, advice: str, scope: Sequence[str] = ()) -> SkillRule:
    """Keeps a rule for this person alone, and returns it. Said again it is the same rule, with the new scope.

    Raises:
        HivemindError: it says nothing, or a folder of that name is somebody else's.
    """
    words = flat(advice)
    if not words:
        raise HivemindError("a rule without words says nothing", 'Say it: git hivemind rules add --user "…".')
    if " " not in words:  # the redactor would find it in everything that anybody says
        raise HivemindError("a rule of one word says too little", "Say it in a sentence.")
    stated = explicit.stated(words, scope=tuple(dict.fromkeys(scope)))
    rule = SkillRule(id=stated.id, kind=stated.kind, advice=stated.advice, scope=stated.scope, decisions=1)
    with _alone(machine.home):
        _write(machine, (*(one for one in rules(machine.home) if one.id != rule.id), rule))
    return rule


def forget(machine: Machine, start: str) -> SkillRule:
    """Takes a personal rule away, and returns what it was.

    Raises:
        HivemindError: none, or more than one, is meant.
    """
    with _alone(machine.home):
        gone = find(machine.home, start)
        _write(machine, tuple(one for one in rules(machine.home) if one.id != gone.id))
    return gone


def words(home: Path) -> tuple[re.Pattern[str], ...]:
    """Patterns of the personal rules as they may stand in a session: as said, as Markdown, however the lines break.

    Raises:
        HivemindError: as `rules`.
    """
    if not (_folder(home) / RULES_FILE).exists():
        return ()
    spelt = {
        one: None
        for rule in rules(home)
        for one in (rule.advice, prose(rule.advice, 10_000), yaml_line(rule.advice, 10_000)[1:-1])
    }
    texts = (r"\s+".join(map(re.escape, one.split())) for one in spelt)
    return tuple(re.compile(rf"(?<!\w){text}(?!\w)", re.IGNORECASE) for text in texts)


def _folder(home: Path) -> Path:
    return home / AGENTS_DIR / PERSONAL


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    folder = _folder(home)
    private_folder(folder.parent)
    with exclusive(folder.parent / f".{PERSONAL}.lock", _PATIENCE_SECONDS) as mine:
        if not mine:
            raise HivemindError("another command changes your own rules", "Run it again when that is done.")
        yield


def _write(machine: Machine, kept: Sequence[SkillRule]) -> None:
    """Writes the skill wherever an assistant of this machine looks, the rules as data in the first of these folders."""
    own = _folder(machine.home)
    folders = [own, *_others(machine)]
    for folder in folders:
        _refuse_others(folder)
    if not kept:
        for folder in folders:
            _clear(folder)
        return
    from hivemind_git.skills import rules_write  # noqa: PLC0415 - listing them needs no tomlkit

    text = _skill(kept).encode()
    for folder in folders:
        private_folder(folder)
        place(folder / SKILL_FILE, text)
    place(own / RULES_FILE, rules_write.update(None, kept, {}, str(own / RULES_FILE)).encode())


def _others(machine: Machine) -> list[Path]:
    """Where the assistants look that do not read the common folder."""
    found = []
    for name in agents.NAMES:
        assistant = agents.assistant(name)
        folder = assistant.own_skills(machine) if isinstance(assistant, Personal) else None
        found += [folder / PERSONAL] if folder else []
    return found


def _refuse_others(folder: Path) -> None:
    from hivemind_git.skills.folder import is_ours  # noqa: PLC0415 - it reads trees with libgit2

    skill = folder / SKILL_FILE
    if folder.is_symlink() or (skill.exists() and not is_ours(skill.read_bytes())):
        raise HivemindError(f"{folder} is not ours", "Move it away; hivemind keeps your own rules there.")


def _clear(folder: Path) -> None:
    for name in (SKILL_FILE, RULES_FILE):
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):  # not there, or a person keeps something beside ours
        folder.rmdir()


def _skill(kept: Iterable[SkillRule]) -> str:
    from hivemind_git.skills.draft import template  # noqa: PLC0415 - Jinja2 is for those who write

    said = ""
    for rule in reversed(tuple(kept)):
        longer = f"{said}{';' if said else ':'} {rule.advice}"
        said = longer if len(_OPENING) + len(longer) < _DESCRIPTION else said
    lines = [_Line(prose(rule.advice, 10_000), ", ".join(code(glob, 60) for glob in rule.scope)) for rule in kept]
    description = yaml_line(f"{_OPENING}{said}", _DESCRIPTION)
    return template.render("personal.md.j2", name=PERSONAL, description=description, rules=lines)
