"""`git hivemind demo`: the whole loop in a temporary repository, on sessions recorded with the real client."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from hivemind_git.cli.render import style
from hivemind_git.demo import Day, days

_COMMAND = "git hivemind"


class _Stage:
    """A repository of its own in which commands are shown and run."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.repo = top / "shop"
        config = top / "gitconfig"
        config.write_text("[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n")
        self._environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("GIT_", "HIVEMIND_", "ANTHROPIC_"))
            },
            "HOME": str(top),
            "GIT_CONFIG_GLOBAL": str(config),
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_PAGER": "cat",
        }

    def show(self, line: str, *, when: str | None = None, keep: int | None = None) -> str:
        """Shows a command as a person would type it, runs it, and prints (the first `keep` lines of) what it says."""
        click.echo(style(f"$ {line}", bold=True))
        output = self.run(line, when=when)
        lines = output.splitlines()
        for text in lines[:keep]:
            click.echo(f"  {text}".rstrip())
        if keep is not None and len(lines) > keep:
            click.echo(style(f"  … {len(lines) - keep} more lines", dim=True))
        click.echo()
        return output

    def run(self, line: str, *, when: str | None = None) -> str:
        """Runs a command line in the repository; a failure ends the demo with what it printed."""
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when} if when else {}
        words = line.split(" ") if "'" not in line else ["sh", "-c", line]
        if line.startswith(_COMMAND):
            words = [sys.executable, "-m", "hivemind_git", *line.removeprefix(_COMMAND).split()]
        done = subprocess.run(
            words, cwd=self.repo, env={**self._environment, **dates}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise click.ClickException(
                f"`{line}` ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"
            )
        return done.stdout


@click.command()
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Make the repository in this new folder and leave it there."
)
def command(keep: Path | None) -> None:
    """Run the whole loop in a temporary repository.

    Three recorded sessions, three corrections by hand, the rule they add up to, the skill with its lineage, and the
    revert that drops it for good.
    """
    if keep is not None and keep.exists():
        raise click.UsageError(f"{keep} is there already; name a new folder.")
    top = Path(tempfile.mkdtemp(prefix="hivemind-demo-")) if keep is None else keep
    top.mkdir(parents=True, exist_ok=True)
    try:
        _play(_Stage(top.resolve()))
    finally:
        if keep is None:
            shutil.rmtree(top, ignore_errors=True)
    if keep is not None:
        click.echo(f"The repository is {keep / 'shop'}.")


def _play(stage: _Stage) -> None:
    _past(stage)
    _title("2. The sessions go into git, and the corrections come out")
    stage.show("git hivemind import --agent claude-code ../sessions/1.jsonl ../sessions/2.jsonl ../sessions/3.jsonl")
    stage.show("git hivemind corrections")
    _title("3. Three that agree are a rule")
    stage.show("git hivemind mine")
    _title("4. The rule becomes a skill, on a branch for review")
    stage.show("git hivemind codify")
    branch = stage.run("git for-each-ref --format=%(refname:short) refs/heads/hivemind/skill").strip()
    stage.show(f"git log -1 --stat --format=%B {branch}")
    skill = stage.run(f"git diff --name-only main {branch} -- .claude/skills/*/SKILL.md").strip()
    stage.show(f"git show {branch}:{skill}")
    _title("5. Merged, it is where the next session finds it, and it says where it came from")
    stage.show(f"git merge --quiet --no-edit {branch}")
    stage.show("git hivemind log")
    _title("6. Not wanted after all: a revert drops it, and the same corrections do not bring it back")
    stage.show("git revert --no-edit HEAD", keep=1)
    stage.show("git hivemind codify")
    stage.show("git hivemind mine")


def _past(stage: _Stage) -> None:
    _title("1. An agent writes, a person corrects (three sessions recorded with Claude Code)")
    stage.repo.mkdir()
    stage.run("git init --quiet")
    stage.run("git commit --quiet --allow-empty --message=Start", when="2026-11-01T10:00:00Z")
    sessions = stage.top / "sessions"
    sessions.mkdir()
    for number, day in enumerate(days(), 1):
        (sessions / f"{number}.jsonl").write_bytes(day.transcript)
        _say(day)
        target = stage.repo / day.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(day.accepted)
        stage.run("git add --all")
        stage.run(f"git commit --quiet --message='{day.subject}'", when=day.committed)
    stage.show("git log --format='%h %as %an: %s'")


def _say(day: Day) -> None:
    wrote = next(line.strip() for line in day.written.splitlines() if "print(" in line)
    kept = next(line.strip() for line in day.accepted.splitlines() if "logger.info(" in line)
    click.echo(f"  {day.committed[:10]}  {style('asked', dim=True)}  {day.prompt}")
    click.echo(f"              agent   {style('-' + wrote, fg='red')}")
    click.echo(f"              Ada     {style('+' + kept, fg='green')}\n")


def _title(text: str) -> None:
    click.echo(style(f"── {text} ", bold=True, fg="cyan") + "\n")
