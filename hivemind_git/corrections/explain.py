"""Why a departure from the agent's text is no correction: each one is explained first, if it can be.

A firm explanation stands by itself (the text says it). A soft one says only that the place could have changed without a
person's decision; it yields when the same commit shows that a person edited by hand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hivemind_git.corrections import decisions, noise, reading
from hivemind_git.corrections.across import Across
from hivemind_git.corrections.activity import Activity, Doing
from hivemind_git.corrections.departures import Comparison, Residual
from hivemind_git.corrections.lines import Version, Writer, opaque, split, standing
from hivemind_git.corrections.timeline import Landed, Saw, Timeline, Wrote
from hivemind_git.corrections.why import Verdict, Why
from hivemind_git.model import DiffFunction, Hunk

_WORDY = 4
"""Characters of words that must be new before finding them in another text is more than chance: `is` stands in most."""


@dataclass(frozen=True, slots=True)
class _Act:
    """An agent's edit that added or removed a line."""

    t: float
    session: str


class Explainer:
    """Explains the residual hunks of one timeline, whose images were met by a walk."""

    def __init__(
        self,
        timeline: Timeline,
        activity: Activity,
        diff: DiffFunction,
        versions: Mapping[tuple[str, bytes], Version],
        across: Across,
    ) -> None:
        self._activity = activity
        self._diff = diff
        self._versions = versions
        self._across = across
        self._added: dict[bytes, list[_Act]] = defaultdict(list)
        self._removed: dict[bytes, list[_Act]] = defaultdict(list)
        self._written: dict[str, bytes] = {}
        self._met: dict[tuple[str, str], list[tuple[float, bytes]]] = defaultdict(list)
        self._left: dict[tuple[str, str], list[tuple[float, bytes]]] = defaultdict(list)
        for step in timeline.steps:
            if isinstance(step, Wrote) and not (opaque(step.edit.before) or opaque(step.edit.after)):
                self._index(step)
            elif isinstance(step, Saw):
                self._met[step.sight.worktree, step.path].append((step.t, step.sight.content))
        self._landed: dict[bytes, float] = {}
        for step in timeline.steps:
            if isinstance(step, Landed) and step.change.after is not None:
                self._landed.setdefault(step.change.after, step.t)
        self._commits = [step for step in timeline.steps if isinstance(step, Landed)]

    def explain(self, residual: Residual, doing: Doing, ignored: Collection[Why] = ()) -> Verdict | None:
        """The first explanation that fits and is none of the ignored ones, or None."""
        steps: tuple[Callable[[], Verdict | None], ...] = (
            lambda: reading.file(residual.comparison),
            lambda: reading.layout(residual),
            lambda: reading.imports(residual),
            lambda: reading.moved(residual),
            lambda: self._copied(residual),
            lambda: reading.text(residual),
            lambda: self._commit(residual),
            lambda: self._writers(residual),
            lambda: _acts(residual.comparison, doing),
        )
        found = (verdict for step in steps if (verdict := step()) is not None)
        return next((verdict for verdict in found if verdict.why not in ignored), None)

    def last_without(self, residual: Residual) -> float:
        """When an agent last looked at the file, or wrote it, before a departure was there; without end where none did.

        Where the worktree is not known, it is when the image was from which it departs.
        """
        comparison = residual.comparison
        place, old_new = (comparison.worktree, comparison.path), _changed(residual)
        known = (found.get(place, []) for found in (self._met, self._left))
        found = (self._last_without(images, comparison.until, *old_new) for images in known)
        nobody = float("-inf") if comparison.worktree else comparison.since
        return max((t for t in found if t is not None), default=nobody)

    def _index(self, step: Wrote) -> None:
        if step.edit.before_known:
            self._met[step.edit.worktree, step.path].append((step.t, step.edit.before or b""))
        before, after = step.edit.before or b"", step.edit.after or b""
        self._left[step.edit.worktree, step.path].append((step.t, after))
        self._written[step.edit.event] = after
        old, new = (self._lines(step.path, image) for image in (before, after))
        act = _Act(step.t, step.session.id)
        for hunk in self._diff(before, after):
            come = {line.strip() for line in new[hunk.after_start : hunk.after_end]}
            gone = {line.strip() for line in old[hunk.before_start : hunk.before_end]}
            for line in come - gone:  # a last line that only got its line end was not written
                self._added[line].append(act)
            for line in gone - come:
                self._removed[line].append(act)

    def _lines(self, path: str, image: bytes) -> tuple[bytes, ...]:
        met = self._versions.get((path, image))
        return met.lines if met else split(image)

    def _copied(self, residual: Residual) -> Verdict | None:
        """Whether lines that went away stand elsewhere, where somebody had put them since the agent wrote them here."""
        hunk, reference, accepted = residual.hunk, residual.comparison.reference, residual.comparison.accepted
        gone = [i for i in residual.lines if len(reference.lines[i].strip()) >= noise.INFORMATIVE]
        if residual.after or not gone or not {reference.lines[i] for i in gone} <= set(accepted):
            return None
        commit = residual.comparison.commit
        if commit and decisions.speaks(commit.subject, decisions.text(residual.before), ""):
            return None  # "Just say 'installed' once": who says so took one of two away, and moved none
        around = (slice(hunk.before_start), slice(hunk.before_end, None))
        rest = [line for part in around for line in zip(reference.lines[part], reference.origins[part], strict=True)]
        others = {line for line, origin in rest if origin.writer is not Writer.AGENT}
        others -= {line for line, origin in rest if origin.writer is Writer.AGENT}
        written = (self._written.get(reference.origins[i].event, b"") for i in gone)
        single = (split(image).count(reference.lines[i]) == 1 for i, image in zip(gone, written, strict=True))
        if all(single) and all(reference.lines[i] in others for i in gone):
            return Verdict(Why.MOVED, "the same lines had been put elsewhere before")
        return None

    def _commit(self, residual: Residual) -> Verdict | None:
        """What the commit, its parent and the worktree afterwards say."""
        comparison, commit = residual.comparison, residual.comparison.commit
        if commit is None:
            return self._next(residual)
        afterwards = self._afterwards(residual)
        if afterwards is True:
            return Verdict(Why.PARTIAL_COMMIT, "the agent's lines still stood in the worktree after the commit")
        if moved := self._across.out(residual, commit):
            return moved
        if afterwards is None and not self._touched(residual):
            return _left_out(comparison)
        if moved := self._across.moved(residual, commit):
            return moved
        return Verdict(Why.BASE, "the text came with the commit's parent") if _from_base(residual) else None

    def _next(self, residual: Residual) -> Verdict | None:
        """What the next commit says of what an agent met in the worktree before it."""
        comparison = residual.comparison
        at = bisect_left(self._commits, comparison.until, key=lambda step: step.t)
        same = (step.commit for step in self._commits[at:] if step.path == comparison.path)
        here = (one for one in same if one.made is None or one.made.worktree == comparison.worktree)
        commit = next(here, None)
        if commit is None:
            return None
        return self._across.out(residual, commit) or self._across.moved(residual, commit)

    def _afterwards(self, residual: Residual) -> bool | None:
        """Whether the agent's lines still stood in the worktree when an agent next met the file.

        None where that says nothing: it met the file no more, git had moved content in between, an older image had come
        back, or some lines stood.
        """
        comparison = residual.comparison
        if comparison.follow:
            return None  # what stood in the worktree then nobody knows
        met = self._met.get((comparison.worktree, comparison.path), [])
        at = bisect_right(met, comparison.until, key=lambda one: one[0])
        old, new = _changed(residual)
        if not old or at == len(met):
            return None
        t, image = met[at]
        if self._landed.get(image, comparison.until) < comparison.until:
            return None  # an older commit's image: another branch was checked out since
        lines = standing(image, old | new)
        if old <= lines and not (new and new <= lines):
            return True
        if old & lines:
            return None
        return None if self._activity.moves(comparison.worktree, comparison.until, t) else False

    def _touched(self, residual: Residual) -> bool:
        """Whether the commit itself, against its parent, changed the place, as a merge of the two changes would see it.

        What the agent changed and what the commit changed are both told against the parent: only where the two meet
        did the commit decide about the agent's lines.
        """
        comparison = residual.comparison
        if comparison.base is None or comparison.base.content == comparison.reference.content:
            return True
        agents = self._diff(comparison.base.content, comparison.reference.content)
        concerned = [hunk for hunk in agents if any(hunk.after_start <= i < hunk.after_end for i in residual.lines)]
        if not concerned:
            return _touched(residual)
        return any(_meet(hunk, own) for hunk in concerned for own in comparison.base_hunks)

    def _writers(self, residual: Residual) -> Verdict | None:
        """Whether an agent wrote the new text, or took the old one away, at another time."""
        comparison, session = residual.comparison, residual.owner.session
        old, new = _changed(residual)
        telling = sum(map(len, new)) >= noise.INFORMATIVE
        # What a session replaced and a later commit brings back is taken back, whoever wrote it once.
        back = comparison.follow and _all(new, self._removed, lambda act: act.session == session)
        if telling and not back and _all(new, self._added, lambda act: act.session != session):
            return Verdict(Why.OTHER_SESSION, "another session of an agent wrote this text")
        if comparison.commit is not None:
            # A later commit may bring what the agent did at any time; the worktree's image had all it did until then.
            since = float("-inf") if comparison.follow else comparison.since
            gone = not old or any(act.t > since for line in old for act in self._removed.get(line, ()))
            if telling and gone and _all(new, self._added, lambda act: act.t > since):
                return Verdict(Why.AGENT_LATER, "the agent itself wrote this text at another time")
            if not new and not comparison.reverts and _all(old, self._removed, lambda act: act.t > since):
                return Verdict(Why.AGENT_LATER, "the agent itself took these lines away at another time")
        if telling and not comparison.follow and _all(new, self._removed, lambda act: act.t <= comparison.since):
            return Verdict(Why.RESTORED, "the agent had replaced this very text before", firm=False)
        return None

    def _last_without(
        self, images: Sequence[tuple[float, bytes]], until: float, old: set[bytes], new: set[bytes]
    ) -> float | None:
        for t, image in reversed(images[: bisect_right(images, until, key=lambda one: one[0])]):
            lines = standing(image, old | new)
            if old <= lines and not new & lines:
                return t
        return None


def _left_out(comparison: Comparison) -> Verdict:
    """What it is that a commit did not touch a place where an agent had changed something."""
    if comparison.staged:
        return Verdict(Why.PARTIAL_COMMIT, "what stood here in the worktree was not staged")
    firm = not comparison.base_seen
    return Verdict(Why.BASE, "the commit left this place as its parent had it", firm)


def _acts(comparison: Comparison, doing: Doing) -> Verdict | None:
    """What ran in between."""
    if doing.shell:
        return Verdict(Why.SHELL, "a shell command of the agent named this file")
    git = doing.brings if comparison.commit else doing.moves
    return Verdict(Why.GIT_OPERATION, f"git {', '.join(sorted(git))} ran in between") if git else None


def _changed(residual: Residual) -> tuple[set[bytes], set[bytes]]:
    """The lines that went and those that came, without white space around them and what is on both sides."""
    old = {bare for line in residual.before if (bare := line.strip())}
    new = {bare for line in residual.after if (bare := line.strip())}
    return old - new, new - old


def _all(lines: Iterable[bytes], acts: dict[bytes, list[_Act]], fits: Callable[[_Act], bool]) -> bool:
    """Whether there are lines, and each has an act that fits."""
    known = [acts.get(line, ()) for line in lines]
    return bool(known) and all(any(map(fits, each)) for each in known)


def _meet(one: Hunk, other: Hunk) -> bool:
    """Whether two changes of the same image meet: they replace common lines, or put lines in at the same place."""
    if one.before_start == one.before_end or other.before_start == other.before_end:
        return one.before_start <= other.before_end and other.before_start <= one.before_end
    return one.before_start < other.before_end and other.before_start < one.before_end


def _touched(residual: Residual) -> bool:
    """Whether the commit itself, against its parent, changed the place."""
    hunk, comparison = residual.hunk, residual.comparison
    base = comparison.base.lines if comparison.base else ()
    gone = {line.strip() for line in residual.before if line.strip()}
    for own in comparison.base_hunks:
        if hunk.after_start < hunk.after_end:
            starts, ends = max(own.after_start, hunk.after_start), min(own.after_end, hunk.after_end)
            removed_within = own.after_start == own.after_end and hunk.after_start < own.after_start < hunk.after_end
            if starts < ends or removed_within:
                return True
        elif own.after_start <= hunk.after_start <= own.after_end and gone & {
            line.strip() for line in base[own.before_start : own.before_end]
        }:
            return True
    return False


def _from_base(residual: Residual) -> bool:
    """Whether all that is new in the hunk stood in the parent, apart from white space."""
    comparison = residual.comparison
    if comparison.base is None or comparison.follow:
        return False
    had = set(map(noise.squeezed, residual.before))
    new = {noise.squeezed(line) for line in residual.after if line.strip()} - had
    if not new:
        return False
    if new <= comparison.base_text:
        return True
    if comparison.base_seen:
        return False
    # The agent worked from another image than the commit did (a rebase, a merge): where the words that make the
    # difference stand in what others had changed meanwhile, the hunk is the two changes put together.
    known = set(comparison.reference.lines)
    others = noise.words([line for line in comparison.base.lines if line not in known])
    novel = noise.words(residual.after) - noise.words(residual.before)
    return sum(map(len, novel)) >= _WORDY and novel <= others
