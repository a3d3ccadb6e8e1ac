"""What a check of a change costs, against the start of an interpreter with click and pygit2."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks import Row, Size, interleaved
from hivemind_git.model import RuleKind
from hivemind_git.skills.compose import compose
from hivemind_git.skills.layout import Standing
from hivemind_git.skills.rules_toml import Proof, SkillRule

RULES = 50
SKILLS = 5
LINES = 200
BOUND = 2.0


def rule(number: int) -> SkillRule:
    """A template rule with as much evidence as an ordinary one."""
    proofs = [
        Proof(correction=f"{number:08x}{n:024x}", session="s", commit="c" * 40, before="bad()", after="good()")
        for n in range(6)
    ]
    return SkillRule(
        id=f"{number:016x}",
        kind=RuleKind.TEMPLATE,
        before=f"client.bad_call_{number}($0, retries=$1)",
        after=f"client.good_call_{number}($0)",
        scope=("src/**/*.py",),
        language="python",
        decisions=6,
        corrections=6,
        sessions=("s", "t"),
        evidence=tuple(proofs),
    )


def project(top: Path) -> None:
    """A repository with the skills, and a staged change of 200 lines that breaks no rule, though it comes near."""
    for number in range(SKILLS):
        mine = [rule(n) for n in range(number, RULES, SKILLS)]
        draft = compose(f"area-{number}", mine, Standing())
        folder = top / ".claude/skills" / f"area-{number}"
        folder.mkdir(parents=True)
        (folder / "SKILL.md").write_text(draft.skill)
        (folder / "rules.toml").write_text(draft.rules_file)
    source = top / "src/app.py"
    source.parent.mkdir()
    source.write_text("".join(f"value_{n} = compute({n}, 'x')\n" for n in range(LINES)))
    git(top, "init", "-q", "-b", "main")
    git(top, "add", "-A")
    git(top, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "Start")
    changed = [f"value_{n} = client.bad_call_{n % RULES}(request[{n}], timeout={n})\n" for n in range(LINES)]
    source.write_text("".join(changed))
    git(top, "add", "-A")


def git(top: Path, *arguments: str) -> None:
    """Runs git there."""
    subprocess.run(["git", "-C", str(top), *arguments], check=True)


def run_quietly(top: Path, *command: str, payload: bytes = b"") -> None:
    """Runs a command that must find nothing."""
    subprocess.run(command, cwd=top, check=True, stdout=subprocess.DEVNULL, input=payload)


def run(size: Size) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        project(top)
        ours, theirs = f"check --staged, {LINES} lines, {RULES} rules", "python -c 'import click, pygit2'"
        answer = f"hook that answers at a stop, {LINES} lines, {RULES} rules"
        recall = f"hook that recalls rules before an edit, {RULES} rules"
        git(top, "config", "hivemind.checkAgent", "stop")
        git(top, "config", "hivemind.recall", "edit")
        edit = {"hook_event_name": "PreToolUse", "tool_name": "Edit", "tool_input": {"file_path": "src/app.py"}}
        before = json.dumps({**edit, "session_id": "s"}).encode()
        payload = b'{"hook_event_name": "Stop", "session_id": "s", "stop_hook_active": false}'
        cases = {
            theirs: partial(run_quietly, top, sys.executable, "-c", "import click, pygit2"),
            ours: partial(run_quietly, top, sys.executable, "-m", "hivemind_git", "check", "--staged"),
            **{
                name: partial(
                    run_quietly, top, sys.executable, "-m", "hivemind_git", "answer", "claude-code", payload=told
                )
                for name, told in ((answer, payload), (recall, before))
            },
        }
        times = interleaved(cases, rounds=5 if size is Size.QUICK else 15)
    return [Row(one, times[one], theirs, times[theirs], BOUND) for one in (ours, answer, recall)]
