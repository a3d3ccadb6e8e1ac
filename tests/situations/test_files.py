"""Situations of files: names, bytes and configuration that have misled others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from situations.scene import AGENT, BASE, CORRECTED, FIXED, PATH

if TYPE_CHECKING:
    from situations.conftest import Hook
    from situations.scene import Scene

HELPERS = "\n\ndef find_helper(name):\n    helper = HELPERS[name]\n    helper.prepare(name)\n    return helper\n"


def test_delete_and_recreate(scene: Scene) -> None:
    """The file is deleted in one commit and written anew later: the second life corrects nothing."""
    scene.agent(AGENT)
    scene.commit()
    scene.git("rm", "-q", PATH)
    scene.commit()
    scene.person("other = 1\n")
    scene.commit()
    scene.loop([])


def test_rename_with_edits(scene: Scene) -> None:
    """The file gets another name and a change in one commit: the correction has the new name."""
    scene.agent(AGENT)
    scene.git("add", "-A")
    scene.git("mv", PATH, "src/main.py")
    scene.person(FIXED, "src/main.py")
    scene.commit()
    scene.loop(CORRECTED)


def test_moved_and_changed_before_its_first_commit(scene: Scene) -> None:
    """A new file is moved by a plain `mv` and changed, and only then added: git knows of no rename."""
    text = "import logging\n\n\ndef work():\n    print('start')\n    count_all_things()\n    finish_everything()\n"
    fixed = text.replace("print('start')", "logging.info('start')")
    scene.agent(text, "src/new.py")
    (scene.repo.path / "src/new.py").rename(scene.repo.path / "src/moved.py")
    scene.person(fixed, "src/moved.py")
    scene.commit()
    scene.loop(CORRECTED)
    assert scene.writers(fixed, "src/moved.py") == ["agent"] * 4 + ["human"] + ["agent"] * 2


@pytest.mark.parametrize("looks", [False, True])
@pytest.mark.parametrize("committed", [False, True])
def test_code_put_into_another_file(scene: Scene, *, looks: bool, committed: bool) -> None:
    """A part of the agent's file is put into one that no agent wrote: it was moved, and not removed."""
    scene.agent(AGENT + HELPERS)
    if committed:
        scene.commit()
    scene.person(FIXED)
    scene.person("import os\n" + HELPERS, "src/helpers.py")
    if looks:
        scene.look()
    scene.commit()
    assert scene.corrections() == CORRECTED
    assert scene.explained() == [("moved", HELPERS)]
    scene.loop(CORRECTED)


def test_renamed_by_the_agent(scene: Scene) -> None:
    """The agent's shell gives a person's file another name, and it goes on there: what it did not write is not its."""
    old = BASE + HELPERS
    scene.person(old)
    scene.commit()
    scene.run({PATH: None, "src/main.py": old}, command=f"mv {PATH} src/main.py")
    assert scene.corrections() == []
    found = zip(old.splitlines(), scene.writers(old, "src/main.py"), strict=True)
    assert {who for line, who in found if line} == {"unknown"}
    scene.agent(AGENT + HELPERS, "src/main.py")
    scene.person(FIXED + HELPERS.replace("prepare(name)", "prepare(name, again=True)"), "src/main.py")
    scene.commit()
    scene.loop(CORRECTED)


def test_copied_by_the_agent(scene: Scene) -> None:
    """The agent's shell copies a person's file and adds a line; what a person changes of the rest corrects nobody."""
    scene.person(BASE + HELPERS)
    scene.commit()
    scene.run({"src/main.py": BASE + HELPERS}, command=f"cp {PATH} src/main.py")
    scene.agent(AGENT + HELPERS, "src/main.py")
    scene.person(FIXED + HELPERS.replace("prepare(name)", "prepare(name, again=True)"), "src/main.py")
    scene.commit()
    scene.loop(CORRECTED)


def test_rename_of_case_only(scene: Scene) -> None:
    """`app.py` becomes `App.py`."""
    scene.agent(AGENT)
    scene.git("add", "-A")
    scene.git("mv", PATH, "src/App.py")
    scene.person(FIXED, "src/App.py")
    scene.commit()
    scene.loop(CORRECTED)


def test_formatter_in_a_hook_that_restages(scene: Scene, hook: Hook) -> None:
    """A pre-commit hook lays out what is staged and stages it again: only the person's word is a correction."""
    hook("pre-commit", f'sed -i "s/\'done\'/\\"done\\"/" {PATH}; git add {PATH}\n')
    scene.accepted()
    scene.loop(CORRECTED)
    assert scene.explained() == [("formatter", "    print('done')\n")]


def test_hook_that_fails(scene: Scene, hook: Hook) -> None:
    """The first try is refused by a hook; what is committed at last counts."""
    hook("pre-commit", "test -f .git/tried || { touch .git/tried; exit 1; }\n")
    scene.agent(AGENT)
    scene.git("commit", "-qam", "refused", check=False)
    scene.person(FIXED)
    scene.commit()
    scene.loop(CORRECTED)


def test_autocrlf(scene: Scene) -> None:
    """The worktree has CRLF and the commit LF (`core.autocrlf`): line ends alone are nobody's doing."""
    scene.git("config", "core.autocrlf", "true")
    scene.agent(AGENT.replace("\n", "\r\n"))
    scene.person(FIXED.replace("\n", "\r\n"))
    scene.commit()
    scene.loop(
        [
            ("replaced", "    print('start')\r\n", "    logging.info('start')\n"),
        ]
    )


def test_line_ends_changed_by_the_agent(scene: Scene) -> None:
    """The agent writes LF over a file of CRLF, and a person's editor makes them CRLF again: no line but its own."""
    scene.person(BASE.replace("\n", "\r\n"))
    scene.commit()
    scene.agent(AGENT)
    fixed = FIXED.replace("\n", "\r\n")
    scene.person(fixed)
    scene.commit()
    assert scene.corrections() == [("replaced", "    print('start')\n", "    logging.info('start')\r\n")]
    wrote = {"    logging.info('start')": "human", "    print('done')": "agent"}
    assert scene.writers(fixed) == [wrote.get(line, "unknown") for line in FIXED.splitlines()]
    scene.loop([("replaced", "    print('start')\n", "    logging.info('start')\r\n")])


def test_no_final_newline(scene: Scene) -> None:
    """The last line gets and loses its line end: that is no change of it."""
    scene.agent(AGENT.removesuffix("\n") + "\nmain()")
    scene.person(AGENT + "main()\n")
    scene.commit()
    scene.loop([])


def test_byte_order_mark(scene: Scene) -> None:
    """The file begins with a BOM."""
    bom = b"\xef\xbb\xbf"
    scene.person(bom + BASE.encode())
    scene.commit()
    scene.agent(bom + AGENT.encode())
    scene.person(bom + FIXED.encode())
    scene.commit()
    scene.loop(CORRECTED)


def test_not_utf_8(scene: Scene) -> None:
    """Bytes that are no UTF-8 are carried as they are, and told with a replacement character."""
    scene.agent(AGENT.replace("start", "gr\xf6sse").encode("latin-1"))
    scene.person(FIXED.replace("start", "gr\xf6sse").encode("latin-1"))
    scene.commit()
    scene.loop([("replaced", "    print('gr�sse')\n", "    logging.info('gr�sse')\n")])


def test_binary(scene: Scene) -> None:
    """A binary file has no lines; others in the same commit do."""
    scene.agent(b"\x00\x01one\n", "logo.bin")
    scene.agent(AGENT)
    scene.person(b"\x00\x02two\n", "logo.bin")
    scene.person(FIXED)
    scene.commit()
    scene.loop(CORRECTED)


def test_large_file_storage(scene: Scene) -> None:
    """A clean filter commits a pointer in place of the content, as LFS does: others beside it are told all the same."""
    scene.repo.write(".gitattributes", "*.dat filter=lfs\n")
    scene.git("config", "filter.lfs.clean", "sh -c 'printf \"version 1\\noid %s\\n\" $(sha256sum | cut -c1-9)'")
    scene.commit()
    scene.agent("one\ntwo\nthree\nfour\n", "big.dat")
    scene.accepted()
    assert scene.git("show", "HEAD:big.dat").startswith("version 1")
    scene.loop(CORRECTED)


def test_symbolic_link(scene: Scene) -> None:
    """The file becomes a link: the agent's text is gone with the file, and where it leads is no text of anybody's."""
    scene.agent(AGENT)
    scene.commit()
    (scene.repo.path / PATH).unlink()
    (scene.repo.path / PATH).symlink_to("other.py")
    scene.commit()
    scene.loop([])


def test_executable_bit(scene: Scene) -> None:
    """Only the mode changes."""
    scene.agent(AGENT)
    scene.commit()
    (scene.repo.path / PATH).chmod(0o755)
    scene.commit()
    scene.loop([])


@pytest.mark.parametrize("path", ['src/quo"ted.py', "src/größe.py", "src/new\nline.py", "src/with space.py", "-x.py"])
def test_quoted_unicode_and_newline_paths(scene: Scene, path: str) -> None:
    """Paths that git quotes for people are read with `-z`, byte for byte."""
    scene.person(BASE, path)
    scene.commit()
    scene.agent(AGENT, path)
    scene.person(FIXED, path)
    scene.commit()
    scene.loop(CORRECTED)


def test_hostile_diff_configuration(scene: Scene) -> None:
    """`noprefix`, an external diff, a text conversion and colour are for people's eyes: nothing of ours reads them."""
    for name, value in {
        "diff.noprefix": "true", "diff.external": "false", "color.ui": "always", "diff.mnemonicPrefix": "true",
        "diff.py.textconv": "false", "diff.algorithm": "patience", "diff.renames": "false", "core.quotePath": "true",
    }.items():  # fmt: skip
        scene.repo.git("config", name, value)
    scene.repo.write(".gitattributes", "*.py diff=py\n")
    scene.accepted()
    scene.loop(CORRECTED)
