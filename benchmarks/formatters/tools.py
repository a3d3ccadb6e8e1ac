"""The formatters and fixers that are asked, how each is called, and what makes code untidy where all is tidy."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Untidy: TypeAlias = Callable[[str, random.Random], str]

_BATCH = 20
_PATIENCE = 120
_IMPORTED = re.compile(r'(?:^\t(?:\w+ )?"[\w./-]+"\n){2,}', re.MULTILINE)
_ESLINT = """export default [{
  files: ["**/*.js"],
  rules: {
    "prefer-const": 2, "no-var": 2, "object-shorthand": 2, "prefer-template": 2, "dot-notation": 2, "no-else-return": 2,
    "curly": [2, "all"], "prefer-arrow-callback": 2, "arrow-body-style": 2, "no-extra-boolean-cast": 2,
  },
}];
"""
CONFIGURED = {"eslint.config.mjs": _ESLINT, "biome.json": "{}", "package.json": "{}"}
"""Files that stand beside the code: what the tools would ask for, and nothing of the machine's own settings."""


def untidy_go(text: str, rng: random.Random) -> str:
    """Go as one types it without gofmt: nothing aligned, indented by spaces, imports in any order."""

    def shuffled(found: re.Match[str]) -> str:
        lines = found[0].splitlines(keepends=True)
        rng.shuffle(lines)
        return "".join(lines)

    lines = _IMPORTED.sub(shuffled, text).splitlines(keepends=True)
    return "".join(map(_loose, lines)) if "`" not in text else "".join(_unaligned(line) for line in lines)


def _unaligned(line: str) -> str:
    return line if '"' in line or "`" in line else re.sub(r"(?<=\S) {2,}(?=\S)", " ", line)


def _loose(line: str) -> str:
    stripped = line.lstrip("\t")
    return "    " * (len(line) - len(stripped)) + _unaligned(stripped)


def untidy_rust(text: str, rng: random.Random) -> str:
    """Rust as a project with another rustfmt.toml has it."""
    width, heuristics = rng.choice((60, 72, 140, 160)), rng.choice(("Max", "Off", "Default"))
    settings = f"max_width={width},use_small_heuristics={heuristics},reorder_imports=false"
    asked = ["rustfmt", "--edition", "2021", "--config", settings]
    made = subprocess.run(asked, input=text, capture_output=True, text=True, check=False, timeout=_PATIENCE)
    return made.stdout if made.returncode == 0 and made.stdout else text


@dataclass(frozen=True)
class Tool:
    """A formatter, called with the files to change in place, or with one file on its standard input.

    Attributes:
        suffixes: files whose names end so are given to it.
        untidy: makes text of code that was formatted by this tool already.
        rewrites: it changes tokens, and not only their layout.
    """

    name: str
    argv: tuple[str, ...]
    suffixes: tuple[str, ...]
    stdin: bool = False
    untidy: Untidy | None = None
    rewrites: bool = False

    @property
    def installed(self) -> bool:
        """Whether its program is on the search path."""
        return shutil.which(self.argv[0]) is not None

    def formatted(self, texts: Sequence[str], folder: Path) -> list[str]:
        """What it makes of some texts; a text that it refuses comes back as it was."""
        if self.stdin:
            return [self._filtered(text, folder) for text in texts]
        paths = [folder / f"sample{number}{self.suffixes[0]}" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, "utf-8", newline="")
        for at in range(0, len(paths), _BATCH):
            batch = [path.name for path in paths[at : at + _BATCH]]
            subprocess.run([*self.argv, *batch], cwd=folder, capture_output=True, check=False, timeout=_PATIENCE)
        made = [path.read_bytes().decode("utf-8", "replace") for path in paths]
        for path in paths:
            path.unlink()
        return made

    def _filtered(self, text: str, folder: Path) -> str:
        made = subprocess.run(
            self.argv, cwd=folder, input=text.encode(), capture_output=True, check=False, timeout=_PATIENCE
        )
        return made.stdout.decode("utf-8", "replace") if made.returncode == 0 and made.stdout else text


def _prettier(name: str, *suffixes: str) -> Tool:
    return Tool(f"prettier ({name})", ("prettier", "--write", "--log-level", "silent"), suffixes)


_PYTHON, _SCRIPT, _TYPED = (".py",), (".js", ".mjs", ".cjs"), (".ts",)
_RUFF = ("ruff", "check", "--isolated", "--fix", "--exit-zero", "-q", "--target-version", "py311", "--select")
_C = (".h", ".hpp", ".c", ".cc")
TOOLS = (
    Tool("black", ("black", "-q"), _PYTHON),
    Tool("ruff format", ("ruff", "format", "--isolated", "-q"), _PYTHON),
    Tool("yapf", ("yapf", "-i"), _PYTHON),
    Tool("autopep8", ("autopep8", "-i"), _PYTHON),
    Tool("autopep8 -a", ("autopep8", "-i", "-a"), _PYTHON, rewrites=True),
    Tool("isort", ("isort", "-q"), _PYTHON),
    Tool("ruff check --fix", (*_RUFF, "I,UP,F,E,SIM"), _PYTHON, rewrites=True),
    Tool("clang-format (LLVM)", ("clang-format", "-i", "--style=LLVM"), _C),
    Tool("clang-format (Google)", ("clang-format", "-i", "--style=Google"), _C),
    Tool("gofmt", ("gofmt", "-w"), (".go",), untidy=untidy_go),
    Tool("goimports", ("goimports", "-w"), (".go",), untidy=untidy_go),
    Tool("gofumpt", ("gofumpt", "-w"), (".go",), untidy=untidy_go),
    Tool("rustfmt", ("rustfmt", "--edition", "2021"), (".rs",), stdin=True, untidy=untidy_rust),
    _prettier("js", *_SCRIPT),
    _prettier("ts", *_TYPED),
    _prettier("css", ".css"),
    _prettier("json", ".json"),
    _prettier("md", ".md"),
    _prettier("yaml", ".yaml", ".yml"),
    Tool("biome format", ("biome", "format", "--write"), _SCRIPT),
    Tool("biome check --write", ("biome", "check", "--write"), _TYPED, rewrites=True),
    Tool("eslint --fix", ("eslint", "--fix"), _SCRIPT, rewrites=True),
    Tool("shfmt", ("shfmt", "-w"), (".sh",)),
)
