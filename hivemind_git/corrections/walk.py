"""Walks along the timeline of a file and finds where what was accepted departs from what the agent had left.

Two moments accept: the agent's next touch of the file, which shows what stood there, and a commit. Each comparison
starts from the image that the moment most plausibly grew from; an image that was known before (a stash, a checkout,
another branch, the same commit rebased) is no departure at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from hivemind_git.corrections.committed import Committed
from hivemind_git.corrections.departures import Comparison, Restored, Taken, Walk
from hivemind_git.corrections.evidence import SILENT, HeadLog
from hivemind_git.corrections.growth import Growth
from hivemind_git.corrections.inherit import accepted, settled, written
from hivemind_git.corrections.later import Later
from hivemind_git.corrections.lines import (
    Origin,
    Version,
    Writer,
    carry,
    count,
    opaque,
    place_of,
    unknown,
)
from hivemind_git.corrections.timeline import Landed, Renamed, Saw, Stood, Timeline, Wrote
from hivemind_git.corrections.worktrees import At, Grown, Place, Places, candidates, moment, staged_from, where
from hivemind_git.model import DiffFunction, Hunk


def walk(timeline: Timeline, diff: DiffFunction, logs: Mapping[str, HeadLog] = MappingProxyType({})) -> Walk:
    """All departures along the timeline, in its order. `logs` are those of the worktrees' HEADs, by name."""
    walker = _Walker(diff, logs, later := Later(timeline.steps))
    for path, content in timeline.origins:
        walker.began(path, content)
    for step in later.walk():
        if isinstance(step, Wrote):
            walker.wrote(step)
        elif isinstance(step, Saw):
            walker.saw(step)
        elif isinstance(step, Stood):
            walker.stood(step)
        elif isinstance(step, Renamed):
            walker.renamed(step)
        else:
            walker.landed(step)
    return walker.found


class _Walker:
    """Keeps every image that it meets with the origins of its lines."""

    def __init__(self, diff: DiffFunction, logs: Mapping[str, HeadLog], later: Later) -> None:
        self._diff, self._logs, self._later = diff, logs, later
        self._growth = Growth(diff)
        self._known: dict[bytes, Version] = {}
        self._places = Places(Place)
        self._committed = Committed()
        self._order: dict[bytes, int] = {}
        self._lines: set[bytes] = set()
        self._changes: dict[tuple[bytes | None, bytes], str] = {}
        self.found = Walk()

    def began(self, path: str, content: bytes) -> None:
        """The history begins with this image."""
        if not opaque(content):
            self._remember(path, unknown(content))

    def wrote(self, step: Wrote) -> None:
        """An agent wrote the file."""
        edit, key = step.edit, (step.edit.worktree, step.path)
        if opaque(edit.before) or opaque(edit.after) or (edit.after is None and not edit.before_known):
            self._places.pop(key, None)
            return
        place, after = self._places[key], edit.after or b""
        if edit.before_known:
            before = self._meet(step.t, key, edit.before or b"", edit.event)
        elif place.versions:
            before = place.versions[-1]
        else:
            # A write over an image that nobody saw: which of its lines the agent wrote, and which it kept, is unknown.
            place.add(step.t, self._remember(step.path, unknown(after)))
            return
        origin = Origin(Writer.AGENT, step.session.id, edit.event, edit.tool_use)
        version = written(before, after, self._diff, origin, edit.brought)
        if after in self._known and not any(after in other.seen for other in self._places.at(step.path)):
            # A commit had this image already, and yet the agent came to it without having met it: the times of the
            # history were rewritten, or a clock is wrong. What the image's own origins are stays as it was first told.
            self._known[after] = version
        place.add(step.t, self._remember(step.path, version))

    def saw(self, step: Saw) -> None:
        """An agent saw the file."""
        key = (step.sight.worktree, step.path)
        if opaque(step.sight.content):
            self._places.pop(key, None)
            return
        sight = step.sight
        version = self._meet(step.t, key, sight.content, sight.event, by_person=sight.brought_back)
        self._places[key].add(step.t, version)

    def stood(self, step: Stood) -> None:
        """The file stands as HEAD has it. What nobody met before says nothing."""
        standing, key = step.standing, (step.standing.worktree, step.path)
        place = self._places.get(key)
        if place and place.versions and standing.content in self._known:
            place.add(step.t, self._meet(step.t, key, standing.content, standing.blob))

    def renamed(self, step: Renamed) -> None:
        """The file got another name before any commit held it."""
        self._places.move(step)

    def landed(self, step: Landed) -> None:
        """A commit holds the file."""
        change, path = step.change, step.path
        self._places.rename(step)
        if change.after is not None:
            self._committed.came(step, change.after)
        if change.after is None and step.commit.made:
            self._places.pop((step.commit.made.worktree, path), None)  # it does not stand there any more
        if opaque(change.before) or opaque(change.after) or change.after is None:
            return
        base = None
        if change.before is not None:
            base = self._known.get(change.before) or self._remember(path, self._nearest(change.before, path))
        known = self._known.get(change.after)
        if known is not None:
            self._remember(path, known)  # by this name too
        first = self._changes.get((change.before, change.after))
        if first is not None:
            # The same change again, wherever a rebase, an amend of the message or a cherry-pick put it.
            self.found.again[first].add(step.commit.id)
            if known is not None:
                self._left(step, base, known)
                self._committed.name(step, known)
            return
        self._changes[change.before, change.after] = step.commit.id
        if known is not None:
            self._took(known, base, step)
        else:
            known = self._remember(path, self._departed(step, self._committed.amended(step) or base, change.after))
        self._left(step, base, known)
        self._committed.add(step, known)

    def _remember(self, path: str, version: Version) -> Version:
        """Keeps an image. The first way in which it arose counts: what stood there earlier was not written later."""
        if version.content not in self._known:
            self._lines.update(version.lines)
            self._order[version.content] = len(self._order)
        self.found.versions.setdefault((path, version.content), version)
        return self._known.setdefault(version.content, version)

    def _meet(self, t: float, key: tuple[str, str], content: bytes, event: str, *, by_person: bool = False) -> Version:
        """The version of an image that the agent met, after comparing it with what it had left there."""
        path, place = key[1], self._places[key]
        place.seen.add(content)
        known = self._known.get(content)
        if not place.versions:
            return known or self._remember(path, self._nearest(content, path))
        since, reference = place.times[-1], place.versions[-1]
        if content == reference.content:
            return reference
        met = Comparison(
            path=path,
            worktree=key[0],
            reference=reference,
            accepted=(),
            hunks=(),
            since=since,
            until=t,
            event=event,
        )
        log = self._logs.get(key[0], SILENT)
        news = self._committed.news(path, since, key[0] if log.quiet(since, t) else "")
        if known is not None:
            if known is not news:
                self._lost(met, known, whole=True, by_person=by_person)
            return known
        if news is not None and self._growth.contributed(reference, news, content, ()):
            news = None  # what was pending stands there, so it was left unstaged
        if news is not None:
            reference = min((reference, news), key=lambda version: self._growth.cost(version, content))
        if news is None or (key[0] in self._logs and not log.quiet(self._committed.since[news.content], t)):
            at = At(key[0], t, self._later.head(key[0], path, t))
            quiet, aside = log.quiet(since, t), self._aside(at, reference, content, since)
            other = self._other(path, reference, content, here=quiet, aside=aside)
            if other is not None:
                self._lost(met, other, whole=False)
                reference = other
        version = carry(reference, content, self._diff, accepted(reference, place_of(event, path), self._lines))
        hunks = self._growth.apart(reference, version.content)
        self._compare(replace(met, reference=reference, accepted=version.lines, hunks=hunks))
        return self._remember(path, version)

    def _departed(self, step: Landed, base: Version | None, after: bytes) -> Version:
        """The version of an image that a commit brought, after comparing it with what it grew from."""
        own = self._growth.hunks(base, after) if base else (Hunk(0, 0, 0, count(after)),)
        grown = self._grown(step, base, after)
        other = self._elsewhere(step, base, grown, after)
        grown = None if other else grown
        reference = grown.version if grown else other or self._parent(step.path, base)
        version = carry(
            reference, after, self._diff, accepted(reference, place_of(step.commit.id, step.path), self._lines)
        )
        self._committed_against(step, base, own, version, grown, reference)
        if grown:
            sessions = {grown.version.origins[i].session for i in grown.version.agent(0, len(grown.version.lines))}
            self.found.taken.update(Taken(session, step.commit.author, exact=False) for session in sessions)
            self._land(version, own, step)
            place = self._places[grown.worktree, step.path]
            place.seen.add(after)
            if place.versions[-1] is grown.version or not (step.commit.made and step.commit.made.replayed):
                # What was replayed was made of an older image, and leaves alone what is pending.
                place.add(step.t, settled(grown.version, version, self._growth.hunks(grown.version, after), own))
        if base is None or base is reference:
            return version
        # What the parent had keeps the parent's origin: only the commit's own lines can come from the worktree.
        return carry(base, after, self._diff, lambda hunk, *_: list(version.origins[hunk.after_start : hunk.after_end]))

    def _committed_against(
        self,
        step: Landed,
        base: Version | None,
        own: tuple[Hunk, ...],
        version: Version,
        grown: Grown | None,
        reference: Version,
    ) -> None:
        """Notes how a commit's image departs from what it grew from: a worktree's image, or if none one before it."""
        self._compare(
            Comparison(
                path=step.path,
                worktree=where(step, grown),
                reference=reference,
                accepted=version.lines,
                hunks=self._growth.apart(reference, version.content),
                since=grown.since if grown else self._last(step, reference),
                until=step.t,
                event=step.commit.id,
                commit=step.commit,
                base=base,
                base_seen=base is None or any(base.content in place.seen for place in self._places.at(step.path)),
                base_hunks=own,
                follow=grown is None,
                amends=grown is None and reference is self._committed.amended(step),
            )
        )

    def _left(self, step: Landed, base: Version | None, version: Version) -> None:
        """Notes that the worktree in which a commit was made holds the commit's image, where nothing was pending."""
        made = step.commit.made
        place = self._places.get((made.worktree, step.path)) if made else None
        if place and place.versions and base and place.versions[-1].content == base.content != version.content:
            place.add(step.t, version)

    def _grown(self, step: Landed, base: Version | None, after: bytes) -> Grown | None:
        """The nearest worktree's image whose pending agent lines the commit took in or replaced, if there is one."""
        best: tuple[int, Grown] | None = None
        made = step.commit.made
        for (worktree, path), place in self._places.items():
            for held in candidates(place, step, worktree) if path == step.path else ():
                seen, since = place.seen, held[0]
                if made and worktree in made.others:
                    if held[1].content in self._committed.since:
                        continue  # it is a commit's, and came with that
                    # Only its own lines can say that it went from there to here, and then it may have gone long ago.
                    seen, since = set(), place.first(held[1])
                here = staged_from(step, worktree, since)
                if self._aside(moment(step, worktree, base), held[1], after, since):
                    seen, here = set(), False
                if not self._growth.contributed(held[1], base, after, seen, here=here):
                    continue
                cost = self._growth.cost(held[1], after)
                if best is None or cost < best[0]:
                    best = (cost, Grown(worktree, since, held[1]))
        return best[1] if best else None

    def _elsewhere(self, step: Landed, base: Version | None, grown: Grown | None, after: bytes) -> Version | None:
        """The committed image from which a commit's grew, where it is neither a worktree's nor the parent's."""
        if grown:
            here = staged_from(step, grown.worktree, grown.since)
            return self._other(step.path, grown.version, after, here=here)
        made = step.commit.made
        if amended := self._committed.amended(step):
            return amended
        if base is None:
            # Its parent lacks the file, and yet it may be known: a commit was taken back, and is made again.
            return self._other(step.path, unknown(b""), after)
        if made is None or not made.replayed or made.reverts:
            return None
        # What is new in it came from the commit that was replayed, or merged, whatever the file was called there.
        images = (known for known in self._committed.everywhere() if known.content != base.content)
        near = min(images, key=lambda known: self._growth.cost(known, after), default=None)
        return near if near and self._growth.cost(near, after) <= self._growth.cost(base, after) else None

    def _parent(self, path: str, base: Version | None) -> Version:
        """The parent's image, with the agent's lines in it even where no known commit brought them there.

        A history that was cut or rewritten shows the parent before the session that wrote it.
        """
        if base is None:
            return unknown(b"")
        origins = list(base.origins)
        for place in self._places.at(path):
            carried = carry(place.versions[-1], base.content, self._diff)
            origins = [b if a.writer is Writer.UNKNOWN else a for a, b in zip(origins, carried.origins, strict=True)]
        return Version(base.content, base.lines, tuple(origins))

    def _aside(self, place: At, version: Version, content: bytes, since: float) -> bool:
        """Whether git took away meanwhile what an agent had left, and put another image there."""
        log = self._logs.get(place.worktree)
        if log is None:
            return False
        came = self._committed.since.get(version.content)
        if came is not None:
            return place.head not in {None, version.content} and log.went(came, place.t)
        put = log.went(since, place.t) and self._later.returns(version, content, place.worktree)
        return put or log.cleared(since, place.t)

    def _other(
        self, path: str, version: Version, content: bytes, *, here: bool = False, aside: bool = False
    ) -> Version | None:
        """The committed image from which an image grew rather than from a version that an agent left, if one did."""
        grew = partial(self._growth.from_other, version=version, content=content, here=here, aside=aside)
        near = [known for known in self._committed.recent(path) if known.content != version.content and grew(known)]
        best = min(near, key=lambda known: self._growth.cost(known, content), default=None)
        for known in near:
            # What an agent had made of the nearest one meanwhile may lie between it and the image.
            if best and known is not best and not self._growth.from_other(best, known, content, here=here):
                best = known
        return best

    def _last(self, step: Landed, reference: Version) -> float:
        """When the file was last known before a commit: a committed image, where it is known from its own commit."""
        if reference.content in self._committed.since:
            return min(self._committed.since[reference.content], step.t)
        times = [place.times[-1] for place in self._places.at(step.path)]
        times += [t for t, _ in self._committed.last(step.path)]
        return min(max(times, default=step.t), step.t)

    def _took(self, version: Version, base: Version | None, step: Landed) -> None:
        """Notes whose work a commit took in as it was, and which agent lines it took out for an older image."""
        own = self._growth.hunks(base, version.content) if base else (Hunk(0, 0, 0, len(version.lines)),)
        for origin in self._land(version, own, step):
            self.found.taken.add(Taken(origin.session, step.commit.author, exact=True))
        made = step.commit.made
        others = made.others if made else frozenset[str]()
        here = (place for (at, path), place in self._places.items() if path == step.path and at not in others)
        if base is None or any(place.versions and version.content == place.versions[-1].content for place in here):
            return
        if self._order[version.content] < self._order[base.content] or (made and made.reverts):
            # Else the way from the parent's image to this one was walked already, and judged: a squash.
            self._committed_against(step, base, own, version, None, self._parent(step.path, base))

    def _land(self, version: Version, own: Sequence[Hunk], step: Landed) -> list[Origin]:
        """Notes which edits' lines a commit brought in; gives an origin for each of those edits."""
        agents = (version.origins[i] for hunk in own for i in version.agent(hunk.after_start, hunk.after_end))
        found = {origin.event: origin for origin in agents}
        for event in found:
            self.found.landed[event].add(step.commit.id)
        return list(found.values())

    def _lost(self, met: Comparison, version: Version, *, whole: bool, by_person: bool = False) -> None:
        reference = met.reference
        hunks = self._growth.hunks(reference, version.content)
        lost = tuple(hunk for hunk in hunks if reference.agent(hunk.before_start, hunk.before_end))
        if lost:
            comparison = replace(met, accepted=version.lines, hunks=lost)
            self.found.restored.append(Restored(comparison, whole, by_person))

    def _nearest(self, content: bytes, path: str) -> Version:
        """An image met for the first time where nothing was held: its lines as the nearest known image has them."""
        near = [place.versions[-1] for place in self._places.at(path)]
        near += [version for _, version in self._committed.last(path)]
        if not near:
            return unknown(content)
        return carry(min(near, key=lambda version: self._growth.cost(version, content)), content, self._diff)

    def _compare(self, comparison: Comparison) -> None:
        if comparison.hunks:
            self.found.comparisons.append(comparison)
