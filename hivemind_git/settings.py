"""What a person may set: the environment, git's configuration and the team's `.hivemind.toml`, as one frozen value.

The nearer wins: `HIVEMIND_*`, then git's configuration in its own order (command line, worktree, local, global,
system), then `.hivemind.toml` at the top of the worktree, then the default. A cloned repository is not trusted with
what leaves this machine or costs money: of the keys marked so, its file can set only the more private value, and
that outranks a person's global and system configuration. Lists add up.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, Protocol

from hivemind_git.errors import HivemindError

TEAM_FILE = ".hivemind.toml"
_TEAM_FILE_LIMIT = 1 << 20


class ConfigValue(NamedTuple):
    """One value of git's configuration: key, value, scope (`system`, `global`, `local`, `worktree`, `command`) and
    file.

    Section and last word of the key are in lower case.
    """

    key: str
    value: str
    scope: str
    origin: str


class Source(Protocol):
    """A repository, as far as settings need one."""

    @property
    def workdir(self) -> Path | None:
        """The top of the worktree, where the team's file stands."""

    @property
    def configuration(self) -> Sequence[ConfigValue]:
        """Git's configuration; of equal keys the last one counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set, with its default. `docs/settings.md` says what each is for.

    `warnings` are sentences about keys that nobody knows and values that a team's file may not set.
    """

    store: str = "hivemind/sessions"
    trunk: str | None = None
    capture: bool = True
    capture_ignore: tuple[str, ...] = ()
    redact: tuple[str, ...] = ()
    check_ignore: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    check_agent: str = "off"
    recall: str = "off"
    list_skills: bool = False
    min_decisions: int = 3
    min_sessions: int = 2
    guard_ratio: float = 0.2
    images_days: int = 90
    images_bytes: int = 1 << 30
    skills_dir: str = ".claude/skills"
    agents_link: bool = True
    skill_paths: bool = False
    cursor_rules: bool = False
    draft: str = "template"
    draft_model: str = "claude-haiku-4-5"
    draft_tokens: int = 200_000
    draft_dollars: float = 1.0
    workspace: str | None = None
    workspaces: tuple[str, ...] = ()
    skillify_every: int = 20
    sync: bool = False
    remote: str | None = None
    allow_public: bool = False
    warnings: tuple[str, ...] = ()


def load(source: Source) -> Settings:
    """The settings that hold in a repository.

    Raises:
        HivemindError: a value is not one that its key takes (the sentence says where it stands and what is taken),
        or the
            team's file cannot be read.
    """
    warnings: list[str] = []
    chosen: dict[str, tuple[_Rank, Any]] = {}
    for given in (*_team(source.workdir, warnings), *_config(source.configuration, warnings), *_environment()):
        value = given.read()
        if given.refused(value):
            warnings.append(f"{given.place}: {given.spelt} is ignored, only `{given.key.command}` can say so")
            continue
        before, present = chosen.get(given.key.name, (given.rank, ()))
        if isinstance(value, tuple):
            chosen[given.key.name] = (given.rank, (*present, *value))
        elif before <= given.rank:
            chosen[given.key.name] = (given.rank, value)
    values = {name: value for name, (_, value) in chosen.items()}
    return Settings(**values, warnings=tuple(warnings))


class _Rank(IntEnum):
    """Who outranks whom. CAUTION is a team's file asking for the more private value."""

    TEAM = 1
    PERSON = 2
    CAUTION = 3
    REPOSITORY = 4
    ENVIRONMENT = 5


class _Taken(NamedTuple):
    """What a key takes, in words, and how text becomes a value; `read` raises ValueError for anything else."""

    words: str
    read: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class _Key:
    """One setting. `private`, where there is one, tells the values that a team's file may give; others it may not."""

    name: str
    config: str
    taken: _Taken
    private: Callable[[Any], bool] | None = None
    environment: str = ""
    toml: str = ""

    @property
    def command(self) -> str:
        return f"git config hivemind.{self.config}"


@dataclass(frozen=True, slots=True)
class _Given:
    """A value somewhere, before it is read: the key as it was spelt there, the text, and the file or place."""

    key: _Key
    spelt: str
    text: str
    place: str
    rank: _Rank

    def read(self) -> Any:
        try:
            return self.key.taken.read(self.text)
        except ValueError as error:
            raise HivemindError(
                f"{self.spelt} in {self.place} is {self.text!r}, and takes {self.key.taken.words}",
                "Correct it there."
                if self.rank != _Rank.ENVIRONMENT
                else f"Set {self.spelt} to such a value, or unset it.",
            ) from error

    def refused(self, value: Any) -> bool:
        return self.rank == _Rank.CAUTION and self.key.private is not None and not self.key.private(value)


def _truth(text: str) -> bool:
    word = text.strip().lower()
    if word in {"true", "yes", "on", "1"}:
        return True
    if word in {"false", "no", "off", "0", ""}:
        return False
    raise ValueError(text)


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number, unit = text.strip().lower(), 0
        if number[-1:] in "kmg" and number:
            number, unit = number[:-1], "kmg".index(number[-1]) + 1
        value = int(number) << 10 * unit
        if value < least:
            raise ValueError(text)
        return value

    return read


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


def _dollars(text: str) -> float:
    value = float(text.strip().removeprefix("$"))
    if not 0 <= value < 1e9:  # neither inf nor nan
        raise ValueError(text)
    return value


def _word(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError(text)
    return text.strip()


def _branch(text: str) -> str:
    """By git's rules for ref names, as far as they are worth a sentence of ours; git itself has the last word."""
    name = _word(text).removeprefix("refs/heads/")
    parts = name.split("/")
    if any(not part or part.startswith(".") or part.endswith((".", ".lock")) for part in parts):
        raise ValueError(text)
    if name.startswith("-") or ".." in name or "@{" in name or name == "@" or set(name) & set(" ~^:?*[\\"):
        raise ValueError(text)
    return name


def _folder(text: str) -> str:
    path = PurePosixPath(_word(text))
    if path.is_absolute() or not path.parts or {"..", ".git"} & {part.lower() for part in path.parts}:
        raise ValueError(text)
    return str(path)


def _drafter(text: str) -> str:
    if text.strip().lower() not in {"template", "anthropic", "claude-code"}:
        raise ValueError(text)
    return text.strip().lower()


def _moment(text: str) -> str:
    if text.strip().lower() not in {"off", "stop", "edit"}:
        raise ValueError(text)
    return text.strip().lower()


def _recalled(text: str) -> str:
    if text.strip().lower() not in {"off", "edit"}:
        raise ValueError(text)
    return text.strip().lower()


def _words(text: str) -> tuple[str, ...]:
    return (_word(text),)


def _nobody(_: Any) -> bool:
    return False


_TRUTH = _Taken("true or false", _truth)
_COUNT = _Taken("a whole number of at least 1", _whole(1))
_COUNT_OR_NONE = _Taken("a whole number, 0 for never", _whole(0))
_BYTES = _Taken("a number of bytes, as 512m or 1g", _whole(0))
_BRANCH = _Taken("the name of a branch", _branch)
_WORD = _Taken("one line of text", _word)
_FOLDERS = _Taken("a folder inside the repository, as services/api", lambda text: (_folder(text),))
_GLOB = _Taken("a glob pattern, as src/secret/**", _words)
_RULES = _Taken("a rule's id, or the name of a skill", _words)
_PATTERN = _Taken("a regular expression, as token-[0-9]+", _words)
_LISTS = (_FOLDERS, _GLOB, _PATTERN, _RULES)

_KEYS = (
    _Key("store", "store", _BRANCH),
    _Key("trunk", "trunk", _BRANCH),
    _Key("capture", "capture", _TRUTH, private=lambda on: not on, environment="HIVEMIND_CAPTURE"),
    _Key("capture_ignore", "captureIgnore", _GLOB),
    _Key("redact", "redact", _PATTERN),
    _Key("check_ignore", "checkIgnore", _GLOB, toml="check.ignore"),
    _Key("mute", "mute", _RULES, toml="check.mute"),
    _Key("check_agent", "checkAgent", _Taken("off, stop or edit", _moment), toml="check.agent"),
    _Key("list_skills", "listSkills", _TRUTH),
    _Key("recall", "recall", _Taken("off or edit", _recalled)),
    _Key("min_decisions", "minDecisions", _COUNT),
    _Key("min_sessions", "minSessions", _COUNT),
    _Key("guard_ratio", "guardRatio", _Taken("a number from 0 to 1", _share)),
    _Key("images_days", "imagesDays", _COUNT_OR_NONE, private=lambda days: days <= Settings().images_days),
    _Key("images_bytes", "imagesBytes", _BYTES, private=lambda size: size <= Settings().images_bytes),
    _Key("skills_dir", "skillsDir", _Taken("a folder inside the repository", _folder)),
    _Key("agents_link", "agentsLink", _TRUTH),
    _Key("skill_paths", "skillPaths", _TRUTH),
    _Key("cursor_rules", "cursorRules", _TRUTH),
    _Key(
        "draft",
        "draft",
        _Taken("template, anthropic or claude-code", _drafter),
        private=lambda name: name == "template",
    ),
    _Key("draft_model", "draftModel", _WORD, private=_nobody),
    _Key("draft_tokens", "draftTokens", _COUNT_OR_NONE, private=lambda most: most <= Settings().draft_tokens),
    _Key(
        "draft_dollars",
        "draftDollars",
        _Taken("an amount in dollars, as 0.50", _dollars),
        private=lambda most: most <= Settings().draft_dollars,
    ),
    _Key("workspace", "workspace", _WORD, environment="HIVEMIND_WORKSPACE_ID"),
    _Key("workspaces", "workspaces", _FOLDERS),
    _Key("skillify_every", "skillifyEvery", _COUNT_OR_NONE, environment="HIVEMIND_SKILLIFY_EVERY_N_TURNS"),
    _Key("sync", "sync", _TRUTH, private=lambda on: not on),
    _Key("remote", "remote", _WORD, private=_nobody),
    _Key("allow_public", "allowPublic", _TRUTH, private=lambda on: not on),
)


def _environment() -> Iterator[_Given]:
    for key in _KEYS:
        text = os.environ.get(key.environment, "") if key.environment else ""
        if text:
            yield _Given(key, key.environment, text, "the environment", _Rank.ENVIRONMENT)


def _config(configuration: Sequence[ConfigValue], warnings: list[str]) -> Iterator[_Given]:
    keys = {f"hivemind.{key.config.lower()}": key for key in _KEYS}
    for found in configuration:
        section, _, rest = found.key.partition(".")
        if section != "hivemind" or "." in rest:
            continue
        key = keys.get(found.key)
        if key is None:
            warnings.append(f"{found.origin}: nobody knows {found.key}")
            continue
        rank = _Rank.PERSON if found.scope in {"system", "global"} else _Rank.REPOSITORY
        yield _Given(key, f"hivemind.{key.config}", found.value, found.origin, rank)


def _team(workdir: Path | None, warnings: list[str]) -> Iterator[_Given]:
    if workdir is None:
        return
    place = workdir / TEAM_FILE
    keys = {key.toml or key.name: key for key in _KEYS}
    for spelt, value in _flat(_parsed(place)):
        key = keys.get(spelt)
        if key is None:
            warnings.append(f"{place}: nobody knows {spelt}")
            continue
        rank = _Rank.TEAM if key.private is None else _Rank.CAUTION
        several = value if isinstance(value, list) and key.taken in _LISTS else [value]
        for one in several:
            text = str(one).lower() if isinstance(one, bool) else str(one)
            yield _Given(key, spelt, text, str(place), rank)


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The keys of a TOML table and of the tables in it, as `check.ignore`."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{below}", inner) for below, inner in value.items())
        else:
            yield name, value


def _parsed(place: Path) -> dict[str, Any]:
    try:
        with place.open("rb") as file:
            content = file.read(_TEAM_FILE_LIMIT + 1)
        import tomllib  # noqa: PLC0415 - most repositories have no such file

        if len(content) > _TEAM_FILE_LIMIT:
            raise HivemindError(f"{place} is larger than 1 MiB", "Make it smaller.")
        return tomllib.loads(content.decode())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise HivemindError(f"{place} cannot be read: {error}", "Correct the file, or remove it.") from error
