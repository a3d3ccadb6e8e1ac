"""Uncommitted work that a person threw away, told apart from work that was put aside.

Either way an agent, or whoever looks, finds an older image of the file. What was put aside comes back, or stands in a
commit; `stash`, `switch` and `reset` leave lines in git's logs (`git/reflog`), while what brings a file back alone
(`restore`, `checkout --`, an editor's undo) leaves none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hivemind_git.corrections.activity import Activity
from hivemind_git.corrections.departures import Comparison, Restored
from hivemind_git.corrections.evidence import Evidence, HeadLog
from hivemind_git.corrections.lines import split
from hivemind_git.corrections.timeline import Landed, Saw, Step, Timeline, Wrote, former_names

_TELLING = 4
"""Characters from which a line says something when it is found again."""


def thrown_away(restored: Restored, timeline: Timeline, evidence: Evidence, activity: Activity) -> bool:
    """Whether a person threw an agent's lines away, as far as anybody can know.

    Args:
        restored: the lines, and the image that came back.
        timeline: all that happened to the file.
        evidence: git's logs, and what stands in the worktrees now.
        activity: what agents ran.
    """
    comparison = restored.comparison
    if not restored.whole or not _by_hand(restored, timeline, evidence.logs, activity):
        return False
    lost = {bare for hunk in comparison.hunks for bare in _bare(_old(comparison, hunk.before_start, hunk.before_end))}
    lost -= set(_bare(comparison.accepted))
    later = (_image(step, comparison.until) for step in timeline.steps)
    now = evidence.present.get((comparison.worktree, comparison.path))
    return bool(lost) and not any(_holds(image, lost) for image in (now, *later))


def _by_hand(restored: Restored, timeline: Timeline, logs: Mapping[str, HeadLog], activity: Activity) -> bool:
    """Whether neither git nor an agent can have changed the file."""
    comparison = restored.comparison
    log = logs.get(comparison.worktree)
    if not (log.quiet(comparison.since, comparison.until) if log else restored.by_person):
        return False
    names = former_names(comparison.path, timeline.renames(), comparison.since, comparison.until)
    doing = activity.between(comparison.worktree, names, comparison.since, comparison.until)
    return not doing.moves and not doing.shell


def _old(comparison: Comparison, start: int, end: int) -> list[bytes]:
    return [comparison.reference.lines[i] for i in comparison.reference.agent(start, end)]


def _image(step: Step, until: float) -> bytes | None:
    """What a commit held at any time, or the file again later."""
    if isinstance(step, Landed):
        return step.change.after
    if step.t > until and isinstance(step, Wrote):
        return step.edit.after
    return step.sight.content if step.t > until and isinstance(step, Saw) else None


def _holds(image: bytes | None, lost: set[bytes]) -> bool:
    """Whether most of the lines stand there."""
    return image is not None and 2 * len(lost.intersection(_bare(split(image)))) >= len(lost)


def _bare(lines: Iterable[bytes]) -> Iterable[bytes]:
    return (bare for line in lines if len(bare := line.strip()) >= _TELLING)
