"""Names of corrections: ids, decisions, languages, contexts, times."""

from __future__ import annotations

from hashlib import sha256

import pytest

from hivemind_git.corrections import decisions
from hivemind_git.corrections.evidence import Edit, FileChange, Prompt, Refusal, Response, Speaker

from .conftest import Story


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/app.py", "python"),
        ("web/App.TSX", "typescript"),
        ("cmd/main.go", "go"),
        ("Makefile", "make"),
        ("deploy/Dockerfile", "dockerfile"),
        ("a.b/c", ""),
        (".bashrc", ""),
        ("notes.unheard-of", ""),
    ],
)
def test_language(path: str, expected: str) -> None:
    assert decisions.language(path) == expected


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("class A:\n    def f(self):\n        x = 1\n        y = 2\n", 3, "def f(self):"),
        ("func f() {\n\tx()\n\n\ty()\n}\n", 3, "func f() {"),
        ("a:\n  b:\n    c: 1\n", 2, "b:"),
        ("x = 1\ny = 2\n", 1, ""),
        ("", 0, ""),
        ("def f():\n    return 1\n", 9, ""),
    ],
)
def test_the_line_that_encloses(text: str, start: int, expected: str) -> None:
    assert decisions.enclosing(text.encode().splitlines(keepends=True), start) == expected


def test_the_id_of_a_correction_hashes_the_agents_side() -> None:
    assert decisions.correction_id("replaced", "e1", 3) == sha256(b'["replaced","e1",3]').hexdigest()[:32]
    assert decisions.correction_id("restated", "p1") == sha256(b'["restated","p1"]').hexdigest()[:32]


def test_a_decision_is_who_where_and_which_tokens() -> None:
    one = decisions.decision_id("ann", "c1", "print(a)\n", "log(a)\n")

    assert one == decisions.decision_id("ann", "c1", "  print(b, 1)\n", "  log(b, 1)\n")
    assert one == decisions.decision_id("ann", "c1", "print(a)\nprint(b)\n", "log(a)\nlog(b)\n")
    assert one != decisions.decision_id("ann", "c1", "log(a)\n", "print(a)\n")
    assert one != decisions.decision_id("ann", "c2", "print(a)\n", "log(a)\n")
    assert one != decisions.decision_id("bob", "c1", "print(a)\n", "log(a)\n")


@pytest.mark.parametrize(
    ("t", "expected"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_767_225_600.5, "2026-01-01T00:00:00.500Z"),
        (float("inf"), "9999-12-30T00:00:00.000Z"),
        (float("-inf"), "0001-01-02T00:00:00.000Z"),
        (float("nan"), "0001-01-02T00:00:00.000Z"),
        (1e30, "9999-12-30T00:00:00.000Z"),
    ],
)
def test_a_time_no_calendar_holds_becomes_its_nearest_end(t: float, expected: str) -> None:
    assert decisions.stamp(t) == expected


@pytest.mark.parametrize(
    ("subject", "before", "after", "expected"),
    [
        ("Fix fish instructions.", "echo zsh\n", "echo fish\n", True),
        ("Treat legacy & stale as the same", "case statusStale:\n", "case statusStale, statusLegacy:\n", True),
        ("Use it", "a\n", "b\n", False),
        ("Prepare the release", "print(a)\n", "log(a)\n", False),
        ("Keep print", "print(a)\n", "print(b)\n", False),
    ],
)
def test_a_subject_speaks_of_what_changed(subject: str, before: str, after: str, expected: bool) -> None:
    assert decisions.speaks(subject, before, after) is expected


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    assert decisions.text((b"caf\xe9\n", b"ok\n")) == "caf\ufffd\nok\n"


AGENT, FIXED = "def f():\n    print(1)\n", "def f():\n    log(1)\n"


def of(story: Story) -> list[tuple[str, int]]:
    """Path of each correction, and the how-manieth decision it belongs to."""
    found = story.derive().corrections
    order = list(dict.fromkeys(one.decision for one in found))
    return [(one.path, order.index(one.decision)) for one in found]


def test_one_change_of_many_files_in_several_commits_is_one_decision(story: Story) -> None:
    paths = [f"src/{name}.py" for name in "abcd"]
    for path in paths:
        story.edit(None, AGENT, path)
    also = tuple(FileChange(path=p, previous_path=p, before=None, after=FIXED.encode()) for p in paths[1:2])
    story.commit(None, FIXED, paths[0], also=also)
    story.commit(None, FIXED, paths[2])
    story.commit(None, FIXED, paths[3])
    assert of(story) == [(path, 0) for path in paths]

    story.edit(None, AGENT, "src/e.py")
    story.wait(decisions.SITTING)
    story.commit(None, FIXED, "src/e.py")
    assert of(story) == [*[(path, 0) for path in paths], ("src/e.py", 1)]  # the next day it is another one


def test_the_same_change_by_two_people_are_two_decisions(story: Story) -> None:
    story.edit(None, AGENT, "a.py")
    story.edit(None, AGENT, "b.py", session="s2")
    story.commit(None, FIXED, "a.py")
    story.commit(None, FIXED, "b.py", author="Bob <bob@example.com>")
    assert of(story) == [("a.py", 0), ("b.py", 1)]


def test_what_an_agent_finds_changed_file_by_file_is_one_decision(story: Story) -> None:
    for path in ("a.py", "b.py", "c.py"):
        story.edit(None, AGENT, path)
    for path in ("a.py", "b.py", "c.py"):
        story.see(FIXED, path)
    assert of(story) == [("a.py", 0), ("b.py", 0), ("c.py", 0)]


def test_five_different_changes_in_one_commit_are_five_decisions(story: Story) -> None:
    for number in range(5):
        story.edit(None, AGENT, f"{number}.py")
    changed = [FIXED.replace("log(1)", f"log_{number}(1)").encode() for number in range(5)]
    also = (FileChange(path=f"{n}.py", previous_path=f"{n}.py", before=None, after=changed[n]) for n in range(1, 5))
    story.commit(None, changed[0], "0.py", also=tuple(also))
    assert of(story) == [(f"{number}.py", number) for number in range(5)]


def test_one_refusal_of_several_tool_uses_is_one_decision_and_a_later_one_another(story: Story) -> None:
    for number, (pause, reason) in enumerate(
        [(0.0, "Don't use print, use the logger"), (1.0, "Don't use print,  use the logger"),
         (1.0, "Never catch Exception here"), (900.0, "Don't use print, use the logger")]
    ):  # fmt: skip
        items = story._next("s1")
        story.now += pause - 60
        refusal = Refusal(
            event=f"r{number}",
            t=story.now,
            tool_use=f"u{number}",
            tool="Write",
            reason=reason,
            by_person=True,
            worktree="main",
            path=f"{number}.py",
            replaced="",
            proposed=AGENT,
        )
        items.append(refusal)
        items.append(Response(event=f"a{number}", t=story.now, text="You're right, I'll change that."))
        items.append(Edit(event=f"e{number}", t=story.now, tool_use=f"w{number}", worktree="main", path=f"{number}.py",
                          before=None, after=FIXED.encode()))  # fmt: skip
    assert of(story) == [("0.py", 0), ("1.py", 0), ("2.py", 1), ("3.py", 2)]


def test_words_that_a_script_says_over_and_over_to_a_session_are_one_decision(story: Story) -> None:
    told = "No, not with print: use the logger"
    for number, (session, text) in enumerate([("s1", told), ("s1", f"{told} "), ("s1", f"{told} here"), ("s2", told)]):
        items, path = story._next(session), f"{number}.py"
        items.append(Edit(event=f"a{number}", t=story.now, tool_use=f"ua{number}", worktree="main", path=path,
                          before=None, after=AGENT.encode()))  # fmt: skip
        story.wait(3 * decisions.SITTING)
        items.append(Prompt(event=f"p{number}", t=story.now, text=text, speaker=Speaker.PERSON))
        items.append(Response(event=f"r{number}", t=story.now, text="You're right, I'll use the logger."))
        items.append(Edit(event=f"b{number}", t=story.now, tool_use=f"ub{number}", worktree="main", path=path,
                          before=AGENT.encode(), after=FIXED.encode()))  # fmt: skip
    assert of(story) == [("0.py", 0), ("1.py", 0), ("2.py", 1), ("3.py", 2)]
