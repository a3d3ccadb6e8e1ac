"""Prints docs/situations.md: `python tests/situations/table.py > docs/situations.md`. Each row is a test.

The rows of this folder are its tests, by name and docstring; what is held elsewhere is listed here, and the test of
this page looks each of them up.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TOP = HERE.parent.parent

ELSEWHERE = (
    ("SHA-256 and reftable repositories", "git/test_discovery.py", "test_sha256_and_reftable_are_refused_by_name"),
    (
        "a repository of another user (`safe.directory`)",
        "git/test_discovery.py",
        "test_a_repository_of_another_user_is_refused_with_the_way_out",
    ),
    ("a submodule is a repository of its own", "git/test_discovery.py", "test_a_submodule_is_a_repository_of_its_own"),
    ("cwd in another repository", "pipeline/test_visits.py", "test_an_edit_goes_home"),
    ("a nested repository", "pipeline/test_visits.py", "test_a_nested_repository_keeps_its_own"),
    ("nested repositories around a shell command", "hooks/test_window.py", "test_nested_repositories_are_not_entered"),
    ("hooksPath relative, in the worktree or missing", "git/test_hooks.py", "test_folders_that_are_not_ours_to_write"),
    ("hooksPath absolute", "git/test_hooks.py", "test_absolute_hooks_path_inside_the_repository"),
    ("hooksPath of one worktree", "git/test_hooks.py", "test_a_worktree_with_a_hooks_path_of_its_own"),
    ("husky", "git/test_hooks.py", "test_under_husky"),
    ("pre-commit", "git/test_hooks.py", "test_beside_pre_commit_and_after_it_reinstalls"),
    (
        "chaining with stdin and exit codes",
        "git/test_hints.py",
        "test_a_foreign_hook_keeps_its_input_arguments_and_exit_status",
    ),
    ("a hook replaced after install", "git/test_hooks.py", "test_a_hook_that_was_replaced_after_install"),
    ("clean uninstall", "git/test_hooks.py", "test_install_and_uninstall_round_trip"),
    ("config hooks of Git 2.54", "git/test_hooks.py", "test_what_git_of_2_54_on_is_given"),
    (
        "hooks in worktrees, submodules, odd names",
        "git/test_hints.py",
        "test_hints_of_linked_worktrees_submodules_and_odd_names",
    ),
    ("no PATH (GUI), git's hooks and ours", "hooks/test_agent_hook_journal.py", "test_no_git_on_the_path"),
    ("no PATH (GUI), our commands", "git/test_discovery.py", "test_without_git_on_the_path"),
    ("signing required", "git/test_signing.py", "test_a_signed_commit_verifies"),
    ("signing that would ask", "git/test_signing.py", "test_gnupg_signs_and_never_opens_a_window"),
    ("kill in mid-turn", "e2e/test_claude_code_sessions.py", "test_killed_anywhere"),
    ("resume, fork, compaction", "e2e/test_claude_code_sessions.py", "test_resumed_continued_forked_compacted"),
    ("sub-agents", "e2e/test_codex_cases.py", "test_a_sub_agent_is_part_of_its_session"),
    (
        "full disk",
        "capture/test_durability.py",
        "test_a_full_disk_fails_loudly_and_loses_nothing_whatever_room_is_left",
    ),
    ("read-only disk", "capture/test_durability.py", "test_a_read_only_disk_keeps_the_journal"),
    ("gc against our objects", "store/test_forget.py", "test_a_forgotten_session_is_in_no_object_after_gc"),
    ("protected refs", "store/test_sync_store.py", "test_a_hub_that_refuses_is_a_sentence_and_the_store_stays"),
    ("no right to push", "git/test_porcelain.py", "test_a_remote_that_refuses"),
)


NOT_RUN = (
    (
        "config hooks of Git ≥ 2.54 (`hook.<name>.event`)",
        "Written for. The git here is older: it reads the configuration, and the test's shell runs each command as "
        "that git would (`tests/git/test_hooks.py`: what git of 2 54 on is given).",
    ),
    (
        "refs as reftable",
        "Refused. The git here is older than 2.45 and makes none: the repository says so in its configuration.",
    ),
    ("macOS, Windows", "Written for, see [platforms](platforms.md)."),
    (
        "a squash on GitHub or GitLab, pushes that these refuse",
        "Played with git alone: the commit they make, the refusal they send.",
    ),
    ("jj, Graphite, GitButler", "Their commits are made with git's plumbing, as they make them."),
)
HEAD = """\
Each row is a test with real git, by its name. Printed by `python tests/situations/table.py`, which reads in the test
how far it goes:

- whole loop: installed; the agent's hook, as its settings have it, keeps what the agent wrote; seal, corrections, mine,
  codify, status and uninstall are called as people call them. Two sessions were corrected before: the correction of
  this row is the third decision, which makes the skill, and a row without one makes none. Nothing is lost, branch,
  worktree and index stay as they are, and git's hooks are as before in the end.
- refusal: every command says in a sentence why not, hooks stay silent and end well, and git goes on.
- derivation: events in, corrections out.
"""
TAKEN = {"loop": "whole loop", "refused": "refusal", "corrections": "derivation"}
"""What a test calls, or what it calls calls, and how far that takes the product."""


@dataclass(frozen=True)
class Row:
    """A test: what its docstring says, and how far it takes the situation."""

    said: str
    taken: str


def functions(path: Path) -> dict[str, Row]:
    """Test → what it is, in the order of the file."""
    found = {node.name: node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}
    tests = {name: " ".join((ast.get_docstring(node) or "").split()) for name, node in found.items()}
    return {name: Row(said, _taken(name, found)) for name, said in tests.items() if name.startswith("test_")}


def _taken(test: str, functions: Mapping[str, ast.FunctionDef]) -> str:
    called: set[str] = set()
    open_ = {test}
    while open_:
        nodes = [node for name in open_ for node in ast.walk(functions[name])]
        calls = {node.func for node in nodes if isinstance(node, ast.Call)}
        named = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
        open_ = (named - called) & functions.keys()
        called |= named
    return next((taken for name, taken in TAKEN.items() if name in called), "")


def _rows() -> Iterator[str]:
    for path in sorted(HERE.glob("test_*.py")):
        if path.name == "test_table.py":
            continue
        head = ast.get_docstring(ast.parse(path.read_text())) or ""
        yield from ("", f"## {path.stem.removeprefix('test_').replace('_', ' ').capitalize()}", "", head, "")
        yield from ("| situation | what it is, and what is derived | taken as far as |", "|---|---|---|")
        for name, row in functions(path).items():
            yield f"| {name.removeprefix('test_').replace('_', ' ')} | {row.said} | {row.taken} |"


def page() -> str:
    """The whole page."""
    lines = [
        "# Git situations",
        "",
        *HEAD.splitlines(),
        *_rows(),
        "",
        "## A part, held elsewhere",
        "",
        "| situation | test |",
        "|---|---|",
        *(
            f"| {title} | `tests/{path}`: {name.removeprefix('test_').replace('_', ' ')} |"
            for title, path, name in ELSEWHERE
        ),
        "",
        "## Not run",
        "",
        "| situation | how it stands |",
        "|---|---|",
        *(f"| {title} | {stands} |" for title, stands in NOT_RUN),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - a script
