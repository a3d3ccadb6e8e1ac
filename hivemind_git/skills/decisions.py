"""What people decided about rules outright: stated, accepted or rejected one, or took a drop back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from hivemind_git.model import Json


class Verb(StrEnum):
    """What was decided."""

    ADD = "add"
    ACCEPT = "accept"
    REJECT = "reject"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision on a rule. `t` is RFC 3339 in UTC; `author` is name and e-mail as git has them.

    `advice`, `scope` and `language` are those of a rule that was stated; `corrections` the evidence that a rejected
    rule had, by which it is known again. `where` is the address of the pull request that told it, if one did.
    """

    verb: Verb
    rule: str
    t: str
    author: str
    advice: str = ""
    scope: tuple[str, ...] = ()
    language: str = ""
    corrections: tuple[str, ...] = ()
    where: str = ""

    def to_json(self) -> dict[str, Json]:
        """The decision as a line of the session store."""
        return {
            **asdict(self),
            "verb": self.verb.value,
            "scope": list(self.scope),
            "corrections": list(self.corrections),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Decision:
        """A decision out of a line of the session store.

        Raises:
            ValueError: a field is missing or of the wrong kind.
        """
        return cls(
            verb=Verb(_text(data, "verb")),
            rule=_text(data, "rule"),
            t=_text(data, "t"),
            author=_text(data, "author"),
            advice=_text(data, "advice"),
            language=_text(data, "language"),
            scope=_texts(data, "scope"),
            corrections=_texts(data, "corrections"),
            where=_text({"where": "", **data}, "where"),
        )


def latest(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """Rule → the decision that counts, which is the last one."""
    return {one.rule: one for one in sorted(decisions, key=lambda one: (one.t, one.verb, one.author))}


def stated(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """Rule → the words it was last stated in, of all rules that anybody stated."""
    return latest(one for one in decisions if one.verb is Verb.ADD)


def _text(data: Mapping[str, Json], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise ValueError(f"a decision's {name} is no text")  # noqa: TRY004 - a line of the store is refused as a value
    return value


def _texts(data: Mapping[str, Json], name: str) -> tuple[str, ...]:
    value = data.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"a decision's {name} is no list of texts")
    return tuple(str(one) for one in value)
