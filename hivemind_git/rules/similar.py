"""Groups of alike things without a model: TF-IDF vectors, nearest neighbours by an inverted index, average link
between groups.

Near-linear: each vector meets only those that share one of its rarest features, `BUDGET` of them at most.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

BUDGET: Final = 250
"""Meetings of one vector with others, those over its rarest features first."""
NEIGHBOURS: Final = 12
"""Nearest neighbours that may become a group: of a vector at first, of a group as it grows."""
ROUNDS: Final = 3
"""In a large history the first round meets only a part of those alike; the next ones join what it left in pieces."""
PROFILE: Final = 80
"""Features by which a group is known."""

Vector = dict[str, float]


def weigh(features: Sequence[Mapping[str, float]]) -> list[Vector]:
    """Unit vectors of the features, rare ones weighing more."""
    frequency = Counter(name for one in features for name in one)
    total = len(features)
    weighed = []
    for one in features:
        vector = {name: value * math.log(1 + total / frequency[name]) for name, value in one.items()}
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        weighed.append({name: value / length for name, value in vector.items()})
    return weighed


def dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The scalar product of two sparse vectors."""
    if len(one) > len(other):
        one, other = other, one
    return sum(value * other[name] for name, value in one.items() if name in other)


@dataclass(slots=True)
class _Group:
    members: list[int]
    total: Vector
    heads: Counter[str]
    near: set[int] = field(default_factory=set)

    def unit(self) -> Vector:
        """The profile of the members as a unit vector."""
        length = math.sqrt(sum(value * value for value in self.total.values())) or 1.0
        return {name: value / length for name, value in self.total.items()}

    def chief(self) -> frozenset[str]:
        """What most members are about."""
        return frozenset(head for head, count in self.heads.items() if 2 * count > len(self.members))


def group(vectors: Sequence[Vector], heads: Sequence[frozenset[str]], *, alike: float, apart: float) -> list[list[int]]:
    """Groups of indexes, each sorted, in the order of their first member; what is like nothing is alone.

    Args:
        vectors: unit vectors.
        heads: what each is chiefly about.
        alike: the average likeness at which two groups that are about the same become one.
        apart: how much more likeness it takes where they are not about the same.
    """
    found = [_Group([number], dict(vector), Counter(heads[number])) for number, vector in enumerate(vectors)]
    for _ in range(ROUNDS):
        count = len(found)
        found = _Linkage(found, alike, apart).run()
        if len(found) == count:
            break
    return [sorted(one.members) for one in found]


class _Linkage:
    def __init__(self, groups: Sequence[_Group], alike: float, apart: float) -> None:
        self._alike, self._apart = alike, apart
        self._groups = dict(enumerate(groups))
        self._heap: list[tuple[float, int, int, int, int]] = []
        near = list(_neighbours([one.unit() for one in groups], [one.chief() for one in groups]))
        for number, one in self._groups.items():
            one.near = set(near[number])
        for number, others in enumerate(near):
            for other in others:
                self._groups[other].near.add(number)
        for number, one in self._groups.items():
            for other in one.near:
                if number < other:
                    self._offer(number, other, self._link(number, other))

    def run(self) -> list[_Group]:
        while self._heap:
            _, one, other, size_one, size_other = heapq.heappop(self._heap)
            if self._size(one) == size_one and self._size(other) == size_other:
                self._join(one, other)
        return sorted(self._groups.values(), key=lambda one: min(one.members))

    def _size(self, number: int) -> int:
        return len(self._groups[number].members) if number in self._groups else 0

    def _link(self, one: int, other: int) -> float:
        """The average likeness of the members of two groups, less what sets them apart."""
        left, right = self._groups[one], self._groups[other]
        link = dot(left.total, right.total) / (len(left.members) * len(right.members))
        return link if left.chief() & right.chief() else link - self._apart

    def _offer(self, one: int, other: int, link: float) -> None:
        if link >= self._alike:
            heapq.heappush(self._heap, (-link, one, other, self._size(one), self._size(other)))

    def _join(self, one: int, other: int) -> None:
        kept, gone = self._groups[one], self._groups.pop(other)
        kept.members += gone.members
        kept.heads.update(gone.heads)
        for name, value in gone.total.items():
            kept.total[name] = kept.total.get(name, 0.0) + value
        if len(kept.total) > PROFILE:
            kept.total = dict(heapq.nlargest(PROFILE, kept.total.items(), key=lambda item: (item[1], item[0])))
        around = sorted(number for number in kept.near | gone.near if number in self._groups and number != one)
        links = {number: self._link(one, number) for number in around}
        kept.near = set(heapq.nlargest(NEIGHBOURS, around, key=lambda number: (links[number], -number)))
        for number in sorted(kept.near):
            self._groups[number].near.add(one)
            self._offer(min(one, number), max(one, number), links[number])


def _neighbours(vectors: Sequence[Vector], heads: Sequence[frozenset[str]]) -> Iterator[list[int]]:
    postings: dict[str, list[int]] = defaultdict(list)
    for number, vector in enumerate(vectors):
        for name in vector:
            postings[name].append(number)
    place: Counter[str] = Counter()
    for number, vector in enumerate(vectors):
        met: dict[int, float] = defaultdict(float)
        left = BUDGET
        for name in sorted(vector, key=lambda name: (len(postings[name]), name)):
            weight = vector[name] ** 2
            for other in _around(postings[name], place[name], left):
                met[other] += weight
            left -= len(postings[name])
            if left <= 0:
                break
        place.update(vector.keys())
        met.pop(number, None)
        nearest = heapq.nlargest(2 * NEIGHBOURS, met, key=lambda other: (met[other], -other))
        likeness = {other: dot(vector, vectors[other]) + bool(heads[number] & heads[other]) for other in nearest}
        yield heapq.nlargest(NEIGHBOURS, nearest, key=lambda other: (likeness[other], -other))


def _around(posting: Sequence[int], place: int, room: int) -> Sequence[int]:
    """A posting, or, where it is longer than there is room, those around a place in it: near in time."""
    return posting if len(posting) <= room else posting[max(0, place - room // 2) : place + room // 2]
