"""Each line of a SKILL.md → the rule it comes from → the commit that brought the rule, its corrections and sessions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hivemind_git.git.blame import Wrote
from hivemind_git.skills import document
from hivemind_git.skills.lineage import Lineage
from hivemind_git.skills.rules_toml import SkillRule


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line, without its line end. `rule` None: a person's words, or what all share; `commit` brought the rule.

    `wrote` is the commit that the line as it stands came with, and its author.
    """

    number: int
    text: str
    rule: SkillRule | None
    commit: str
    wrote: Wrote


def blame(
    skill: bytes, rules: Mapping[str, SkillRule], lineage: Lineage, written: Sequence[Wrote]
) -> tuple[BlamedLine, ...]:
    """The lines of a skill with where they come from.

    Args:
        skill: the SKILL.md.
        rules: the rules of its `rules.toml`, by id.
        lineage: the lineage at the same commit.
        written: who wrote each line of it.

    Raises:
        HivemindError: the skill cannot be read.
    """
    brought = {rule: change.commit for change in reversed(lineage.changes) for rule in change.added}
    lines = []
    for number, (text, rule) in enumerate(_owned(document.parse(skill, "SKILL.md")), 1):
        owner = rules.get(rule)
        commit = brought.get(rule, "") if owner else ""
        wrote = written[number - 1] if number <= len(written) else Wrote(commit, "")
        lines.append(BlamedLine(number, text.rstrip("\r\n"), owner, commit, wrote))
    return tuple(lines)


def _owned(parsed: document.Document) -> Iterator[tuple[str, str]]:
    head = parsed.opening + "".join(entry.text for entry in parsed.front) + parsed.closing
    yield from ((line, "") for line in document.lines_of(head))
    for part in parsed.parts:
        rows = {row: rule for rule, row in document.rows(part.text).items()} if part.table else {}
        yield from ((line, part.rule or rows.get(line, "")) for line in document.lines_of(part.text))
