"""Which deleted file an added one was: the same content first, then the most similar, as git finds them.

Git's measure, and its threshold: the bytes of the lines that both have, in whatever order, to the bytes of the
larger one (diffcore-rename, `-M50%`). The user's `diff.renames` has no say in what is derived.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from hivemind_git.git.compare import Difference
from hivemind_git.git.diff import split_lines

_SIMILAR = 0.5
_PAIRS = 2500
_LARGEST = 1 << 20
_FILES = (b"100644", b"100755", b"100664")

Read = Callable[[str], bytes | None]


def find(differences: Sequence[Difference], read: Read) -> dict[str, str]:
    """Path of an added file → path of the deleted one that it was. A deleted file has at most one heir.

    Args:
        differences: of two trees.
        read: the content of a blob; None where it is not here.
    """
    deleted = {
        one.path: one.before[1] for one in differences if one.after is None and one.before and one.before[0] in _FILES
    }
    added = {
        one.path: one.after[1] for one in differences if one.before is None and one.after and one.after[0] in _FILES
    }
    if not deleted or not added:
        return {}
    found = dict(_pair_off(added, deleted, _same(added, deleted)))
    for path, previous in found.items():
        del added[path], deleted[previous]
    found.update(_pair_off(added, deleted, _similar(added, deleted, read)))
    return found


_Scored = tuple[float, bool, str, str]
_Weighed = tuple[Counter[bytes], int]


def _pair_off(added: dict[str, str], deleted: dict[str, str], scored: Iterable[_Scored]) -> list[tuple[str, str]]:
    """The best pairs, each path in one of them; of equal ones those of equal base name, then by path."""
    free_added, free_deleted, pairs = set(added), set(deleted), []
    for _, _, path, previous in sorted(scored, key=lambda one: (-one[0], not one[1], one[2], one[3])):
        if path in free_added and previous in free_deleted:
            free_added.remove(path)
            free_deleted.remove(previous)
            pairs.append((path, previous))
    return pairs


def _same(added: dict[str, str], deleted: dict[str, str]) -> list[_Scored]:
    by_content: dict[str, list[str]] = {}
    for previous, oid in deleted.items():
        by_content.setdefault(oid, []).append(previous)
    return [
        (1.0, _base(path) == _base(previous), path, previous)
        for path, oid in added.items()
        for previous in by_content.get(oid, ())
    ]


def _similar(added: dict[str, str], deleted: dict[str, str], read: Read) -> list[_Scored]:
    bounded = len(added) * len(deleted) > _PAIRS
    pairs = [
        (path, previous) for path in added for previous in deleted if not bounded or _base(path) == _base(previous)
    ]
    weights: dict[str, _Weighed] = {}
    scored = []
    for path, previous in pairs:
        score = _score(*(_known(weights, oid, read) for oid in (added[path], deleted[previous])))
        if score >= _SIMILAR:
            scored.append((score, _base(path) == _base(previous), path, previous))
    return scored


def alike(one: bytes, other: bytes) -> bool:
    """Whether git would take a file of the one content, that is gone, for one of the other, that came."""
    return one == other or _score(_weighed(one), _weighed(other)) >= _SIMILAR


def _score(new: _Weighed, old: _Weighed) -> float:
    larger, smaller = max(new[1], old[1]), min(new[1], old[1])
    if not larger or smaller < larger * _SIMILAR:
        return 0.0
    return sum(count * len(line) for line, count in (new[0] & old[0]).items()) / larger


def _known(known: dict[str, _Weighed], oid: str, read: Read) -> _Weighed:
    if oid not in known:
        known[oid] = _weighed(read(oid) or b"")
    return known[oid]


def _weighed(content: bytes) -> _Weighed:
    """How often each line stands in a content, and its size; nothing of one that is missing or very large."""
    whole = content if len(content) <= _LARGEST else b""
    return Counter(split_lines(whole)), len(whole)


def _base(path: str) -> str:
    return path.rpartition("/")[2]
