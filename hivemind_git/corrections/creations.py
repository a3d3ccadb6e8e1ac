"""Which files were new when an agent made them, where its client does not tell.

Codex reports a file that it overwrites unseen as one that it adds. Taken for new, an overwritten file would make its
old lines the agent's own; taken for overwritten, no line of a new file would be anybody's. The commits and the sessions
tell which it was.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from hivemind_git.corrections.evidence import Edit, Evidence, Item, Session, Sight


def settled(evidence: Evidence) -> Evidence:
    """The evidence, with an empty image before each file that an agent made where nothing had stood."""
    stood = _Stood(evidence)

    def item(each: Item) -> Item:
        if isinstance(each, Edit) and _unsure(each) and not stood.at(each.path, each.t):
            return replace(each, before=None, before_known=True)
        return each

    def session(each: Session) -> Session:
        unsure = any(isinstance(one, Edit) and _unsure(one) for one in each.items)
        return replace(each, items=tuple(map(item, each.items))) if unsure else each

    return replace(evidence, sessions=tuple(map(session, evidence.sessions)))


def _unsure(edit: Edit) -> bool:
    # An image that is gone by now, of a new file or not, says nothing of what was left.
    return edit.created and edit.after is not None and not edit.before_known


class _Stood:
    """When each path held a file, as far as sessions and commits tell."""

    def __init__(self, evidence: Evidence) -> None:
        left: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        met: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        for session in evidence.sessions:
            for item in session.items:
                if isinstance(item, (Edit, Sight)):
                    there = bool(item.content) if isinstance(item, Sight) else item.after is not None
                    left[item.path].append((item.t, there))
        for commit in evidence.commits:
            # Git keeps whole seconds: what an agent wrote in the second of a commit is taken to be in it.
            t = commit.committed + 1
            for change in commit.files:
                left[change.path].append((t, change.after is not None))
                met[change.path].append((t, change.before is not None and not change.renamed))
                if change.renamed:
                    left[change.previous_path].append((t, False))
                    met[change.previous_path].append((t, change.before is not None))
        self._left = {path: sorted(found) for path, found in left.items()}
        self._met = {path: sorted(found) for path, found in met.items()}

    def at(self, path: str, t: float) -> bool:
        """Whether a file stood there just before a time: as it was left last, else as the next commit met it."""
        before = [there for when, there in self._left.get(path, []) if when < t]
        if before:
            return before[-1]
        return next((there for when, there in self._met.get(path, []) if when >= t), False)
