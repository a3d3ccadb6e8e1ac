"""What a model proposed, where one is asked for: which lessons in words say the same. Kept here, counted elsewhere.

A proposal is a set of correction ids in a file of this machine, so that all commands group alike, and the model is
asked of each lesson once. Without `hivemind.draft` nothing is asked, and nothing that was proposed counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hivemind_git.capture.files import note
from hivemind_git.model import Correction, CorrectionKind, Json, Rule, RuleKind
from hivemind_git.pipeline import redaction, told
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules.concerns import complaint, concerns
from hivemind_git.skills.draft.ledger import Caps, Ledger

if TYPE_CHECKING:
    from hivemind_git.skills.draft.alike import Heard
    from hivemind_git.skills.draft.asking import Caller

TEMPLATE: Final = "template"
MOST_CALLS: Final = 3
"""Calls at a time; the rest is asked the next time."""
_SAYINGS: Final = 3


@dataclass(frozen=True, slots=True)
class Proposals:
    """Sets of correction ids that say the same, and the ids of which a model was asked."""

    same: tuple[frozenset[str], ...] = ()
    asked: frozenset[str] = field(default_factory=frozenset)

    def helped(self, rule: Rule) -> bool:
        """Whether a rule is what it is because of a proposal."""
        return any(len(one.intersection(rule.corrections)) > 1 for one in self.same)


def wanted(space: Workspace) -> bool:
    """Whether a model is to be asked at all."""
    return space.settings.draft != TEMPLATE


def ledger(space: Workspace) -> Ledger:
    """What a model has cost in this repository today, with the caps that the settings put on it."""
    caps = Caps(space.settings.draft_tokens, round(space.settings.draft_dollars * 1_000_000))
    return Ledger(space.repository.state_dir / "model.json", caps)


def caller(space: Workspace) -> Caller:
    """How the model of the settings is asked."""
    from hivemind_git.skills.draft.asking import Caller, Way  # noqa: PLC0415 - most commands ask nobody

    redactor = redaction.redactor_for(space)("", {})
    return Caller(space.settings.draft_model, ledger(space), redactor.text, way=Way(space.settings.draft))


def kept(space: Workspace) -> Proposals:
    """What was proposed until now; nothing where no model is to be asked."""
    known = told.read(_file(space)) if wanted(space) else None
    if not isinstance(known, dict):
        return Proposals()
    same = known.get("same")
    sets = [_ids(one) for one in same] if isinstance(same, list) else []
    return Proposals(tuple(sets), _ids(known.get("asked")))


def propose(space: Workspace, rules: Sequence[Rule], corrections: Mapping[str, Correction]) -> str:
    """Asks of the lessons that are new which say the same as others, and keeps the answer.

    Returns why the model did not answer, or nothing. With nothing new nobody is asked.

    Args:
        space: where.
        rules: all rules as they are mined by now.
        corrections: theirs, by id.
    """
    from hivemind_git.skills.draft.asking import UnusableError  # noqa: PLC0415
    from hivemind_git.skills.draft.model import LESSONS_PER_CALL, same  # noqa: PLC0415

    before = kept(space)
    lessons = sorted((one for one in rules if _in_words(one)), key=lambda one: _order(one, corrections))
    batches = [lessons[at : at + LESSONS_PER_CALL] for at in range(0, len(lessons), LESSONS_PER_CALL)]
    found, asked = list(before.same), set(before.asked)
    why = ""
    for batch in [one for one in batches if len(one) > 1 and not asked.issuperset(_all(one))][:MOST_CALLS]:
        try:
            sets = same([_heard(one, corrections) for one in batch], caller(space))
        except UnusableError as error:
            why = str(error)
            break
        found += [frozenset(_all(batch[at] for at in one)) for one in sets]
        asked.update(_all(batch))
    if asked != before.asked:
        sets_told: list[Json] = [[*sorted(one)] for one in found]
        if not told.keep(_file(space), {"same": sets_told, "asked": [*sorted(asked)]}):
            note(space.repository.state_dir / "log", "what the model proposed could not be kept")
    return why


def _file(space: Workspace) -> Path:
    return space.repository.state_dir / "proposals" / "alike.json"


def _ids(value: object) -> frozenset[str]:
    return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()


def _in_words(rule: Rule) -> bool:
    """Whether it is a lesson that people said, more than once or not. What was stated outright has no corrections."""
    return rule.kind is RuleKind.ADVICE and bool(rule.advice and rule.corrections)


def _order(rule: Rule, corrections: Mapping[str, Correction]) -> tuple[str, str, str]:
    """Lessons of one chief complaint stand together: what is asked in two calls cannot meet."""
    complaints = sorted(name for name in concerns(rule.advice) if complaint(name))
    return (complaints or ["~"])[0], corrections[rule.corrections[0]].t, rule.id


def _all(rules: Iterable[Rule]) -> set[str]:
    return {one for rule in rules for one in rule.corrections}


def _heard(rule: Rule, corrections: Mapping[str, Correction]) -> Heard:
    from hivemind_git.skills.draft.alike import Heard  # noqa: PLC0415

    members = [corrections[one] for one in rule.corrections]
    words = dict.fromkeys([rule.advice, *(one.reason.text for one in members if one.reason)])
    first = members[0]
    doing = first.before if first.kind is CorrectionKind.REJECTED and not first.path else first.path
    return Heard(tuple(words)[:_SAYINGS], " ".join(doing.split()))
