"""What the measurement of formatters calls a false alarm, a found change and a part of a file."""

from __future__ import annotations

import random

from benchmarks.formatters.tools import Tool, untidy_go
from benchmarks.formatters.trials import MARK, Trial, reconsidered, tried, within

UNTIDY = "def load( path ):\n    return parse(read( path ))\n\n\ndef store( path, text ):\n    write( path,text )\n"
TIDY = "def load(path):\n    return parse(read(path))\n\n\ndef store(path, text):\n    write(path, text)\n"


def test_layout_alone_raises_no_alarm_and_a_persons_word_is_found() -> None:
    changed = UNTIDY.replace("parse", MARK)
    quiet = tried(Trial(None, UNTIDY, UNTIDY, ".py"), TIDY)
    found = tried(Trial(None, UNTIDY, changed, ".py"), TIDY.replace("parse", MARK))

    assert (quiet.hunks, quiet.false, quiet.found) == (2, (), False)
    assert (found.false, found.found, found.tight, found.instead) == ((), True, True, "")


def test_what_is_no_layout_is_an_alarm() -> None:
    outcome = tried(Trial(None, UNTIDY, UNTIDY, ".py"), TIDY.replace("parse", "load"))

    assert [one.after for one in outcome.false] == ["    return load(read(path))\n"]


def test_a_part_of_a_tidy_file_is_untidy() -> None:
    base, written = within(UNTIDY, TIDY, random.Random(2)) or ("", "")

    assert set(base.splitlines()) < set(TIDY.splitlines())
    assert set(written.splitlines()) <= set(TIDY.splitlines()) | set(UNTIDY.splitlines())
    assert written != TIDY
    assert within(TIDY, TIDY, random.Random(1)) is None


def test_a_person_changes_one_word_of_the_agents_lines() -> None:
    text = reconsidered("import parser\n", "import parser\nvalue = compute(other)\n", random.Random(1)) or ""

    assert text.startswith("import parser\n")
    assert text.count(MARK) == 1
    assert reconsidered(None, "import parser\n", random.Random(1)) is None


def test_a_program_that_is_not_here_is_not_installed() -> None:
    assert not Tool("none", ("no-such-formatter",), (".py",)).installed


def test_go_as_one_types_it() -> None:
    text = 'import (\n\t"a"\n\t"b"\n)\n\ntype t struct {\n\tname  string\n\tn     int // how many\n}\n'
    untidy = untidy_go(text, random.Random(1))

    assert "    name string\n    n int // how many\n" in untidy
    assert sorted(untidy.split()) == sorted(text.split())
