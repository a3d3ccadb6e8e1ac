"""Which of its own lines an agent rewrote: carried through edits, people, formatters and holes in the record."""

from __future__ import annotations

from hivemind_git.corrections.conversation import turns
from hivemind_git.corrections.evidence import Edit, Item, Prompt, Session, Speaker
from hivemind_git.corrections.rewrites import Rewrite, works
from hivemind_git.git.diff import diff_lines


def prompt(number: int) -> Prompt:
    return Prompt(event=f"p{number}", t=float(number), text=f"words {number}", speaker=Speaker.PERSON)


def edit(number: int, before: bytes | None, after: bytes | None, known: bool = True, path: str = "a.py") -> Edit:
    return Edit(
        event=f"e{number}",
        t=float(number),
        tool_use=f"t{number}",
        worktree="main",
        path=path,
        before=before,
        after=after,
        before_known=known,
    )


def rewrites(*items: Item) -> list[list[Rewrite]]:
    session = Session(id="s", agent="claude-code", model=None, items=items)
    return [list(work.rewrites) for work in works(turns(session), diff_lines)]


def test_lines_of_an_earlier_turn_are_the_agents_own() -> None:
    first = edit(1, None, b"one\ntwo\n")
    second = edit(2, b"one\ntwo\n", b"one\nTWO\n")
    assert rewrites(prompt(1), first, prompt(2), second) == [
        [],
        [],
        [Rewrite(second, 0, first, 1, (b"two\n",), (b"TWO\n",))],
    ]


def test_lines_of_the_same_turn_are_still_being_written() -> None:
    assert rewrites(prompt(1), edit(1, None, b"one\n"), edit(2, b"one\n", b"two\n")) == [[], []]


def test_what_stood_there_before_belongs_to_nobody() -> None:
    change = edit(1, b"old\nkeep\n", b"new\nkeep\n")
    assert rewrites(prompt(1), change) == [[], [Rewrite(change, 0, None, 1, (b"old\n",), (b"new\n",))]]


def test_a_run_with_own_lines_holds_only_those() -> None:
    first = edit(1, b"theirs\n", b"theirs\nmine\n")
    second = edit(2, b"theirs\nmine\n", b"other\n")
    assert rewrites(prompt(1), first, prompt(2), second)[2] == [
        Rewrite(second, 0, first, 1, (b"mine\n",), (b"other\n",))
    ]


def test_owners_survive_a_person_editing_elsewhere() -> None:
    first = edit(1, None, b"one\ntwo\n")
    second = edit(2, b"zero\none\ntwo\n", b"zero\none\n2\n")
    assert rewrites(prompt(1), first, prompt(2), second)[2] == [Rewrite(second, 0, first, 1, (b"two\n",), (b"2\n",))]


def test_lines_that_a_person_wrote_over_are_not_the_agents() -> None:
    first = edit(1, None, b"one\ntwo\n")
    second = edit(2, b"one\nperson\n", b"one\nagain\n")
    assert rewrites(prompt(1), first, prompt(2), second)[2] == [
        Rewrite(second, 0, None, 2, (b"person\n",), (b"again\n",))
    ]


def test_a_formatter_rewrites_nothing_and_owns_nothing() -> None:
    first = edit(1, None, b"a=1\nb = 2\n")
    formatted = edit(2, b"a=1\nb = 2\n", b"a = 1\nb = 2\n")
    third = edit(3, b"a = 1\nb = 2\n", b"a = 3\nb = 2\n")
    assert rewrites(prompt(1), first, prompt(2), formatted, prompt(3), third) == [
        [],
        [],
        [],
        [Rewrite(third, 0, first, 1, (b"a = 1\n",), (b"a = 3\n",))],
    ]


def test_an_edit_over_an_unknown_image_owns_nothing_new() -> None:
    first = edit(1, None, b"one\ntwo\n")
    blind = edit(2, None, b"one\nother\n", known=False)
    third = edit(3, b"one\nother\n", b"1\n2\n")
    assert rewrites(prompt(1), first, prompt(2), blind, prompt(3), third)[3] == [
        Rewrite(third, 0, first, 1, (b"one\n",), (b"1\n", b"2\n"))
    ]


def test_a_deleted_file_takes_the_agents_lines_with_it() -> None:
    first = edit(1, None, b"one\n")
    gone = edit(2, b"one\n", None)
    assert rewrites(prompt(1), first, prompt(2), gone)[2] == [Rewrite(gone, 0, first, 1, (b"one\n",), ())]


def test_the_same_path_in_two_worktrees_is_two_files() -> None:
    first = edit(1, None, b"one\n")
    other = Edit(event="e2", t=2.0, tool_use="t2", worktree="side", path="a.py", before=b"one\n", after=b"two\n")
    assert rewrites(prompt(1), first, prompt(2), other)[2] == [Rewrite(other, 0, None, 2, (b"one\n",), (b"two\n",))]


def test_work_before_the_first_prompt_counts_as_an_earlier_turn() -> None:
    first = edit(1, None, b"one\n")
    second = edit(2, b"one\n", b"two\n")
    assert rewrites(first, prompt(1), second) == [[], [Rewrite(second, 0, first, 0, (b"one\n",), (b"two\n",))]]
