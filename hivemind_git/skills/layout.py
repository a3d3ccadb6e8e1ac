"""Where skills stand in a tree, and the files of one."""

from __future__ import annotations

from dataclasses import dataclass

AGENTS_DIR = ".agents/skills"
"""The folder that most assistants but Claude Code read."""
PERSONAL = "hivemind-personal"
"""The skill of one person's own rules, in the home folder."""
SKILL_FILE = "SKILL.md"
RULES_FILE = "rules.toml"
FOLDER = 0o040000
"""The mode of a folder in a tree; the next two those of a file and of a symbolic link."""
FILE = 0o100644
LINK = 0o120000


@dataclass(frozen=True, slots=True)
class Standing:
    """The files of a skill as they stand in a tree; None: not there."""

    skill: bytes | None = None
    rules: bytes | None = None
