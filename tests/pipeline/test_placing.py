import pytest

from hivemind_git.pipeline.placing import Placer

KNOWN = {"README.md", "cmd/app/main.go", "src/a.py", "main.go"}


def placer(**worktrees: str) -> Placer:
    return Placer({path: name for name, path in worktrees.items()}, KNOWN.__contains__)


def test_a_file_of_a_worktree_on_this_machine_needs_no_learning() -> None:
    assert placer(main="/home/ada/shop").place("/home/ada/shop/new.py", "/home/ada/shop") == ("main", "new.py")


def test_a_relative_path_is_read_from_the_folder_the_agent_was_in() -> None:
    assert placer(main="/home/ada/shop").place("../b.py", "/home/ada/shop/src") == ("main", "b.py")


def test_the_longest_worktree_wins_where_one_is_nested_in_another() -> None:
    nested = placer(main="/r", topic="/r/.claude/worktrees/topic")
    assert nested.place("/r/.claude/worktrees/topic/src/a.py", "/r") == ("topic", "src/a.py")


def test_a_root_of_another_machine_is_learnt_from_a_suffix_that_the_history_knows() -> None:
    place = placer()
    place.learn(["/Users/bo/dev/cli/cmd/app/main.go", "/Users/bo/dev/cli/notes.txt"], ["/Users/bo/dev/cli"])
    assert place.place("/Users/bo/dev/cli/notes.txt", "/") == ("cli", "notes.txt")
    assert place.place("/Users/bo/dev/other/cmd.txt", "/") is None


def test_the_longest_known_suffix_gives_the_root() -> None:
    place = placer()
    place.learn(["/x/cmd/app/main.go"], [])
    assert place.place("/x/cmd/app/other.go", "/") == ("x", "cmd/app/other.go")


def test_a_neighbours_readme_does_not_make_the_neighbour_a_worktree() -> None:
    place = placer(main="/home/ada/shop")
    place.learn(["/home/ada/neighbour/README.md"], ["/home/ada/shop"])
    assert place.place("/home/ada/neighbour/README.md", "/home/ada/shop") is None


def test_a_file_at_the_top_counts_where_the_agent_worked_there() -> None:
    place = placer()
    place.learn(["/w/cli/README.md"], ["/w/cli/docs"])
    assert place.place("/w/cli/docs/x.md", "/") == ("cli", "docs/x.md")


def test_a_mapping_of_the_user_is_taken_as_given() -> None:
    place = Placer({"/here": "main"}, KNOWN.__contains__, {"/old/place": "main"})
    assert place.place("/old/place/deep/new.py", "/") == ("main", "deep/new.py")


def test_windows_paths_are_understood() -> None:
    place = placer()
    place.learn(["C:\\dev\\cli\\src\\a.py"], ["C:\\dev\\cli"])
    assert place.place("C:\\dev\\cli\\src\\b.py", "C:\\dev\\cli") == ("cli", "src/b.py")


def test_a_path_that_climbs_out_is_outside() -> None:
    assert placer(main="/r").place("/r/../etc/passwd", "/r") is None


@pytest.mark.parametrize("path", [".git/hooks/pre-commit", ".GIT/config", "sub/.git/HEAD", ".git"])
def test_what_is_gits_own_is_no_file_of_the_worktree(path: str) -> None:
    placer = Placer({"/home/ann/shop": "main"}, lambda _: False)
    assert placer.place(f"/home/ann/shop/{path}", "/home/ann/shop") is None
    assert placer.missed() == frozenset()
    assert placer.place("/home/ann/shop/.gitignore", "/") == ("main", ".gitignore")


def test_a_folder_behind_a_link_is_where_it_leads() -> None:
    real = {"/link": "/home/ann/shop", "/link/src": "/home/ann/shop/src"}
    placer = Placer({"/home/ann/shop": "main"}, lambda _: False, real=lambda folder: real.get(folder, folder))

    assert placer.place("/link/src/a.py", "/") == ("main", "src/a.py")
    assert placer.place("b.py", "/link") == ("main", "b.py")
    assert placer.place("/elsewhere/a.py", "/") is None
    assert placer.missed() == {"/elsewhere"}


def test_a_link_within_the_worktree_is_what_it_leads_to_unless_that_is_outside() -> None:
    top = "/home/ann/shop"
    real = {f"{top}/lib": f"{top}/src", f"{top}/CLAUDE.md": f"{top}/AGENTS.md", f"{top}/notes.md": "/home/ann/notes.md"}
    placer = Placer({top: "main"}, lambda _: False, real=lambda path: real.get(path, path))

    assert placer.place(f"{top}/lib/a.py", "/") == ("main", "src/a.py")
    assert placer.place("CLAUDE.md", top) == ("main", "AGENTS.md")
    assert placer.place("notes.md", top) == ("main", "notes.md")
