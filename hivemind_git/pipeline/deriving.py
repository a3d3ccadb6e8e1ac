"""Sessions and commits → corrections, written back to the store; skipped where nothing came since the last time."""

from __future__ import annotations

import gc
import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any

from hivemind_git.capture import pauses
from hivemind_git.capture.files import place, private_folder
from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.journal import Journal
from hivemind_git.capture.keep import Redacts
from hivemind_git.capture.memory import Memory
from hivemind_git.corrections.creations import settled
from hivemind_git.corrections.decisions import seconds, stamp
from hivemind_git.corrections.derive import DERIVATION, Derivation, Explanation
from hivemind_git.corrections.derive import derive as derive_corrections
from hivemind_git.corrections.evidence import CommitRecord, Edit, Evidence, Hole, Session, ToolUse
from hivemind_git.corrections.new_files import NewFiles
from hivemind_git.corrections.outcomes import Commits
from hivemind_git.corrections.why import Why
from hivemind_git.git import hooks
from hivemind_git.git.blobs import identity
from hivemind_git.git.diff import diff_lines
from hivemind_git.git.objects import Repository
from hivemind_git.model import Correction, CorrectionKind, DiffFunction, Kind
from hivemind_git.pipeline import commits, redaction, sessions, standing
from hivemind_git.pipeline.catching_up import catch_up
from hivemind_git.pipeline.progress import Progress, each, unseen
from hivemind_git.pipeline.standing import Left
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import folder
from hivemind_git.store import codec, layout, writer
from hivemind_git.store.layout import Area
from hivemind_git.store.reader import Skipped, Store, StoredSession

_DIFFS = 1 << 14
_DERIVED = "derived.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """All corrections of the store after a derivation, and how many sessions it holds.

    What was `explained`, and what became of each session's `commits`, is known only for sessions captured here.
    """

    corrections: tuple[Correction, ...]
    explained: tuple[Explanation, ...]
    sessions: int
    commits: Mapping[str, Commits]


def derive(space: Workspace, progress: Progress = unseen) -> Outcome:
    """Brings the corrections in the store up to date with the sessions and commits of this machine.

    Args:
        space: where.
        progress: told how far it is, stage by stage.

    Raises:
        HivemindError: the store cannot be read or written.
    """
    catch_up(space)
    store, known = space.store(), replace(space.skipped)
    state = space.repository.state_dir
    memory = Memory(state)
    here = [session for session in store.sessions() if memory.holds(session.folder)]
    began = time.time()
    seen = _fingerprint(space, store, here)
    found = _remembered(space, seen)
    if found is None:
        with _without_collector():
            found, left = _derive(space, store, here, progress)
        new = Skipped(space.skipped.nonsense - known.nonsense, images=space.skipped.images - known.images)
        _remember(space.repository, seen, found, left, new)
        store = space.store()
    if not Journal(state).pending():
        hooks.settle(state, began)
    corrections, count = tuple(store.corrections()), len(store.sessions())
    return Outcome(corrections, found.explained, count, found.commits)


def published_rule_of(space: Workspace) -> dict[str, str]:
    """Correction id → id of the rule that rests on it, of the skills in the tree of HEAD."""
    head = space.repository.head()
    if head is None:
        return {}
    ours = folder.skills(space.repository, head, space.settings.skills_dir).ours
    rules = (rule for file in ours.values() for rule in file.rules)
    return {proof.correction: rule.id for rule in rules for proof in rule.evidence}


def evidence(
    space: Workspace, store: Store, here: Sequence[StoredSession], diff: DiffFunction, progress: Progress = unseen
) -> Evidence:
    """All that a derivation reads.

    Args:
        space: where.
        store: its store.
        here: the sessions that were captured on this machine.
        diff: compares two file images.
        progress: told how far it is.
    """
    images = ImageStore(space.repository.state_dir / "images")
    held: dict[str, bytes] = {}
    listed = []
    for found in each(here, "Reading sessions", progress):
        if events := list(store.events(found.folder)):
            loaded = images.load(found.folder, held)
            listed.append(sessions.session(events[0].session, events, loaded))
            space.skipped.images += loaded.lost
    read = tuple(listed)
    left = standing.left(read)
    seen = {*standing.recorded(space.repository, left), *standing.standing(space.repository, left)}
    return settled(
        Evidence(
            sessions=read,
            commits=_commits(space, store, read, diff, {identity(image): image for image in held.values()}),
            holes=tuple(_holes(space)),
            logs=commits.logs(space.repository),
            standing=tuple(sorted(seen, key=lambda one: (one.t, one.worktree, one.path))),
            present=standing.present(space.repository, standing.lately(left)),
        )
    )


def _derive(
    space: Workspace, store: Store, here: Sequence[StoredSession], progress: Progress
) -> tuple[Derivation, tuple[Left, ...]]:
    # Several explanations compare the same two texts; on real histories two calls of five are repeats.
    diff = lru_cache(_DIFFS)(diff_lines)
    found = evidence(space, store, here, diff, progress)
    derivation = derive_corrections(
        found,
        diff,
        lambda files: each(files, "Following files", progress),
        beside=partial(commits.beside, space.repository),
    )
    standing.record(space.repository, found.standing)
    _write(space, store, found, derivation.corrections)
    return derivation, standing.left(found.sessions)


def _holes(space: Workspace) -> Iterator[Hole]:
    """The times in which nothing was recorded here."""
    for pause in pauses.pauses(space.repository.state_dir):
        yield Hole(what=f"{pause.why} in the meantime", since=pause.since, until=pause.until)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Stops the cyclic garbage collector: a derivation makes millions of values and no cycles, and it looks at all."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _commits(
    space: Workspace, store: Store, read: tuple[Session, ...], diff: DiffFunction, known: Mapping[str, bytes]
) -> tuple[CommitRecord, ...]:
    paths = {item.path for session in read for item in session.items if isinstance(item, Edit)}
    since = min((item.t for session in read for item in session.items if item.t), default=0.0)
    tips, hinted = _starts(space, store)
    made = commits.makings(space.repository)
    found = list(commits.records(space.repository, tips, paths, since, hinted, made, diff, known, NewFiles(read)))
    return tuple(commits.signed(space.repository, found))


def _starts(space: Workspace, store: Store) -> tuple[list[str], list[str]]:
    """The tips, and the commits that hooks saw and that were amended or thrown away since: they too accepted."""
    hinted = {str(event.fields.get("commit")) for event in store.git_events() if event.kind is Kind.COMMIT}
    seen = sorted(one for one in hinted if space.repository.commit(one) is not None)
    return commits.tips(space.repository, space.branch), seen


def _write(space: Workspace, store: Store, evidence: Evidence, corrections: Iterable[Correction]) -> None:
    of_session: dict[str, list[Correction]] = {session.id: [] for session in evidence.sessions}
    for correction in corrections:
        of_session[correction.session].append(correction)
    batches = []
    for session in evidence.sessions:
        earlier, known = store.corrections(session.id), store.derivation(session.id)
        clean = _with_unseen(session, _clean(space, session.id, of_session[session.id]), earlier)
        if clean != earlier or (clean and (not known or known[0] != DERIVATION)):
            batches.append(_batch(session, clean, evidence, known))
    if batches:
        written = sum(len(batch.lines) for batch in batches)
        message = (
            f"Derive {written} correction{'s' * (written != 1)} of {len(batches)} session{'s' * (len(batches) != 1)}"
        )
        writer.append(space.repository, space.ref, batches, message)


def _clean(space: Workspace, session: str, found: Sequence[Correction]) -> list[Correction]:
    memory = Memory(space.repository.state_dir)
    redactor = redaction.redactor_for(space)(session, memory.placeholders(session))
    clean = [_redacted(one, redactor) for one in found]
    memory.number(session, redactor.state())
    return sorted(clean, key=lambda one: (one.t, one.id))


def _with_unseen(session: Session, found: Sequence[Correction], earlier: Sequence[Correction]) -> Sequence[Correction]:
    """What was found, and what was found earlier of images that are gone by now.

    Images are let go when they take too much room. Without them nobody can say that a correction is none.
    """
    unseen = {
        item.event
        for item in session.items
        if isinstance(item, ToolUse) or (isinstance(item, Edit) and item.after is None and not item.before_known)
    }
    known = {one.id for one in found} | {(*one.evidence[:1], one.before) for one in found}
    kept = [
        one
        for one in earlier
        if not unseen.isdisjoint(one.evidence) and known.isdisjoint({one.id, (*one.evidence[:1], one.before)})
    ]
    return sorted([*found, *kept], key=lambda one: (one.t, one.id)) if kept else found


def _redacted(correction: Correction, redactor: Redacts) -> Correction:
    reason = correction.reason
    return replace(
        correction,
        before=redactor.text(correction.before),
        after=redactor.text(correction.after),
        context=redactor.text(correction.context),
        reason=replace(reason, text=redactor.text(reason.text)) if reason else None,
    )


def _batch(
    session: Session, found: Sequence[Correction], evidence: Evidence, known: tuple[int, str] | None
) -> writer.Batch:
    times = [item.t for item in session.items if item.t]
    ends = [t for hole in evidence.holes for t in (hole.since, hole.until) if math.isfinite(t)]
    as_of = max([*times, *ends, *(commit.committed for commit in evidence.commits)], default=0.0)
    if known and known[0] == DERIVATION:
        # What logs and worktrees tell has no time of its own, and of equal ones both would count.
        as_of = max(as_of, seconds(known[1]) + 0.001)
    return writer.Batch(
        area=Area.CORRECTIONS,
        month=layout.month_of(stamp(min(times, default=0.0))),
        session=session.id,
        lines=tuple(codec.encode_correction(one) for one in found),
        header=codec.derivation_header(DERIVATION, stamp(as_of)),
    )


def _fingerprint(space: Workspace, store: Store, here: Sequence[StoredSession]) -> str:
    """Changes with all that a derivation reads but files of worktrees: its number, sessions, where history stands."""
    segments = [oid for session in here for _, oid in session.segments]
    made = [sorted(commits.makings(space.repository)), sorted(space.repository.moved().items())]
    holes = [(hole.what, hole.since, hole.until) for hole in _holes(space)]
    read = [DERIVATION, segments, _starts(space, store), made, holes]
    return sha256(json.dumps(read).encode()).hexdigest()


def _remembered(space: Workspace, seen: str) -> Derivation | None:
    """The last derivation, without its corrections, which are in the store; None if what it read has changed.

    What it passed over of the store counts again: it was not read now.
    """
    repository = space.repository
    try:
        found = json.loads((repository.state_dir / _DERIVED).read_bytes())
        left, gone = ([Left(*row) for row in found[which]] for which in ("left", "gone"))
        if found["seen"] != seen or found["stand"] != json.loads(json.dumps(_stand(repository, left, gone))):
            return None
        took = {name: Commits(tuple(row["kept"]), tuple(row["reverted"])) for name, row in found["commits"].items()}
        space.skipped.broken += int(found["nonsense"])
        space.skipped.images += int(found["images"])
        return Derivation((), tuple(_explanation(row) for row in found["explained"]), took)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _explanation(row: dict[str, Any]) -> Explanation:
    return Explanation(**{**row, "why": Why(row["why"])})


def _remember(repository: Repository, seen: str, found: Derivation, left: Sequence[Left], skipped: Skipped) -> None:
    private_folder(repository.state_dir)
    thrown = {one.path for one in found.corrections if one.kind is CorrectionKind.REMOVED and not one.commit}
    gone = [one for one in left if one.path in thrown]
    left = standing.lately(left)
    kept = {
        "seen": seen,
        "nonsense": skipped.nonsense,
        "images": skipped.images,
        "explained": [asdict(one) for one in found.explained],
        "commits": {session: asdict(one) for session, one in found.commits.items()},
        "left": [[one.t, one.worktree, one.path] for one in left],
        "gone": [[one.t, one.worktree, one.path] for one in gone],
        "stand": _stand(repository, left, gone),
    }
    place(repository.state_dir / _DERIVED, json.dumps(kept).encode())


def _stand(repository: Repository, left: Sequence[Left], gone: Sequence[Left]) -> list[Any]:
    """What of the files that agents wrote lately stands as HEAD has it, for it may have been thrown away meanwhile; and
    how those look where that was said, for it may come back."""
    stand = [[one.worktree, one.path, one.blob, one.t] for one in standing.standing(repository, left)]
    return [stand, standing.looks(repository, gone)]
