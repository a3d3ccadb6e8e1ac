"""The command line: parse, call, render. One module a command, loaded when it is called."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from hivemind_git import __version__
from hivemind_git.errors import HivemindError

COMMANDS = {
    "install": "wire the git hooks and the assistants found here",
    "uninstall": "take every hook out again, byte for byte",
    "status": "show what is wired, the last event, what is pending or lost",
    "doctor": "try every hook, and say what is broken and what mends it",
    "import": "read sessions from transcripts on disk, or what other tools keep",
    "sessions": "list the sessions in the store, or show one",
    "corrections": "list what people changed of what agents wrote",
    "mine": "show the rules that corrections add up to, and why others wait",
    "rules": "list rules, show one with its evidence, state, restore or mute one",
    "review": "decide on candidate rules one by one, as git add -p does on hunks",
    "codify": "commit rules as skills, each on a branch for review",
    "skillify": "show what waits, and when drafting by itself last ran and will run",
    "check": "run the published rules over the lines that agents added",
    "log": "show where each skill came from",
    "show": "show a skill, rule, correction or session, with the diffs and the words",
    "blame": "show which rule, corrections and sessions each line of a skill comes from",
    "search": "find words in sessions, corrections, rules and skills",
    "sql": "answer a SQL query over sessions, events, corrections, rules and skills",
    "effect": "show whether skills changed what agents write",
    "eval": "measure derivation and rules against a known truth",
    "sync": "exchange the session store with a remote",
    "forget": "take a session, an event or a leaked value out of the store, for good",
    "prune": "forget all sessions that began before a month or day",
    "demo": "run the whole loop in a temporary repository",
    "report": "write one HTML page about corrections, skills and what waits",
    "export": "write sessions, corrections and rules in other tools' formats",
    "completion": "print the script that completes commands in bash, zsh or fish",
    "answer": "tell an agent what the rules say of its lines (hooks call this)",
    "seal": "move the journal into the session store (hooks call this)",
    "guard": "say whether a push may carry the session store (hooks call this)",
}
"""Every command and its line in the help. The module of the same name holds it; a keyword gets an underscore."""

HIDDEN = frozenset({"answer", "guard", "seal"})
OF_SESSIONS = ("forget", "prune")
"""Commands that may be called below `sessions` as well: `sessions forget`."""


def main() -> NoReturn:
    """Runs one command and exits: 0 fine, 1 findings, 2 wrong usage, 3 could not do it."""
    if sys.argv[1:] == ["--version"]:  # five interpreter starts at most: click alone would be three
        print(f"git-hivemind version {__version__}")  # noqa: T201
        sys.exit(0)
    sys.exit(_guarded())


def _guarded() -> int:
    from hivemind_git.cli import root  # noqa: PLC0415

    try:
        return root.run(sys.argv[1:])
    except HivemindError as error:
        return root.fail(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # `git hivemind log | head` is no error; the interpreter must not complain about the closed pipe at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if root.debugging(sys.argv[1:]):
            raise
        return root.fail(root.unexpected(error))
