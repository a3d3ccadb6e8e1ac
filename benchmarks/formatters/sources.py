"""Real code on this machine: what came with Python, its packages, Go, Rust and Node, and the system's headers."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

from hivemind_git.corrections import noise

_LINES = (30, 700)
_WIDEST = 300
_SKIPPED = frozenset({".git", "__pycache__", "testdata", "test", "tests", "lib2to3"})


def folders() -> list[Path]:
    """Where code is looked for."""
    found = [Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib")]
    found += [Path("/usr/include"), Path("/usr/lib/node_modules"), Path("/usr/share"), Path("/usr/bin")]
    found += [Path.home() / ".cargo/registry/src", Path.home() / "go/pkg/mod"]
    if go := shutil.which("go"):
        root = subprocess.run([go, "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip()
        found.append(Path(root, "src"))
    return [folder for folder in found if folder.is_dir()]


class Sources:
    """Files of some folders by the end of their names, in an order that the seed decides."""

    def __init__(self, roots: Sequence[Path], seed: int) -> None:
        self._by_suffix: dict[str, list[Path]] = {}
        for root in roots:
            for folder, below, names in os.walk(root):
                below[:] = sorted(name for name in below if name not in _SKIPPED)
                for name in sorted(names):
                    self._by_suffix.setdefault(Path(name).suffix, []).append(Path(folder, name))
        self._seed = seed

    def texts(self, suffixes: Sequence[str]) -> Iterator[str]:
        """Texts of files of a moderate size that a person may have written, none twice."""
        paths = [path for suffix in suffixes for path in self._by_suffix.get(suffix, ())]
        random.Random(f"{self._seed} {suffixes}").shuffle(paths)
        met: set[str] = set()
        for path in paths:
            try:
                text = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            lines = text.splitlines()
            plain = _LINES[0] <= len(lines) <= _LINES[1] and max(map(len, lines)) <= _WIDEST and "\0" not in text
            head = text.encode().splitlines()[:5]
            if plain and text not in met and not noise.generated(path.name, frozenset(), head):
                met.add(text)
                yield text
