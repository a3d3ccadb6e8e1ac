from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest
from repos import Repo

from hivemind_git.pipeline import codifying, importing, mining
from hivemind_git.pipeline.workspace import open_workspace

from .conftest import RULE, SKILL, Hivemind, Said

BRANCH = f"hivemind/skill/{SKILL}"
STATED = "Run the tests before you say you are done"
KEYS = "[y,n,e,r,a,q,?]? "
CARD = """\
rule 1f403488e5c5138c, skill python-logging (new there)
3 decisions in 3 sessions; kept 0 times against 3 corrected; scope: src/shop/**/*.py
@@ src/shop/orders.py {0} @@
-    print(f"placed order {{len(orders)}}")
+    logger.info(f"placed order {{len(orders)}}")
@@ src/shop/payment.py {1} @@
-    print(f"charging {{customer}}")
+    logger.info(f"charging {{customer}}")
@@ src/shop/stock.py {2} @@
-    print(f"reserved {{item}}")
+    logger.info(f"reserved {{item}}")
+++ python-logging/SKILL.md
+## Write `logger.info(f"$0")`, not `print(f"$0")`
+
+```diff
+-     print(f"reserved {{item}}")
++     logger.info(f"reserved {{item}}")
+```
+
+Evidence: 3 decisions in 3 sessions, commits `{3}`, `{4}`, `{5}`. `$0` stands for whatever is there.
"""


def card(repo: Repo) -> str:
    commits = repo.git("rev-list", "--reverse", "main").split()[1:4]
    return CARD.format(*(one[:9] for one in commits), *(one[:10] for one in commits))


def answered(repo: Repo, answers: str, *arguments: str, **env: str) -> Said:
    command = [sys.executable, "-m", "hivemind_git", "review", *arguments]
    done = subprocess.run(
        command, cwd=repo.path, input=answers, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr)


def decisions(repo: Repo) -> list[tuple[str, str, int]]:
    return [
        (str(one["verb"]), str(one["rule"]), len(list(one["corrections"])))  # type: ignore[arg-type]
        for name in repo.git("ls-tree", "-r", "--name-only", "hivemind/sessions", "decisions/").splitlines()
        for line in repo.git("show", f"hivemind/sessions:{name}").splitlines()
        if (one := json.loads(line))["verb"] != "add"
    ]


def state(repo: Repo, rule: str = RULE) -> tuple[str, str]:
    (found,) = [one for one in mining.mine(open_workspace(repo.path)).rules if one.id == rule]
    return found.state.value, found.why


def rules_on(repo: Repo, rev: str, skill: str = SKILL) -> str:
    return repo.git("show", f"{rev}:.claude/skills/{skill}/rules.toml")


def test_yes_commits_the_rule_and_keeps_the_decision(taught: Repo) -> None:
    said = answered(taught, "y\n")
    tip = taught.git("rev-parse", "--short=9", BRANCH)
    base = taught.git("rev-parse", "--short=9", "main")
    assert said == Said(
        0,
        f"{card(taught)}(1/1) Publish this rule {KEYS}y\n"
        f"{SKILL}: 1 rule committed on {BRANCH} ({tip})\n  review: git log -p {base}..{BRANCH}\n",
        "",
    )
    assert decisions(taught) == [("accept", RULE, 3)]
    again = answered(taught, "")
    assert (again.code, again.out.split(":")[0]) == (0, "Nothing to review")


def test_later_quit_and_the_end_of_the_answers_change_nothing(taught: Repo) -> None:
    for answers in ("n\n", "q\n", "what?\n?\n"):
        said = answered(taught, answers)
        assert (said.code, said.out.splitlines()[-1], said.err) == (0, "Nothing published.", "")
    assert "r - reject it for good, whatever evidence comes\n" in said.out
    assert taught.git("for-each-ref", "refs/heads/hivemind/skill") == ""
    assert decisions(taught) == []


def test_without_anybody_to_answer_it_says_so(taught: Repo, hivemind: Hivemind) -> None:
    said = hivemind(taught.path, "review")
    assert (said.code, said.err) == (
        3,
        "hivemind: review asks, and nobody is here to answer\n"
        "  Run it in a terminal, or give it answers on standard input, one a line: y, n, e, r, a or q.\n",
    )
    found = json.loads(hivemind(taught.path, "review", "--json").out)
    (only,) = found["candidates"]
    assert (found["version"], only["id"], only["skill"], only["branch"], only["guard"]) == (
        1, RULE, SKILL, None, {"corrected": 3, "kept": 0, "earlier": 0},
    )  # fmt: skip
    assert hivemind(taught.path, "review", "0000").err.startswith("hivemind: no candidate starts with 0000\n")


def test_a_rejection_holds_whatever_evidence_comes_until_it_is_restored(
    taught: Repo, hivemind: Hivemind, tmp_path: Path
) -> None:
    said = answered(taught, "r\n")
    assert said.out.endswith(f"{KEYS}r\nrejected {RULE}; take it back: git hivemind rules restore {RULE}\n")
    assert decisions(taught) == [("reject", RULE, 3)]
    assert state(taught)[0] == "rejected"
    more_evidence(taught, tmp_path)
    (grown,) = [one for one in mining.mine(open_workspace(taught.path)).rules if one.id == RULE]
    assert len(grown.corrections) == 4
    assert state(taught)[0] == "rejected"
    assert codifying.run(open_workspace(taught.path)).published == []
    assert hivemind(taught.path, "rules", "restore", RULE).code == 0
    assert state(taught)[0] == "candidate"
    assert [one.rules for one in codifying.run(open_workspace(taught.path)).published] == [(RULE,)]


def more_evidence(repo: Repo, tmp_path: Path) -> None:
    """A fourth day: the agent prints once more, and is corrected once more."""
    file = repo.path / "src/shop/refund.py"
    record = {"sessionId": "day-four", "cwd": str(repo.path), "isSidechain": False}
    wrong = 'def refund(x):\n    print(f"refunding {x}")\n'
    written = {"file_path": str(file), "content": wrong}
    rows = [
        {"type": "user", "uuid": "u1", "timestamp": "2027-01-02T03:00:00Z", "promptId": "p", **record,
         "message": {"role": "user", "content": "Add refunds"}},
        {"type": "assistant", "uuid": "u2", "timestamp": "2027-01-02T03:00:01Z", **record, "message": {
            "id": "m", "model": "opus", "role": "assistant",
            "content": [{"type": "tool_use", "id": "t", "name": "Write", "input": written}]}},
        {"type": "user", "uuid": "u3", "timestamp": "2027-01-02T03:00:02Z", **record,
         "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "ok"}]},
         "toolUseResult": {"type": "create", "filePath": str(file), "content": wrong, "structuredPatch": [],
                           "originalFile": None}},
    ]  # fmt: skip
    transcript = tmp_path / "day-four.jsonl"
    transcript.write_text("".join(json.dumps(row) + "\n" for row in rows))
    repo.commit("refunds", when=1798900000, **{"src/shop/refund.py": wrong.replace("print", "logger.info")})
    importing.import_transcripts(open_workspace(repo.path), "claude-code", [transcript])


EDITOR = """\
#!/bin/sh
cat "$1" >"{seen}"
{does}
"""


def editor(tmp_path: Path, does: str) -> str:
    program = tmp_path / "my editor"
    program.write_text(EDITOR.format(seen=tmp_path / "seen", does=does))
    program.chmod(0o755)
    return f"'{program}'"


def test_what_is_edited_stays_edited(taught: Repo, tmp_path: Path) -> None:
    words = """-e 's/^headline = .*/headline = "We log, we never print"/'"""
    does = f"""sed -i {words} -e 's/^scope = .*/scope = ["src\\/**"]/' "$1" """
    taught.git("config", "core.editor", editor(tmp_path, does))
    said = answered(taught, "e\n")
    assert (said.code, said.err) == (0, "")
    assert (tmp_path / "seen").read_text() == (
        "# The rule 1f403488e5c5138c. What you write here stays as you write it: no later draft words it anew.\n"
        "# headline: one sentence for people; left empty, the template words it.\n"
        "# before, after: code; $0, $1 … stand for anything, and in after only for what before has.\n"
        "# scope: globs as git's, [] for everywhere. An empty file leaves the rule for later.\n"
        'headline = ""\nbefore = "print(f\\"$0\\")"\nafter = "logger.info(f\\"$0\\")"\nscope = ["src/shop/**/*.py"]\n'
    )
    assert 'headline = "We log, we never print"\nscope = ["src/**"]\n' in rules_on(taught, BRANCH)
    assert "## We log, we never print\n" in taught.git("show", f"{BRANCH}:.claude/skills/{SKILL}/SKILL.md")
    assert not (taught.path / ".git/RULE_EDIT.toml").exists()
    taught.git("merge", "-q", "--no-edit", BRANCH)
    more_evidence(taught, tmp_path)
    codifying.run(open_workspace(taught.path))
    assert 'headline = "We log, we never print"\nscope = ["src/**"]\n' in rules_on(taught, BRANCH)


@pytest.mark.parametrize(
    ("does", "sentence"),
    [
        ('echo "before = [" >"$1"', "that is not TOML: "),
        ('echo "surprise = 1" >"$1"', "nobody knows surprise here."),
        ("""echo 'before = ""' >"$1" """, "a rule without words says nothing."),
        ("""echo 'after = "$1 and $7"' >"$1" """, "$1 stands in after and not in before."),
        ("""echo 'scope = "src"' >"$1" """, "scope takes a list of globs."),
        ("""echo 'after = 3' >"$1" """, "after takes text in quotes."),
        ("exit 1", "the editor failed: "),
    ],
)
def test_a_broken_edit_may_be_edited_again_or_discarded(taught: Repo, tmp_path: Path, does: str, sentence: str) -> None:
    said = answered(taught, "e\nn\nq\n", GIT_EDITOR=editor(tmp_path, does))
    assert said.err.startswith(sentence)
    assert said.out.endswith(f'Edit again (saying "no" discards!) [y/n]? n\n(1/1) Publish this rule {KEYS}q\n'
                             "Nothing published.\n")  # fmt: skip
    assert taught.git("for-each-ref", "refs/heads/hivemind/skill") == ""


def test_an_emptied_file_leaves_the_rule_for_later(taught: Repo, tmp_path: Path) -> None:
    said = answered(taught, "e\n", GIT_EDITOR=editor(tmp_path, 'echo "# nothing" >"$1"'))
    assert (said.code, said.out.splitlines()[-1], said.err) == (0, "Nothing published.", "")


def test_several_rules_and_all_the_rest(taught: Repo, hivemind: Hivemind) -> None:
    stated = [hivemind(taught.path, "rules", "add", words).out[:16] for words in (STATED, "Log in English")]
    said = answered(taught, "n\na\n")
    assert said.out.count("Publish this rule") == 2
    assert sorted(decisions(taught)) == [("accept", rule, 0) for rule in sorted(stated)]
    assert taught.git("for-each-ref", "--format=%(refname:short)", "refs/heads/hivemind/skill").split() == [
        "hivemind/skill/logging", "hivemind/skill/testing",
    ]  # fmt: skip
    only = answered(taught, "n\n", RULE[:6])
    assert only.out.startswith(f"rule {RULE}, skill {SKILL} (new there)\n")


def test_a_rule_on_an_open_branch_is_reviewed_there_and_taken_off_it(taught: Repo, hivemind: Hivemind) -> None:
    """Rejecting one of two takes it off the branch, block, row and data; rejecting the last deletes the branch."""
    run, fast = (hivemind(taught.path, "rules", "add", words).out[:16] for words in (STATED, "Keep every test fast"))
    codifying.run(open_workspace(taught.path))
    branch = "hivemind/skill/testing"
    assert {run, fast} == {rule for rule in (run, fast) if rule in rules_on(taught, branch, "testing")}
    said = answered(taught, "r\n", fast)
    tip, parent = taught.git("rev-parse", branch)[:9], taught.git("rev-parse", f"{branch}^")[:9]
    assert said.out.startswith(f"rule {fast}, skill testing (on {branch})\n")
    assert said.out.endswith(
        f"testing: rejected rules taken out on {branch} ({tip})\n  review: git log -p {parent}..{branch}\n"
    )
    assert [rule in rules_on(taught, branch, "testing") for rule in (run, fast)] == [True, False]
    assert "fast" not in taught.git("show", f"{branch}:.claude/skills/testing/SKILL.md")
    assert taught.git("log", "-1", "--format=%B", branch) == (
        "Take rejected rules out of the skill testing\n\n"
        f"- without {fast}, which a review rejected\n\nHivemind-Skill: testing\nHivemind-Drafter: template\n"
    )
    assert answered(taught, "r\n", run).out.endswith(f"deleted {branch}, which held nothing else\n")
    assert taught.git("for-each-ref", "--format=%(refname:short)", "refs/heads/hivemind/skill") == BRANCH
    assert [state(taught, rule)[0] for rule in (run, fast, RULE)] == ["rejected", "rejected", "candidate"]


def test_in_a_terminal_it_looks_and_listens_as_git_does(taught: Repo) -> None:
    taught.git("config", "interactive.singleKey", "true")
    shown = in_terminal(taught, b"r", columns=150)
    assert "\x1b[34m\x1b[1m(1/1) Publish this rule [y,n,e,r,a,q,?]? \x1b[0m" in shown
    assert '\x1b[31m-    print(f"placed order {len(orders)}")' in shown
    assert " │ \x1b[32m+## Write" in shown
    assert decisions(taught) == [("reject", RULE, 3)]


def in_terminal(repo: Repo, keys: bytes, columns: int) -> str:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    command = [sys.executable, "-m", "hivemind_git", "review"]
    shown = b""
    with subprocess.Popen(
        command, cwd=repo.path, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"}
    ) as running:
        os.close(theirs)
        while b"?]? " not in shown and select.select([ours], [], [], 60)[0]:
            shown += os.read(ours, 4096)
        while running.poll() is None:
            with suppress(OSError):  # once the other side is gone
                os.write(ours, keys)  # what is typed before the terminal is in its new mode is thrown away
                while select.select([ours], [], [], 0.1)[0]:
                    shown += os.read(ours, 4096)
        assert running.wait() == 0
    os.close(ours)
    return shown.decode()
