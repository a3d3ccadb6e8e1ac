"""The documents name commands, options, programs, files and variables that exist."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from hivemind_git.cli.root import group

TOP = Path(__file__).parent.parent
PAGES = [TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").rglob("*.md"))]
COMMAND = re.compile(r"(?:\bgit |git-|^|\$ )hivemind ((?:-|[a-z])[^|;&#`()>]*)")
PROGRAM = re.compile(r"python -m ((?:benchmarks|hivemind_git|tests)[\w.]*)([^|;&#`>]*)")
OPTION = re.compile(r"(?<![\w-])-(?:-[a-z][a-z-]*|[a-zA-Z])\b")
OURS = re.compile(r"^(?:hooks|templates|hivemind_git|tests|benchmarks|docs)/[\w./*-]*(?:/|\.\w+)$")
EXAMPLE = "acme"
"""The assistant that docs/adding-an-assistant.md adds, which is not here."""


def code(page: Path) -> Iterator[str]:
    """Each line of a block of code, and each piece of code in a sentence."""
    blocks = re.compile(r"^```[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    text = page.read_text()
    for block in blocks.findall(text):
        yield from block.replace("\\\n", " ").splitlines()
    yield from re.findall(r"`([^`\n]+)`", blocks.sub("", text))


def unknown(command: click.Command, words: list[str]) -> Iterator[str]:
    """What of a command's words the command line does not know: a command in it, or options up to a `--`."""
    ctx = click.Context(command)
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(ctx, words[0])
        if found is None:
            yield words[0]
            return
        command, words = found, words[1:]
    parameters = list(command.params)
    if isinstance(command, click.Group) and (listing := command.get_command(ctx, "list")):
        parameters += listing.params  # `rules --state` is `rules list --state`
    known = {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts)}
    options = words[: words.index("--")] if "--" in words else words
    yield from (word for word in options if OPTION.fullmatch(word.split("=")[0]) and word.split("=")[0] not in known)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
class TestPage:
    def test_commands(self, page: Path) -> None:
        commands = [found.strip() for line in code(page) for found in COMMAND.findall(line)]
        assert [(one, missing) for one in commands for missing in unknown(group, one.split())] == []

    def test_programs(self, page: Path) -> None:
        for line in code(page):
            for module, options in PROGRAM.findall(line):
                found = importlib.util.find_spec(module)
                assert found is not None, line
                if found.submodule_search_locations is not None:
                    found = importlib.util.find_spec(f"{module}.__main__")
                assert found is not None, line
                assert found.origin is not None, line
                source = Path(found.origin).read_text()
                assert [option for option in OPTION.findall(options) if f'"{option}"' not in source] == [], line

    def test_links(self, page: Path) -> None:
        links = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
        files = [unquote(link.partition("#")[0]) for link in links if "://" not in link]
        assert [file for file in files if file and not (page.parent / file).exists()] == []

    def test_files(self, page: Path) -> None:
        named = {word.rstrip(".,:") for line in code(page) for word in line.split() if OURS.match(word)}
        assert sorted(name for name in named if EXAMPLE not in name and not list(TOP.glob(name.rstrip("/")))) == []

    def test_variables(self, page: Path) -> None:
        source = "".join(
            path.read_text(errors="replace")
            for folder in ("hivemind_git", "hooks", "tests", "benchmarks", ".ci")
            for path in (TOP / folder).rglob("*")
            if path.is_file() and path.suffix != ".pyc" and path != Path(__file__)
        )
        assert [name for name in set(re.findall(r"\bHIVEMIND_[A-Z_]+\b", page.read_text())) if name not in source] == []
