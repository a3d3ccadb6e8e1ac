"""What some assistants read beyond the specification, on request: `paths:` of Claude Code, `.mdc` rules of Cursor.

The strict validator of skills refuses `paths`, so a skill has it only where the setting asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hivemind_git.skills import document
from hivemind_git.skills.document import Entry
from hivemind_git.skills.layout import SKILL_FILE
from hivemind_git.skills.rules_toml import SkillRule
from hivemind_git.skills.text import yaml_line

CURSOR_DIR: Final = ".cursor/rules"
MARK: Final = "<!-- hivemind:rules -->"
"""By this a rule file of Cursor is known as ours."""
_LONGEST: Final = 200


def globs(rules: Sequence[SkillRule]) -> tuple[str, ...]:
    """Where a skill holds; empty for everywhere, as soon as one of its rules holds everywhere."""
    if not all(rule.scope for rule in rules):
        return ()
    return tuple(sorted({glob for rule in rules for glob in rule.scope}))


def with_paths(skill: str, rules: Sequence[SkillRule]) -> str:
    """A SKILL.md that Claude Code loads when it touches a file in the scope of its rules."""
    parsed = document.parse(skill.encode(), SKILL_FILE)
    kept = tuple(entry for entry in parsed.front if entry.key != "paths")
    lines = "".join(f"  - {yaml_line(glob, _LONGEST)}{parsed.newline}" for glob in globs(rules))
    entry = (Entry("paths", f"paths:{parsed.newline}{lines}"),) if lines else ()
    return replace(parsed, front=(*kept, *entry)).render()


def cursor_rule(skill: str, rules: Sequence[SkillRule]) -> str:
    """A skill as a rule of Cursor: its frontmatter is no strict YAML, globs stand bare and with commas."""
    parsed = document.parse(skill.encode(), SKILL_FILE)
    described = " ".join(parsed.description.split())
    body = "".join(part.text for part in parsed.parts)
    return f"---\ndescription: {described}\nglobs: {','.join(globs(rules))}\nalwaysApply: false\n---\n{body}"
