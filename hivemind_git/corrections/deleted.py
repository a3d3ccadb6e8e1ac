"""Files that a commit took away with an agent's lines in them: no correction, and told as what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hivemind_git.corrections.departures import Comparison
from hivemind_git.corrections.lines import Version
from hivemind_git.corrections.timeline import Landed, Timeline, Wrote
from hivemind_git.model import Hunk


def deletions(timeline: Timeline, versions: Mapping[tuple[str, bytes], Version]) -> Iterator[Comparison]:
    """A comparison for each file of a timeline that a commit deleted; the same deletion, replayed, counts once.

    What an agent had deleted itself, nobody took away from it.

    Args:
        timeline: what happened to the file.
        versions: the images that a walk met, by path and content.
    """
    told = set()
    gone = set[str]()
    for step in timeline.steps:
        if isinstance(step, Wrote):
            gone -= {step.path}
            gone |= {step.path} if step.edit.after is None else set()
        if not isinstance(step, Landed) or step.change.after is not None or step.change.before is None:
            continue
        key = step.path, step.change.before
        version = versions.get(key)
        if version is None or key in told or step.path in gone or not version.agent(0, len(version.lines)):
            continue
        told.add(key)
        whole = (Hunk(0, len(version.lines), 0, 0),)
        yield Comparison(
            path=step.path,
            worktree="",
            reference=version,
            accepted=(),
            hunks=whole,
            since=step.t,
            until=step.t,
            event=step.commit.id,
            commit=step.commit,
            base=version,
            base_hunks=whole,
            follow=True,
        )
