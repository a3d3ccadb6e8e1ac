"""The lines that are planted, and what a formatter and a linter make of them."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

COMMON = ("    return None", "    pass", "")
"""Lines that stand everywhere, and tell nothing."""

_BARE = frozenset(line.strip() for line in COMMON)

PATHS = (
    "src/app.py", "src/größe.py", "docs/notes.md", "lib/with space.go", "web/räk/view.ts", 'pkg/quo"ted.py',
    "core/deep/er/model.rb", "main.c",
)  # fmt: skip
GENERATED = "dist/bundle.js"

_TEMPLATES = (
    "    value_{0} = load_{0}('key_{0}', arg_{0})",
    "    if total_{0} == None: skip_{0}()",
    "    # the sum of part_{0} is checked by its caller",
    "    send_{0}(queue_{0}, 'later_{0}')",
    "    limit_{0} = {0} * factor_{0}",
)
_CALL = re.compile(r"^(\s*)(.*\()'(key_\d+)', (\w+)\)(\s*)$")


class Writing:
    """Makes lines, each with a number that no other has."""

    def __init__(self) -> None:
        self._last = 100

    def line(self, rng: random.Random) -> str:
        """A line that never stood anywhere."""
        self._last += 1
        return rng.choice(_TEMPLATES).format(self._last)

    def block(self, rng: random.Random, size: int, common: float = 0.0) -> list[str]:
        """Some lines; `common` is the share of those that stand everywhere."""
        return [rng.choice(COMMON) if rng.random() < common and i > 0 else self.line(rng) for i in range(size)]

    def changed(self, line: str, rng: random.Random) -> str:
        """What somebody makes of a line: half of the time it keeps its words, and other numbers come in."""
        if rng.random() < 0.5 or line.strip() in _BARE:
            return self.line(rng)
        self._last += 1
        return re.sub(r"\d+", str(self._last), line.rstrip().replace(" is None", " == None"))


def telling(names: Sequence[str]) -> tuple[str, ...]:
    """Those of some lines that do not stand everywhere: which of several equal ones a diff keeps, nobody can say."""
    return tuple(name for name in names if name not in _BARE)


def formatted(line: str) -> list[str]:
    """What the formatter makes of a line: calls with a key one argument a line, and double quotes."""
    found = _CALL.match(line)
    if found is None:
        return [line.replace("'", '"').rstrip()]
    indent, head, key, last, _ = found.groups()
    return [f"{indent}{head}", f'{indent}    "{key}",', f"{indent}    {last},", f"{indent})"]


def linted(line: str) -> str:
    """What the linter makes of a line."""
    return line.replace(" == None", " is None")
