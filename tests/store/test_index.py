"""The index: brought up to date in place, asked for words and in SQL, thrown away without loss."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from store.conftest import Fixture
from store.store_values import a_correction, an_event, an_id

from hivemind_git.errors import UsageError
from hivemind_git.model import Kind
from hivemind_git.store import forget
from hivemind_git.store.index import database, query, refresh, schema
from hivemind_git.store.index.query import Hit, Wanted

DOCS = Path(__file__).parents[2] / "docs" / "search.md"


def refreshed(stored: Fixture) -> int:
    """Brings the index up to date and returns how many sessions were read for it."""
    with database.writing(stored.git.state_dir) as connection:
        return refresh.sessions(connection, stored.git, stored.store, lambda done, total: None)


def found(stored: Fixture, words: str, **limits: object) -> list[Hit]:
    with database.reading(stored.git.state_dir) as connection:
        return query.search(connection, Wanted(words=words, **limits))  # type: ignore[arg-type]


def asked(stored: Fixture, question: str) -> list[tuple[object, ...]]:
    with database.reading(stored.git.state_dir) as connection:
        return [*query.sql(connection, question).rows]


def test_only_changed_sessions_are_read_again(stored: Fixture) -> None:
    stored.add(an_event(1), an_event(2, session="s2"), an_event(3, session="s3"))
    assert refreshed(stored) == 3
    assert refreshed(stored) == 0
    stored.add(an_event(4, session="s2", t="2026-01-03T00:00:00.000Z"))
    stored.add_corrections(1, a_correction(1, session="s3"))
    assert refreshed(stored) == 2
    assert asked(stored, "SELECT id, prompts, ended FROM sessions ORDER BY id") == [
        ("s1", 1, "2026-01-02T03:04:05.678Z"),
        ("s2", 2, "2026-01-03T00:00:00.000Z"),
        ("s3", 1, "2026-01-02T03:04:05.678Z"),
    ]
    assert asked(stored, "SELECT session, path FROM corrections") == [("s3", "a.py")]


def test_an_index_brought_up_to_date_equals_one_made_anew(stored: Fixture) -> None:
    dump = ["SELECT * FROM sessions", "SELECT * FROM events", "SELECT * FROM corrections", "SELECT * FROM folders"]
    dump.append("SELECT kind, ref, session, body FROM documents JOIN words ON words.rowid = documents.id")
    dump = [f"{one} ORDER BY 1, 2" for one in dump]

    def whole() -> list[list[tuple[object, ...]]]:
        with database.reading(stored.git.state_dir) as connection:
            return [connection.execute(one).fetchall() for one in dump]

    stored.add(*(an_event(number, session=f"s{number % 3}") for number in range(9)))
    refreshed(stored)
    stored.add(an_event(20, session="s1"), an_event(21, session="s4"))
    stored.add_corrections(2, a_correction(1), a_correction(2))
    forget.forget(stored.git, "refs/heads/hivemind/sessions", forget.session("s2"), "Forget")
    refreshed(stored)
    in_place = whole()
    database.discard(stored.git.state_dir)
    refreshed(stored)
    assert whole() == in_place
    assert [row[0] for row in in_place[0]] == ["s0", "s1", "s4"]


def test_what_was_forgotten_is_gone_from_every_byte_of_the_index(stored: Fixture) -> None:
    stored.add(an_event(1, fields={"text": "the password is xyzzyplugh"}), an_event(2, session="s2"))
    refreshed(stored)
    assert b"xyzzyplugh" in database.path(stored.git.state_dir).read_bytes()
    forget.forget(stored.git, "refs/heads/hivemind/sessions", forget.session("s1"), "Forget")
    refreshed(stored)
    assert b"xyzzyplugh" not in database.path(stored.git.state_dir).read_bytes()


def test_words_are_found_as_people_write_them(stored: Fixture) -> None:
    texts = {
        1: "use the structured logger",
        2: "call logger.info, never print()",
        3: "rename get_user_id",
        4: "请不要使用打印语句",
        5: 'say "hello" AND go NEAR it',
    }
    stored.add(*(an_event(number, fields={"text": text}) for number, text in texts.items()))
    refreshed(stored)

    def numbers(words: str) -> set[int]:
        return {number for number in texts for hit in found(stored, words) if hit.ref == an_id(number)}

    assert numbers("logger") == {1, 2}
    assert numbers("LOGGER print") == {2}
    assert numbers("logger.info") == {2}
    assert numbers('"the structured"') == {1}
    assert numbers("struct*") == {1}
    assert numbers("get_user_id") == {3}
    assert numbers("user_id") == set()
    assert numbers("打印") == {4}
    assert numbers('AND "hello') == {5}
    with pytest.raises(UsageError) as caught:
        found(stored, "() ->")
    assert caught.value.sentence == "there is no word to search for"


def test_a_search_is_limited_by_kind_agent_day_and_path(stored: Fixture) -> None:
    edit = {"path": "src/a.py", "op": "modify", "hunks": [{"before": "print(x)\n", "after": "logger.info(x)\n"}]}
    stored.add(
        an_event(1, fields={"text": "print nothing"}),
        an_event(2, kind=Kind.EDIT, fields=edit, t="2026-01-05T00:00:00.000Z"),
        an_event(3, session="s2", agent="codex", fields={"text": "print"}),
    )
    stored.add_corrections(1, a_correction(1, path="src/b.py"))
    refreshed(stored)

    def kinds(**limits: object) -> list[str]:
        return sorted(hit.kind for hit in found(stored, "print", **limits))

    assert kinds() == ["correction", "edit", "prompt", "prompt"]
    assert kinds(kinds=("edit", "correction")) == ["correction", "edit"]
    assert kinds(agent="codex") == ["prompt"]
    assert kinds(since="2026-01-05") == ["edit"]
    assert kinds(paths=("src/",)) == ["correction", "edit"]
    assert kinds(paths=("src/a.py",)) == ["edit"]
    assert kinds(paths=("sr",)) == []
    assert len(found(stored, "print", limit=1)) == 1


def test_an_excerpt_marks_what_was_found(stored: Fixture) -> None:
    stored.add(an_event(1, fields={"text": "please use the logger here"}))
    refreshed(stored)
    assert [hit.excerpt for hit in found(stored, "logger")] == ["please use the \x02logger\x03 here"]


@pytest.mark.parametrize(
    "question",
    [
        "DELETE FROM sessions",
        "UPDATE events SET text = ''",
        "INSERT INTO rules(id) VALUES ('x')",
        "DROP TABLE events",
        "ATTACH 'other.sqlite' AS other",
        "PRAGMA query_only = OFF",
        "VACUUM INTO 'copy.sqlite'",
        "SELECT load_extension('x')",
        "SELECT 1; SELECT 2",
        "SELECT nothing FROM nowhere",
        "no SQL at all",
    ],
)
def test_sql_can_only_read(stored: Fixture, question: str) -> None:
    stored.add(an_event(1))
    refreshed(stored)
    before = database.path(stored.git.state_dir).read_bytes()
    with pytest.raises(UsageError, match="SQLite says"):
        asked(stored, question)
    assert database.path(stored.git.state_dir).read_bytes() == before


def test_sql_reads_json_and_full_text(stored: Fixture) -> None:
    use = {"tool": "Bash", "input": "pytest -q", "status": "failed"}
    stored.add(an_event(1, kind=Kind.TOOL_USE, fields=use))
    refreshed(stored)
    assert asked(stored, "SELECT tool, text, fields ->> 'status' FROM events") == [("Bash", "pytest -q", "failed")]
    assert asked(stored, "SELECT count(*) FROM words WHERE words MATCH 'pytest'") == [(1,)]


def test_a_damaged_index_is_made_anew(stored: Fixture) -> None:
    stored.add(an_event(1))
    refreshed(stored)
    database.path(stored.git.state_dir).write_bytes(b"no database at all, but long enough to be looked at" * 100)
    assert refreshed(stored) == 1
    assert found(stored, "prompt") != []


def test_an_index_of_another_version_is_made_anew(stored: Fixture) -> None:
    stored.add(an_event(1))
    refreshed(stored)
    connection = sqlite3.connect(database.path(stored.git.state_dir))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert refreshed(stored) == 1


def test_nobody_else_may_read_it(stored: Fixture) -> None:
    stored.add(an_event(1))
    refreshed(stored)
    file = database.path(stored.git.state_dir)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_text_that_is_no_utf8_is_indexed_all_the_same(stored: Fixture) -> None:
    stored.add(an_event(1, fields={"text": "a path of bytes: \udcff.py"}))
    refreshed(stored)
    assert len(found(stored, "bytes")) == 1


def test_the_documented_columns_are_those_there_are() -> None:
    sections = re.split(r"^### ", DOCS.read_text(), flags=re.MULTILINE)[1:]
    column = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
    told = {part.split("\n")[0].strip("`"): tuple(column.findall(part)) for part in sections}
    assert told == schema.TABLES
