"""`git hivemind completion`: what a shell reads to complete commands, options and names."""

from __future__ import annotations

import click

from hivemind_git import resources


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes `git hivemind` and `hivemind` in SHELL.

    Put this line where the shell looks when it starts:

    \b
      ~/.bashrc                   eval "$(git hivemind completion bash)"
      ~/.zshrc, after compinit    eval "$(git hivemind completion zsh)"
      ~/.config/fish/config.fish  git hivemind completion fish | source
    """
    script = resources.find("templates") / "completion" / shell
    click.echo(script.read_text(encoding="utf-8"), nl=False)
