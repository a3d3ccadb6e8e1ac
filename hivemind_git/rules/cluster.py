"""Corrections that say the same in code: buckets by what changed, a template from each.

Nothing is compared with everything: a change is hashed by its concrete tokens, and only what shares a bucket is
unified, so the cost grows
with the corrections. A change that finds no company as a whole line is tried again in its parts, and then in its
sub-words.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from hivemind_git.model import Correction
from hivemind_git.rules import delta as dt
from hivemind_git.rules import removal
from hivemind_git.rules import tokens as tk
from hivemind_git.rules.delta import Delta
from hivemind_git.rules.generalise import Template, generalise
from hivemind_git.rules.match import compile_template
from hivemind_git.rules.pairs import Pair, PairKind, family_of, language_of, pairs
from hivemind_git.rules.tokens import Tokens

SAMPLE: Final = 64
"""Examples that a template is unified from; all the others only have to be covered by it."""
WIDEST: Final = 24
"""Concrete tokens on one side beyond which a change is a rewrite, not a template."""

Key: TypeAlias = tuple[str, bool, tuple[str, ...], tuple[str, ...]]
"""Language family, whether in sub-words, removed and added concrete tokens."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A template with the corrections (by place) that it covers, and the concrete tokens that it takes away and puts
    in."""

    id: str
    family: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    template: Template
    corrections: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    correction: int
    pair: int
    delta: Delta


@dataclass(slots=True)
class _Bucket:
    items: list[_Item] = field(default_factory=list)
    seen: set[tuple[int, tuple[str, ...], tuple[str, ...]]] = field(default_factory=set)

    def add(self, item: _Item) -> None:
        mark = (item.pair, item.delta.before.texts, item.delta.after.texts)
        if mark not in self.seen:
            self.seen.add(mark)
            self.items.append(item)


_Cut: TypeAlias = Callable[[Tokens, Tokens], Iterator[tuple[bool, Delta | None]]]


def template_id(key: Key) -> str:
    """The id of a template rule: scope, holes, evidence and wording are not in it, so a fourth example does not
    rename it."""
    of_family, fine, removed, added = key
    kind = "template sub-words" if fine else "template"
    text = json.dumps([kind, of_family, list(removed), list(added)], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cluster(corrections: Sequence[Correction], *, min_decisions: int) -> list[Draft]:
    """The templates of corrections in their order, those with fewer than `min_decisions` decisions as well, sorted by
    id."""
    return _Clustering(corrections, min_decisions).run()


class _Clustering:
    def __init__(self, corrections: Sequence[Correction], min_decisions: int) -> None:
        self._corrections = corrections
        self._enough = min_decisions
        self._pairs: list[Pair] = [pair for number, one in enumerate(corrections) for pair in pairs(one, number)]
        self._buckets: dict[Key, _Bucket] = defaultdict(_Bucket)
        self._of_pair: dict[int, list[Key]] = defaultdict(list)
        self._explained: set[int] = set()
        self._told: set[tuple[int, str, str]] = set()
        self._drafts: dict[Key, Draft] = {}

    def run(self) -> list[Draft]:
        for kind, cut in _LEVELS:
            touched = self._fill(kind, cut)
            for key in touched:
                self._try(key)
        for key in list(self._drafts):
            self._settle(key)
        self._leftovers()
        return sorted(self._drafts.values(), key=lambda draft: draft.id)

    def _fill(self, kind: PairKind, cut: _Cut) -> list[Key]:
        touched: dict[Key, None] = {}
        for number, pair in enumerate(self._pairs):
            if pair.kind is not kind or number in self._explained:
                continue
            for fine, delta in cut(pair.before, pair.after):
                if delta is None or max(len(delta.removed), len(delta.added)) > WIDEST:
                    continue
                if (number, delta.before.text, delta.after.text) in self._told:
                    continue
                key = (family_of(self._corrections[pair.correction]), fine, delta.removed, delta.added)
                self._buckets[key].add(_Item(pair.correction, number, delta))
                self._of_pair[number].append(key)
                touched[key] = None
        return [key for key in touched if self._decisions(self._buckets[key].items) >= self._enough]

    def _decisions(self, items: Sequence[_Item]) -> int:
        return len({self._corrections[item.correction].decision for item in items})

    def _company(self, items: Sequence[_Item]) -> tuple[int, int]:
        return self._decisions(items), len({item.correction for item in items})

    def _try(self, key: Key) -> None:
        found = self._unify(self._buckets[key].items)
        if found is None:
            return
        template, covered = found
        if self._decisions(covered) < self._enough:
            return
        self._drafts[key] = self._draft(key, template, covered)
        self._explained.update(self._whole(covered))
        self._told.update((item.pair, item.delta.before.text, item.delta.after.text) for item in covered)

    def _whole(self, items: Sequence[_Item]) -> Iterator[int]:
        """The pairs that are explained to the last token; of one with two changes the other is still to be
        explained."""
        for item in items:
            pair = self._pairs[item.pair]
            if "".join(pair.before.text.split()) == "".join(item.delta.before.text.split()):
                yield item.pair
                yield from self._neighbours(item.pair)

    def _neighbours(self, number: int) -> Iterator[int]:
        """An uneven hunk that is explained explains its lines."""
        if self._pairs[number].kind is PairKind.HUNK:
            following = number + 1
            while following < len(self._pairs) and self._follows(number, following):
                yield following
                following += 1

    def _follows(self, number: int, following: int) -> bool:
        one, other = self._pairs[number], self._pairs[following]
        return one.correction == other.correction and other.kind is PairKind.LINE

    def _settle(self, key: Key) -> None:
        """Unifies again with what later levels brought into the bucket."""
        found = self._unify(self._buckets[key].items)
        if found is not None and self._decisions(found[1]) >= self._enough:
            self._drafts[key] = self._draft(key, *found)

    def _unify(self, items: Sequence[_Item]) -> tuple[Template, list[_Item]] | None:
        groups: dict[object, list[_Item]] = defaultdict(list)
        for item in items:
            groups[item.delta.skeleton].append(item)
        ordered = sorted(groups.values(), key=lambda group: (-self._decisions(group), group[0].correction))
        best: tuple[Template, list[_Item]] | None = None
        for group in ordered[:3]:
            template = _common(self._sample(group))
            if template is None:
                continue
            covered = [item for item in items if covers(template, item.delta, self._language(item))]
            if covered and (best is None or self._company(covered) > self._company(best[1])):
                best = template, covered
            if best is not None and len(best[1]) == len(items):
                break
        return best

    def _sample(self, group: Sequence[_Item]) -> list[Delta]:
        distinct = {(item.delta.before.texts, item.delta.after.texts): item.delta for item in reversed(group)}
        found = list(distinct.values())[::-1]
        step = -(-len(found) // SAMPLE)
        return found[::step]

    def _language(self, item: _Item) -> str:
        return language_of(self._corrections[item.correction])

    def _draft(self, key: Key, template: Template, covered: Sequence[_Item]) -> Draft:
        numbers = tuple(sorted({item.correction for item in covered}))
        return Draft(template_id(key), key[0], key[2], key[3], template, numbers)

    def _leftovers(self) -> None:
        """What no rule explains, each change in the one bucket where it has the most company."""
        spoken = {number for draft in self._drafts.values() for number in draft.corrections}
        size = {key: self._company(bucket.items) for key, bucket in self._buckets.items()}
        chosen: dict[Key, list[_Item]] = defaultdict(list)
        for number, keys in self._of_pair.items():
            if number in self._explained or self._pairs[number].correction in spoken:
                continue
            key = max(keys, key=lambda key: size[key])
            chosen[key] += [item for item in self._buckets[key].items if item.pair == number]
        for key, items in chosen.items():
            found = self._unify(items)
            if found is not None and key not in self._drafts:
                self._drafts[key] = self._draft(key, *found)


def _common(examples: Sequence[Delta]) -> Template | None:
    """The template of all examples, or else of those that have one with the first."""
    template = generalise(examples)
    if template is not None or len(examples) < 3:
        return template
    kept = [examples[0]]
    for example in examples[1:]:
        found = generalise([*kept, example])
        if found is not None:
            kept.append(example)
            template = found
    return template


def covers(template: Template, delta: Delta, language: str) -> bool:
    """Whether a template's before stands in an example and rewriting it gives the example's after."""
    pattern = compile_template(template.before, template.after, language)
    rewritten = pattern.rewrite(delta.before.text)
    if rewritten is None:
        return False
    of_family = tk.family(language)
    return tk.tokenise(rewritten, of_family).texts == tk.tokenise(delta.after.text, of_family).texts


def _as_it_is(before: Tokens, after: Tokens) -> Iterator[tuple[bool, Delta | None]]:
    yield False, dt.delta(before, after)


def _exactly(before: Tokens, after: Tokens) -> Iterator[tuple[bool, Delta | None]]:
    yield False, dt.delta(before, after, exact=True)


def _closely(before: Tokens, after: Tokens) -> Iterator[tuple[bool, Delta | None]]:
    yield False, dt.delta(before, after, close=True)


def _in_parts(before: Tokens, after: Tokens) -> Iterator[tuple[bool, Delta | None]]:
    for one, other in dt.parts(before, after):
        yield False, dt.delta(one, other)


def _finely(before: Tokens, after: Tokens) -> Iterator[tuple[bool, Delta | None]]:
    yield True, dt.delta(*dt.finer(before, after))


def _finely_in_parts(before: Tokens, after: Tokens) -> Iterator[tuple[bool, Delta | None]]:
    for one, other in dt.parts(before, after):
        yield True, dt.delta(*dt.finer(one, other))


def _without_comment(before: Tokens, after: Tokens) -> Iterator[tuple[bool, Delta | None]]:
    yield True, removal.comment(before, after)


def _without_statement(before: Tokens, after: Tokens) -> Iterator[tuple[bool, Delta | None]]:
    yield tk.is_comment(before.texts[0]) if before.texts else False, removal.statement(before, after)


_LEVELS: Final[tuple[tuple[PairKind, _Cut], ...]] = (
    (PairKind.STATEMENT, _without_statement),
    (PairKind.LINE, _without_comment),
    (PairKind.HUNK, _as_it_is),
    (PairKind.LINE, _as_it_is),
    (PairKind.LINE, _exactly),
    (PairKind.LINE, _in_parts),
    (PairKind.LINE, _closely),
    (PairKind.LINE, _finely),
    (PairKind.LINE, _finely_in_parts),
)
