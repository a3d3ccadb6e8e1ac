"""What codify offered, so that an offer that a person threw away is not made again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from hivemind_git.model import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A skill change that was put on a branch. `t` is RFC 3339 in UTC; `machine` is the local id of who offered it."""

    skill: str
    ref: str
    commit: str
    rules: tuple[str, ...]
    corrections: tuple[str, ...]
    t: str
    machine: str

    def to_json(self) -> dict[str, Json]:
        """The offer as a line of the session store."""
        return {**asdict(self), "rules": list(self.rules), "corrections": list(self.corrections)}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Offer:
        """An offer out of a line of the session store.

        Raises:
            ValueError: a field is missing or of the wrong kind.
        """
        texts = {name: data.get(name) for name in ("skill", "ref", "commit", "t", "machine")}
        lists = {name: data.get(name) for name in ("rules", "corrections")}
        if not all(isinstance(text, str) for text in texts.values()):
            raise ValueError("an offer lacks a text")
        if not all(isinstance(one, list) and all(isinstance(text, str) for text in one) for one in lists.values()):
            raise ValueError("an offer lacks a list")
        values = {**texts, **{name: tuple(one) for name, one in lists.items() if isinstance(one, list)}}
        return cls(**values)  # type: ignore[arg-type]


def declined(
    offers: Iterable[Offer],
    machine: str,
    refs: Collection[str],
    merged: Callable[[str], bool],
    known: Collection[str],
) -> tuple[Offer, ...]:
    """The offers that a person threw away: made here, their branch gone, and the trunk never had their rules.

    In another clone a branch that is not here proves nothing: it may never have been fetched. Each offer names only the
    rules that were declined.

    Args:
        offers: all recorded offers.
        machine: the local id of this machine.
        refs: the full names of the branches that are here.
        merged: whether a commit is in the trunk.
        known: ids of all rules that ever stood on the trunk; what became of those the lineage tells.
    """
    last = {(offer.skill, rule): offer for offer in sorted(offers, key=_age) for rule in offer.rules}
    gone: dict[Offer, list[str]] = {}
    for (_, rule), offer in last.items():
        if offer.machine == machine and offer.ref not in refs and rule not in known and not merged(offer.commit):
            gone.setdefault(offer, []).append(rule)
    return tuple(replace(offer, rules=tuple(rules)) for offer, rules in gone.items())


def _age(offer: Offer) -> tuple[str, str]:
    return offer.t, offer.commit
