"""What is no correction, and what is said of it: one test a cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from corrections.conftest import Story

EVE = "Eve <eve@example.com>"
BASE = "def main():\n    run()\n    stop()\n"
AGENT = "def main():\n    print('start')\n    run()\n    print('done')\n    stop()\n"
FIXED = AGENT.replace("print('start')", "logging.info('start')")
OLD, NEW = "    print('start')\n", "    logging.info('start')\n"


def test_layout_is_the_formatters(story: Story) -> None:
    story.edit(None, "const size = compute(first, second);\n")
    story.see("const size = compute(\n  first,\n  second,\n);\n")

    assert story.corrections() == []
    assert story.explained() == [
        ("formatter", "const size = compute(first, second);\n", "const size = compute(\n  first,\n  second,\n);\n")
    ]


def test_a_reflow_that_a_diff_cuts_in_two_is_the_formatters(story: Story) -> None:
    story.edit(None, 'expect(\n  kind("review"),\n).toBe("skills");\nexpect(kind("lint")).toBe(\n  "skills",\n);\n')
    story.see('expect(kind("review")).toBe(\n  "skills",\n);\nexpect(kind("lint")).toBe("skills");\n')

    assert story.corrections() == []
    assert {why for why, _, _ in story.explained()} == {"formatter"}


def test_text_at_an_edge_of_the_agents(story: Story) -> None:
    """It is nobody's correction of a line, and yet somebody may ask what became of it."""
    story.edit(BASE, AGENT)
    story.see("import sys\n" + AGENT + "\n\nmain()\n")
    story.edit(None, "a()\nb()\n", "new.py")
    story.commit(None, "import a\na()\nb()\nc()\n", "new.py")

    assert story.corrections() == []
    assert story.explained() == [("addition", "", "import a\n"), ("addition", "", "c()\n")]


def test_imports_follow_from_other_changes(story: Story) -> None:
    story.edit(None, "import os\nimport sys\n\nprint(os.name)\n")
    story.see("import os\n\nprint(os.name)\n")

    assert story.corrections() == []
    assert story.explained() == [("imports", "import sys\n", "")]


def test_text_that_the_record_masks(story: Story) -> None:
    story.edit(None, 'TOKEN = "REDACTED"\n')
    story.commit(None, 'TOKEN = "x1y2z3"\n')

    assert story.corrections() == []
    assert story.explained() == [("redaction", 'TOKEN = "REDACTED"\n', 'TOKEN = "x1y2z3"\n')]


def test_a_whole_function_put_between_the_agents_is_an_addition(story: Story) -> None:
    first, last = "def one():\n    return 1\n\n\n", "def two():\n    return 2\n"
    mine = "def mine():\n    a = 1\n    b = 2\n    c = 3\n    return a + b + c\n\n\n"
    story.edit(None, first + last)
    story.see(first + mine + last)

    assert story.corrections() == []
    assert story.explained() == [("addition", "", mine)]


def test_a_merge_conflict_in_the_file(story: Story) -> None:
    story.edit(BASE, AGENT)
    conflict = "<<<<<<< HEAD\n    log('start')\n=======\n    trace('start')\n>>>>>>> topic\n"
    story.see(AGENT.replace(OLD, conflict))

    assert story.corrections() == []
    assert story.explained() == [("git-operation", OLD, conflict)]


def test_git_moved_content_between_two_touches(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.run("git pull --rebase")
    story.see(FIXED)

    assert story.corrections() == []
    assert story.explained() == [("git-operation", OLD, NEW)]


def test_a_git_command_that_moves_nothing_explains_nothing(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.run("git log --oneline && git commit -m 'stash nothing, git stash nothing'")
    story.see(FIXED)

    assert story.corrections() == [("replaced", OLD, NEW, None)]


def test_a_shell_command_that_writes_the_file(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.run("sed -i 's/print/logging.info/' src/app.py")
    story.see(FIXED)

    assert story.corrections() == []
    assert story.explained() == [("shell", OLD, NEW)]


@pytest.mark.parametrize("command", ["python3 mend.py src/app.py", "ruff check --fix src/app.py"])
def test_a_command_whose_window_was_closed_casts_no_doubt_on_what_came_after(story: Story, command: str) -> None:
    story.edit(BASE, AGENT)
    story.run(command, closed=True)
    story.see(FIXED)

    assert story.corrections() == [("replaced", OLD, NEW, None)]
    assert [one.origin.value for one in story.derive().corrections] == ["human"]


def test_a_stash_that_took_the_work_away_and_brought_it_back(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.run("git stash")
    story.see(BASE)
    story.run("git stash pop")
    story.see(AGENT)

    assert story.corrections() == []
    assert story.explained() == [("restored", OLD, ""), ("restored", "    print('done')\n", "")]


def test_work_that_was_thrown_away_for_an_older_image(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    story.see(BASE, session="s2")

    assert story.corrections() == []
    assert story.explained() == [("restored", OLD, ""), ("restored", "    print('done')\n", "")]


def test_the_agent_wrote_the_text_itself_before_the_commit_was_amended(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    when = story.now
    story.edit(AGENT, FIXED)
    story.edit(FIXED, FIXED.replace("print('done')", "logging.info('done')"))
    story.commits.append(story.commits.pop())
    story.commit(BASE, FIXED + "\nmain()\n", t=when)

    assert story.corrections() == []


def test_text_that_another_session_wrote(story: Story) -> None:
    story.edit(BASE, AGENT)
    theirs = BASE.replace("    run()\n", NEW + "    prepare()\n    check()\n    warm_up()\n    run()\n")
    story.edit(BASE, theirs, session="s2", worktree="other")
    story.commit(BASE, FIXED)

    assert story.corrections() == []
    assert story.explained() == [("other-session", OLD, NEW)]


def test_a_commit_of_somebody_else(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)
    story.commit(AGENT, FIXED, author=EVE)

    assert story.corrections() == []
    assert story.explained() == [("other-author", OLD, NEW)]


def test_one_person_with_two_addresses(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)
    commit = story.commit(AGENT, FIXED, author="Ann <ann@users.example.org>")

    assert story.corrections() == [("replaced", OLD, NEW, commit)]


def test_a_later_commit_that_the_agent_itself_made_is_unsure(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)
    story.wait(600)
    story.run("git commit -am 'Use logging'")
    story.commit(AGENT, FIXED, subject="Use logging")

    assert story.corrections() == []
    assert story.explained() == [("unsure", OLD, NEW)]


def test_a_place_that_the_commit_left_as_it_was(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT.replace("    print('done')\n", ""))

    assert story.corrections() == []
    assert story.explained() == [("base", "    print('done')\n", "")]


def test_lines_left_unstaged_still_stand_at_the_next_touch(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT.replace("    print('done')\n", ""))
    story.see(AGENT)

    assert story.corrections() == []
    assert story.explained() == [("partial-commit", "    print('done')\n", "")]


def test_lines_that_are_gone_at_the_next_touch_were_taken_out(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    without = AGENT.replace("    print('done')\n", "")
    commit = story.commit(BASE, without)
    story.see(without)

    assert story.corrections() == [("removed", "    print('done')\n", "", commit)]


def test_hand_work_in_the_same_commit_decides_what_was_left_out(story: Story) -> None:
    story.commit(None, BASE)
    agent = AGENT.replace("    run()\n", "    print('going')\n    run()\n    check()\n")
    story.edit(BASE, agent)
    fixed = agent.replace("print('start')", "log('start')").replace("check()", "verify()")
    commit = story.commit(BASE, fixed.replace("    print('done')\n", ""))

    assert [(before, after, at) for _, before, after, at in story.corrections()] == [
        ("    print('start')\n", "    log('start')\n", commit),
        ("    check()\n    print('done')\n", "    verify()\n", commit),
    ]


def test_a_rebase_that_put_two_changes_together(story: Story) -> None:
    call = "    show(result, name, {})\n"
    base = "def main():\n" + call.format("wide") + "    run()\n    stop()\n"
    agent = base.replace("show(result", "show(summary").replace("stop()", "halt()")
    moved = base.replace("show(result, name", "show(result, author, links")
    story.edit(base, agent)
    story.commit(None, moved, author=EVE)
    story.commit(moved, moved.replace("show(result", "show(summary").replace("stop()", "halt()"))

    assert story.corrections() == []
    before, after = "    show(summary, name, wide)\n", "    show(summary, author, links, wide)\n"
    assert story.explained() == [("base", before, after)]


def test_another_branch_that_touches_the_same_place_is_not_the_agents_worktree(story: Story) -> None:
    other = BASE.replace("run()", "walk()")
    story.commit(None, other)
    story.edit(BASE, BASE.replace("run()", "run(quick=True)"))
    story.commit(other, other.replace("walk()", "jump()"))

    assert story.corrections() == []


def test_a_file_that_changed_all_over_came_from_elsewhere(story: Story) -> None:
    base = "".join(f"value_{i} = load({i})\n" for i in range(60))
    agent = base.replace("value_5 = load(5)\n", "value_5 = fetch(5)\n")
    story.edit(base, agent)
    moved = "".join(f"value_{i} = read({i})\n" if i > 20 else f"value_{i} = load({i})\n" for i in range(60))
    story.see(moved.replace("value_5 = load(5)\n", "value_5 = ask(5)\n"))

    assert story.corrections() == []
    assert story.explained() == [("unsure", "value_5 = fetch(5)\n", "value_5 = ask(5)\n")]


def test_dozens_of_new_lines_are_another_writers(story: Story) -> None:
    agent = "".join(f"step_{i}({i})\n" for i in range(30))
    story.edit(None, agent)
    story.see("".join(f"stage_{i}(config, {i})\n" for i in range(30)))

    assert story.corrections() == []
    assert [why for why, _, _ in story.explained()] == ["unsure"]


def test_a_file_that_was_not_there(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.edit(None, FIXED, session="s2")

    assert story.corrections() == []
    assert story.explained() == [("deleted", AGENT, "")]


def test_a_commit_that_takes_the_file_away_is_told_once(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)
    story.commit(AGENT, None)
    story.commit(AGENT, None)

    assert story.corrections() == []
    assert story.explained() == [("deleted", AGENT, "")]


def test_lines_that_went_back_to_what_the_agent_had_replaced(story: Story) -> None:
    base = BASE.replace("run()", "run(slowly=True)")
    story.edit(base, BASE.replace("run()", "run_quickly()"))
    story.see("# a note\n" + base)

    assert story.corrections() == []
    assert story.explained() == [("restored", "    run_quickly()\n", "    run(slowly=True)\n")]


def test_the_first_accepted_version_of_a_correction_counts(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    first = story.commit(BASE, FIXED)
    story.commit(BASE, FIXED.replace("logging.info", "logger.debug"))  # the same work on another branch
    story.commit(FIXED, FIXED.replace("logging.info", "logger.warning"))

    assert story.corrections() == [("replaced", OLD, NEW, first)]
    assert story.explained() == []


def test_what_a_formatter_did_is_cut_off_the_correction_beside_it(story: Story) -> None:
    story.edit(None, "first()\nsecond(one, two)\n")
    story.see("\tfirst()\nbetween()\n\tsecond(\n\t\tone,\n\t\ttwo,\n\t)\n")

    assert story.corrections() == [("extended", "", "between()\n", None)]
    assert story.explained() == [
        ("formatter", "first()\n", "\tfirst()\n"),
        ("formatter", "second(one, two)\n", "\tsecond(\n\t\tone,\n\t\ttwo,\n\t)\n"),
    ]


def test_a_line_that_only_got_its_line_end_keeps_its_writer(story: Story) -> None:
    story.edit("first()\r\nlast()", "first()\r\nlast()\r\nmore()\r\n")

    origins = story.attribute().of("src/app.py", b"first()\r\nlast()\r\nmore()\r\n")
    assert [origin.writer.value for origin in origins or ()] == ["unknown", "unknown", "agent"]


def test_a_line_taken_out_of_what_the_same_commit_takes_in(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT.replace("    run()\n", "    second()\n    run()\n"))
    commit = story.commit(BASE, AGENT)

    assert story.corrections() == [("removed", "    second()\n", "", commit)]


def test_a_commit_beside_what_the_agent_did_says_nothing_about_it(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, BASE.replace("    run()\n", "    walk()\n    jump()\n"))
    story.commit(BASE, BASE.replace("def main():\n", "def entry():\n    begin()\n"))

    assert story.corrections() == []


def test_a_stranger_is_known_by_who_commits_the_other_sessions_work(story: Story) -> None:
    story.edit(None, "x = 1\n", path="other.py", session="s2")
    story.commit(None, "x = 1\n", path="other.py")
    story.edit(BASE, AGENT)
    story.commit(BASE, FIXED, author=EVE)

    assert story.corrections() == []
    assert story.explained() == [("other-author", OLD, NEW)]


def test_what_an_agent_finds_days_later_is_unsure(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.wait(2 * 86400)
    story.see(FIXED)

    assert story.corrections() == []
    assert story.explained() == [("unsure", OLD, NEW)]


def test_one_rename_all_over_a_file_is_a_persons_and_one_decision(story: Story) -> None:
    agents = "".join(f"def f{n}(a):\n    r = first(a, {n})\n    return r\n\n\n" for n in range(30))
    story.edit(None, agents)
    story.commit(None, agents.replace(" r", " rest").replace(" restet", " ret"))
    found = story.derive().corrections

    assert len(found) == 30
    assert {(one.confidence, one.decision) for one in found} == {(0.9, found[0].decision)}
