"""`corrections`: what one rests on, what is said of a name that nothing has, and why there is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from cli.conftest import Hivemind
from pipeline.claude_log import Log
from repos import Repo


def test_a_correction_is_told_with_what_it_rests_on_by_id_and_by_path(skilled: Repo, hivemind: Hivemind) -> None:
    one = json.loads(hivemind(skilled.path, "corrections", "--json").out)["corrections"][0]

    told = hivemind(skilled.path, "corrections", "--why", one["id"][:12])
    assert told.code == 0
    assert told.out.splitlines()[0] == f"{one['kind']} {one['id'][:12]}  {one['path']}"
    assert told.out.splitlines()[-1].startswith(f"    rests on {one['evidence'][0][:20]}")
    of_path = json.loads(hivemind(skilled.path, "corrections", "--why", one["path"], "--json").out)
    assert {found["path"] for found in of_path["corrections"] + of_path["rejected"]} == {one["path"]}


def test_a_name_that_nothing_has_is_refused_with_the_next_step(skilled: Repo, hivemind: Hivemind) -> None:
    said = hivemind(skilled.path, "corrections", "--why", "no/such/file")
    assert (said.code, said.out) == (3, "")
    assert "nothing that was derived is called no/such/file" in said.err
    assert "--rejected" in said.err


def test_where_there_is_none_it_says_whether_anything_was_written_and_can_be_read(
    repo: Repo, tmp_path: Path, hivemind: Hivemind
) -> None:
    def told(log: Log) -> str:
        assert hivemind(repo.path, "import", str(log.path)).code == 0
        return hivemind(repo.path, "corrections").out

    repo.commit("Start")
    asked, wrote, more = (Log(tmp_path, repo.path, f"{name}-session") for name in ("asked", "wrote", "more"))
    asked.prompt("What is this?")
    asked.says("A shop.")
    assert told(asked) == "No correction in 1 session: no edit of an agent is known.\n"
    wrote.prompt("Add pay.")
    wrote.writes("w1", "pay.py", "def pay():\n    pass\n")
    assert told(wrote) == "No correction in 2 sessions: what the agents wrote was kept as it was.\n"
    shutil.rmtree(repo.path / ".git/hivemind/images")
    unread = "1 edit known, and what they wrote cannot be read here."
    assert hivemind(repo.path, "corrections").out == f"No correction in 2 sessions: {unread}\n"
    more.prompt("Add refund.")
    more.writes("w2", "refund.py", "def refund():\n    pass\n")
    kept = "what the agents wrote was kept as it was; 1 of 2 edits cannot be read here."
    assert told(more) == f"No correction in 3 sessions: {kept}\n"


def test_a_file_that_a_person_took_away_is_told_with_its_commit(repo: Repo, tmp_path: Path, hivemind: Hivemind) -> None:
    repo.commit("Start", when=1767236700)
    log = Log(tmp_path, repo.path, "wrote-session")
    log.prompt("Add pay.")
    log.writes("w1", "pay.py", "def pay():\n    pass\n")
    repo.commit("Take it", when=1767323700, **{"pay.py": "def pay():\n    pass\n"})
    repo.git("rm", "-q", "pay.py")
    commit = repo.commit("Drop it", when=1767323800)
    assert hivemind(repo.path, "import", str(log.path)).code == 0
    assert hivemind(repo.path, "corrections").out == (
        "No correction in 1 session: 1 change of what the agents wrote has another cause (--rejected).\n"
    )
    assert hivemind(repo.path, "corrections", "--rejected").out == (
        f"deleted  pay.py\n    {commit[:9]}: the file was not there\n    -def pay():\n    -    pass\n"
    )


def test_each_change_of_what_an_agent_wrote_is_listed_or_told_why_not(
    repo: Repo, tmp_path: Path, hivemind: Hivemind
) -> None:
    wrote = "import os\n\n\ndef one():\n    return os.getcwd()\n\n\ndef two():\n    send('x')\n    close()\n"
    changed = {
        "top": f"# shop\n{wrote}",
        "end": f"{wrote}\n\none()\n",
        "inside": wrote.replace("    close", "    check()\n    close"),
        "layout": wrote.replace("'x'", '"x"'),
        "blank": wrote.replace("\n\n\n", "\n\n"),
        "moved": wrote.removeprefix("import os\n\n\n") + "\n\nimport os\n",
        "gone": wrote.replace("    close()\n", ""),
        "renamed": wrote.replace("one", "folder"),
    }
    repo.commit("Start", when=1767236700)
    log = Log(tmp_path, repo.path, "one-session")
    log.prompt("Write them.")
    for name in changed:
        log.writes(f"w-{name}", f"{name}.py", wrote)
    repo.commit("Take them", when=1767323700, **{f"{name}.py": text for name, text in changed.items()})
    assert hivemind(repo.path, "import", str(log.path)).code == 0
    listed, told = (
        {one["path"].removesuffix(".py") for one in json.loads(hivemind(repo.path, *arguments, "--json").out)[key]}
        for arguments, key in ((("corrections",), "corrections"), (("corrections", "--rejected"), "rejected"))
    )
    assert {"inside", "gone", "renamed"} <= listed
    assert listed | told == set(changed)
