from pathlib import Path

from hivemind_git import resources
from hivemind_git.cli import COMMANDS, HIDDEN
from hivemind_git.cli.manual import page


def test_the_manual_page_says_what_the_commands_say() -> None:
    kept = Path(resources.__file__).parent.parent / "docs/man/git-hivemind.1"
    assert kept.read_text() == page(), "run: python -m hivemind_git.cli.manual > docs/man/git-hivemind.1"


def test_every_command_is_in_it() -> None:
    for name in COMMANDS.keys() - HIDDEN:
        assert f".SS git hivemind {name} " in page()
