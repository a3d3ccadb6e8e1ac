"""`corrections --why`: what a correction rests on, and what is said of a name that nothing has."""

from __future__ import annotations

import json

from cli.conftest import Hivemind
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
