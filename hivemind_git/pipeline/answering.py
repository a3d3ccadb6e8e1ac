"""What the published rules tell an agent: about the lines it just wrote, each finding once a turn, or is about to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

from hivemind_git.agents.answer import Asked, Moment, asked, greeting, hears, reply
from hivemind_git.model import Json
from hivemind_git.pipeline import checking, told
from hivemind_git.pipeline.checking import Checked, Found, Target
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills.layout import SKILL_FILE
from hivemind_git.skills.text import cut, flat
from hivemind_git.store.layout import named_folder

MOST: Final = 10
"""Findings in one answer: more are more than an agent mends at once, and it is asked again when it stops."""
_WIDTH: Final = 160

_Told: TypeAlias = set[tuple[str, str, str]]
"""What was told in a turn: path, rule, and a digest of the lines: unredacted text stays out of small files."""


def answer(space: Workspace, agent: str, payload: Mapping[str, Json]) -> dict[str, Json] | None:
    """What a hook answers the agent; None where there is nothing to say.

    A finding is told once in a turn. While an agent goes on only because a hook told it to, no rule is told a second
    time for a file, so that no agent is ever held for ever; nor is it where what was told cannot be remembered.

    Raises:
        HivemindError: a rule or the repository cannot be read.
    """
    question = asked(payload)
    if question is None or not hears(agent, question.moment) or not _wanted(space, question.moment):
        return None
    if question.moment is Moment.START:
        from hivemind_git.pipeline import loading  # noqa: PLC0415 - the other moments need none of it

        text = loading.listed(space)
        return greeting(agent, text) if text else None
    if question.moment is Moment.BEFORE:
        from hivemind_git.pipeline import recalling  # noqa: PLC0415 - the other moments need none of it

        return recalling.recall(space, question)
    memory = _Memory(space.repository.state_dir / "told", question)
    checked = checking.check(space, Target())
    found = [one for one in checked.findings if not memory.knows(one)][:MOST]
    if not memory.keep(found):
        return None
    return reply(question.moment, _said(space, found, checked)) if found else None


def _wanted(space: Workspace, moment: Moment) -> bool:
    if moment is Moment.BEFORE:
        return space.settings.recall == Moment.EDIT.value
    if moment is Moment.START:
        return space.settings.list_skills
    wanted = space.settings.check_agent
    return wanted in {moment.value, Moment.EDIT.value}


def _said(space: Workspace, found: Sequence[Found], checked: Checked) -> str:
    lines = ["Lines that you wrote break rules of this repository. Mend them before you go on:", ""]
    lines += [_line(one) for one in found]
    more = sum(one not in found for one in checked.findings)
    if more:
        lines.append(f"- and {more} more: git hivemind check")
    where = [f"{space.settings.skills_dir}/{skill}/{SKILL_FILE}" for skill in dict.fromkeys(one.skill for one in found)]
    lines += ["", f"Why is in {', '.join(where)}. A line that has to stay gets a comment: hivemind: ignore[RULE]."]
    return "\n".join(lines)


def _line(one: Found) -> str:
    text, better = (cut(flat(side), _WIDTH) for side in (one.lines, one.suggestion))
    instead = f"write `{better}`" if better else "leave it out"
    return f"- {flat(one.path)}:{one.line} `{text}`: {instead} (skill {one.skill}, rule {one.rule})"


class _Memory:
    """What a session was told in its turn."""

    def __init__(self, folder: Path, question: Asked) -> None:
        self._path = folder / named_folder(question.session)
        self._question = question
        self._told = self._read()

    def _read(self) -> _Told:
        known: Any = told.read(self._path)
        with suppress(ValueError, TypeError, KeyError):
            if known["turn"] == self._question.turn:
                return {(path, rule, digest) for path, rule, digest in known["told"]}
        return set()

    def knows(self, one: Found) -> bool:
        """Whether a finding is not to be told now."""
        if self._question.again and self._question.moment is Moment.STOP:
            return any((path, rule) == (one.path, one.rule) for path, rule, _ in self._told)
        return _mark(one) in self._told

    def keep(self, found: Sequence[Found]) -> bool:
        """Remembers what is told now; False: it could not, so it must not be told.

        A stop with nothing to tell ends the turn, where the client does not say which turn it is.
        """
        ends = self._question.moment is Moment.STOP and not found and not self._question.turn
        new = set() if ends else self._told | {_mark(one) for one in found}
        if new == self._told:
            return True
        return told.keep(self._path, {"turn": self._question.turn, "told": [list(one) for one in sorted(new)]})


def _mark(one: Found) -> tuple[str, str, str]:
    return one.path, one.rule, hashlib.sha256(one.lines.strip().encode()).hexdigest()[:16]
