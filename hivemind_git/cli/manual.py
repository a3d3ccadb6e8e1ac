"""The manual page, made from the commands' own help: `python -m hivemind_git.cli.manual > docs/man/git-hivemind.1`.

`git hivemind --help` asks man(1) for git-hivemind(1), so the page is installed with the package. Format: man(7).
"""

from __future__ import annotations

import click

from hivemind_git import __version__
from hivemind_git.cli.root import group


def page() -> str:
    """The whole page as roff."""
    ctx = click.Context(group, info_name="git hivemind")
    parts = [
        f'.TH GIT-HIVEMIND 1 "" "hivemind-git {__version__}" "Git Manual"',
        ".SH NAME",
        "git-hivemind \\- turn corrections of coding agents into reviewed skills",
        ".SH SYNOPSIS",
        ".B git hivemind",
        "[\\-C PATH] [\\-\\-debug] COMMAND [ARGUMENT...]",
        ".SH DESCRIPTION",
        _escape(group.help or ""),
        ".PP",
        "Sessions are captured by hooks and kept on an orphan branch. Corrections are what people changed of what",
        "agents wrote. Three or more that agree become a rule, a rule becomes a change of a SKILL.md on a branch,",
        "reviewed like any other.",
        ".SH COMMANDS",
    ]
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        parts += _command(ctx, name, command)
    parts += [
        ".SH EXIT STATUS",
        "0 fine, 1 findings, 2 wrong usage, 3 could not do it.",
        ".SH FILES",
        "The session store is the branch hivemind/sessions. What is only on this machine is in .git/hivemind.",
        ".SH SEE ALSO",
        ".BR git (1),",
        ".BR git\\-revert (1)",
    ]
    return "\n".join(parts) + "\n"


def _command(ctx: click.Context, name: str, command: click.Command) -> list[str]:
    inner = click.Context(command, info_name=name, parent=ctx)
    usage = " ".join(command.collect_usage_pieces(inner))
    lines = [".SS " + _escape(f"git hivemind {name} {usage}"), _escape(" ".join((command.help or "").split()))]
    for parameter in command.get_params(inner):
        record = parameter.get_help_record(inner)
        if record and record[1] and "--help" not in record[0]:
            lines += [".TP", ".B " + _escape(record[0]), _escape(record[1])]
    if isinstance(command, click.Group):
        for below, inner_command in command.commands.items():
            lines += _command(ctx, f"{name} {below}", inner_command)
    return lines


def _escape(text: str) -> str:
    quoted = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in quoted.splitlines())


if __name__ == "__main__":
    click.echo(page(), nl=False)
