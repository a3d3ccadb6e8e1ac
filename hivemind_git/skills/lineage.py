"""Skill ← commit ← rules ← corrections ← sessions, read from trees alone: a squash or a rewording loses messages."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import CommitInfo, Repository
from hivemind_git.git.touching import touching
from hivemind_git.skills import rules_toml
from hivemind_git.skills.layout import AGENTS_DIR, FOLDER, RULES_FILE
from hivemind_git.skills.rules_toml import Proof, SkillRule

if TYPE_CHECKING:
    from hivemind_git.rules.verdict import Dropped

DEFAULT_DIRS = (".claude/skills", AGENTS_DIR)


class ChangeState(StrEnum):
    """What became of a change, seen from the revision asked for.

    `live`: a rule that it brought is still there. `reverted`: none is, or the change itself took rules away.
    `edited`: it changed the skill and neither brought nor took a rule.
    """

    LIVE = "live"
    REVERTED = "reverted"
    EDITED = "edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillChange:
    """What one commit did to one skill. `t` is the author time in POSIX seconds.

    `rules` are those that it brought or took away, with their evidence; those of the skill where it did neither.
    """

    skill: str
    path: str
    commit: str
    author: str
    t: float
    subject: str
    state: ChangeState
    added: tuple[str, ...]
    removed: tuple[str, ...]
    rules: tuple[SkillRule, ...]

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions that the rules were learned in."""
        return tuple(dict.fromkeys(session for rule in self.rules for session in rule.sessions))

    @property
    def corrections(self) -> tuple[str, ...]:
        """The corrections that the rules rest on, as far as they are recorded with them."""
        return tuple(dict.fromkeys(proof.correction for proof in self.proofs))

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """The recorded evidence."""
        return tuple(proof for rule in self.rules for proof in rule.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedRule:
    """A rule that stood in an ancestor and stands no more; `commit` took it away, `corrections` are its evidence."""

    rule: SkillRule
    skill: str
    commit: str

    @property
    def corrections(self) -> tuple[str, ...]:
        """Its recorded evidence."""
        return tuple(proof.correction for proof in self.rule.evidence)


@dataclass(frozen=True, slots=True)
class Lineage:
    """All skill changes up to a revision, newest first; rule id → skill of what is live there; what was dropped."""

    changes: tuple[SkillChange, ...]
    live: Mapping[str, str]
    dropped: tuple[DroppedRule, ...]


@dataclass(frozen=True, slots=True)
class _Folder:
    """A skill's folder in one tree: the id of its tree, and its rules (those of the last good file if it is broken)."""

    path: str
    name: str
    oid: str
    rules: Mapping[str, SkillRule]


_Tree = Mapping[str, _Folder]


def history(repository: Repository, tip: str, dirs: Sequence[str] = DEFAULT_DIRS) -> Lineage:
    """The lineage at a commit.

    Args:
        repository: where.
        tip: the commit's id.
        dirs: the skills folders.

    Raises:
        HivemindError: git cannot walk the history.
    """
    reader = _Reader(repository, dirs)
    live = _homes(reader.tree(tip))
    changes: list[SkillChange] = []
    seen: dict[str, tuple[SkillRule, str]] = {}
    takers: dict[str, str] = {}
    for info in filter(None, map(repository.commit, touching(repository, tip, dirs))):
        tree = reader.tree(info.id)
        for folder in tree.values():
            for rule in folder.rules.values():
                seen.setdefault(rule.id, (rule, folder.name))
        found = _changes(info, tree, [reader.tree(parent) for parent in info.parents], live)
        changes += found
        for change in found:
            for rule_id in change.removed:
                takers.setdefault(rule_id, info.id)
    dropped = tuple(
        DroppedRule(rule=rule, skill=skill, commit=takers.get(rule_id) or _lost_in(repository, reader, tip, rule_id))
        for rule_id, (rule, skill) in seen.items()
        if rule_id not in live
    )
    return Lineage(tuple(changes), live, dropped)


def live_at(repository: Repository, tip: str, dirs: Sequence[str] = DEFAULT_DIRS) -> dict[str, str]:
    """Rule id → skill of the rules that stand in a commit's tree."""
    return _homes(_Reader(repository, dirs).tree(tip))


def live(repository: Repository, skills_dir: str) -> dict[str, str]:
    """Rule id → skill of the rules that are live on the trunk; nothing where it has no commit."""
    tip = _trunk(repository)
    return live_at(repository, tip, [skills_dir]) if tip else {}


def dropped(repository: Repository, skills_dir: str) -> tuple[Dropped, ...]:
    """The rules that the trunk had and has no more, as mining takes them.

    Raises:
        HivemindError: git cannot walk the history.
    """
    from hivemind_git.rules.verdict import Dropped  # noqa: PLC0415 - mining alone asks

    tip = _trunk(repository)
    found = history(repository, tip, [skills_dir]).dropped if tip else ()
    return tuple(Dropped(one.rule.id, one.commit, one.corrections) for one in found)


def of_skill(lineage: Lineage, name: str) -> tuple[SkillChange, ...]:
    """The changes of a skill, also under the names that it had before: they share its rules."""
    own = [change for change in lineage.changes if change.skill == name]
    ids = {rule.id for change in own for rule in change.rules}
    return tuple(one for one in lineage.changes if one.skill == name or ids.intersection(rule.id for rule in one.rules))


def of_path(lineage: Lineage, path: str) -> tuple[SkillChange, ...]:
    """The changes to skills at, below or around a path, and those whose evidence lies at or below it."""
    below = path.rstrip("/") + "/"

    def concerns(change: SkillChange) -> bool:
        own = f"{change.path}/"
        return (
            below.startswith(own)
            or own.startswith(below)
            or any(proof.path == path or proof.path.startswith(below) for proof in change.proofs)
        )

    return _those(lineage, concerns)


def of_session(lineage: Lineage, session: str) -> tuple[SkillChange, ...]:
    """The changes that rest on a session."""
    return _those(lineage, lambda change: session in change.sessions)


def of_correction(lineage: Lineage, correction: str) -> tuple[SkillChange, ...]:
    """The changes that rest on a correction, by its id or the start of it."""
    return _those(lineage, lambda change: any(one.startswith(correction) for one in change.corrections))


def of_commit(lineage: Lineage, commit: str) -> tuple[SkillChange, ...]:
    """The changes that a commit made, and those whose evidence it is; by its full id."""
    return _those(
        lineage, lambda change: change.commit == commit or any(proof.commit == commit for proof in change.proofs)
    )


def _trunk(repository: Repository) -> str | None:
    ref = repository.trunk()
    return repository.ref(ref) if ref else repository.head()


def _those(lineage: Lineage, concerns: Callable[[SkillChange], bool]) -> tuple[SkillChange, ...]:
    return tuple(change for change in lineage.changes if concerns(change))


def _homes(tree: _Tree) -> dict[str, str]:
    return {rule: folder.name for folder in tree.values() for rule in folder.rules}


def _changes(info: CommitInfo, tree: _Tree, parents: Sequence[_Tree], live_now: Mapping[str, str]) -> list[SkillChange]:
    had = [frozenset(_homes(parent)) for parent in parents] or [frozenset()]
    has = frozenset(_homes(tree))
    came = has.difference(*had)
    went = had[0].intersection(*had) - has
    changes = []
    for path in sorted({*tree, *(path for parent in parents for path in parent)}):
        old = next((parent[path] for parent in parents if path in parent), None)
        new = tree.get(path)
        if any((parent[path].oid if path in parent else None) == (new.oid if new else None) for parent in parents):
            continue
        before, after = (folder.rules if folder else {} for folder in (old, new))
        added = [rule for rule in after if rule in came]
        removed = [rule for rule in before if rule in went]
        # Without rules it is a skill of somebody else's; where they stand elsewhere now, the new folder tells it.
        if not (before or after) or (new is None and not removed):
            continue
        told = [after[rule] for rule in added] + [before[rule] for rule in removed] or list(after.values())
        changes.append(
            SkillChange(
                skill=posixpath.basename(path),
                path=path,
                commit=info.id,
                author=info.author,
                t=info.t,
                subject=info.subject,
                state=_state(added, removed, live_now),
                added=tuple(added),
                removed=tuple(removed),
                rules=tuple(told),
            )
        )
    return changes


def _state(added: Sequence[str], removed: Sequence[str], live_now: Mapping[str, str]) -> ChangeState:
    if added:
        return ChangeState.LIVE if any(rule in live_now for rule in added) else ChangeState.REVERTED
    return ChangeState.REVERTED if removed else ChangeState.EDITED


def _lost_in(repository: Repository, reader: _Reader, tip: str, rule: str) -> str:
    """The oldest merge that has a rule in one parent and not in itself: `merge -s ours` is in no path-limited log."""
    lost = tip
    for info in repository.walk([tip]):
        if len(info.parents) < 2 or rule in _homes(reader.tree(info.id)):
            continue
        if any(rule in _homes(reader.tree(parent)) for parent in info.parents):
            lost = info.id
    return lost


class _Reader:
    """Skills of trees, each distinct tree and file read once."""

    def __init__(self, repository: Repository, dirs: Iterable[str]) -> None:
        self._repository = repository
        self._dirs = tuple(dict.fromkeys(posixpath.normpath(one) for one in dirs))
        self._trees: dict[tuple[str, str], _Tree] = {}
        self._read: dict[tuple[str, str], _Folder] = {}
        self._files: dict[str, Mapping[str, SkillRule] | None] = {}

    def tree(self, commit: str) -> _Tree:
        """Path of a skill's folder → the folder, at a commit."""
        found: dict[str, _Folder] = {}
        for top in self._dirs:
            entry = self._repository.entry(commit, top)
            if entry is None:
                continue
            key = (top, entry[0])
            if key not in self._trees:
                self._trees[key] = self._folders(commit, *key)
            found.update(self._trees[key])
        return found

    def _folders(self, commit: str, top: str, oid: str) -> _Tree:
        folders = {}
        for name, mode, folder in self._repository.list_folder(oid):
            if mode == FOLDER:
                path = f"{top}/{name}"
                folders[path] = self._folder(commit, path, folder)
        return folders

    def _folder(self, commit: str, path: str, oid: str) -> _Folder:
        if (path, oid) not in self._read:
            entry = self._repository.entry(oid, RULES_FILE)
            rules = self._rules(entry[0] if entry else "")
            name = posixpath.basename(path)
            self._read[path, oid] = _Folder(path, name, oid, self._last_good(commit, path) if rules is None else rules)
        return self._read[path, oid]

    def _rules(self, blob: str) -> Mapping[str, SkillRule] | None:
        """The rules of a file, none where there is none, None where it cannot be read."""
        if blob not in self._files:
            content = self._repository.blob(blob) if blob else None
            try:
                rules = rules_toml.parse(content, RULES_FILE).rules if content is not None else ()
                self._files[blob] = {rule.id: rule for rule in rules}
            except HivemindError:
                self._files[blob] = None
        return self._files[blob]

    def _last_good(self, commit: str, path: str) -> Mapping[str, SkillRule]:
        """The rules before somebody broke the file: a typing error drops no rule."""
        for info in self._repository.walk([commit], first_parent=True):
            entry = self._repository.entry(info.id, f"{path}/{RULES_FILE}")
            rules = self._rules(entry[0]) if entry else {}
            if rules is not None:
                return rules
        return {}
