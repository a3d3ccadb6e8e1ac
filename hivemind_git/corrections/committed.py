"""The images of a file that commits hold, and what is known of where and when they came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hivemind_git.corrections.lines import Version
from hivemind_git.corrections.timeline import Landed

_RECENT = 8
"""Committed images of a file from which another may have grown."""


class Committed:
    """What one timeline's commits held, in its order."""

    def __init__(self) -> None:
        self._by_path: dict[str, list[tuple[float, Version]]] = defaultdict(list)
        self._of: dict[tuple[str, str], Version] = {}
        self._not_at: dict[bytes, frozenset[str]] = {}
        self.since: dict[bytes, float] = {}

    def came(self, step: Landed, content: bytes) -> None:
        """A commit holds an image."""
        self.since.setdefault(content, step.t)
        others = step.commit.made.others if step.commit.made else frozenset[str]()
        self._not_at[content] = self._not_at.get(content, others) & others

    def name(self, step: Landed, version: Version) -> None:
        """What a commit made of the file."""
        self._of[step.commit.id, step.path] = version

    def add(self, step: Landed, version: Version) -> None:
        """The same, where no commit before had made the same change."""
        self._by_path[step.path].append((step.t, version))
        self.name(step, version)

    def amended(self, step: Landed) -> Version | None:
        """The image in the commit that a commit amended, if it amended one that held the file."""
        made = step.commit.made
        return self._of.get((made.instead, step.path)) if made and made.instead else None

    def recent(self, path: str) -> list[Version]:
        """The last images of a path, each once."""
        return list({known.content: known for _, known in self._by_path[path][-_RECENT:]}.values())

    def everywhere(self) -> Iterator[Version]:
        """The last images of each path."""
        return (known for images in self._by_path.values() for _, known in images[-_RECENT:])

    def last(self, path: str) -> list[tuple[float, Version]]:
        """The last image of a path and when it came; none where there is none."""
        return self._by_path[path][-1:]

    def news(self, path: str, since: float, only: str) -> Version | None:
        """The last image that came since a time, if there is one; `only`: perhaps in this worktree."""
        later = (version for t, version in reversed(self._by_path[path]) if t > since)
        return next((version for version in later if not only or only not in self._not_at[version.content]), None)
